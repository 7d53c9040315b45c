"""The site as files: every page well-formed, every link leads somewhere, nothing from elsewhere, the same each time."""

from __future__ import annotations

import dataclasses
import os
import posixpath
import re
import subprocess
import sys
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import jsonschema_rs
import pytest

from bot.desk import write_site
from bot.publish.record import Record, Speaker, Talk, Topic, When
from bot.publish.site import site
from tests.publish.made_up import NOW, TOPICS, record
from tests.publish.reading import Read

ROOT = Path(__file__).resolve().parents[2]
BASE = "https://example.org/group/"
#: What schema.org asks of an event and what belongs to it.
EVENT = {
    "type": "object",
    "required": ["@context", "@type", "name", "startDate", "eventStatus", "location", "organizer"],
    "properties": {
        "@type": {"const": "Event"},
        "startDate": {"pattern": r"^\d{4}(-\d\d(-\d\d(T\d\d:\d\d:\d\d[+-]\d\d:\d\d)?)?)?$"},
        "eventStatus": {"enum": ["https://schema.org/EventScheduled", "https://schema.org/EventCancelled"]},
        "performer": {"type": "array", "items": {"required": ["@type", "name"]}},
        "workFeatured": {"type": "array", "items": {"required": ["@type", "name"]}},
        "recordedIn": {"required": ["@type", "name", "description", "uploadDate", "url"]},
    },
}


def pages(files: dict[str, bytes]) -> dict[str, Read]:
    return {path: Read(data) for path, data in files.items() if path.endswith(".html")}


def made(group: Record, base: str = "") -> dict[str, bytes]:
    return {path: make() for path, make in site(group, base).items()}


@pytest.fixture(scope="module")
def read(files: dict[str, bytes]) -> dict[str, Read]:
    """All pages, read by a strict parser: that alone fails when one is not well-formed."""
    return pages(files)


def test_every_page_has_a_title_of_its_own_one_heading_and_no_level_left_out(read: dict[str, Read]) -> None:
    for path, page in read.items():
        assert page.one("html").attrs["lang"] == "en"
        levels = [int(heading.name[1]) for heading in page.all("h1, h2, h3, h4, h5, h6")]
        assert levels[0] == 1, path
        assert levels.count(1) == 1, path
        assert all(after - before <= 1 for before, after in pairwise(levels)), path
        assert page.one("main").attrs["id"] == "content"
        assert page.one("a.skip").attrs["href"] == "#content"
        assert not page.misplaced(), path
    titles = [page.text("title") for path, page in read.items() if not path.startswith("talks/")]
    assert len(set(titles)) == len(titles)


def test_ids_are_unique_and_fields_and_pictures_have_names(read: dict[str, Read]) -> None:
    for path, page in read.items():
        ids = [one.attrs["id"] for one in page.all("[id]")]
        assert len(ids) == len(set(ids)), path
        assert not any(" " in one or not one for one in ids), path
        labelled = {one.attrs["for"] for one in page.all("label")}
        assert {one.attrs["id"] for one in page.all("input")} == labelled
        assert all("alt" in one.attrs for one in page.all("img"))
        assert all(one.to_text().strip() or one.attrs.get("aria-label") for one in page.all("a")), path


def test_every_link_is_relative_and_leads_to_a_file_and_a_place_in_it(
    files: dict[str, bytes], read: dict[str, Read]
) -> None:
    anchors = {path: {one.attrs["id"] for one in page.all("[id]")} for path, page in read.items()}
    for path, page in read.items():
        for link in page.links():
            parts = urlsplit(link)
            if parts.scheme:
                assert parts.scheme in ("http", "https")
                continue
            assert not parts.netloc
            assert not parts.path.startswith("/")
            target = (
                posixpath.normpath(posixpath.join(posixpath.dirname(path), parts.path))
                if parts.path
                else path
            )
            assert target in files, f"{path} → {link}"
            assert not parts.fragment or parts.fragment in anchors[target], f"{path} → {link}"


def test_every_page_can_be_reached_from_the_first(read: dict[str, Read]) -> None:
    seen, ahead = set[str](), ["index.html"]
    while ahead:
        path = ahead.pop()
        if path in seen:
            continue
        seen.add(path)
        for link in read[path].links():
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), urlsplit(link).path))
            if not urlsplit(link).scheme and target in read:
                ahead.append(target)
    assert seen == set(read)


def test_nothing_is_loaded_from_elsewhere(files: dict[str, bytes], read: dict[str, Read]) -> None:
    for path, page in read.items():
        loading = [
            one.attrs.get("src") or one.attrs.get("href") for one in page.all("script[src], link[rel], img")
        ]
        assert not [link for link in loading if "//" in link], path
        assert not page.all("iframe, object, embed, style, [style], [onclick], [onload]"), path
        assert "default-src 'none'" in page.one("meta[http-equiv]").attrs["content"]
    assert not re.search(rb"url\(|@import|//[a-z]+\.", files["style.css"])
    assert not re.search(
        rb"fetch\(|XMLHttp|innerHTML|insertAdjacent|document\.write|eval\(|https?://", files["site.js"]
    )


