"""Whatever titles, names, abstracts and links say, on the site they are text and web addresses, and nothing else."""

from __future__ import annotations

import csv
import io
import json
import re

import bibtexparser
import feedparser
import icalendar
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.publish.markup import el, json_script, slug, web_link
from bot.publish.record import OutsideArchive, Paper, Record, Session, Speaker, Talk, Topic, When
from bot.publish.site import site
from tests.publish.made_up import NOW
from tests.publish.reading import Read

NASTY = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title><script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<!-- <script>",
    "]]> & &amp; &lt;b&gt; &#60;",
    "{{ 7 * 7 }} {% raw %} ${x} `x`",
    "\u2028 line \u2029 paragraph",
    "\u202eright to left\u2066 isolated",
    "nul \x00 bell \x07 escape \x1b delete \x7f high \x85",
    "not a character \ufffe \uffff \U0001ffff",
    "@everyone <@123456789012345678> <#1>",
    '=HYPERLINK("https://evil.example")',
    "} , title = {x}, } @string{a = 1} \\",
    "BEGIN:VEVENT\r\nEND:VCALENDAR",
    "$\\ell_1$ R&D $d<n$ 0",
    "漢字 🦆 𝔛 ǆ ﬁ",
    "a" * 900,
    "x " * 400,
]  # fmt: skip
LINKS = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "//evil.example/x",
    "/local",
    "",
    "https://",
    "https://[",
    "http://example.org:99999999/",
    'https://example.org/a b"><script>x</script>?q={|}\\^`%zz#a#b',
    "https://example.org/\x00\r\nSet-Cookie: x",
    "https://пример.example/путь?ф=ы",
]


def record_of(text: str, link: str = "https://example.org/") -> Record:
    """A record that says one thing everywhere."""
    paper = Paper("url:1", text, text, (text, text), text, link, NOW.date(), text, text, text)
    topic = Topic(text or "t", text or "t", text, text)
    sessions = []
    for number, state in enumerate(("held", "cancelled", "planned"), 1):
        talk = Talk(
            number, text, (Speaker(text, text), Speaker("Ada")), text, (paper,), (topic,), link, link, link, 3
        )
        when = When("2026-04-27T17:00", "Europe/Berlin", NOW.replace(month=4, day=27, hour=15), 60)
        sessions.append(Session(number, text, 1, NOW, state, text, when, (talk,), text))
    archives = (OutsideArchive(text, text, link),)
    return Record(text, "Europe/Berlin", ("UTC",), text, tuple(sessions), (topic,), archives, "uid", text)


def files_of(record: Record) -> dict[str, bytes]:
    return {path: make() for path, make in site(record).items()}


def hold(files: dict[str, bytes], *, scripts: int = 1) -> None:
    """Every page is well-formed, and holds no more than what we put there."""
    for path, data in files.items():
        if not path.endswith(".html"):
            continue
        page = Read(data)
        assert {one.name for one in page.all("*")} <= ELEMENTS, path
        code = [one for one in page.all("script") if one.attrs.get("type") != "application/ld+json"]
        assert [one.to_text() for one in code] == [""] * scripts, path
        assert all(name in ALLOWED for one in page.all("*") for name in one.attrs), path
        assert page.data() is not None
        for link in page.links():
            assert (
                not link.strip().lower().startswith(("javascript:", "data:", "vbscript:", "file:", "//"))
            ), link
    feed = feedparser.parse(files["feed.xml"])
    assert not feed.bozo, feed.get("bozo_exception")
    assert len(feed.entries) == 3
    assert len(icalendar.Calendar.from_ical(files["calendar.ics"]).walk("VEVENT")) == 3
    assert len(json.loads(files["talks.json"])["sessions"]) == 1
    assert len(list(csv.DictReader(io.StringIO(files["talks.csv"].decode())))) == 1
    library = bibtexparser.parse_string(files["bibliography.bib"].decode())
    assert not library.failed_blocks
    assert len(library.entries) == len(library.blocks) == 1
    rows = files["search.js"].decode().removeprefix("const TALKS = ").removesuffix(";\n")
    assert len(json.loads(rows)) == 1


ELEMENTS = frozenset(
    re.findall(
        r"\w+",
        """html head meta title link script body a header nav ul li main footer p h1 h2 h3 div article section time
    span b ol form label input small details summary pre code""",
    )
)
ALLOWED = {
    "aria-current", "aria-hidden", "aria-label", "autocomplete", "charset", "class", "content", "data-minutes",
    "data-root", "datetime", "defer", "for", "hidden", "href", "http-equiv", "id", "lang", "name", "property", "rel",
    "role", "spellcheck", "src", "title", "type",
}  # fmt: skip


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_nasty_text_stays_text(text: str) -> None:
    files = files_of(record_of(text))
    hold(files)
    shown = Read(files["talks/1.html"]).text("h1")
    printable = "".join(ch for ch in text if ch.isprintable() or ch.isspace())
    if printable == text:
        assert shown == " ".join(text.split())
        assert Read(files["talks/1.html"]).data()[0]["name"] == text


@pytest.mark.parametrize("link", LINKS, ids=range(len(LINKS)))
def test_only_web_addresses_become_links(link: str) -> None:
    files = files_of(record_of("A talk", link))
    hold(files)
    leads = [one for one in Read(files["talks/1.html"]).links() if "://" in one]
    assert all(one.startswith(("https://example.org/", "https://%D0")) and one.isascii() for one in leads)
    assert not set('"<>{}|\\^` ') & set("".join(leads))


@settings(deadline=None, max_examples=8)
@given(st.text(max_size=200))
@example("\r")
@example("<")
def test_any_text_stays_text(text: str) -> None:
    hold(files_of(record_of(text)))


@given(st.text(max_size=80))
def test_a_place_for_a_name_is_a_plain_word(name: str) -> None:
    assert set(slug(name)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert slug(name)


@given(st.text(max_size=80))
def test_an_attribute_cannot_be_left(text: str) -> None:
    (found,) = Read(f"<!DOCTYPE html><title>x</title>{el('p', 'y', title=f'x{text}')}".encode()).all("p")
    assert set(found.attrs) == {"title"}


def test_data_in_a_page_cannot_end_its_element() -> None:
    made = json_script({"a": "</script><!-- <script> \u2028 &"}, kind="application/ld+json")
    assert made.count("<") == 2
    assert json.loads(made[made.index(">") + 1 : made.rindex("<")]) == {
        "a": "</script><!-- <script> \u2028 &"
    }


def test_web_links_are_those_of_the_web() -> None:
    assert web_link("https://example.org/a?b=c&d=e#f") == "https://example.org/a?b=c&d=e#f"
    assert web_link("https://example.org/50%/a%20b") == "https://example.org/50%25/a%20b"
    assert [link for link in LINKS[:13] if web_link(link)] == []
