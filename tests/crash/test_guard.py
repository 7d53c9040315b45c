"""Whatever Discord refuses, and however often: the bot stops asking long before its address is banned."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import discord
import pytest

from bot.chat import guard
from bot.clock import VirtualClock
from storage import outbox
from tests.crash.bench import Bench, open_bench

MOST = 60
POST = r"/channels/\d+/messages$"


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with open_bench(tmp_path, most_refused=MOST) as bench:
        yield bench


def refused(bench: Bench) -> int:
    return sum(exchange.status in {401, 403, 429} for exchange in bench.server.exchanges)


def test_the_bot_stops_at_a_tenth_of_what_bans_an_address() -> None:
    assert guard.MOST <= 10_000 / 10
    assert guard.WINDOW >= 10 * 60


@pytest.mark.parametrize("status", [401, 403, 429])
async def test_what_is_refused_again_and_again_is_soon_not_asked_any_more(bench: Bench, status: int) -> None:
    if status == 429:
        bench.server.faults.limit(0.0, "POST", POST, times=None)  # discord.py itself asks five times in a row
    else:
        bench.server.faults.fail(status, "POST", POST, times=None)
    async with bench.process() as process:
        await process.plan("one")
        for _ in range(3 * MOST):
            await process.once()
            await process.outbox.look_again(bench.guild.id)
    assert MOST <= refused(bench) <= MOST + 5


async def test_after_ten_minutes_it_asks_again_and_says_what_waited(bench: Bench) -> None:
    rule = bench.server.faults.fail(403, "POST", POST, times=None)
    async with bench.process() as process:
        await process.plan("one")
        for _ in range(2 * MOST):
            await process.once()
            await process.outbox.look_again(bench.guild.id)
        rule.lift()
        await process.once()
        assert not bench.said
        bench.clock.advance(timedelta(minutes=11))
        await process.deliver()
    assert bench.titles == ["one"]


async def test_a_global_limit_ends_even_when_the_request_that_met_it_was_given_up(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discord.http, "asyncio", asyncio)  # its pause is a real one here
    bench.server.faults.limit(1.0, "POST", POST, is_global=True)
    channel = bench.client.get_partial_messageable(bench.server.channel("general").id)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await channel.send("given up")
    async with asyncio.timeout(5):
        await channel.send("hello")
    assert [message.content for message in bench.server.channel("general").messages] == ["hello"]


async def test_how_far_the_clock_is_ahead_is_asked_of_discord(bench: Bench) -> None:
    ahead = await bench.guard.ahead()
    assert ahead is not None
    assert abs(ahead) < timedelta(seconds=2)
    bench.guard._clock = VirtualClock(bench.clock.now() + timedelta(hours=3))
    ahead = await bench.guard.ahead()
    assert ahead is not None
    assert abs(ahead - timedelta(hours=3)) < timedelta(seconds=2)
    bench.server.faults.lose_request(times=None)
    assert await bench.guard.ahead() is None


async def test_a_pause_reckoned_from_a_future_that_did_not_come_is_forgotten(bench: Bench) -> None:
    async with bench.process() as process:
        await process.plan("one")
        async with process.database.transaction() as tx:
            post = await outbox.by_key(tx, "one")
            assert post is not None
            post.next_try_at = bench.clock.now() + timedelta(days=400)
        await process.outbox.clock_put_right()
        await process.once()
    assert bench.titles == ["one"]