def test_a_talk_is_told_whole_without_the_script(files: dict[str, bytes]) -> None:
    group = record(130)
    session = next(one for one in reversed(group.sessions) if one.talks[0].recording and one.talks[0].papers)
    (talk,) = session.talks
    page = Read(files[f"talks/{talk.number}.html"])
    told = page.text("main")
    assert page.text("h1") == talk.title
    for text in (session.when.words(), talk.speakers[0].name, *talk.papers[0].authors, talk.topics[0].name):
        assert text in told
    assert (talk.abstract or talk.papers[0].abstract) in told
    assert {talk.recording, talk.papers[0].url} <= set(page.links())


def test_machines_are_told_of_each_talk_what_schema_org_asks_for(read: dict[str, Read]) -> None:
    videos = 0
    for path, page in read.items():
        if path.startswith("talks/"):
            (event,) = page.data()
            jsonschema_rs.validate(EVENT, event)
            videos += event.get("recordedIn", {}).get("@type") == "VideoObject"
        told = {one.attrs["property"]: one.attrs["content"] for one in page.all("meta[property]")}
        assert told["og:title"]
        assert told["og:type"] == ("article" if path.startswith("talks/") else "website")
    assert videos > 10
    assert len(read["index.html"].data()) == 4  # the sessions to come


def test_pages_name_their_own_address_only_where_one_is_known(read: dict[str, Read]) -> None:
    assert not any(page.all('link[rel="canonical"], meta[property="og:url"]') for page in read.values())
    known = made(record(3), BASE)
    page = Read(known["talks/2.html"])
    assert page.one('link[rel="canonical"]').attrs["href"] == f"{BASE}talks/2.html"
    assert page.one('meta[property="og:url"]').attrs["content"] == f"{BASE}talks/2.html"
    assert page.data()[0]["url"] == f"{BASE}talks/2.html"
    assert Read(known["index.html"]).one('link[rel="canonical"]').attrs["href"] == BASE
    assert f"<loc>{BASE}talks/2.html</loc>" in known["sitemap.xml"].decode()


def test_the_same_record_gives_the_same_bytes(files: dict[str, bytes]) -> None:
    assert made(record(130)) == files


def test_the_bytes_do_not_hang_on_the_process_that_makes_them() -> None:
    told = set()
    for seed in ("1", "2"):
        code = (
            "import hashlib; from tests.publish.made_up import record; from bot.publish.site import site\n"
            "print(hashlib.sha256(b''.join(make() for make in site(record(20)).values())).hexdigest())"
        )
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": f"Etc/GMT+{seed}", "LC_ALL": "C"}
        told.add(subprocess.check_output([sys.executable, "-c", code], env=environment, cwd=ROOT))
    assert len(told) == 1


def test_years_share_a_large_archive(files: dict[str, bytes], read: dict[str, Read]) -> None:
    group, listed = record(130), []
    for path in files:
        if path.startswith("archive/"):
            listed += [link for link in read[path].links() if link.startswith("../talks/")]
    assert sorted(listed) == sorted(
        f"../talks/{s.talks[0].number}.html" for s in group.sessions if s.state == "held"
    )
    first = [link for link in read["archive.html"].links() if link.startswith("talks/")]
    assert 0 < len(first) <= 60
    assert {f"archive/{year}.html" for year in range(2022, 2027)} <= set(read["archive.html"].links())


def changed(group: Record, place: int, **more: object) -> Record:
    sessions = list(group.sessions)
    sessions[place] = dataclasses.replace(sessions[place], **more)
    return dataclasses.replace(group, sessions=tuple(sessions))


def test_what_was_called_off_says_so_and_keeps_its_page() -> None:
    files = made(changed(record(3, coming=2), 3, state="cancelled"))
    assert "Cancelled" in Read(files["index.html"]).text("article.next")
    page = Read(files["talks/4.html"])
    assert page.text("p.above") == "Cancelled"
    assert page.data()[0]["eventStatus"].endswith("EventCancelled")
    assert "talks/4.html" not in Read(files["archive.html"]).links()
    long_ago = made(changed(record(3, coming=1), 0, state="cancelled"))
    assert "Cancelled" not in Read(long_ago["index.html"]).text("main")
    assert "talks/1.html" in long_ago


@pytest.mark.parametrize(
    ("wall", "said"), [("2023-05-04", "4 May 2023"), ("2023-05", "May 2023"), ("2023", "2023")]
)
def test_a_day_that_is_not_known_is_not_made_up(wall: str, said: str) -> None:
    when = When(wall, "Europe/Berlin", NOW.replace(year=2023), 60)
    files = made(changed(record(2), 0, when=when))
    page = Read(files["talks/1.html"])
    assert page.text("p.when") == said
    assert page.data()[0]["startDate"] == wall
    assert "endDate" not in page.data()[0]


