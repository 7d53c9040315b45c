"""The record: all of a group's sessions that the public may see, as plain data. Pure.

One record makes every output: the web site, the feed, the calendar, the lists for machines. It never holds a join
link, a Discord id, who voted or who came; people who asked to be left out are not in it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from bot.when import MONTHS, time_line

#: Lengths of a wall time, which tell how exactly it is known: "2023", "2023-05", "2023-05-04", "2026-04-27T17:00".
YEAR, MONTH, DAY, MINUTE = 4, 7, 10, 16
#: What those are called who presented and whose name nobody tells.
NAMELESS, FORMER = "a member", "a former member"


@dataclass(frozen=True, slots=True)
class When:
    """When a session was, or will be, exactly as far as it is known.

    `wall` is ISO 8601 in `zone`, an IANA zone: "2026-04-27T17:00"; of the past often only "2023-05-04", "2023-05" or
    "2023". `start` is the aware instant; where no time of day is known it only serves to sort (noon UTC of the first
    day that it can be), and `minutes` and `zone` say nothing.
    """

    wall: str
    zone: str
    start: datetime
    minutes: int

    @property
    def exact(self) -> bool:
        """Whether the time of day is known."""
        return len(self.wall) == MINUTE

    @property
    def day(self) -> date:
        """The day in `zone`, or the first that it can be."""
        return date.fromisoformat((self.wall + "-01-01")[:DAY])

    @property
    def year(self) -> int:
        return self.day.year

    @property
    def date_words(self) -> str:
        """Such as "27 April 2026", "May 2023" or "2023"."""
        year, month = f"{self.year}", f"{MONTHS[self.day.month - 1]} {self.year}"
        return (
            year
            if len(self.wall) == YEAR
            else month
            if len(self.wall) == MONTH
            else f"{self.day.day} {month}"
        )

    def words(self, zones: tuple[str, ...] = ()) -> str:
        """As "Mon 27 April 2026, 17:00 CEST · 11:00 EDT", in its own zone and in `zones`; or `date_words`."""
        return time_line(self.start, zones, home=self.zone) if self.exact else self.date_words


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who gave a talk. Affiliation is empty where none was told."""

    name: str
    affiliation: str = ""

    @property
    def named(self) -> bool:
        """Whether that is a name at all."""
        return self.name not in (NAMELESS, FORMER)


@dataclass(frozen=True, slots=True)
class Paper:
    """A work. `key` is a bare arXiv id, or "doi:…", "openreview:…", "url:…"; `url` its page.

    `tex` is the title as its authors wrote it, for BibTeX.
    """

    key: str
    title: str
    tex: str = ""
    authors: tuple[str, ...] = ()
    abstract: str = ""
    url: str = ""
    published: date | None = None
    category: str = ""
    doi: str = ""
    journal: str = ""

    @property
    def arxiv(self) -> str:
        """Its arXiv id, or nothing."""
        return "" if ":" in self.key else self.key


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of the group, in its area (in words). `key` is the group's, or the name itself for one it has no more."""

    key: str
    name: str
    area: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Talk:
    """What happened in a session. Texts are plain text from outside, their TeX made readable; links are web addresses.

    `number` is its own on this bot, for ever. `votes` is how many its paper had when it was chosen.
    """

    number: int
    title: str
    speakers: tuple[Speaker, ...] = ()
    abstract: str = ""
    papers: tuple[Paper, ...] = ()
    topics: tuple[Topic, ...] = ()
    slides: str = ""
    recording: str = ""
    notes: str = ""
    votes: int = 0


@dataclass(frozen=True, slots=True)
class Attendance:
    """How many said beforehand that they would or might come, and how many came if somebody counted; no names."""

    going: int = 0
    maybe: int = 0
    came: int | None = None

    @property
    def number(self) -> int:
        """The best that is known of how many were there; 0: nothing is."""
        return self.going if self.came is None else self.came


@dataclass(frozen=True, slots=True)
class Session:
    """One meeting, with its talks in order. `uid` and `sequence` are for calendars: the uid never changes, the
    sequence rises with each change. `updated` is when something of it changed last. `questions` is how many were asked.
    """

    number: int
    uid: str
    sequence: int
    updated: datetime
    state: Literal["planned", "held", "cancelled"]
    title: str
    when: When
    talks: tuple[Talk, ...]
    series: str = ""
    attendance: Attendance = Attendance()
    questions: int = 0


@dataclass(frozen=True, slots=True)
class OutsideArchive:
    """Where else talks of this group are kept: "Mathematics of Deep Learning", "2022–2025" and its address."""

    name: str
    years: str
    url: str


@dataclass(frozen=True, slots=True)
class Record:
    """A group and all its sessions, cancelled ones too, the earliest first.

    `place` says in words how to join ("Join via #announcements on Discord"); `zones` are those in which times are told
    beside each session's own; `topics` the group's, in its order. `uid` is what feeds know the group by; `about` what
    it says of itself: a line a paragraph, a point ("- …") or a heading ("# …").
    """

    group: str
    zone: str
    zones: tuple[str, ...]
    place: str
    sessions: tuple[Session, ...]
    topics: tuple[Topic, ...] = ()
    archives: tuple[OutsideArchive, ...] = ()
    uid: str = ""
    about: str = ""

    def held(self) -> Iterator[tuple[Session, Talk]]:
        """Every talk that was held, the latest first."""
        return ((s, talk) for s in reversed(self.sessions) if s.state == "held" for talk in s.talks)

    def coming(self, now: datetime) -> Iterator[Session]:
        """Planned sessions that are not over at `now`, the next one first."""
        return (
            s
            for s in self.sessions
            if s.state == "planned" and s.when.start.timestamp() + 60 * s.when.minutes > now.timestamp()
        )


def uid(guild_id: int, session_id: int) -> str:
    """What calendars and feeds know a session by, for ever; it tells nobody which server it is of."""
    digest = hashlib.sha256(f"session {session_id} of {guild_id}".encode()).hexdigest()
    return f"{digest[:24]}@reading-group-bot"
