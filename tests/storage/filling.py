"""Rows for every table, of made-up data, whatever the tables are: what was forgotten in a copy is missed in a test."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Connection, Date, Float, Integer, String, Table, insert

from storage.tables import Row
from storage.types import Instant

#: How many rows each table gets.
ROWS = 3
_TEXTS = ("Grüße aus Adelaide", "naïve 🦔 “quotes”; DROP TABLE votes; --", "")
_BEGAN = datetime(2026, 6, 3, 10, 0, 0, 123456, tzinfo=UTC)


def fill(connection: Connection) -> None:
    """Put three rows into every table; the last one has nothing where nothing may be."""
    for table in Row.metadata.sorted_tables:
        connection.execute(insert(table), [_row(table, number) for number in range(1, ROWS + 1)])


def _row(table: Table, number: int) -> dict[str, Any]:
    return {column.name: _value(table, column, number) for column in table.columns}


def _value(table: Table, column: Column[Any], number: int) -> Any:
    if column.nullable and number == ROWS:
        return None
    for key in column.foreign_keys:
        return _value(key.column.table, key.column, number)
    for kind, value in (
        (Instant, _BEGAN + timedelta(days=number, microseconds=number)),
        (Boolean, number % 2 == 0),
        (Date, date(2026, 6, number)),
        (Float, number / 3),
        (JSON, [f"{column.name} {number}", {"deep": [None, True, 1.5, "ü"]}]),
        (Integer, number if _is_number_of_ours(table, column) else 2**62 + number),
    ):
        if isinstance(column.type, kind):
            return value
    assert isinstance(column.type, String), column
    must_differ = column.primary_key or any(column.name in c.columns for c in table.constraints)
    return f"{column.name} {number}" if must_differ else _TEXTS[number % len(_TEXTS)]


def _is_number_of_ours(table: Table, column: Column[Any]) -> bool:
    return column.primary_key and len(table.primary_key) == 1
