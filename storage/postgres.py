"""A database of PostgreSQL: for groups that have one, for standby machines, for very many servers."""

from __future__ import annotations

import importlib.util
import socket
from collections.abc import Mapping
from typing import Any

from sqlalchemy import NullPool, event, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from storage.leadership import AdvisoryLock
from storage.shards import EVERY_SERVER, Shards
from storage.trouble import DatabaseTrouble

#: Seconds until a server that does not answer is given up.
PATIENCE = 10


_ILLNESSES = {
    "53100": "its disk is full. Make room on it",
    "53300": "it has no connection left. Close other programs, or raise its max_connections",
    "25006": "it is read-only (a standby of the database?). Let it be written to, or name another one",
    "42501": "its user may not do that. Let it own what is there: ALTER DATABASE … OWNER TO …",
}


class PostgresStore:
    """One database, of which the bot uses the schema that is first in its user's search path."""

    shared = True
    writing: Mapping[str, Any] = {}
    #: A view that stays the same while it is read, as SQLite gives it.
    reading: Mapping[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}

    def __init__(self, url: URL) -> None:
        """Raises DatabaseTrouble when the driver is missing, or no database is named."""
        if importlib.util.find_spec("asyncpg") is None:
            raise DatabaseTrouble(
                "storage.url: PostgreSQL's driver is not installed. Run: pip install asyncpg "
                "(or install the requirements again: requirements.txt has it).",
                of_config=True,
            )
        if not url.database:
            raise DatabaseTrouble(
                "storage.url: names no database. Add one at its end: postgresql+asyncpg://user@host/database",
                of_config=True,
            )
        self.url = url
        self.name = url.set(drivername="postgresql").render_as_string(hide_password=True)

    def engine(self) -> AsyncEngine:
        return _speaks_of_itself(
            create_async_engine(
                self.url, pool_size=5, max_overflow=5, pool_pre_ping=True, connect_args={"timeout": PATIENCE}
            )
        )

    def plain(self) -> AsyncEngine:
        return _speaks_of_itself(
            create_async_engine(self.url, poolclass=NullPool, connect_args={"timeout": PATIENCE})
        )

    async def exists(self) -> bool:
        await self.check()
        return True

    def prepare(self) -> None:
        """The database is made by whoever runs the server."""

    async def check(self) -> None:
        engine = self.plain()
        try:
            async with engine.connect() as connection:
                encoding = await connection.scalar(text("SHOW server_encoding"))
                read_only = await connection.scalar(text("SHOW transaction_read_only"))
        except (DBAPIError, ValueError) as error:
            raise self._trouble(error) from None
        finally:
            await engine.dispose()
        if encoding != "UTF8":
            raise DatabaseTrouble(
                f"storage.url: {self.name} stores text as {encoding}, where names and titles get lost. "
                "Make it anew: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0.",
                of_config=True,
            )
        if read_only == "on":
            raise DatabaseTrouble(f"{self.name} cannot be used: {_ILLNESSES['25006']}.")

    def illness(self, error: BaseException) -> str | None:
        """By https://www.postgresql.org/docs/current/errcodes-appendix.html."""
        said = getattr(getattr(error, "orig", None), "__cause__", None) or error
        state = str(getattr(said, "sqlstate", None) or "")
        known = _ILLNESSES.get(state)
        if known is None and (state[:2] in ("08", "57", "53") or _cut_off(error)):
            known = "it does not answer. Start it, or see its log"
        return f"{self.name} cannot be used: {known}. ({said})" if known else None

    def _trouble(self, error: Exception) -> DatabaseTrouble:
        """What a failed connection means, and its cure."""
        cause = getattr(getattr(error, "orig", None), "__cause__", None) or error
        where = f"{self.url.host or 'this machine'}:{self.url.port or 5432}"
        words = str(cause) or type(cause).__name__
        match getattr(cause, "sqlstate", None):
            case "28P01" | "28000":
                what = f"{where} refused the user or the password of {self.name}"
                cure = "Correct them, or set PGPASSWORD."
            case "3D000":
                what = f"{where} has no database {self.url.database}"
                cure = f"Make it there: CREATE DATABASE {self.url.database} OWNER {self.url.username};"
            case str(state):
                return DatabaseTrouble(f"storage.url: {where} does not let the bot in ({state}: {words}).")
            case _ if isinstance(cause, socket.gaierror):
                what, cure = f"{where} is no known machine", "Correct the host."
            case _:
                why = "no answer" if isinstance(cause, TimeoutError) else words
                return DatabaseTrouble(
                    f"storage.url: {where} cannot be reached ({why}). Start it, or correct host and port."
                )
        return DatabaseTrouble(f"storage.url: {what}. {cure}", of_config=True)

    def writable(self) -> None:
        """Told by the first write."""

    def leadership(self, shards: Shards = EVERY_SERVER) -> AdvisoryLock:
        return AdvisoryLock(self.url, self._trouble, shards)


def _speaks_of_itself(engine: AsyncEngine) -> AsyncEngine:
    """Have a connection that cannot be made told as an error of the database: it comes as any program's OSError."""

    @event.listens_for(engine.sync_engine, "do_connect")
    def connect(dialect: Any, _record: Any, arguments: Any, options: Any) -> Any:
        try:
            return dialect.connect(*arguments, **options)
        except OSError as error:
            raise dialect.loaded_dbapi.OperationalError(str(error) or "no answer") from error

    return engine


def _cut_off(error: BaseException) -> bool:
    """Whether there is no connection, or not any more."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or isinstance(getattr(error.orig, "__cause__", None), OSError)
    return isinstance(error, OSError)
