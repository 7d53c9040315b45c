"""Taking talks of the past from files as people keep them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.cards.shelf import history
from bot.clock import VirtualClock
from bot.config import parse
from bot.publish import talks
from bot.publish.past import NotReadable, read
from bot.services.archive import Archive
from bot.services.past import Outcome, Past
from bot.services.past_papers import PastPapers
from bot.services.records import Records
from bot.services.sessions import Sessions
from bot.services.settings import SettingsService
from bot.services.shelf import Shelf
from storage import papers, sessions
from storage.database import Database, open_database
from storage.tables import Guild, Paper
from tests.database import first_day_url

GUILD = 1
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "group-talks.csv"

#: A file as it comes out of a spreadsheet that several people kept for years.
DIRTY = (
    "\ufeffDate;Time;Time zone;Talk;Speaker;Affiliation;arXiv;Video;Tags\r\n"
    '2023-05-04;17:00;Europe/Berlin;"Lottery; tickets";"A. One";"Oslo";1803.03635;https://v.example/1;Pruning\r\n'
    "13/06/2023;5pm;;Scaling laws;B. Two; C. Three;;;\r\n"
    "4.7.2023;;;=HYPERLINK(1);B. Two;;;not a link;\r\n"
    "7/8/2023;17:00;Mars/Base;Robots;;;;;\r\n"
    "May 2022;;;Old things;D. Four and E. Five;Bonn;;;\r\n"
    '2023-05-04;17:00;Europe/Berlin;"Lottery; tickets";"A. One";"Oslo";1803.03635;https://v.example/1;Pruning\r\n'
    ";;;No day;;;;;\r\n"
    "\r\n"
    f"2023-09-01;;;{'x' * 5000};;;;;\r\n"
    "2030-01-01;17:00;UTC;The future;;;;;\r\n"
    "31.02.2023;;;Never;;;;;\r\n"
    '2023-10-10;;;"Two\r\nlines";F. Six;;TBA;;\r\n'
    "2023-10-11;;;After two lines;F. Six;;;;\r\n"
)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = await opened(first_day_url(tmp_path))
    yield database
    await database.close()


async def opened(url: str) -> Database:
    database = open_database(url)
    async with database.transaction() as tx:
        tx.add(Guild(guild_id=GUILD, name="A group", joined_at=NOW))
    return database


def past_of(database: Database) -> tuple[Past, Records]:
    clock = VirtualClock(NOW)
    settings = SettingsService(database, clock, parse({}))
    records = Records(database, settings)
    archive = Archive(database, settings, records, Sessions(database, clock, settings))
    return Past(database, clock, settings, archive, PastPapers(database, None)), records  # type: ignore[arg-type]


async def take(database: Database, name: str, data: str | bytes, **how: Any) -> list[Outcome]:
    raw = data.encode() if isinstance(data, str) else data
    how.setdefault("dry_run", False)
    return await past_of(database)[0].take(GUILD, read(name, raw, day=how.pop("day", "")), **how)


async def rows_of(database: Database) -> list[dict[str, str]]:
    record = await past_of(database)[1].of(GUILD)
    return list(csv.DictReader(io.StringIO(talks.to_csv(record).decode())))


async def test_a_dirty_file_is_taken_as_far_as_it_can_be_read(database: Database) -> None:
    outcomes = await take(database, "talks.csv", DIRTY)
    assert [(one.where, one.what) for one in outcomes] == [
        ("line 2", "added"), ("line 3", "added"), ("line 4", "added"), ("line 5", "refused"), ("line 6", "added"),
        ("line 7", "known"), ("line 8", "refused"), ("line 10", "refused"), ("line 11", "refused"),
        ("line 12", "refused"), ("line 13", "added"), ("line 15", "added"),
    ]  # fmt: skip
    said = {one.where: one for one in outcomes}
    assert said["line 3"].notes == ("no zone: taken as Europe/Berlin",)
    assert said["line 4"].notes == ("recording: “not a link” is no web address",)
    assert "Mars/Base" in said["line 5"].about
    assert "5,000 characters" in said["line 10"].about
    assert "still to come" in said["line 11"].about
    assert said["line 13"].notes == ("“TBA” names no paper",)
    rows = await rows_of(database)
    assert [(row["date"], row["wall_time"], row["zone"]) for row in rows] == [
        ("2022-05", "", ""), ("2023-05-04", "17:00", "Europe/Berlin"), ("2023-06-13", "17:00", "Europe/Berlin"),
        ("2023-07-04", "", ""), ("2023-10-10", "", ""), ("2023-10-11", "", ""),
    ]  # fmt: skip
    assert rows[0]["speakers"] == "D. Four; E. Five"
    assert rows[1]["paper"] == "1803.03635"
    assert rows[3]["title"] == "'=HYPERLINK(1)"
    assert rows[4]["title"] == "Two lines"


async def test_a_dry_run_says_the_same_and_changes_nothing(database: Database) -> None:
    assert (await take(database, "t.csv", DIRTY, dry_run=True)) == (await take(database, "t.csv", DIRTY))
    assert len(await rows_of(database)) == 6


async def test_a_second_time_changes_nothing(database: Database) -> None:
    await take(database, "talks.csv", DIRTY)
    before = await past_of(database)[1].of(GUILD)
    assert {one.what for one in await take(database, "talks.csv", DIRTY)} == {"known", "refused"}
    assert await past_of(database)[1].of(GUILD) == before


async def test_what_was_missing_is_filled_in_and_what_was_there_stays(database: Database) -> None:
    await take(database, "a.csv", "date,title,speakers\n2023-05,Lottery tickets,Ann\n")
    (merged,) = await take(
        database, "b.csv",
        "date,title,speakers,abstract,recording\n2023-05-04,LOTTERY TICKETS!,Bob,We prune.,https://v.example\n",
    )  # fmt: skip
    assert (merged.what, merged.about) == ("merged", "LOTTERY TICKETS!: abstract, recording, date")
    (row,) = await rows_of(database)
    assert (row["date"], row["title"], row["speakers"]) == ("2023-05-04", "Lottery tickets", "Ann")


async def test_two_talks_of_one_evening_are_one_session(database: Database) -> None:
    await take(database, "a.csv", "date,wall_time,title\n2023-05-04,17:00,One\n2023-05-04,17:00,Two\n")
    (session,) = (await past_of(database)[1].of(GUILD)).sessions
    assert [talk.title for talk in session.talks] == ["One", "Two"]


@pytest.mark.parametrize(("write", "name"), [(talks.to_csv, "talks.csv"), (talks.to_json, "talks.json")])
async def test_what_leaves_comes_back_the_same(
    database: Database, tmp_path: Path, write: Any, name: str
) -> None:
    await take(database, "talks.csv", DIRTY)
    await take(database, "more.json", json.dumps([
        {"date": "2024-01-08", "wall_time": "17:00", "zone": "America/New_York", "title": "A; b",
         "session": "Two talks",
         "speakers": [{"name": "Ann", "affiliation": ""}, {"name": "Bob", "affiliation": "Oslo; Norway"}],
         "abstract": "-1 is\n\nless. “Quoted”, too; and $x$.", "attendance": 12, "minutes": 90,
         "topics": ["Pruning", "x, y"],
         "papers": [{"doi": "10.1145/3292500", "title": "X", "authors": ["Y Z"]}, {"id": "1803.03635", "title": "W"},
                    {"url": "https://v.example/paper;v=2", "title": "V"}], "notes": "https://n.example"},
        {"date": "2024-01-08", "wall_time": "17:00", "zone": "America/New_York", "title": "Second"},
    ]))  # fmt: skip
    first = write(await past_of(database)[1].of(GUILD))
    other = await opened(first_day_url(tmp_path, "other.db"))
    outcomes = await take(other, name, first)
    assert {one.what for one in outcomes} == {"added"}
    assert write(await past_of(other)[1].of(GUILD)) == first
    await other.close()


async def test_all_papers_of_a_talk_are_kept_in_order_and_each_is_known_to_have_been_read(
    database: Database,
) -> None:
    line = "date,title,paper\n2023-05-04,Three papers,10.1145/3292500; 1803.03635; TBA; https://v.example/a;v=2\n"
    await take(database, "t.csv", "date,title,paper\n2023-05-04,Three papers,10.1145/3292500\n")
    (merged,) = await take(database, "t.csv", line)
    assert (merged.what, merged.about) == ("merged", "Three papers: papers")
    assert merged.notes == ("“TBA” names no paper",)
    assert [one.what for one in await take(database, "t.csv", line)] == ["known"]
    (row,) = await rows_of(database)
    assert row["paper"] == "https://doi.org/10.1145/3292500; 1803.03635; https://v.example/a;v=2"
    async with database.reading() as tx:
        assert len(await sessions.reading(tx, GUILD, "1803.03635")) == 1
        assert [paper.paper_id for paper, _ in await sessions.read_by_words(tx, GUILD, ["1803"])] == [
            "1803.03635"
        ]


async def test_a_calendar_is_taken_without_the_way_to_join(database: Database) -> None:
    outcomes = await take(database, "old.ics", (
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;TZID=Europe/Berlin:20230504T170000\r\n"
        "DTEND;TZID=Europe/Berlin:20230504T183000\r\nSUMMARY:Pruning\\, again\r\n"
        "DESCRIPTION:We prune.\\nJoin: https://tu.zoom.us/j/1?pwd=secret\r\nLOCATION:https://tu.zoom.us/j/1\r\n"
        "END:VEVENT\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20230601\r\nSUMMARY:A day\r\nSTATUS:CANCELLED\r\n"
        "END:VEVENT\r\n"
        "BEGIN:VEVENT\r\nDTSTART:20230701T150000Z\r\nSUMMARY:Weekly\r\nRRULE:FREQ=WEEKLY\r\nEND:VEVENT\r\n"
        "BEGIN:VEVENT\r\nDTSTART:20230801T150000Z\r\nSUMMARY:In UTC\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    ))  # fmt: skip
    assert [one.what for one in outcomes] == ["added", "refused", "added"]
    one, two = await rows_of(database)
    assert (one["title"], one["abstract"], one["minutes"]) == ("Pruning, again", "We prune.", "90")
    assert (two["date"], two["wall_time"], two["zone"]) == ("2023-08-01", "17:00", "Europe/Berlin")
    assert "zoom" not in str(one)


async def test_who_wrote_a_work_that_has_only_a_title_is_kept(database: Database) -> None:
    await take(database, "read.bib", "@misc{a, title={On Sets}, author={Noether, Emmy and A. B.}, abstract={Sets.}}",
               day="2022")  # fmt: skip
    (row,) = await rows_of(database)
    assert (row["title"], row["abstract"]) == ("On Sets", "By Emmy Noether, A. B.\n\nSets.")


async def test_a_bibliography_of_papers_that_were_read_is_taken(database: Database) -> None:
    bib = r"""
