"""The only alarm clock. It rings at the earliest due instant and then does what is due: the tables decide what that is.

Restart, lateness, daylight saving and fast-forward are then one case: "what is due and not done?". APScheduler wakes;
it stores no jobs (its default of dropping a job that is a second late would lose reminders, agronholm/apscheduler#296).
"""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.clock import Clock, VirtualClock, Watch
from bot.log import event

log = logging.getLogger(__name__)

#: Look again this often even if nobody called: a clock that jumped, a laptop that slept.
SAFETY_NET = timedelta(seconds=30)
#: A clock that jumps further than this is not believed.
JUMP = timedelta(minutes=1)
#: Seconds between a kick and the look: a burst of kicks is one look.
BREATH = 0.002
#: A service whose work broke is given this long before it is tried again.
AFTER_ERROR = timedelta(seconds=30)


class Timed(Protocol):
    """A service with work that is due at instants. All instants are aware UTC."""

    async def next_due(self, view: Any, /) -> datetime | None:
        """The earliest instant at which there is something to do; None when there is nothing to wait for.

        All services are asked in one view of the database, for they are asked often.
        """
        ...

    async def run_due(self, now: datetime) -> None:
        """Do what is due at `now`. Afterwards `next_due` lies in the future, or the work goes on by itself."""
        ...


