"""A file of SQLite: the store of most groups. Needs nothing and nobody."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import NullPool, event
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from storage.leadership import FileLock
from storage.schema import HEAD
from storage.shards import EVERY_SERVER, Shards
from storage.tables import Row
from storage.trouble import Damaged, DatabaseTrouble, unwritable

#: Milliseconds that a writer waits for another process (a backup, a curious sqlite3 shell) before it gives up.
BUSY_TIMEOUT = 20_000
#: Bytes without which a disk is as good as full: the write-ahead log alone grows to some megabytes.
LEAST_ROOM = 2**20


class SqliteStore:
    """One file, with a write-ahead log: many readers, one writer."""

    shared = False
    writing: Mapping[str, Any] = {"writes": True}
    reading: Mapping[str, Any] = {}

    def __init__(self, url: URL) -> None:
        """Raises DatabaseTrouble for a database in memory."""
        if not url.database or url.database == ":memory:":
            raise DatabaseTrouble(
                "storage.url: must name a file, for a bot that forgets at each restart is of no use.",
                of_config=True,
            )
        self.path = Path(url.database).absolute()
        self.url = url.set(database=str(self.path))
        self.name = str(self.path)

    def engine(self) -> AsyncEngine:
        engine = create_async_engine(self.url, pool_size=5, max_overflow=5)

        @event.listens_for(engine.sync_engine, "connect")
        def pragmas(connection: Any, _record: Any) -> None:
            cursor = connection.cursor()
            for pragma in (
                f"busy_timeout={BUSY_TIMEOUT}",
                "journal_mode=WAL",
                "foreign_keys=ON",
                "synchronous=FULL",  # a commit survives power loss, not only a crash of the process
            ):
                cursor.execute(f"PRAGMA {pragma}")
            cursor.close()

        return _begins_itself(engine)

    def plain(self) -> AsyncEngine:
        return _begins_itself(create_async_engine(self.url, poolclass=NullPool))

    async def exists(self) -> bool:
        return self.path.exists()

    def prepare(self) -> None:
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # nobody else need look into it
            if not self.path.exists():
                os.close(os.open(self.path, os.O_CREAT | os.O_WRONLY, 0o600))
        except OSError as error:
            raise unwritable(self.path.parent, error) from None

    def illness(self, error: BaseException) -> str | None:
        return illness(error, self.path)

    async def check(self) -> None:
        await asyncio.to_thread(check_integrity, self.path)

    def writable(self) -> None:
        folder = next(parent for parent in self.path.parents if parent.exists())
        if not (folder.is_dir() and os.access(folder, os.W_OK)):
            raise DatabaseTrouble(
                f"storage.url: the folder {folder} cannot be written to. Make it writable, or name another place.",
                of_config=True,
            )
        if self.path.exists() and not os.access(self.path, os.W_OK):
            raise DatabaseTrouble(f"{self.path} cannot be written to. Change its owner (chown).")
        if shutil.disk_usage(folder).free < LEAST_ROOM:
            raise unwritable(folder, OSError(errno.ENOSPC, "No space left on device"))

    def leadership(self, shards: Shards = EVERY_SERVER) -> FileLock:
        """Raises DatabaseTrouble when there are to be several processes."""
        if not shards.all_here:
            raise DatabaseTrouble(
                "discord.shards: several processes need PostgreSQL. Leave it out, or change storage.url.",
                of_config=True,
            )
        return FileLock(self.path)


def _begins_itself(engine: AsyncEngine) -> AsyncEngine:
    """Have transactions begun here and not by the driver, which leaves changes of the schema outside of them."""

    @event.listens_for(engine.sync_engine, "connect")
    def leave_it(connection: Any, _record: Any) -> None:
        connection.isolation_level = None

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Any) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


_RESTORE = "Restore a backup: python -m bot db restore FILE."
#: What SQLite says (https://www.sqlite.org/rescode.html), and what to do about it.
_ILLNESSES = {
    sqlite3.SQLITE_FULL: "the disk is full. Make room on it",
    sqlite3.SQLITE_READONLY: "the file may not be written to. Make file, folder and disk writable for the bot",
    sqlite3.SQLITE_PERM: "the bot may not open the file. Give it the right to read and write",
    sqlite3.SQLITE_CANTOPEN: "the file cannot be opened. See that its folder is there and writable for the bot",
    sqlite3.SQLITE_BUSY: "another program holds the file (a sqlite3 shell, a backup). End that program",
    sqlite3.SQLITE_LOCKED: "another program holds the file (a sqlite3 shell, a backup). End that program",
    sqlite3.SQLITE_IOERR: "the disk does not read or write as it should. See the system's log, and think of a backup",
}
_DAMAGES = {
    sqlite3.SQLITE_CORRUPT: f"the file is damaged. {_RESTORE[:-1]}",
    sqlite3.SQLITE_NOTADB: f"the file is not a usable SQLite database. {_RESTORE[:-1]}",
}


def illness(error: BaseException, path: Path) -> str | None:
    """What an error of SQLite says is wrong with a file, with the cure; None for what is our own mistake."""
    said = getattr(error, "orig", None) or error
    known = (_ILLNESSES | _DAMAGES).get(_code(said))
    return f"{path} cannot be used: {known}. ({said})" if known else None


def _code(error: BaseException) -> int:
    return (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF


def check_integrity(path: Path) -> None:
    """Refuse a file that is not a sound SQLite database, or that cannot be written to.

    Raises Damaged, or DatabaseTrouble for what can be mended.
    """
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(path, timeout=BUSY_TIMEOUT / 1000, isolation_level=None)) as found:
            (verdict,) = found.execute("PRAGMA quick_check(1)").fetchone()
            found.execute("BEGIN IMMEDIATE")
            found.execute("ROLLBACK")
            missing = _missing(found)
    except sqlite3.DatabaseError as error:
        kind = Damaged if _code(error) in _DAMAGES else DatabaseTrouble
        raise kind(illness(error, path) or f"{path} cannot be used: {error}. {_RESTORE}") from None
    if verdict != "ok":
        raise Damaged(f"{path} is damaged ({' '.join(verdict.split())}). {_RESTORE}")
    if missing:
        raise Damaged(f"{path} is damaged: it lacks the tables {', '.join(sorted(missing))}. {_RESTORE}")


def _missing(found: sqlite3.Connection) -> set[str]:
    """The tables that a file of the newest schema should have and has not."""
    tables = {name for (name,) in found.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    newest = "alembic_version" in tables and (HEAD,) in found.execute(
        "SELECT version_num FROM alembic_version"
    )
    return set(Row.metadata.tables) - tables if newest else set()