@string{x = "y"}
@misc{frankle, title = {The {Lottery} Ticket Hypothesis}, author = {Frankle, Jonathan and Michael Carbin},
  eprint = {1803.03635}, archivePrefix = {arXiv}, eventdate = {2023-05-04}}
@article{old, title = "Something " # "else", author = {Ann Other}, doi = {10.1145/3292500}, year = 1999}
"""
    assert [one.what for one in await take(database, "read.bib", bib)] == ["added", "refused"]
    outcomes = await take(database, "read.bib", bib, day="2022")
    assert [one.what for one in outcomes] == ["known", "added"]
    record = await past_of(database)[1].of(GUILD)
    assert [(s.when.wall, s.talks[0].title, s.talks[0].papers[0].authors) for s in record.sessions] == [
        ("2022", "Something else", ("Ann Other",)),
        ("2023-05-04", "The Lottery Ticket Hypothesis", ("Jonathan Frankle", "Michael Carbin")),
    ]


@pytest.mark.parametrize("data", [b"\x00\x01\x02", b"a,b\n1,2\n", b"", b"{", b'{"format": 1}'])
def test_a_file_that_is_none_is_refused_as_a_whole(data: bytes) -> None:
    with pytest.raises(NotReadable):
        read("file.csv", data)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_any_spreadsheet_s_encoding_is_read(encoding: str) -> None:
    (row,) = read("t.csv", "date\ttitle\n2023-05-04\tÜber Schärfe\n".encode(encoding))
    assert getattr(row, "title", "") == "Über Schärfe"


@pytest.mark.skipif(not SHARED.exists(), reason="needs ../shared/group-talks.csv")
async def test_the_group_s_own_list_is_taken(database: Database) -> None:
    assert [one.what for one in await take(database, "group-talks.csv", SHARED.read_bytes())] == ["added"] * 3
    first = (await past_of(database)[1].of(GUILD)).sessions[0]
    assert first.when.words() == "Mon 16 March 2026, 17:00 CET"
    assert [person.affiliation.split(",")[0] for person in first.talks[0].speakers] == [
        "EPFL and Idiap Research Institute", "Australian Institute for Machine Learning (AIML)",
    ]  # fmt: skip


async def test_a_paper_is_known_to_have_been_read_by_its_number_or_by_the_title_of_a_talk(
    database: Database,
) -> None:
    await take(database, "t.csv", "date,title,paper\n2023-05,The Lottery Ticket,\n2024-01-08,A talk on it,1803.03635\n"
                                  "2025,By the same people,2001.00001\n")  # fmt: skip
    async with database.transaction() as tx:
        for paper_id, title in (("1803.03635", "The lottery ticket!"), ("2001.00001", "Another")):
            await papers.save(tx, [Paper(paper_id=paper_id, title=title, authors=["Jonathan Frankle"], abstract="",
                                         categories=[], fetched_at=NOW, version=2)])  # fmt: skip
    clock = VirtualClock(NOW)
    shelf = Shelf(database, clock, SettingsService(database, clock, parse({})), None)  # type: ignore[arg-type]
    found, session = await shelf.read_before(GUILD, "1803.03635") or (None, None)
    assert session is not None
    assert session.wall_time == "2024-01-08"
    async with database.reading() as tx:
        known = await shelf.known(tx, GUILD, found)
    assert history(known)[:3] == [
        "Read here in May 2023.", "Read here on 8 January 2024.", "Same authors as in 2025: Another.",
    ]  # fmt: skip