class Timers:
    """Runs timed services. `kick()` says that something may have become due; `reading()` is a view for `next_due`."""

    def __init__(
        self,
        clock: Clock,
        services: Sequence[Timed],
        reading: Callable[[], AbstractAsyncContextManager[Any]],
        ahead: Callable[[], Awaitable[timedelta | None]] | None = None,
    ) -> None:
        """`ahead` asks how far the clock is ahead of the rest of the world; None when that cannot be told now."""
        self._clock, self._services, self._reading = clock, list(services), reading
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        self._watch, self._ahead, self._doubted = Watch(clock), ahead, False
        self._kicked = asyncio.Event()
        self._looked = asyncio.Event()  # since the last kick
        self._due: datetime | None = None  # what the last look found
        self._pump: asyncio.Task[None] | None = None
        self._running: dict[int, asyncio.Task[None]] = {}
        self._rest_until: dict[int, float] = {}  # loop time, after an error

    def start(self) -> None:
        """Begin to ring. What is overdue is done at once."""
        self._scheduler.add_job(self.kick, "interval", seconds=SAFETY_NET.total_seconds(), id="net")
        self._scheduler.start()
        self._pump = asyncio.create_task(self._run(), name="timers")
        self.kick()

    async def close(self, grace: float = 2.0) -> None:
        """Stop ringing; work in hand gets `grace` seconds."""
        if self._pump is None or self._pump.done():
            return
        self._scheduler.shutdown(wait=False)
        self._pump.cancel()
        await asyncio.gather(self._pump, return_exceptions=True)
        if self._running:
            _, late = await asyncio.wait(list(self._running.values()), timeout=grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def abandon(self) -> None:
        """Drop all work in hand, as a process that is killed does."""
        for task in self._running.values():
            task.cancel()

    def kick(self) -> None:
        """Something may have become due: look."""
        self._looked.clear()
        self._kicked.set()

    async def look(self) -> None:
        """Kick, and return when all services were asked and what is due was set to work."""
        self.kick()
        await self._looked.wait()

    async def _run(self) -> None:
        try:
            while True:
                await self._kicked.wait()
                await asyncio.sleep(BREATH)  # what comes together is looked at together
                self._kicked.clear()
                try:
                    self._due = await self._start_due()
                except Exception as error:
                    if not getattr(error, "told", False):
                        log.exception("the timers could not look what is due")
                    self._due = self._clock.now() + AFTER_ERROR
                self._arm(self._due)
                if not self._kicked.is_set():
                    self._looked.set()
        finally:
            self._looked.set()  # nobody waits for a look that does not come any more

    async def _start_due(self) -> datetime | None:
        """Set to work what is due and idle; the earliest instant of all that is not."""
        if not await self._trusted():
            return self._clock.now() + SAFETY_NET
        loop, now = asyncio.get_running_loop(), self._clock.now()
        # What is at work is asked again when it is done.
        idle = {n: service for n, service in enumerate(self._services) if n not in self._running}
        async with self._reading() as view:
            dues = {number: await service.next_due(view) for number, service in idle.items()}
        coming: list[datetime] = []
        for number, due in dues.items():
            rest = self._rest_until.get(number, 0) - loop.time()
            if due is None:
                continue
            if rest > 0:
                coming.append(max(due, now + timedelta(seconds=rest)))
            elif due <= self._clock.now():
                task = asyncio.create_task(
                    idle[number].run_due(self._clock.now()), name=f"timed {type(idle[number]).__name__}"
                )
                self._running[number] = task
                task.add_done_callback(functools.partial(self._done, number))
            else:
                coming.append(due)
        return min(coming, default=None)

    async def _trusted(self) -> bool:
        """Whether the clock may be gone by: after a jump, not before the world agrees. Else what is not due seems due,

        and what was still of use seems expired.
        """
        if abs(jump := self._watch.jump()) > JUMP:
            self._doubted = True
            event(log, "clock.jumped", logging.WARNING, by=jump, cause="it was set, or this machine slept")
        if not self._doubted or self._ahead is None:
            return True
        ahead = await self._ahead()
        self._doubted = ahead is None or abs(ahead) > JUMP
        if self._doubted:
            cure = "have this machine keep its time by NTP; nothing is done until it is right"
            event(log, "clock.wrong", logging.ERROR, ahead=ahead, cure=cure)
            return False
        event(log, "clock.right")
        for service in self._services:
            if put_right := getattr(service, "clock_put_right", None):
                await put_right()
        return True

    def _done(self, number: int, task: asyncio.Task[None]) -> None:
        del self._running[number]
        if not task.cancelled() and (error := task.exception()):
            if not getattr(error, "told", False):
                log.error("timed work of %s broke", type(self._services[number]).__name__, exc_info=error)
            self._rest_until[number] = asyncio.get_running_loop().time() + AFTER_ERROR.total_seconds()
        self.kick()

    def _arm(self, due: datetime | None) -> None:
        """One date job at the earliest instant. A virtual clock may be far from real time: the distance counts."""
        if due is None:
            return
        wait = max((due - self._clock.now()).total_seconds(), 0)
        at = datetime.now(UTC) + timedelta(seconds=wait)
        self._scheduler.add_job(self.kick, "date", run_date=at, id="next", replace_existing=True)

    # a virtual clock

    async def next_due(self, *, upkeep: bool = True) -> datetime | None:
        """The earliest instant at which any service has something to do; without `upkeep`, something to be seen."""
        asked = [service for service in self._services if upkeep or not getattr(service, "upkeep", False)]
        async with self._reading() as view:
            dues = [await service.next_due(view) for service in asked]
        return min((due for due in dues if due is not None), default=None)

    async def settle(self) -> None:
        """Return when nothing is due and nothing is at work, or the timers are closed."""
        while self._pump is not None and not self._pump.done():
            if self._running:
                await asyncio.wait(list(self._running.values()))
            for service in self._services:
                settle = getattr(service, "settle", None)
                if settle is not None:
                    await settle()
            await self.look()
            # While that was asked, a service may have begun something that goes on by itself.
            busy = self._running or any(map(_goes_on, self._services))
            if not busy and (self._due is None or self._due > self._clock.now()):
                return

    async def run_until(self, instant: datetime, *, upkeep: bool = True) -> None:
        """Move a virtual clock to `instant`, stopping on the way at every instant at which something is due.

        Without `upkeep` it does not stop where nothing is due to be seen; that is then done at the next stop.
        """
        clock = self._clock
        if not isinstance(clock, VirtualClock):
            raise TypeError("only a virtual clock can be moved")
        await self.settle()
        while (due := self._due if upkeep else await self.next_due(upkeep=False)) is not None:
            if not clock.now() < due <= instant:
                break
            clock.set(due)
            await self.settle()
        clock.set(instant)
        await self.settle()


def _goes_on(service: Timed) -> bool:
    """Whether a service has work under way that its `run_due` did not wait for."""
    return bool(getattr(service, "busy", False))
