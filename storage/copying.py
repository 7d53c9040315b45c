"""From one store into another, row by row, whatever the schema: the tables are read from the database itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    MetaData,
    Table,
    func,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import NullType, TypeEngine

from storage import search
from storage.types import Instant

#: Rows that are read and written at a time.
_CHUNK = 500
#: Who says which schema a database has; migrations write it.
_VERSION = "alembic_version"


def tables_of(connection: Connection) -> list[Table]:
    """The tables of a database, each after those that it refers to, with the same types on both stores.

    Without the index of the archive, which is another one on each store and made anew of what the tables hold.
    """
    found = MetaData()
    found.reflect(connection)
    plain = MetaData()
    return [
        Table(
            table.name,
            plain,
            *(Column(c.name, _ours(c.type), primary_key=c.primary_key) for c in table.columns),
        )
        for table in found.sorted_tables
        if table.name != _VERSION and not table.name.startswith(search.NAME)
    ]


def _ours(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    """How the values of a column pass through Python, whichever store they are in."""
    for theirs, ours in ((DateTime, Instant()), (JSON, JSON()), (Boolean, Boolean()), (Date, Date())):
        if isinstance(kind, theirs):
            return ours
    return NullType()


async def copy(source: AsyncConnection, target: AsyncConnection) -> dict[str, int]:
    """Copy all rows into the empty tables of a database of the same schema; how many, by table.

    Numbers that were given out stay given out, also those whose rows are gone.
    """
    tables = await source.run_sync(tables_of)
    copied: dict[str, int] = {}
    for table in tables:
        copied[table.name] = 0
        rows = await source.stream(select(table).order_by(*table.primary_key.columns))
        async for chunk in rows.mappings().partitions(_CHUNK):
            await target.execute(insert(table), [dict(row) for row in chunk])
            copied[table.name] += len(chunk)
    given = await source.run_sync(_numbers_given, tables)
    await target.run_sync(_give_numbers, given)
    return copied


async def counts(connection: AsyncConnection) -> dict[str, int]:
    """How many rows each table holds."""
    found = {}
    for table in await connection.run_sync(tables_of):
        found[table.name] = await connection.scalar(select(func.count()).select_from(table)) or 0
    return found


def _counters(connection: Connection, tables: list[Table]) -> Iterator[tuple[str, str, str]]:
    """Table, column and sequence of the numbers that PostgreSQL gives out."""
    for table in tables:
        for column in inspect(connection).get_columns(table.name):
            if "nextval" in str(column.get("default")):
                name = connection.scalar(
                    select(func.pg_get_serial_sequence(text(f"'{table.name}'"), column["name"]))
                )
                yield table.name, column["name"], str(name)


def count_on(connection: Connection) -> None:
    """After rows came with numbers of their own: give out none that is taken. SQLite sees to that by itself."""
    if connection.dialect.name == "sqlite":
        return
    tables = tables_of(connection)
    columns = {table.name: table.columns for table in tables}
    for table, column, sequence in _counters(connection, tables):
        if last := connection.scalar(select(func.max(columns[table][column]))):
            connection.execute(select(func.setval(sequence, last)))


def _numbers_given(connection: Connection, tables: list[Table]) -> dict[str, int]:
    """The last number that each table has given out."""
    if connection.dialect.name == "sqlite":
        if not inspect(connection).has_table("sqlite_sequence"):
            return {}
        return dict(connection.execute(text("SELECT name, seq FROM sqlite_sequence")).all())
    given = {}
    for table, _, sequence in _counters(connection, tables):
        last, called = connection.execute(text(f"SELECT last_value, is_called FROM {sequence}")).one()  # noqa: S608
        if called:
            given[table] = last
    return given


def _give_numbers(connection: Connection, given: dict[str, int]) -> None:
    """Have each table go on after the last number that was given out."""
    if connection.dialect.name == "sqlite":
        for name, last in given.items():
            for statement in (
                "DELETE FROM sqlite_sequence WHERE name = :name",
                "INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)",
            ):
                connection.execute(text(statement), {"name": name, "last": last})
        return
    for table, _, sequence in _counters(connection, tables_of(connection)):
        if table in given:
            connection.execute(select(func.setval(sequence, given[table])))
