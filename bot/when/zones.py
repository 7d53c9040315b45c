"""Time zones as people need them: what a wall time means, what a zone is called, which zone was meant."""

from __future__ import annotations

import difflib
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

Resolution = Literal["exact", "gap", "fold"]

# strftime would follow the machine's locale; these do not.
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

# Geographic areas of the IANA database; its other names are old aliases that no one should be offered.
_AREAS = (
    "Africa/", "America/", "Antarctica/", "Arctic/", "Asia/",
    "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/",
)  # fmt: skip

# What people write for a zone, and a place where that is the time.
ABBREVIATIONS = {
    "UTC": "UTC", "GMT": "UTC",
    "WET": "Europe/Lisbon", "WEST": "Europe/Lisbon", "BST": "Europe/London",
    "CET": "Europe/Berlin", "CEST": "Europe/Berlin", "MEZ": "Europe/Berlin", "MESZ": "Europe/Berlin",
    "EET": "Europe/Athens", "EEST": "Europe/Athens", "MSK": "Europe/Moscow",
    "ET": "America/New_York", "EST": "America/New_York", "EDT": "America/New_York",
    "CT": "America/Chicago", "CST": "America/Chicago", "CDT": "America/Chicago",
    "MT": "America/Denver", "MST": "America/Denver", "MDT": "America/Denver",
    "PT": "America/Los_Angeles", "PST": "America/Los_Angeles", "PDT": "America/Los_Angeles",
    "IST": "Asia/Kolkata", "SGT": "Asia/Singapore", "HKT": "Asia/Hong_Kong",
    "KST": "Asia/Seoul", "JST": "Asia/Tokyo",
    "AWST": "Australia/Perth", "ACST": "Australia/Adelaide", "ACDT": "Australia/Adelaide",
    "AEST": "Australia/Sydney", "AEDT": "Australia/Sydney",
    "NZST": "Pacific/Auckland", "NZDT": "Pacific/Auckland", "SAST": "Africa/Johannesburg",
}  # fmt: skip


def resolve_wall(wall: datetime, zone: str | tzinfo) -> tuple[datetime, Resolution]:
    """The UTC instant at which clocks in `zone` show the naive `wall`, and whether that is clear.

    "fold": clocks show it twice, the first time is taken. "gap": clocks jump over it; it is shifted forward
    by the length of the jump, as if the offset before still held (02:30 becomes 03:30). Both are what
    `fold=0` means in PEP 495. Raises ValueError for an aware `wall` and ZoneInfoNotFoundError for an unknown
    zone.
    """
    if wall.tzinfo is not None:
        raise ValueError("a wall time is naive")
    there = ZoneInfo(zone) if isinstance(zone, str) else zone
    first = wall.replace(tzinfo=there, fold=0).astimezone(UTC)
    second = wall.replace(tzinfo=there, fold=1).astimezone(UTC)
    if first == second:
        return first, "exact"
    return first, "fold" if first < second else "gap"


def local(instant: datetime, zone: str | tzinfo) -> datetime:
    """What calendar and clock in `zone` show at an aware instant, naive."""
    there = ZoneInfo(zone) if isinstance(zone, str) else zone
    return instant.astimezone(there).replace(tzinfo=None, fold=0)


def offset(instant: datetime, zone: str) -> timedelta:
    """How far clocks in `zone` are ahead of UTC at an aware instant."""
    return instant.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()


def zone_abbreviation(instant: datetime, zone: str) -> str:
    """What the time in `zone` is called at that instant: "CET", "EDT"; "UTC+3" where it has no letters."""
    name = instant.astimezone(ZoneInfo(zone)).tzname() or ""
    if name[:1].isalpha():
        return name
    return offset_name(offset(instant, zone))


def offset_name(distance: timedelta) -> str:
    """A distance from UTC in words: "UTC", "UTC+3", "UTC−3:30"."""
    minutes = round(distance.total_seconds() / 60)
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '−'}{hours}" + (f":{rest:02}" if rest else "")


def day_words(day: date, *, year: bool = True) -> str:
    """A day for people: "Monday 7 December 2026"."""
    words = f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"
    return f"{words} {day.year}" if year else words


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    """Every zone name there is; read once, since it walks the zone files."""
    return frozenset(available_timezones()) - {"Factory", "localtime", "posixrules"}


def is_zone(name: str) -> bool:
    """Whether this is the exact name of an IANA zone, such as "Europe/Berlin"."""
    return name in _zones()


@lru_cache(maxsize=1)
def _places() -> dict[str, str]:
    """Zones worth offering, by their folded name."""
    return {_fold(name): name for name in sorted(_zones()) if name.startswith(_AREAS) or name == "UTC"}


def _fold(text: str) -> str:
    return "_".join(text.casefold().split())


def closest_zones(text: str, *, limit: int = 25) -> list[str]:
    """Zones that were perhaps meant, best first: from a city, a beginning, an abbreviation or a typing error.

    Empty text gives the first `limit` names. 25 is what Discord's autocomplete shows.
    """
    wanted = _fold(text)
    places = _places()
    if text.strip().upper() in ABBREVIATIONS:
        return [ABBREVIATIONS[text.strip().upper()]]
    if wanted in places:
        return [places[wanted]]
    cities = {folded: folded.rsplit("/", 1)[-1] for folded in places}
    found = [folded for folded in places if wanted in folded]
    found.sort(
        key=lambda f: (cities[f] != wanted, not cities[f].startswith(wanted), not f.startswith(wanted), f)
    )
    if not found:
        near = difflib.get_close_matches(wanted.rsplit("/", 1)[-1], set(cities.values()), n=limit, cutoff=0.7)
        found = [folded for city in near for folded in places if cities[folded] == city]
    return [places[folded] for folded in found[:limit]]
