"""Whatever moment the process dies at, whatever became of Discord's reply: each thing is said once, in order.

A delivery of two posts with their reactions waits some two hundred times. Each case takes every eighteenth of these
moments, each others, so that all are taken by one; `EVERY_MOMENT=1` has each case take all (ten minutes).
"""

from __future__ import annotations

import itertools
import os
from datetime import timedelta

import pytest

from tests.crash.conftest import Bench
from tests.crash.dying import Dying

DELAYS = {"0 s": timedelta(0), "10 s": timedelta(seconds=10), "past the nonce": timedelta(minutes=4)}
FAULTS = (None, "reply lost", "error after it was done")
CASES = list(itertools.product(("between", "under way"), DELAYS, FAULTS))
STRIDE = 1 if os.environ.get("EVERY_MOMENT") else len(CASES)
POST = r"/channels/\d+/messages$"


def assert_said_once(bench: Bench, moment: str) -> None:
    assert bench.titles == ["one", "two"], moment
    assert [list(message.reactions) for message in bench.said] == [["👍"], ["👍"]], moment
    assert [len(message.reactions["👍"].normal) for message in bench.said] == [1, 1], moment


async def live_and_die(bench: Bench, dying: Dying, delay: timedelta, fault: str | None) -> None:
    """Plan two posts, die while they are delivered, and come back after `delay`."""
    bench.new_file()
    if fault == "reply lost":
        bench.server.faults.lose_reply("POST", POST)
    elif fault:
        bench.server.faults.fail(503, "POST", POST, after=True)
    async with bench.process() as process:
        await process.plan("one")
        await process.plan("two")
        await process.deliver_until_death(dying)
    bench.clock.advance(delay)
    async with bench.process() as process:
        await process.deliver()


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("where", "delay", "fault"), CASES)
async def test_a_process_stopped_at_any_await_says_everything_once(
    bench: Bench, where: str, delay: str, fault: str | None
) -> None:
    for moment in itertools.count(CASES.index((where, delay, fault)) % STRIDE, STRIDE):
        dying = Dying(moment, under_way=where == "under way")
        await live_and_die(bench, dying, DELAYS[delay], fault)
        assert_said_once(bench, f"died at {moment}")
        if not dying.died:
            break
    assert moment > 100
