"""What the site gives to machines, read by parsers that are not ours: feed, calendar, JSON, CSV, BibTeX."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from datetime import timedelta
from time import struct_time

import bibtexparser
import feedparser
import icalendar
import jsonschema_rs
from bibtexparser.model import Entry

from bot.publish.bibtex import bibliography
from bot.publish.feed import ENTRIES, feed
from bot.publish.record import Paper, Record, When
from bot.publish.schedule import schedule
from bot.publish.talks import to_csv, to_json
from tests.publish.made_up import NOW, record

BASE = "https://example.org/group/"
TEXT, LINK = {"type": "string", "minLength": 1}, {"type": "string", "pattern": "^https?://"}
#: The JSON as others may rely on it.
TALKS = {
    "type": "object",
    "required": ["format", "group", "sessions"],
    "additionalProperties": False,
    "properties": {
        "format": {"const": "reading-group talks 1"},
        "group": TEXT,
        "sessions": {"type": "array", "items": {"$ref": "#/$defs/session"}},
    },
    "$defs": {
        "session": {
            "required": ["when", "talks"],
            "additionalProperties": False,
            "properties": {
                "when": {"pattern": r"^\d{4}(-\d\d(-\d\d(T\d\d:\d\d)?)?)?$"},
                "zone": TEXT,
                "minutes": {"type": "integer", "minimum": 1},
                "title": TEXT,
                "attendance": {"type": "integer", "minimum": 1},
                "talks": {"type": "array", "items": {"$ref": "#/$defs/talk"}},
            },
        },
        "talk": {
            "required": ["title"],
            "additionalProperties": False,
            "properties": {
                **dict.fromkeys(("title", "abstract"), TEXT),
                **dict.fromkeys(("slides", "recording", "notes"), LINK),
                "topics": {"type": "array", "items": TEXT},
                "speakers": {
                    "type": "array",
                    "items": {
                        "required": ["name"],
                        "additionalProperties": False,
                        "properties": {"name": TEXT, "affiliation": TEXT},
                    },
                },
                "papers": {
                    "type": "array",
                    "items": {
                        "required": ["id", "title"],
                        "additionalProperties": False,
                        "properties": {
                            **dict.fromkeys(("id", "title", "doi"), TEXT),
                            "authors": {"type": "array", "items": TEXT},
                            "published": {"pattern": r"^\d{4}-\d\d-\d\d$"},
                            "url": LINK,
                        },
                    },
                },
            },
        },
    },
}


def with_session(group: Record, place: int, **more: object) -> Record:
    sessions = list(group.sessions)
    sessions[place] = dataclasses.replace(sessions[place], **more)
    return dataclasses.replace(group, sessions=tuple(sessions))


# the feed


def test_a_feed_reader_finds_every_session_with_what_was_said() -> None:
    group = record(10)
    read = feedparser.parse(feed(group, BASE))
    assert not read.bozo
    assert read.version == "atom10"
    assert read.feed.title == group.group
    assert [link.href for link in read.feed.links] == [f"{BASE}feed.xml", BASE]
    assert len(read.entries) == len({entry.id for entry in read.entries}) == 14
    talk = group.sessions[3].talks[0]
    (entry,) = [one for one in read.entries if one.link == f"{BASE}talks/{talk.number}.html"]
    assert entry.title == talk.title
    assert {author.name for author in entry.authors} == {person.name for person in talk.speakers}
    assert {tag.term for tag in entry.tags} == {topic.name for topic in talk.topics}
    assert talk.papers[0].abstract in entry.content[0].value
    assert isinstance(entry.updated_parsed, struct_time)


def test_a_session_stays_one_entry_and_comes_up_again_when_its_recording_does() -> None:
    group = record(10)
    before = {one.link: one for one in feedparser.parse(feed(group)).entries}
    talks = (dataclasses.replace(group.sessions[2].talks[0], recording="https://video.example.org/new"),)
    later = with_session(group, 2, talks=talks, updated=NOW + timedelta(days=3))
    first = feedparser.parse(feed(later)).entries[0]
    assert first.id == before["talks/3.html"].id
    assert first.updated > before["talks/3.html"].updated
    assert "https://video.example.org/new" in first.content[0].value


def test_a_long_history_does_not_make_a_long_feed() -> None:
    assert len(feedparser.parse(feed(record(130))).entries) == ENTRIES


def test_a_cancelled_session_says_so_in_the_feed() -> None:
    (entry,) = feedparser.parse(feed(with_session(record(1, coming=0), 0, state="cancelled"))).entries
    assert entry.title.startswith("Cancelled: ")


# the calendar


def test_the_calendar_holds_what_is_known_to_the_day() -> None:
    group = with_session(
        record(3, coming=1), 1, when=When("2023-05-04", "Europe/Berlin", NOW.replace(2023, 5, 4), 60)
    )
    group = with_session(group, 0, when=When("2023-05", "Europe/Berlin", NOW.replace(2023, 5, 1), 60))
    group = with_session(group, 3, state="cancelled")
    events = icalendar.Calendar.from_ical(schedule(group, BASE)).walk("VEVENT")
    assert [str(one["UID"]) for one in events] == [one.uid for one in group.sessions[1:]]
    assert events[0].start.isoformat() == "2023-05-04"
    assert events[1].start == group.sessions[2].when.start
    assert events[2]["STATUS"] == "CANCELLED"
    assert str(events[1]["URL"]) == f"{BASE}talks/3.html"
    assert str(events[1]["LOCATION"]) == group.place
    assert group.sessions[2].talks[0].speakers[0].name in events[1]["DESCRIPTION"]


# the lists


def test_the_json_is_as_promised_and_whole() -> None:
    group = record(30)
    held, coming = json.loads(to_json(group)), json.loads(to_json(group, state="planned"))
    for data in (held, coming):
        jsonschema_rs.validate(TALKS, data)
    assert [len(data["sessions"]) for data in (held, coming)] == [30, 4]
    assert {t["title"] for s in held["sessions"] for t in s["talks"]} == {t.title for _, t in group.held()}


def test_the_table_has_a_row_for_each_talk() -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv(record(30)).decode())))
    assert [row["title"] for row in rows] == [one.talks[0].title for one in record(30).sessions[:30]]


def entries(group: Record) -> list[Entry]:
    library = bibtexparser.parse_string(bibliography(group).decode())
    assert not library.failed_blocks
    return list(library.entries)


def test_the_bibliography_names_every_paper_once_and_every_talk_without_one() -> None:
    group = record(60)
    found = entries(group)
    assert len({one.key for one in found}) == len(found) == 60
    numbers = {one["eprint"] for one in found if "eprint" in one.fields_dict}
    assert numbers == {paper.key for _, talk in group.held() for paper in talk.papers}
    talks = [one for one in found if "howpublished" in one.fields_dict]
    assert len(talks) == sum(not talk.papers for _, talk in group.held())
    assert all(group.group.replace("&", r"\&") in one["howpublished"] for one in talks)


def test_works_that_would_be_cited_alike_are_told_apart() -> None:
    papers = tuple(
        Paper(f"2601.0000{n}", "Sparse Networks", authors=("Ada Lovelace",), published=NOW.date())
        for n in range(3)
    )
    (session, *_) = record(1).sessions
    talks = (dataclasses.replace(session.talks[0], papers=papers + papers),)
    found = entries(with_session(record(1), 0, talks=talks))
    assert [one.key for one in found] == ["lovelace2026sparse", "lovelace2026sparsea", "lovelace2026sparseb"]
