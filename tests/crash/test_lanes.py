"""Posts of one place wait for each other, and the wait neither spins nor loses anything."""

from __future__ import annotations

from datetime import timedelta

from bot.rehearsal import build
from tests.crash.conftest import PLACE, Bench


async def test_what_becomes_due_behind_a_post_that_must_wait_waits_too(bench: Bench) -> None:
    channel = bench.server.channel(PLACE)
    del bench.guild.channels[channel.id]
    bench.server.world.emit("CHANNEL_DELETE", {"id": str(channel.id), "guild_id": str(bench.guild.id), "type": 0})
    async with bench.process() as process:
        await process.plan("one")
        await process.plan("two", after=timedelta(seconds=20))
        await process.outbox.run_due(process.clock.now())
        await process.outbox.settle()
        bench.clock.advance(timedelta(seconds=30))
        await process.outbox.run_due(process.clock.now())
        await process.outbox.settle()
        due = await process.outbox.next_due()
    assert due is not None
    assert due > bench.clock.now()
