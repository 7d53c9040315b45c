"""Column types that keep promises: instants are aware UTC, Discord's ids are 64-bit integers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, String
from sqlalchemy.types import TypeDecorator

#: A Discord snowflake: unsigned 64 bits, of which the top one stays unused until the year 2084.
Snowflake = BigInteger

#: An id of our own. SQLite only auto-increments a column declared exactly INTEGER.
OurId = BigInteger().with_variant(Integer, "sqlite")

#: Text that is compared with < and >: by its bytes, as SQLite does, and not as a language sorts its words.
InByteOrder = String().with_variant(String(collation="C"), "postgresql")


class Instant(TypeDecorator[datetime]):
    """An aware datetime, stored in UTC. A naive one is refused: nobody could say later when it was."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored; give it its zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        aware: datetime = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        return aware
