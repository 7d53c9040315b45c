"""VTIMEZONE: what a calendar needs to know about a zone to place our events, from the machine's zone data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
# More than a year, so that it reaches a clock change wherever there are any.
_MARGIN = timedelta(days=400)
_LONG_AGO = datetime(1970, 1, 1)  # noqa: DTZ001 - a wall time


@dataclass(frozen=True, slots=True)
class _Change:
    """Clocks went from one distance to UTC to another; `shown` is the wall time before, at that moment."""

    shown: datetime
    before: timedelta
    after: timedelta
    name: str


def vtimezone(zone: str, first: datetime, last: datetime) -> list[str]:
    """The lines of a VTIMEZONE component that is right for aware instants from `first` to `last`.

    The changes are listed one by one (RDATE), not as a rule: a rule would have to be guessed from them.
    """
    changes = list(_changes(ZoneInfo(zone), first - _MARGIN, last + _MARGIN))
    if not changes or changes[0].shown - changes[0].before > first.replace(tzinfo=None):
        changes.insert(0, _unchanged(ZoneInfo(zone), first))
    kinds: dict[tuple[timedelta, timedelta, str], list[datetime]] = {}
    for change in changes:
        kinds.setdefault((change.before, change.after, change.name), []).append(change.shown)
    lines = ["BEGIN:VTIMEZONE", f"TZID:{zone}"]
    for (before, after, name), shown in kinds.items():
        kind = "DAYLIGHT" if after > before else "STANDARD"
        lines += [f"BEGIN:{kind}", f"DTSTART:{_basic(shown[0])}"]
        lines += [f"RDATE:{_basic(wall)}" for wall in shown[1:]]
        lines += [
            f"TZNAME:{name}",
            f"TZOFFSETFROM:{_signed(before)}",
            f"TZOFFSETTO:{_signed(after)}",
            f"END:{kind}",
        ]
    return [*lines, "END:VTIMEZONE"]


def _unchanged(zone: ZoneInfo, instant: datetime) -> _Change:
    """What holds at `instant`, as if since long ago: the start for a zone with no change before."""
    there = instant.astimezone(zone)
    distance = there.utcoffset() or timedelta()
    return _Change(_LONG_AGO, distance, distance, there.tzname() or "")


def _changes(zone: ZoneInfo, first: datetime, last: datetime) -> Iterator[_Change]:
    """Each change of clocks between two instants: found by days, then by halving the day."""
    day = first.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    while day < last:
        before = _offset(zone, day)
        if _offset(zone, day + _DAY) != before:
            low, high = day, day + _DAY
            while high - low > _MINUTE:
                middle = low + (high - low) // _MINUTE // 2 * _MINUTE
                low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
            there = high.astimezone(zone)
            yield _Change(
                (high + before).replace(tzinfo=None), before, _offset(zone, high), there.tzname() or ""
            )
        day += _DAY


def _offset(zone: ZoneInfo, instant: datetime) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta()


def _basic(wall: datetime) -> str:
    return f"{wall:%Y%m%dT%H%M%S}"


def _signed(distance: timedelta) -> str:
    minutes = round(distance.total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}{rest:02}"
