"""Lanes: the posts of one place on one server go out one after the other; lanes do not wait for each other."""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.clock import Clock
from storage import outbox
from storage.database import Database, DatabaseTrouble, Tx
from storage.outbox import Lane

log = logging.getLogger(__name__)

#: How many lanes are at work at once: Discord takes some fifty requests a second of one bot.
AT_ONCE = 50
#: How long a lane rests after a mistake of our own.
AFTER_ERROR = timedelta(minutes=1)
#: When to look whether a database that was ill can be written to again.
AFTER_ILLNESS = timedelta(seconds=30)

#: Delivers what is due in a lane; asks now and then whether it may go on.
Work = Callable[[Lane, Callable[[], bool]], Awaitable[None]]


class Lanes:
    """Sets lanes to work that have something due, each in a task of its own."""

    def __init__(self, database: Database, clock: Clock, work: Work) -> None:
        self._database, self._clock, self._work = database, clock, work
        self._at_work: dict[Lane, asyncio.Task[None]] = {}
        self._closing = False
        self._ill_until = 0.0  # by the clock's monotonic seconds

    async def next_due(self, tx: Tx) -> datetime | None:
        """When a lane that is idle has something to do; None also while enough are at work: one that ends says so."""
        if self._closing or len(self._at_work) >= AT_ONCE:
            return None
        now = self._clock.now()
        if (ill := self._ill_until - self._clock.monotonic()) > 0:
            return now + timedelta(seconds=ill)
        due = await outbox.due_lanes(tx, now, limit=len(self._at_work) + 1)
        return now if set(due) - self._at_work.keys() else await outbox.next_try_after(tx, now)

    async def run_due(self, now: datetime) -> None:
        """Set lanes with something due to work. Returns at once; `settle` waits."""
        if self._closing or self._clock.monotonic() < self._ill_until:
            return
        async with self._database.reading() as tx:
            due = await outbox.due_lanes(tx, now, limit=AT_ONCE)
        idle = [lane for lane in due if lane not in self._at_work]
        for lane in idle[: AT_ONCE - len(self._at_work)]:
            task = asyncio.create_task(self._work_off(lane), name=f"outbox {lane.guild_id} {lane.place}")
            self._at_work[lane] = task
            task.add_done_callback(functools.partial(self._rest, lane))

    async def _work_off(self, lane: Lane) -> None:
        try:
            await self._work(lane, lambda: not self._closing)
        except DatabaseTrouble:  # the log has it
            self._ill_until = self._clock.monotonic() + AFTER_ILLNESS.total_seconds()
        except Exception:  # our own mistake: the lane rests, so that it neither spins nor holds up the others
            log.exception("a lane of the outbox broke: %s", lane)
            now = self._clock.now()
            async with self._database.transaction() as tx:
                await outbox.hold_back(tx, lane, until=now + AFTER_ERROR, now=now)

    def _rest(self, lane: Lane, task: asyncio.Task[None]) -> None:
        self._at_work.pop(lane, None)
        if not task.cancelled() and (error := task.exception()):
            # Not even the rest could be noted; the timers' safety net looks again.
            log.error("a lane of the outbox stopped: %s", lane, exc_info=error)
        else:
            self._database.on_wake()

    @property
    def busy(self) -> bool:
        """Whether a lane is at work."""
        return bool(self._at_work)

    async def settle(self) -> None:
        """Wait until no lane is at work."""
        while self._at_work:
            await asyncio.wait(list(self._at_work.values()))
            await asyncio.sleep(0)  # let the done-callbacks run

    async def close(self, grace: float) -> None:
        """Finish what is being said, for at most `grace` seconds; the rest is looked for at the next start."""
        self._closing = True
        if self._at_work:
            _, late = await asyncio.wait(list(self._at_work.values()), timeout=grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def abandon(self) -> None:
        """Drop all deliveries in hand, as a process that is killed does."""
        self._closing = True
        for task in self._at_work.values():
            task.cancel()