def test_a_session_of_several_talks_and_one_without_any() -> None:
    group = record(2, coming=2)
    both = tuple(
        dataclasses.replace(group.sessions[0].talks[0], number=n, title=f"Part {n}") for n in (91, 92)
    )
    files = made(changed(changed(group, 0, talks=both), 2, talks=(), title="To be announced"))
    assert "Part 92" in Read(files["talks/91.html"]).text("main")
    assert "To be announced" in Read(files["index.html"]).text("article.next")


def test_those_without_a_name_are_no_speakers() -> None:
    talk = Talk(
        number=7,
        title="T",
        speakers=(Speaker("a member"), Speaker("Ada", "London")),
        topics=(Topic("Old times", "Old times"),),
    )
    files = made(changed(record(2), 0, talks=(talk,)))  # fmt: skip
    assert "a member" in Read(files["talks/7.html"]).text("p.who")
    named = [one.to_text() for one in Read(files["speakers.html"]).all("section.person > h2")]
    assert "Ada" in named
    assert "a member" not in named
    assert [one["name"] for one in Read(files["talks/7.html"]).data()[0]["performer"]] == ["Ada"]
    assert "Old times" in Read(files["topics.html"]).text("main")


def test_two_names_never_share_a_place() -> None:
    names = ["Ada B", "Ada-B", "Adä B", "ada b", "漢字", "かな", "<b>", "index"]
    talk = Talk(
        number=1, title="T", speakers=tuple(map(Speaker, names)), topics=tuple(Topic(n, n) for n in names)
    )
    files = made(changed(record(1, coming=0), 0, talks=(talk,)))
    assert (
        len([path for path in files if path.startswith("topics/")]) == len(TOPICS) + len(names) - 1
    )  # but for case
    assert len(Read(files["speakers.html"]).all("section.person")) == len(names) - 1


def test_an_empty_group_has_a_site_too() -> None:
    files = made(Record(group="New", zone="UTC", zones=(), place="Join us", sessions=()))
    for page in pages(files).values():
        assert page.text("h1")
    assert "Nothing is planned yet." in Read(files["index.html"]).text("main")


def test_the_about_page_is_written_in_the_groups_words() -> None:
    main = Read(made(record(1))["about.html"])
    assert main.text("main .prose ul li:first-child").startswith("Optimization")
    assert main.one('a[href="https://example.org/group"]').to_text() == "https://example.org/group"
    assert "What we read" in [one.to_text() for one in main.all("h2")]
    assert "2022–2025" in main.text("main")


@pytest.mark.skipif(
    "VNU_JAR" not in os.environ, reason="VNU_JAR does not say where the Nu HTML checker's vnu.jar is"
)
def test_the_nu_checker_finds_no_error(tmp_path: Path) -> None:
    write_site(site(record(10), BASE), tmp_path)
    command = ["java", "-jar", os.environ["VNU_JAR"], "--errors-only", "--skip-non-html", str(tmp_path)]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (found.returncode, found.stderr) == (0, "")
    styles = [*command[:3], "--css", str(tmp_path / "style.css")]
    assert subprocess.run(styles, check=False).returncode == 0


# writing


def test_only_what_changed_is_written_and_what_is_gone_goes(tmp_path: Path) -> None:
    own = tmp_path / "CNAME"
    own.write_text("group.example.org")
    assert write_site(site(record(5)), tmp_path).endswith(": 33 files, 33 of them new or changed.")
    assert write_site(site(record(5)), tmp_path).endswith("files, 0 of them new or changed.")
    later = changed(record(5), 4, updated=NOW + timedelta(days=1))
    assert write_site(site(later), tmp_path).endswith(
        ", 2 of them new or changed."
    )  # the feed and the calendar
    fewer = dataclasses.replace(record(5), sessions=record(5).sessions[1:])
    assert write_site(site(fewer), tmp_path).endswith(", 1 old ones gone.")
    assert not (tmp_path / "talks/1.html").exists()
    assert own.read_text() == "group.example.org"


@pytest.mark.parametrize(
    "path", ["../precious.html", "/etc/passwd.html", "talks/../../precious.html", ".git/config"]
)
def test_a_forged_manifest_deletes_nothing_else(tmp_path: Path, path: str) -> None:
    out = tmp_path / "out"
    (out / ".git").mkdir(parents=True)
    (tmp_path / "precious.html").write_text("dear")
    (out / ".git/config").write_text("dear")
    (out / ".reading-group-site").write_text(f"{path}\n")
    write_site(site(record(1)), out)
    assert (tmp_path / "precious.html").read_text() == (out / ".git/config").read_text() == "dear"
