"""How long before a session something happens: "7d", "1h", "the day before at 09:00"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.when.zones import local, resolve_wall

_FORMS = "Write it like “7d”, “1h”, “10m”, “2 weeks” or “the day before at 09:00”."
_LONGEST_DAYS = 366

_SPAN = re.compile(r"(\d{1,5})\s*(w|weeks?|d|days?|h|hrs?|hours?|m|mins?|minutes?)(?:\s+before)?")
_CLOCKED = re.compile(
    r"(?:(?P<day_before>(?:the\s+)?day\s+before)|(?P<same_day>(?:on\s+)?the\s+(?:same\s+)?day)"
    r"|(?P<days>\d{1,3})\s*d(?:ays?)?(?:\s+before)?|d(?P<key>\d{1,3}))"
    r"\s*(?:at\s+|@\s*)(?P<hour>\d{1,2})(?::(?P<minute>\d{2}))?"
)


@dataclass(frozen=True, slots=True)
class Lead:
    """A time before a session.

    Days are calendar days in the session's zone: a day before 17:00 is 17:00, also when clocks change in
    between, because that is when people expect it. Hours and minutes are exact durations. With `at`, it is
    that wall time, `days` days before.
    """

    days: int = 0
    minutes: int = 0
    at: time | None = None

    def due(self, instant: datetime, zone: str) -> datetime:
        """When it is due for a session at the aware `instant` in `zone`; aware, UTC.

        A lead "on the day at 18:00" of a session at 17:00 is due after the start: what that means is the
        caller's business.
        """
        if not self.days and self.at is None:
            return instant - timedelta(minutes=self.minutes)
        start = local(instant, zone)
        day = start.date() - timedelta(days=self.days)
        return resolve_wall(datetime.combine(day, self.at or start.time()), zone)[0]

    @property
    def key(self) -> str:
        """Short; equal leads have equal keys: "7d", "1h", "90m", "d1@09:00". `parse_lead` reads it back."""
        if self.at is not None:
            return f"d{self.days}@{self.at:%H:%M}"
        if self.days:
            return f"{self.days}d"
        return f"{self.minutes}m" if self.minutes % 60 or not self.minutes else f"{self.minutes // 60}h"

    @property
    def words(self) -> str:
        """How far away the session then is: "in 7 days", "tomorrow", "in 1 hour", "now"."""
        if self.days == 1:
            return "tomorrow"
        if self.days:
            return f"in {self.days} days"
        if self.at is not None:
            return "today"
        return f"in {_span_words(self.minutes)}" if self.minutes else "now"

    @property
    def label(self) -> str:
        """When it happens, for settings: "7 days before", "the day before at 09:00"."""
        days = {0: "on the day", 1: "the day before"}.get(self.days, f"{self.days} days before")
        if self.at is not None:
            return f"{days} at {self.at:%H:%M}"
        if self.days:
            return "1 day before" if self.days == 1 else days
        return f"{_span_words(self.minutes)} before" if self.minutes else "at the start"


def _span_words(minutes: int) -> str:
    number, unit = (minutes, "minute") if minutes % 60 else (minutes // 60, "hour")
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def parse_lead(text: str) -> Lead:
    """Read a lead time. Raises ValueError with a sentence for the person who typed it."""
    words = " ".join(text.casefold().split())
    if span := _SPAN.fullmatch(words):
        number, unit = int(span[1]), span[2][0]
        lead = {
            "w": Lead(days=7 * number),
            "d": Lead(days=number),
            "h": Lead(minutes=60 * number),
            "m": Lead(minutes=number),
        }[unit]
    elif clocked := _CLOCKED.fullmatch(words):
        lead = _clocked(clocked, text)
    else:
        raise ValueError(f"“{text.strip()}” is no time before a session. {_FORMS}")
    if lead.days > _LONGEST_DAYS or lead.minutes > _LONGEST_DAYS * 24 * 60:
        raise ValueError(f"“{text.strip()}” is more than a year before the session. {_FORMS}")
    return lead


def _clocked(match: re.Match[str], text: str) -> Lead:
    days = 1 if match["day_before"] else 0 if match["same_day"] else int(match["days"] or match["key"])
    try:
        return Lead(days=days, at=time(int(match["hour"]), int(match["minute"] or 0)))
    except ValueError:
        raise ValueError(f"“{text.strip()}” names no time of day. {_FORMS}") from None
