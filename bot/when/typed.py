"""What an organiser types for a time, read into one moment, never guessed in silence."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from bot.when.days import read_day, read_span
from bot.when.hours import doubt_season, take_clock, take_zone
from bot.when.reading import FORMS, NotAWhen, Notes
from bot.when.zones import day_words, local, resolve_wall

_LONGEST_TEXT = 200
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_YEARS = range(2000, 2100)
_FAR = timedelta(days=2 * 366)

_DISCORD = re.compile(r"<t:(-?\d{1,13})(?::[tTdDfFsSR])?>")
# With its own offset; what RFC 9557 adds in brackets says nothing more.
_ISO = re.compile(
    r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)|\d{8}T\d{4}(?:\d\d)?Z)"
    r"(?:\[[\w/+-]+\])?"
)
_ISO_T = re.compile(r"(?<=\d)T(?=\d\d:)")


@dataclass(frozen=True, slots=True)
class Moment:
    """One moment. `wall` (naive) is what clocks in `zone`, the group's, show at `instant` (aware, UTC).

    `notes` are sentences for the person: how something was read, what they may not expect. With `certain`
    false, show them and ask before anything is done.
    """

    instant: datetime
    wall: datetime
    zone: str
    notes: tuple[str, ...] = ()
    certain: bool = True


def parse_when(text: str, *, zone: str, now: datetime) -> Moment:
    """Read a Discord timestamp, an ISO date-time, or English or German words as a moment.

    What names no zone of its own is wall time in `zone` (IANA); `now` is aware. Raises NotAWhen, whose
    message says what is accepted, and ZoneInfoNotFoundError when `zone` is none.
    """
    if len(text) > _LONGEST_TEXT:
        raise NotAWhen(f"That is too long for a date and a time. {FORMS}")
    notes = Notes()
    try:
        instant = _read(" ".join(unicodedata.normalize("NFKC", text).split()), zone, now, notes)
        if instant.year not in _YEARS:
            raise NotAWhen(f"The year {instant.year} is out of reach. {FORMS}")
    except OverflowError:
        raise NotAWhen(f"“{text}” is out of reach. {FORMS}") from None
    wall = local(instant, zone)
    if instant < now:
        notes.doubt(f"{day_words(wall)}, {wall:%H:%M} is in the past.")
    elif instant > now + _FAR:
        notes.doubt(f"{day_words(wall)} is more than two years away.")
    return Moment(instant, wall, zone, tuple(notes.sentences), notes.certain)


def _read(text: str, home: str, now: datetime, notes: Notes) -> datetime:
    """The instant that `text` means, in UTC."""
    stamps = _DISCORD.findall(text)
    if len(stamps) > 1:
        raise NotAWhen("There are two times in that; give only the start.")
    if stamps:
        return _EPOCH + timedelta(seconds=int(stamps[0]))
    if iso := _ISO.fullmatch(text):
        instant, there = _from_iso(iso[1])
    else:
        rest, there = take_zone(_ISO_T.sub(" ", text), home, now, notes)
        instant = _read_wall(rest.casefold(), there, now, notes)
    if isinstance(there, ZoneInfo):
        doubt_season(text, instant, there, notes)
    shown, here = local(instant, there), local(instant, home)
    if shown != here:
        notes.remark(f"{shown:%H:%M} in {there} is {here:%H:%M} in {home}, {day_words(here)}.")
    return instant


def _from_iso(text: str) -> tuple[datetime, tzinfo]:
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise NotAWhen(f"“{text}” is not in the calendar. {FORMS}") from None
    return read.astimezone(UTC), read.tzinfo or UTC


def _read_wall(text: str, there: tzinfo, now: datetime, notes: Notes) -> datetime:
    """The instant that a casefolded `text` means by the calendar and clocks of `there`."""
    if span := read_span(text, now):
        return span
    rest, clock = take_clock(text, notes)
    today = local(now, there)
    if clock is None:
        read_day(rest, today.date(), time_is_over=False, notes=Notes())  # refuses what is no day either
        raise NotAWhen(f"At what time? {FORMS}")
    day = read_day(rest, today.date(), time_is_over=clock <= today.time(), notes=notes)
    wall = datetime.combine(day, clock)
    instant, kind = resolve_wall(wall, there)
    if kind == "gap":
        moved = local(instant, there)
        notes.doubt(
            f"Clocks in {there} jump over {wall:%H:%M} on {day_words(day)}; it was moved to {moved:%H:%M}."
        )
    elif kind == "fold":
        notes.doubt(
            f"Clocks in {there} show {wall:%H:%M} twice on {day_words(day)}; the first time was taken."
        )
    return instant
