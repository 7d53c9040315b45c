"""Leaders die while there is much to say; a standby takes over within 15 seconds, and all is said once."""

from __future__ import annotations

import asyncio
import os
import signal
import time

import pytest

from bot.rehearsal.people import Person
from tests.database import on_postgres_only
from tests.stage.test_process import PAPERS, House, ballots, house  # noqa: F401 - a fixture

pytestmark = [on_postgres_only, pytest.mark.timeout(240)]
POST = r"/channels/\d+/messages$"
#: Seconds until somebody else speaks; a test process shares its machine with others.
SOON = 15


@pytest.fixture
async def pair(house: House) -> House:  # noqa: F811
    """A house with a leader and one that stands by."""
    house.leader = await house.connected()  # type: ignore[attr-defined]
    house.second = await stand_by(house)  # type: ignore[attr-defined]
    return house


async def stand_by(house: House) -> asyncio.subprocess.Process:  # noqa: F811
    """Start one more process and wait until it stands by."""
    before = house.words.count("standing by")
    process = await house.run()
    await house.said("standing by", before + 1)
    return process


async def propose(person: Person, paper: str) -> None:
    """Ask, and let the bot die over it."""
    await person.slash("/propose", channel="general", paper=paper)


async def taken_over(house: House, identified: int) -> float:  # noqa: F811
    """Seconds until another process is connected."""
    began = time.monotonic()
    await house.server.until(lambda: len(house.server.gateway.identifies) > identified, timeout=60)
    return time.monotonic() - began


async def said_once(house: House, papers: int) -> None:  # noqa: F811
    """Each paper has one ballot, with the seed on it, and a moment later still one."""
    await house.server.until(lambda: len(ballots(house)) >= papers, timeout=60)
    await house.server.until(lambda: all("👍" in ballot.reactions for ballot in ballots(house)), timeout=60)
    await asyncio.sleep(1)  # a real moment, in which a twin would come
    assert len(ballots(house)) == papers
    assert house.rows("SELECT count(*) FROM outbox WHERE state IN ('waiting', 'sending', 'failed')") == [(0,)]


async def test_leaders_killed_in_the_middle_of_posts_are_followed_within_seconds(pair: House) -> None:
    people = [pair.person(name) for name in ("alice", "bob", "carol")]
    faults, leader = pair.server.faults, pair.leader  # type: ignore[attr-defined]
    for number, (person, paper) in enumerate(zip(people, PAPERS, strict=True)):
        taken = number % 2  # by Discord, before the leader dies; or it still has it in its hands
        rule = faults.lose_reply("POST", POST) if taken else faults.hold("POST", POST)
        asked = asyncio.create_task(propose(person, paper))
        await rule.struck(60)
        identified = len(pair.server.gateway.identifies)
        leader.send_signal(signal.SIGKILL)
        assert await taken_over(pair, identified) < SOON
        asked.cancel()
        faults.clear()
        leader = pair.second  # type: ignore[attr-defined]
        if number < len(PAPERS) - 1:
            pair.second = await stand_by(pair)  # type: ignore[attr-defined]
    await said_once(pair, len(PAPERS))


async def test_a_leader_that_hangs_is_followed_and_says_nothing_when_it_wakes(pair: House) -> None:
    await propose(pair.person("alice"), PAPERS[0])
    await said_once(pair, 1)
    leader, identified = pair.leader, len(pair.server.gateway.identifies)  # type: ignore[attr-defined]
    os.kill(leader.pid, signal.SIGSTOP)
    assert await taken_over(pair, identified) < SOON
    await propose(pair.person("bob"), PAPERS[1])
    before = pair.words.count("standing by")
    os.kill(leader.pid, signal.SIGCONT)
    await pair.said("standing by", before + 1)
    await said_once(pair, 2)
    assert leader.returncode is None  # it has become the standby


async def test_shards_spread_over_processes_serve_all_servers_and_each_has_its_standby(house: House) -> None:  # noqa: F811
    world = house.server.world
    homes = {
        shard: next(g for g in world.guilds.values() if (g.id >> 22) % 2 == shard) for shard in spread(house)
    }
    plain = house.config.read_text()
    processes = {}
    for shard in (0, 1):
        house.config.write_text(plain.replace("[discord]", f"[discord]\nshard_count = 2\nshards = [{shard}]"))
        processes[shard] = await house.connected()
    await stand_by(house)  # for shard 1
    alice = house.person("alice")
    for paper, guild in zip(PAPERS, homes.values(), strict=False):
        await (await alice.slash("/propose", channel="general", guild=guild, paper=paper)).final()
    identified = len(house.server.gateway.identifies)
    processes[1].send_signal(signal.SIGKILL)
    assert await taken_over(house, identified) < SOON
    answer = await alice.slash("/propose", channel="general", guild=homes[1], paper=PAPERS[2])
    await answer.final()
    counted = {
        shard: len(house.server.channel("proposals", guild).messages) for shard, guild in homes.items()
    }
    await house.server.until(
        lambda: len(house.server.channel("proposals", homes[1]).messages) == counted[0] + 1, timeout=60
    )
    assert house.rows("SELECT count(*) FROM proposals") == [(3,)]
    assert processes[0].returncode is None


def spread(house: House) -> tuple[int, int]:  # noqa: F811
    """Have servers of both shards."""
    while {(guild.id >> 22) % 2 for guild in house.server.world.guilds.values()} != {0, 1}:
        name = f"Group {len(house.server.world.guilds)}"
        house.server.group(
            name, channels=("general", "announcements", "proposals"), roles={"Organiser": ()},
            members={"alice": ()},
        )  # fmt: skip
    return 0, 1
