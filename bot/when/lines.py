"""One instant, said for people in several zones, and a warning when their distance is not the usual one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.when.zones import MONTHS, WEEKDAYS, local, offset, zone_abbreviation

_DAY = timedelta(days=1)
_HALF_YEAR = 182
_MANY_DAYS = 91
_NUMBERS = {1: "one", 2: "two", 3: "three"}


def time_line(instant: datetime, zones: Sequence[str], *, home: str) -> str:
    """An aware instant in `home`, then in `zones`: "Mon 16 March 2026, 17:00 CET · 12:00 EDT · 16:00 UTC".

    The date is that of `home`; where it is another day, the weekday is added: "02:30 ACDT Tue".
    Zones that would say the same are said once.
    """
    here = local(instant, home)
    parts = []
    for zone in (home, *zones):
        there = local(instant, zone)
        weekday = "" if there.date() == here.date() else f" {WEEKDAYS[there.weekday()][:3]}"
        parts.append(f"{there:%H:%M} {zone_abbreviation(instant, zone)}{weekday}")
    day = f"{WEEKDAYS[here.weekday()][:3]} {here.day} {MONTHS[here.month - 1]} {here.year}"
    return f"{day}, {' · '.join(dict.fromkeys(parts))}"


@dataclass(frozen=True, slots=True)
class Shift:
    """How much later than usual (earlier, when negative) it is in `zone` at the usual time at home."""

    zone: str
    later: timedelta

    @property
    def words(self) -> str:
        """In words: "one hour later than usual", "30 minutes earlier than usual"."""
        minutes = round(abs(self.later).total_seconds() / 60)
        number, unit = (minutes, "minute") if minutes % 60 else (minutes // 60, "hour")
        amount = f"{_NUMBERS.get(number, number)} {unit}{'s' if number > 1 else ''}"
        return f"{amount} {'later' if self.later > timedelta() else 'earlier'} than usual"


def unusual_gap(instant: datetime, home: str, zones: Sequence[str]) -> list[Shift]:
    """Which of `zones` are unusually far from `home` at an aware instant, and how clocks there differ.

    Usual is what holds on at least a quarter of the days around: most pairs have one such distance, those
    across the equator or with one side that never changes have two, and the weeks between two changes have
    none. The difference is to the last usual distance before, the one that people there remember.
    """
    shifts = []
    for zone in dict.fromkeys(zones):
        present = _distance(instant, home, zone)
        days = Counter(_distance(instant + n * _DAY, home, zone) for n in range(-_HALF_YEAR, _HALF_YEAR + 1))
        usual = {distance for distance, number in days.items() if number >= _MANY_DAYS}
        if not usual or present in usual:
            continue
        before = (_distance(instant - n * _DAY, home, zone) for n in range(1, 2 * _HALF_YEAR))
        remembered = next((distance for distance in before if distance in usual), days.most_common(1)[0][0])
        shifts.append(Shift(zone, present - remembered))
    return shifts


def _distance(instant: datetime, home: str, zone: str) -> timedelta:
    return offset(instant, zone) - offset(instant, home)
