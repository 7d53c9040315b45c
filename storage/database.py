"""The engine, its pragmas, and the one way to change anything: `async with database.transaction() as tx`."""

from __future__ import annotations

import asyncio
import fcntl
import os
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

Tx = AsyncSession

#: Milliseconds that a writer waits for another process (a backup, a curious sqlite3 shell) before it gives up.
BUSY_TIMEOUT = 20_000


class DatabaseTrouble(Exception):
    """The database cannot be used; the message is a sentence with the cure.

    `of_config`: the cure is to change `storage.url`.
    """

    def __init__(self, sentence: str, *, of_config: bool = False) -> None:
        super().__init__(sentence)
        self.of_config = of_config


class Database:
    """One SQLite file, many readers, one writer at a time.

    `on_wake` is called after the commit of a transaction that called `wake(tx)`: something became due.
    """

    def __init__(self, engine: AsyncEngine, path: Path) -> None:
        self.engine = engine
        self.path = path
        self.on_wake: Callable[[], None] = lambda: None
        self._writer = asyncio.Lock()
        self._write = async_sessionmaker(engine.execution_options(writes=True), expire_on_commit=False)
        self._read = async_sessionmaker(engine, expire_on_commit=False)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Tx]:
        """A read-write transaction (BEGIN IMMEDIATE): commits at the end, rolls back on an exception.

        Within the process writers queue here, in order, instead of meeting as SQLITE_BUSY.
        """
        async with self._writer:
            async with self._write.begin() as tx:
                yield tx
            woken = tx.info.pop("wake", False)
        if woken:
            self.on_wake()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Tx]:
        """A consistent view for reading; it neither waits for writers nor holds them up."""
        async with self._read() as tx:
            yield tx

    async def close(self) -> None:
        await self.engine.dispose()


def wake(tx: Tx) -> None:
    """Note that this transaction makes something due, so that the timers look again after its commit."""
    tx.info["wake"] = True


def database_path(url: str) -> Path:
    """The file that a `sqlite+aiosqlite:///…` URL names."""
    name = make_url(url).database
    if not name or name == ":memory:":
        raise DatabaseTrouble(
            "storage.url: must name a file, for a bot that forgets at each restart is of no use.",
            of_config=True,
        )
    return Path(name).absolute()


def open_database(url: str) -> Database:
    """Open a database without touching its schema. Raises DatabaseTrouble when its folder cannot be made."""
    path = database_path(url)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        cause = f"storage.url: cannot make the folder {path.parent} ({error.strerror}). Name another place."
        raise DatabaseTrouble(cause, of_config=True) from None
    engine = create_async_engine(f"sqlite+aiosqlite:///{path}", pool_size=5, max_overflow=5)

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions are begun below, not by the driver
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT}",
            "journal_mode=WAL",
            "foreign_keys=ON",
            "synchronous=FULL",  # a commit survives power loss, not only a crash of the process
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Any) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return Database(engine, path)


def check_integrity(path: Path) -> None:
    """Refuse a file that is not a sound SQLite database. Raises DatabaseTrouble."""
    if not path.exists():
        return
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=BUSY_TIMEOUT / 1000) as connection:
            (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        connection.close()
    except sqlite3.DatabaseError as error:
        raise DatabaseTrouble(
            f"{path} is not a usable SQLite database ({error}). Restore a backup from {path.parent}."
        ) from None
    if verdict != "ok":
        raise DatabaseTrouble(f"{path} is damaged ({verdict}). Restore a backup from {path.parent}.")


class ProcessLock:
    """One process per database: the second one refuses to start. Released by the kernel when the process dies."""

    def __init__(self, path: Path) -> None:
        self._path = path.with_name(path.name + ".lock")
        self._file: int | None = None

    def acquire(self) -> None:
        """Raises DatabaseTrouble when another process holds it."""
        try:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            cause = f"storage.url: cannot write to {self._path.parent} ({error.strerror}). Make it writable"
            raise DatabaseTrouble(f"{cause}, or name another place.", of_config=True) from None
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.read(self._file, 32).decode(errors="replace").strip()
            os.close(self._file)
            self._file = None
            raise DatabaseTrouble(
                f"Another bot (process {holder or 'unknown'}) already uses {self._path.with_suffix('')}. "
                "Stop it first; two would say everything twice."
            ) from None
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, str(os.getpid()).encode(), 0)

    def holder(self) -> str | None:
        """The process that holds it, as text ("unknown" when it did not say); None when it is free. Takes nothing."""
        try:
            file = os.open(self._path, os.O_RDONLY)
        except (FileNotFoundError, NotADirectoryError):
            return None
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return os.read(file, 32).decode(errors="replace").strip() or "unknown"
        finally:
            os.close(file)
        return None

    def release(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


__all__ = [
    "Database",
    "DatabaseError",
    "DatabaseTrouble",
    "ProcessLock",
    "Tx",
    "check_integrity",
    "open_database",
    "wake",
]
