"""One process speaks: the others wait for it to be gone, and who has lost the right knows it at once."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from storage.database import Database, DatabaseTrouble
from storage.leadership import AdvisoryLock, NotLeading
from storage.stores import Store, store_of
from storage.tables import Note
from tests.database import first_day_url, on_postgres_only, rows

pytestmark = on_postgres_only
#: Who leads here; other tests lead in databases of their own on the same server.
KILL = """
    SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return store_of(first_day_url(tmp_path))


async def leading(store: Store, **shards: object) -> AdvisoryLock:
    lock = store.leadership(**shards)
    assert isinstance(lock, AdvisoryLock)
    await asyncio.wait_for(lock.take(asyncio.Event()), 10)
    return lock


async def test_a_second_process_waits_until_the_first_is_gone(store: Store) -> None:
    first = await leading(store)
    with pytest.raises(DatabaseTrouble, match="Another bot already uses"):
        await store.leadership().take_at_once()
    assert "process" in (await store.leadership().holder() or "")
    second = asyncio.create_task(leading(store))
    await asyncio.sleep(0.3)  # real time, in which the server might have given it the lock
    assert not second.done()
    await first.release()
    await (await asyncio.wait_for(second, 10)).release()
    assert await store.leadership().holder() is None


async def test_who_is_stopped_while_waiting_never_leads(store: Store) -> None:
    first, stopping = await leading(store), asyncio.Event()
    waiting = asyncio.create_task(store.leadership().take(stopping))
    await asyncio.sleep(0.1)
    stopping.set()
    with pytest.raises(NotLeading):
        await waiting
    await first.release()


async def test_who_has_lost_the_lock_writes_nothing_more_and_knows_it_at_once(store: Store) -> None:
    lock, database = await leading(store), Database(store)
    database.fence = lock.assure
    lost = asyncio.create_task(lock.lost())
    async with database.transaction() as tx:
        tx.add(Note(key="before", value="x"))
    began = time.monotonic()
    await rows(store, KILL)
    await asyncio.wait_for(lost, 5)
    assert time.monotonic() - began < 5
    with pytest.raises(NotLeading):
        async with database.transaction() as tx:
            tx.add(Note(key="after", value="x"))
    assert await rows(store, "SELECT key FROM notes") == [("before",)]
    await lock.release()
    await database.close()
