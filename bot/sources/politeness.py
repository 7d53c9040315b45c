"""arXiv's rules for machines: one request at a time, seconds apart, and silence after a refusal.

"No more than one request every three seconds, one connection at a time, over all your machines"
(info.arxiv.org/help/api/tou.html); going on after a 403 is treated as an attack (help/robots.html).
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from bot.sources.trouble import Kind, SourceTrouble

Sleep = Callable[[float], Awaitable[object]]
Monotonic = Callable[[], float]

_URGENT_IN_A_ROW = 3  # then a patient one is let through, so that the digest comes on a busy day too
_FIRST_PAUSE, _LONGEST_PAUSE = 120.0, 3600.0  # seconds, where arXiv does not say how long
_LONGEST_OBEYED = 6 * 3600.0  # a longer Retry-After is a mistake: we would be silent for days


class Turns:
    """One turn at a time, each at least `interval` seconds after the end of the one before.

    Urgent turns (a person waits) go before patient ones (digests), each kind in the order of asking. The
    first turn waits too: the process before this one may have asked a moment ago.
    """

    def __init__(self, interval: float, *, sleep: Sleep, monotonic: Monotonic) -> None:
        self._interval, self._sleep, self._monotonic = interval, sleep, monotonic
        self._not_before = monotonic() + interval
        self._urgent: deque[object] = deque()
        self._patient: deque[object] = deque()
        self._urgent_in_a_row = 0
        self._busy = False
        self._changed = asyncio.Event()

    @asynccontextmanager
    async def turn(self, *, urgent: bool) -> AsyncIterator[None]:
        """Wait for a turn and hold it within the `async with`. Cancelling gives it up."""
        ticket, queue = object(), self._urgent if urgent else self._patient
        queue.append(ticket)
        try:
            await self._until_first(ticket)
            self._busy = True
        finally:
            queue.remove(ticket)
            self._wake_all()
        self._urgent_in_a_row = self._urgent_in_a_row + 1 if urgent else 0
        try:
            yield
        finally:
            self._busy = False
            self._not_before = self._monotonic() + self._interval
            self._wake_all()

    async def _until_first(self, ticket: object) -> None:
        # Looked at again after each wait: a more urgent one may have come meanwhile.
        while True:
            if self._busy or self._first() is not ticket:
                await self._changed.wait()
            elif (wait := self._not_before - self._monotonic()) > 0:
                await self._sleep(wait)
            else:
                return

    def _first(self) -> object:
        patient_is_due = self._urgent_in_a_row >= _URGENT_IN_A_ROW and self._patient
        return self._patient[0] if patient_is_due or not self._urgent else self._urgent[0]

    def _wake_all(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()


class Cooldown:
    """The silence after arXiv has refused: as long as it asks for, else minutes that double, with jitter."""

    def __init__(self, *, monotonic: Monotonic) -> None:
        self._monotonic = monotonic
        self._until = 0.0
        self._kind: Kind = "rate_limited"
        self._refusals = 0

    def check(self) -> None:
        """Raise `SourceTrouble` with the remaining seconds while the silence lasts."""
        remaining = self._until - self._monotonic()
        if self._refusals and remaining > 0:
            raise SourceTrouble(self._kind, detail="still keeping silent", retry_after=remaining)

    def begin(self, kind: Kind, asked_for: float | None) -> float:
        """Start, or lengthen, the silence; the seconds it will last."""
        own = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**self._refusals) * random.uniform(1.0, 1.25)
        obeyed = min(asked_for or 0.0, _LONGEST_OBEYED)
        # The first time arXiv's own figure is enough; when it refuses again, the figure was too small.
        pause = obeyed if obeyed and not self._refusals else max(own, obeyed)
        self._refusals += 1
        self._kind, self._until = kind, self._monotonic() + pause
        return pause

    def end(self) -> None:
        """Forget the refusals: arXiv has served us again."""
        self._refusals = 0
