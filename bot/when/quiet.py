"""Quiet hours: the time of day in which what can wait is not said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.when.zones import local, resolve_wall


@dataclass(frozen=True)
class Quiet:
    """Hours of the day, from `start` to `end` in a zone; they may lie over midnight."""

    start: time
    end: time

    def after(self, instant: datetime, zone: str) -> datetime:
        """`instant` itself, or the end of the quiet hours it falls into; aware UTC."""
        here = local(instant, zone)
        over_midnight = self.start > self.end
        if over_midnight:
            quiet = here.time() >= self.start or here.time() < self.end
        else:
            quiet = self.start <= here.time() < self.end
        if not quiet:
            return instant
        days = 1 if over_midnight and here.time() >= self.start else 0
        return resolve_wall(datetime.combine(here.date() + timedelta(days=days), self.end), zone)[0]

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"
