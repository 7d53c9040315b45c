"""Who may speak: one process for a database, or for each shard of a very large bot.

Two would say everything twice. On SQLite the right is a lock on a file, and a second process is refused. On PostgreSQL
it is an advisory lock of a connection of its own: the others wait, and the first to get it takes over. Either way the
kernel or the server frees it when its holder dies.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import logging
import os
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import NullPool, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from storage.shards import EVERY_SERVER, Shards
from storage.trouble import DatabaseTrouble, unwritable

log = logging.getLogger(__name__)

#: Seconds between two looks at the lock that one holds or waits for, and until a look without an answer has failed.
BEAT, PATIENCE = 1.5, 5.0
#: Seconds of silence after which the server takes the holder for dead: later than the holder gives itself up (1.5 + 5),
#: and early enough that another one speaks within 15. Before version 14 it can only listen for a dead line.
SILENCE = 10
_KEEPALIVE = {
    "tcp_keepalives_idle": 4, "tcp_keepalives_interval": 2, "tcp_keepalives_count": 3,
    "tcp_user_timeout": 1000 * SILENCE, "idle_session_timeout": 1000 * SILENCE,
}  # fmt: skip


class NotLeading(Exception):
    """Not to speak: this process was stopped while it waited, or its lock is gone."""


class Leadership(Protocol):
    """The right to be the one process that speaks."""

    async def take(self, stopping: asyncio.Event, *, patient: bool = False) -> None:
        """Return when this process may speak.

        Raises DatabaseTrouble when it never will as things are, NotLeading when `stopping` was set first.
        A `patient` one waits also for a server that cannot be reached.
        """
        ...

    async def take_at_once(self) -> None:
        """Take it without waiting. Raises DatabaseTrouble when another process has it."""
        ...

    async def lost(self) -> None:
        """Return when the right is lost; without an end while it is held."""
        ...

    async def assure(self) -> None:
        """Return when the right is held beyond doubt. Raises NotLeading when it is not."""
        ...

    async def release(self) -> None:
        """Let somebody else have it."""
        ...

    async def others(self) -> bool:
        """Whether other processes speak on other servers."""
        ...

    async def holder(self) -> str | None:
        """Who has it, in a word; None when it is free. Takes nothing."""
        ...


class FileLock:
    """One process for a file. Released by the kernel when the process dies."""

    def __init__(self, path: Path) -> None:
        self._database, self._path = path, path.with_name(path.name + ".lock")
        self._file: int | None = None

    async def take(self, stopping: asyncio.Event, *, patient: bool = False) -> None:  # noqa: ARG002
        await self.take_at_once()

    async def take_at_once(self) -> None:
        try:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise unwritable(self._path.parent, error) from None
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.read(self._file, 32).decode(errors="replace").strip()
            os.close(self._file)
            self._file = None
            raise DatabaseTrouble(
                f"Another bot (process {holder or 'unknown'}) already uses {self._database}. "
                "Stop it first; two would say everything twice."
            ) from None
        try:
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, str(os.getpid()).encode(), 0)
        except OSError as error:
            await self.release()
            raise unwritable(self._path.parent, error) from None

    async def lost(self) -> None:
        await asyncio.Event().wait()

    async def assure(self) -> None:
        """The kernel keeps it for as long as the process lives."""

    async def others(self) -> bool:
        return False

    async def holder(self) -> str | None:
        try:
            file = os.open(self._path, os.O_RDONLY)
        except (FileNotFoundError, NotADirectoryError):
            return None
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return f"process {os.read(file, 32).decode(errors='replace').strip() or 'unknown'}"
        finally:
            os.close(file)
        return None

    async def release(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


class AdvisoryLock:
    """One process for each shard, by locks that a connection of its own holds on the server.

    The holder asks the server at every beat. When no answer comes, it takes itself for deposed before the server, which
    listens for its silence, gives the lock to somebody else.
    """

    #: One lock for a shard: its class is the bot in this schema, its number says the shard, and of how many.
    _CLASS = "hashtext('reading-group-bot in ' || current_schema())"
    _OURS = f"""
        l.locktype = 'advisory' AND l.granted AND l.classid::bigint = {_CLASS}::bigint & 4294967295
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    """  # noqa: S608 - our own words

    def __init__(
        self, url: URL, trouble: Callable[[Exception], DatabaseTrouble], shards: Shards = EVERY_SERVER
    ) -> None:
        self._url, self._trouble, self._count = url, trouble, shards.count
        self._numbers = [shards.count << 16 | shard for shard in sorted(shards.mine)]
        self._connection: AsyncConnection | None = None
        self._beating: asyncio.Task[None] | None = None
        self._wire: Any = None  # the driver's own connection
        self._gone = asyncio.Event()
        self._seen = 0.0  # loop time of the last answer

    async def take(self, stopping: asyncio.Event, *, patient: bool = False) -> None:
        said = False
        while not stopping.is_set():
            try:
                if await self._try():
                    self._beating = asyncio.create_task(self._beat(), name="leadership")
                    return
                why = "another process leads; this one takes over when it is gone"
                patient = True
            except (DBAPIError, OSError, TimeoutError) as error:
                await self._hang_up()
                if not patient:
                    raise self._trouble(error) from None
                why = "the database cannot be reached; asking again"
            if not said:
                log.warning("standing by: %s", why)
                said = True
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), BEAT)
        await self._hang_up()
        raise NotLeading("stopped while standing by")

    async def take_at_once(self) -> None:
        try:
            if await self._try():
                self._beating = asyncio.create_task(self._beat(), name="leadership")
                return
        except (DBAPIError, OSError, TimeoutError) as error:
            raise self._trouble(error) from None
        holder = await self.holder()
        await self._hang_up()
        raise DatabaseTrouble(
            f"Another bot already uses the database ({holder or 'unknown'}). Stop it first."
        )

    async def _try(self) -> bool:
        """Take all locks or none."""
        async with asyncio.timeout(10):
            connection = self._connection or await self._call()
        async with asyncio.timeout(PATIENCE):
            for done, number in enumerate(self._numbers):
                if not await self._ask(connection, "pg_try_advisory_lock", number):
                    await self._give_back(connection, self._numbers[:done])
                    return False
            if any(count != self._count for count in await self._counts(connection)):
                await self._give_back(connection, self._numbers)
                return False
        self._seen = asyncio.get_running_loop().time()
        return True

    async def _give_back(self, connection: AsyncConnection, numbers: Sequence[int]) -> None:
        for number in numbers:
            await self._ask(connection, "pg_advisory_unlock", number)

    async def _counts(self, connection: AsyncConnection) -> list[int]:
        """Of how many shards each lock that somebody holds is one."""
        query = f"SELECT objid::bigint >> 16 FROM pg_locks l WHERE {self._OURS}"  # noqa: S608 - our own words
        return list(await connection.scalars(text(query)))

    async def others(self) -> bool:
        return len(await self._counts(self._connection)) > len(self._numbers) if self._connection else False

    async def _ask(self, connection: AsyncConnection, function: str, number: int) -> bool:
        return bool(await connection.scalar(text(f"SELECT {function}({self._CLASS}, {number})")))

    async def _call(self) -> AsyncConnection:
        engine = create_async_engine(
            self._url, poolclass=NullPool, isolation_level="AUTOCOMMIT",
            connect_args={"timeout": PATIENCE, "server_settings": {"application_name": self._who()}},
        )  # fmt: skip
        self._connection = connection = await engine.connect()
        await connection.execute(
            text("SELECT set_config(name, :value, false) FROM pg_settings WHERE name = :name"),
            [{"name": name, "value": str(value)} for name, value in _KEEPALIVE.items()],
        )
        self._wire = (await connection.get_raw_connection()).driver_connection
        self._wire.add_termination_listener(lambda _connection: self._gone.set())
        return connection

    @staticmethod
    def _who() -> str:
        return f"reading-group-bot, process {os.getpid()} on {socket.gethostname()}"[:63]

    async def _beat(self) -> None:
        while not self._gone.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._gone.wait(), BEAT)
            with contextlib.suppress(NotLeading):
                await self._look()

    async def _look(self) -> None:
        """Ask the server whether it is there, and so are we."""
        connection = self._connection
        if connection is None or self._gone.is_set():
            raise NotLeading("the lock on the database is lost")
        answer = asyncio.create_task(connection.scalar(text("SELECT 1")), name="leadership look")
        answer.add_done_callback(
            lambda task: task.cancelled() or task.exception()
        )  # also if nobody waits any more
        clock = asyncio.get_running_loop().time
        while not answer.done():
            asked = clock()
            await asyncio.wait({answer}, timeout=PATIENCE)
            if not answer.done() and clock() - asked < PATIENCE + 1:
                break  # else it was not the server that took so long, but this process
        if not answer.done() or answer.exception() is not None:
            self._gone.set()
            self._wire.terminate()
            answer.cancel()
            raise NotLeading("the lock on the database is lost")
        self._seen = clock()

    async def lost(self) -> None:
        await self._gone.wait()

    async def assure(self) -> None:
        if self._gone.is_set() or asyncio.get_running_loop().time() - self._seen > BEAT + PATIENCE:
            await self._look()

    async def release(self) -> None:
        if self._beating:
            self._beating.cancel()
            await asyncio.gather(self._beating, return_exceptions=True)
        await self._hang_up()

    async def _hang_up(self) -> None:
        """Whatever state the connection is in."""
        connection, self._connection = self._connection, None
        if connection is not None:
            self._wire.terminate()
            with contextlib.suppress(SQLAlchemyError):
                await connection.close()

    async def holder(self) -> str | None:
        engine = create_async_engine(self._url, poolclass=NullPool, connect_args={"timeout": 10})
        query = f"""
            SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid)
            WHERE {self._OURS} LIMIT 1
        """  # noqa: S608 - made of our own words
        try:
            async with engine.connect() as connection:
                found: str | None = await connection.scalar(text(query))
                return found
        finally:
            await engine.dispose()
