"""Two stores, one code: a file of SQLite, or a database of PostgreSQL. What differs between them is said here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.leadership import Leadership
from storage.shards import EVERY_SERVER, Shards
from storage.trouble import DatabaseTrouble


class Store(Protocol):
    """Where the rows are. `writing` and `reading` are the execution options of transactions that do so."""

    shared: bool  # whether several machines can use it, and stand by for each other
    name: str  # for people: never with a password
    url: URL
    writing: Mapping[str, Any]
    reading: Mapping[str, Any]

    def engine(self) -> AsyncEngine:
        """Connections for the bot's work."""
        ...

    def plain(self) -> AsyncEngine:
        """A connection at a time, with foreign keys as migrations need them."""
        ...

    async def exists(self) -> bool:
        """Whether there is something to look into. Raises DatabaseTrouble when that cannot be told."""
        ...

    async def check(self) -> None:
        """Refuse a store that cannot be reached or is damaged. Raises DatabaseTrouble."""
        ...

    def prepare(self) -> None:
        """Make what must be there before anything is stored, such as a folder. Raises DatabaseTrouble."""
        ...

    def writable(self) -> None:
        """Raises DatabaseTrouble when it can be seen that nothing can be written."""
        ...

    def illness(self, error: BaseException) -> str | None:
        """What a driver's error says is wrong with the store, with the cure; None for what is our own mistake."""
        ...

    def leadership(self, shards: Shards = EVERY_SERVER) -> Leadership:
        """The right to be the one process that speaks, on all servers or on those of some shards."""
        ...


@contextmanager
def ill(store: Store) -> Iterator[None]:
    """Raises DatabaseTrouble for an error of the driver that says what is wrong with the store."""
    try:
        yield
    except DBAPIError as error:
        if sentence := store.illness(error):
            raise DatabaseTrouble(sentence) from error
        raise


def store_of(url: str) -> Store:
    """The store that a URL names; nothing is opened. Raises DatabaseTrouble."""
    try:
        parsed = make_url(url)
        _ = parsed.port
    except (ArgumentError, ValueError):
        raise DatabaseTrouble(
            'storage.url: cannot be read. It must look like "sqlite+aiosqlite:///data/bot.db" or '
            '"postgresql+asyncpg://user@host/database"; in a password write @ as %40, / as %2F, : as %3A.',
            of_config=True,
        ) from None
    if parsed.drivername == "sqlite+aiosqlite":
        from storage.sqlite import SqliteStore

        return SqliteStore(parsed)
    if parsed.drivername == "postgresql+asyncpg":
        from storage.postgres import PostgresStore

        return PostgresStore(parsed)
    raise DatabaseTrouble(
        f"storage.url: {parsed.drivername} is no store of this bot. Use sqlite+aiosqlite or postgresql+asyncpg.",
        of_config=True,
    )
