"""The one way to change anything: `async with database.transaction() as tx`. The same over both stores."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.exc import DatabaseError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from storage.shards import EVERY_SERVER, Shards, session_class
from storage.stores import Store, store_of
from storage.trouble import DatabaseTrouble

Tx = AsyncSession


class Database:
    """A store that is open: many readers, one writer at a time.

    `on_wake` is called after the commit of a transaction that called `wake(tx)`: something became due. `on_health` is
    called when the store falls ill (a full disk, a lock, damage), with a sentence that has the cure, and, with None,
    when something could be written again.
    """

    def __init__(self, store: Store, shards: Shards = EVERY_SERVER) -> None:
        store.prepare()
        self.store, self.shards = store, shards
        self.engine = store.engine()
        event.listen(self.engine.sync_engine, "before_cursor_execute", _without_nul, retval=True)
        self.on_wake: Callable[[], None] = lambda: None
        self.on_health: Callable[[str | None], None] = lambda _illness: None
        self.fence: Callable[[], Awaitable[None]] | None = None  # returns while this process may write
        self._writer = asyncio.Lock()
        self._illness: str | None = None
        sees = session_class(shards)
        self._write = async_sessionmaker(
            self.engine.execution_options(**store.writing), expire_on_commit=False, sync_session_class=sees
        )
        self._read = async_sessionmaker(
            self.engine.execution_options(**store.reading), expire_on_commit=False, sync_session_class=sees
        )

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Tx]:
        """A read-write transaction: commits at the end, rolls back on an exception.

        Within the process writers queue here, in order, instead of meeting in the store. Raises DatabaseTrouble while
        the store is ill.
        """
        async with self._writer:
            if self.fence:
                await self.fence()
            async with self._troubles(), self._write.begin() as tx:
                yield tx
            woken = tx.info.pop("wake", False)
            self._feels(None)
        if woken:
            self.on_wake()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Tx]:
        """A consistent view for reading; it neither waits for writers nor holds them up."""
        async with self._troubles(), self._read() as tx:
            yield tx

    @asynccontextmanager
    async def _troubles(self) -> AsyncIterator[None]:
        try:
            yield
        except DBAPIError as error:
            sentence = self.store.illness(error)
            if sentence is None:
                raise
            self._feels(sentence)
            raise DatabaseTrouble(sentence) from error

    def _feels(self, illness: str | None) -> None:
        if illness != self._illness:
            self._illness = illness
            self.on_health(illness)

    async def close(self) -> None:
        await self.engine.dispose()


def _without_nul(_connection: Any, _cursor: Any, statement: str, given: Any, *_: Any) -> tuple[str, Any]:
    """Take U+0000 out of all text on its way in: it says nothing, anybody can send one, and PostgreSQL keeps none."""
    return statement, [_clean(row) for row in given] if isinstance(given, list) else _clean(given)


def _clean(row: Any) -> Any:
    values = row.values() if isinstance(row, dict) else row or ()
    if not any(isinstance(value, str) and "\0" in value for value in values):
        return row
    clean = [value.replace("\0", "") if isinstance(value, str) else value for value in values]
    return dict(zip(row, clean, strict=True)) if isinstance(row, dict) else tuple(clean)


def wake(tx: Tx) -> None:
    """Note that this transaction makes something due, so that the timers look again after its commit."""
    tx.info["wake"] = True


def insert(tx: Tx, row: Any) -> Any:
    """An INSERT that knows `on_conflict_do_update` and `on_conflict_do_nothing`, which both stores spell alike."""
    if tx.get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(row)
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(row)


def open_database(url: str) -> Database:
    """Open a database without touching its schema. Raises DatabaseTrouble for a URL that names none."""
    return Database(store_of(url))


__all__ = [
    "Database",
    "DatabaseError",
    "DatabaseTrouble",
    "Tx",
    "insert",
    "open_database",
    "wake",
]
