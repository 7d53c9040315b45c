"""Posts of one place wait for each other, and the wait neither spins nor loses anything nor says it elsewhere."""

from __future__ import annotations

from datetime import timedelta

from bot.rehearsal import channels
from tests.crash.bench import PLACE, Bench

POST = r"/channels/\d+/messages$"


def delete_channel(bench: Bench, name: str) -> None:
    owner = bench.server.people["owner"].user
    channels.delete(bench.server.world, owner, bench.server.channel(name).id)


async def test_what_becomes_due_behind_a_post_that_must_wait_waits_too(bench: Bench) -> None:
    delete_channel(bench, PLACE)
    async with bench.process() as process:
        await process.plan("one")
        await process.plan("two", after=timedelta(seconds=20))
        await process.once()
        bench.clock.advance(timedelta(seconds=30))
        await process.once()
        due = await process.next_due()
    assert due is not None
    assert due > bench.clock.now()


async def test_a_lost_reply_is_looked_for_where_it_was_said_even_if_the_place_has_moved(bench: Bench) -> None:
    bench.server.faults.lose_reply("POST", POST)
    async with bench.process() as process:
        await process.plan("one")
        await process.once()
        await process.settings_say("group.announcement_channel", "general")
        bench.clock.advance(timedelta(minutes=10))
        await process.deliver()
    assert bench.titles == ["one"]
    assert not bench.server.channel("general").messages


async def test_what_was_said_in_a_channel_that_is_gone_is_said_in_the_new_one(bench: Bench) -> None:
    bench.server.faults.lose_reply("POST", POST)
    async with bench.process() as process:
        await process.plan("one")
        await process.once()
        delete_channel(bench, PLACE)
        await process.settings_say("group.announcement_channel", "general")
        bench.clock.advance(timedelta(minutes=10))
        await process.deliver()
    assert [message.embeds[0]["title"] for message in bench.server.channel("general").messages] == ["one"]


async def test_a_message_in_flight_at_a_kill_is_looked_for_where_it_went_even_if_the_place_has_moved(
    bench: Bench,
) -> None:
    rule = bench.server.faults.hold("POST", POST)
    async with bench.process() as process:
        await process.plan("one")
        await process.outbox.run_due(bench.clock.now())
        await rule.struck()
    rule.lift()
    await bench.server.until(lambda: bench.said)
    bench.clock.advance(timedelta(minutes=10))
    async with bench.process() as process:
        await process.settings_say("group.announcement_channel", "general")
        await process.deliver()
    assert bench.titles == ["one"]
    assert not bench.server.channel("general").messages


async def test_a_message_is_found_however_much_was_said_since(bench: Bench) -> None:
    bench.server.faults.lose_reply("POST", POST)
    alice = bench.server.people["alice"]
    async with bench.process() as process:
        await process.plan("one")
        await process.once()
        for hour in range(3):
            bench.clock.advance(timedelta(hours=1))
            for number in range(80):
                await alice.say(PLACE, f"{hour} {number}")
        await process.deliver()
    assert [message for message in bench.said if message.embeds] == bench.said[:1]


async def test_a_channel_that_is_made_anew_is_used_at_once_and_not_after_the_pause(bench: Bench) -> None:
    delete_channel(bench, PLACE)
    async with bench.process() as process:
        await process.plan("one")
        for _ in range(8):
            await process.once()
            bench.clock.set(await process.next_due() or bench.clock.now())
        await process.once()
        await process.settings_say("group.announcement_channel", "general")
        await process.outbox.look_again(bench.guild.id)
        await process.once()
    assert [message.embeds[0]["title"] for message in bench.server.channel("general").messages] == ["one"]
