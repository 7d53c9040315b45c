"""When a session is, for readers in several zones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.cards.base import stamp
from bot.publish.record import DAY, When
from bot.when import Shift, time_line, unusual_gap
from storage.tables import Session

#: What the areas of the zone database are called where all of its zones here are meant.
_AREAS = {
    "America": "Americas",
    "Pacific": "The Pacific",
    "Atlantic": "The Atlantic",
    "Indian": "Indian Ocean",
}


def wall(instant: datetime, zone: str, zones: Sequence[str] = ()) -> str:
    """An instant in the group's words: "Mon 7 December 2026, 17:00 CET", and what clocks in `zones` show then."""
    return time_line(instant, zones, home=zone)


def when_of(session: Session) -> When:
    """The time of a session as exactly as it is known: of the past sometimes no more than a day, or a year."""
    return When(session.wall_time, session.zone, session.starts_at, session.minutes)


def day_of(session: Session) -> str:
    """The day of a session in each reader's language; in words where not even the day is sure."""
    return stamp(session.starts_at, "D") if when_of(session).exact else when_of(session).date_words


def on_day(session: Session) -> str:
    """Either "on" that day, or "in" that month or year."""
    return f"{'on' if len(session.wall_time) >= DAY else 'in'} {day_of(session)}"


def two_times(session: Session, zones: Sequence[str] = ()) -> str:
    """The reader's own time, in their language, and the group's; a third line where clocks are unusually far apart."""
    start, zone = session.starts_at, session.zone
    if not when_of(session).exact:
        return when_of(session).date_words
    lines = [f"{stamp(start, 'F')} ({stamp(start, 'R')})", wall(start, zone, zones)]
    return "\n".join([*lines, *(f"⚠️ **{line}**" for line in unusual(start, zone, zones))])


def unusual(instant: datetime, zone: str, zones: Sequence[str]) -> list[str]:
    """Who must mind the clock: "Americas: one hour later than usual by your clock"; empty in ordinary weeks."""
    shifts = unusual_gap(instant, zone, zones)
    said: dict[str, list[str]] = {}
    for shift in shifts:
        said.setdefault(shift.words, []).append(_whom(shift, shifts, zones))
    return [f"{', '.join(dict.fromkeys(whom))}: {words} by your clock" for words, whom in said.items()]


def _whom(shift: Shift, shifts: Sequence[Shift], zones: Sequence[str]) -> str:
    """The whole area where all its zones shift alike, the city where they do not."""
    area, _, city = shift.zone.partition("/")
    alike = {other.zone for other in shifts if other.words == shift.words}
    if all(zone in alike for zone in zones if zone.startswith(f"{area}/")):
        return _AREAS.get(area, area)
    return city.rpartition("/")[2].replace("_", " ")
