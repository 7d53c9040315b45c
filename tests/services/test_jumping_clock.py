"""A clock that jumps: nothing is done by it before the world agrees, and nothing waits for a false future."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.timers import Timers

NOON = datetime(2026, 6, 3, 12, tzinfo=UTC)
SOON = NOON + timedelta(hours=1)


class SetByHand:
    """A machine's clock: time passes on it, and somebody sets it."""

    def __init__(self) -> None:
        self.passed, self.set_ahead = timedelta(0), timedelta(0)

    def now(self) -> datetime:
        return NOON + self.passed + self.set_ahead

    def monotonic(self) -> float:
        return self.passed.total_seconds()

    async def ahead(self) -> timedelta | None:
        return self.set_ahead


class Reminder:
    """Something that is due once."""

    def __init__(self) -> None:
        self.done: list[datetime] = []
        self.put_right = 0

    async def next_due(self, _view: Any) -> datetime | None:
        return None if self.done else SOON

    async def run_due(self, now: datetime) -> None:
        self.done.append(now)

    async def clock_put_right(self) -> None:
        self.put_right += 1


@asynccontextmanager
async def nothing_to_read() -> AsyncIterator[None]:
    yield


async def look(timers: Timers) -> None:
    await timers.look()
    for _ in range(20):  # what was set to work comes to its turn
        await asyncio.sleep(0)


async def test_a_jump_ahead_does_nothing_early_and_the_jump_back_nothing_late(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock, reminder = SetByHand(), Reminder()
    timers = Timers(clock, [reminder], nothing_to_read, clock.ahead)
    timers.start()
    await look(timers)
    with caplog.at_level(logging.INFO):
        clock.set_ahead = timedelta(days=1)
        await look(timers)
        assert reminder.done == []
        clock.set_ahead = timedelta(0)
        await look(timers)
    assert (reminder.done, reminder.put_right) == ([], 1)
    clock.passed = timedelta(hours=1)
    await look(timers)
    assert reminder.done == [SOON]
    await timers.close()
    said = [record.getMessage() for record in caplog.records]
    assert said.index("clock.wrong") < said.index("clock.right")


async def test_a_machine_that_slept_takes_up_what_became_due_meanwhile() -> None:
    clock, reminder = SetByHand(), Reminder()

    async def all_agree() -> timedelta | None:
        return timedelta(seconds=1)

    timers = Timers(clock, [reminder], nothing_to_read, all_agree)
    timers.start()
    await look(timers)
    clock.set_ahead = timedelta(hours=8)  # its monotonic seconds did not pass in its sleep
    await look(timers)
    assert reminder.done == [NOON + timedelta(hours=8)]
    await timers.close()
