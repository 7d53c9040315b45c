"""Each of several processes sees its own servers, and what all share is written by one at a time."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, update

from bot import config
from bot.config import ConfigError
from storage import digests, guilds, outbox, papers
from storage.database import Database, DatabaseTrouble
from storage.shards import Shards
from storage.stores import store_of
from storage.tables import Guild, Paper, Post
from tests.database import first_day_url, on_postgres_only, on_sqlite_only, rows

NOW = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
EVEN, ODD = 4 << 22, 7 << 22  # servers of shard 0 and of shard 1, of two


def post(guild_id: int, key: str) -> Post:
    return Post(
        key=key, nonce=key, guild_id=guild_id, place="announcements", kind="line", data={}, due_at=NOW,
        next_try_at=NOW,
    )  # fmt: skip


async def test_a_process_sees_and_changes_the_rows_of_its_own_servers_only(tmp_path: Path) -> None:
    store = store_of(first_day_url(tmp_path))
    both, odd = Database(store), Database(store, Shards((1,), 2))
    async with both.transaction() as tx:
        for guild_id in (EVEN, ODD):
            await guilds.joined(tx, guild_id=guild_id, name="A group", now=NOW)
            await outbox.put(tx, post(guild_id, f"post of {guild_id}"))
    async with odd.reading() as tx:
        assert await guilds.present(tx) == [ODD]
        assert [lane.guild_id for lane in await outbox.due_lanes(tx, NOW, limit=9)] == [ODD]
        assert await tx.get(Guild, EVEN) is None
        assert await tx.scalar(select(func.count()).select_from(Post)) == 1
    async with odd.transaction() as tx:
        await tx.execute(update(Guild).values(name="Ours"))
        await tx.execute(delete(Post))
    assert await rows(store, "SELECT guild_id, name FROM guilds ORDER BY guild_id") == [
        (EVEN, "A group"),
        (ODD, "Ours"),
    ]
    assert await rows(store, "SELECT guild_id FROM outbox") == [(EVEN,)]
    await both.close()
    await odd.close()


@on_sqlite_only
def test_several_processes_on_one_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DatabaseTrouble, match="need PostgreSQL"):
        store_of(first_day_url(tmp_path)).leadership(Shards((0,), 2))


def test_a_shard_that_cannot_be_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"discord\.shards: there are 2 shards, 0 to 1"):
        config.parse({"discord": {"shard_count": 2, "shards": [2]}})


@on_postgres_only
async def test_processes_with_other_shards_lead_at_once_and_one_with_another_count_waits(
    tmp_path: Path,
) -> None:
    store = store_of(first_day_url(tmp_path))
    first, second = store.leadership(Shards((0, 1), 3)), store.leadership(Shards((2,), 3))
    await first.take_at_once()
    assert not await first.others()
    await second.take_at_once()
    assert await first.others()
    for shards in (Shards((1,), 3), Shards((0, 1), 2), Shards()):
        with pytest.raises(DatabaseTrouble, match="Another bot"):
            await store.leadership(shards).take_at_once()
    await first.release()
    await second.release()


@on_postgres_only
async def test_a_post_that_one_process_has_in_its_hands_is_passed_over_by_another(tmp_path: Path) -> None:
    store = store_of(first_day_url(tmp_path))
    one, two = Database(store), Database(store)
    async with one.transaction() as tx:
        await outbox.put(tx, post(ODD, "once"))
    lane = outbox.Lane(ODD, "announcements")
    async with one.transaction() as mine, two.transaction() as theirs:
        assert await outbox.head(mine, lane, NOW) is not None
        assert await outbox.head(theirs, lane, NOW) is None
    async with two.transaction() as tx:
        assert await outbox.head(tx, lane, NOW) is not None
    await one.close()
    await two.close()


async def test_what_all_servers_share_may_be_learned_by_several_at_once(tmp_path: Path) -> None:
    store = store_of(first_day_url(tmp_path))
    processes = [Database(store) for _ in range(3)]

    async def learn(database: Database, number: int) -> None:
        known = [
            Paper(paper_id=f"2606.{n:05}", title="T", authors=[], abstract="", categories=[], fetched_at=NOW)
            for n in range(5)
        ]
        async with database.transaction() as tx:
            await papers.save(tx, known)
            await asyncio.sleep(0)
            day = (NOW + timedelta(days=number % 2)).date()
            await digests.announce(tx, "cs.LG", day, {paper.paper_id: "new" for paper in known})

    await asyncio.gather(*(learn(database, n) for n, database in enumerate(processes)))
    assert await rows(store, "SELECT count(*) FROM papers") == [(5,)]
    assert await rows(store, "SELECT day, count(*) FROM announced GROUP BY day ORDER BY day") == [
        ("2026-06-03", 5),
        ("2026-06-04", 5),
    ]
    for database in processes:
        await database.close()
