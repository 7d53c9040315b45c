"""The one place where a test gets its database: on its first day, in the store that the run is for.

Without further ado that is a file of SQLite, migrated once in a run and copied for each test. With TEST_POSTGRES (a URL
of a server with {} for the database's name; `make test-postgres` starts one) it is a database of PostgreSQL, migrated
once in a process and made anew from that template, which is faster than emptying all tables.
"""

from __future__ import annotations

import asyncio
import functools
import itertools
import os
import tempfile
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from storage.migrate import migrate
from storage.stores import Store, store_of

POSTGRES = os.environ.get("TEST_POSTGRES")
on_sqlite_only = pytest.mark.skipif(POSTGRES is not None, reason="is about files of SQLite")
on_postgres_only = pytest.mark.skipif(POSTGRES is None, reason="needs PostgreSQL (make test-postgres)")


def first_day_url(folder: Path, name: str = "bot.db") -> str:
    """The URL of an empty database of the newest schema. A second one of the same name is another on PostgreSQL."""
    return url_of(first_day(folder / name)) if POSTGRES is None else _server().new()


def no_day_url(folder: Path, name: str = "bot.db") -> str:
    """The URL of a database without any table."""
    return url_of(folder / name) if POSTGRES is None else _server().new(template="template0")


def url_of(path: Path) -> str:
    """The URL of a file of SQLite."""
    return f"sqlite+aiosqlite:///{path}"


def first_day(path: Path) -> Path:
    """Put an empty database of the newest schema at `path`, whatever store the run is for."""
    path.write_bytes(_migrated())
    return path


@functools.cache
def _migrated() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "bot.db")
        _elsewhere(migrate(store_of(url_of(path)), datetime.now(UTC), Path(folder)))
        return path.read_bytes()


async def rows(store: Store, sql: str, **values: Any) -> list[tuple[Any, ...]]:
    """What stands in a database, as another program would read it; what differs between the stores as SQLite has it."""
    engine = store.plain()
    try:
        async with engine.begin() as connection:
            result = await connection.execute(text(sql), values)
            return [tuple(map(_plain, row)) for row in result] if result.returns_rows else []
    finally:
        await engine.dispose()


def rows_now(store: Store, sql: str) -> list[tuple[Any, ...]]:
    """The same where nothing can be awaited."""
    found: list[tuple[Any, ...]] = _elsewhere(rows(store, sql))
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    if isinstance(value, date):
        return value.isoformat()
    return int(value) if isinstance(value, bool) else value


def drop_all() -> None:
    """Drop what a test was given."""
    if _server.cache_info().currsize:
        _server().drop_all()


def run_on_server(statement: str) -> None:
    """What the server's administrator does, beside any database."""
    _server()._run(statement)


class _Server:
    """A server of PostgreSQL, asked from a thread of its own: tests are in event loops, or in none."""

    def __init__(self) -> None:
        self._given: list[str] = []
        self._numbers = itertools.count()
        self._template = f"template_{os.getpid()}"
        self._run(
            f"DROP DATABASE IF EXISTS {self._template} WITH (FORCE)", f"CREATE DATABASE {self._template}"
        )
        store = store_of(self._url(self._template))
        _elsewhere(migrate(store, datetime.now(UTC), Path(tempfile.gettempdir())))

    def new(self, template: str | None = None) -> str:
        name = f"test_{os.getpid()}_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template or self._template} STRATEGY WAL_LOG")
        self._given.append(name)
        return self._url(name)

    def drop_all(self) -> None:
        given, self._given = self._given, []
        if given:
            self._run(*(f"DROP DATABASE {name} WITH (FORCE)" for name in given))

    @staticmethod
    def _url(name: str) -> str:
        assert POSTGRES is not None
        return POSTGRES.format(name)

    def _run(self, *statements: str) -> None:
        _elsewhere(self._execute(statements))

    async def _execute(self, statements: tuple[str, ...]) -> None:
        engine = store_of(self._url("postgres")).plain().execution_options(isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            for statement in statements:
                await connection.execute(text(statement))
        await engine.dispose()


def _elsewhere(work: Coroutine[Any, Any, Any]) -> Any:
    """Do it in an event loop of its own and wait for it."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


@functools.cache
def _server() -> _Server:
    return _Server()
