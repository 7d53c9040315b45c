"""What time it is. Everything that asks gets a clock by argument, so that a test or a rehearsal can move it."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

#: How long after its start the bot begins with what nobody waits for: a start has enough to do.
LULL = timedelta(minutes=10)


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds since some instant, for measuring spans: never goes back, whatever is done to the clock."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since some instant; see `Clock`."""
        return time.monotonic()


class VirtualClock:
    """A clock that is moved by hand and never goes back.

    With `ticking`, real seconds pass on it too, as a visitor of the rehearsal expects; without, it stands still
    between moves, as a test wants it.
    """

    def __init__(self, start: datetime, *, ticking: bool = False) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock starts at an aware datetime")
        self._base = start.astimezone(UTC)
        self._ticking = ticking
        self._mark = time.monotonic()

    def now(self) -> datetime:
        """The virtual instant, aware, in UTC."""
        if not self._ticking:
            return self._base
        return self._base + timedelta(seconds=time.monotonic() - self._mark)

    def monotonic(self) -> float:
        """Virtual seconds: a pause of an hour passes when the clock is moved by an hour."""
        return self.now().timestamp()

    def set(self, instant: datetime) -> None:
        """Move forward to an aware `instant`; one in the past leaves the clock where it is."""
        if instant.tzinfo is None:
            raise ValueError("a clock is set to an aware datetime")
        if instant > self.now():
            self._base, self._mark = instant.astimezone(UTC), time.monotonic()

    def advance(self, by: timedelta) -> None:
        """Move forward by a duration."""
        self.set(self.now() + by)


class Watch:
    """Notices that a clock was set, or that the machine slept: then its time and its monotonic seconds part."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seen = clock.now(), clock.monotonic()

    def jump(self) -> timedelta:
        """How far the clock has jumped since the last call: ahead, or back when negative."""
        (then, seconds), self._seen = self._seen, (self._clock.now(), self._clock.monotonic())
        return self._seen[0] - then - timedelta(seconds=self._seen[1] - seconds)
