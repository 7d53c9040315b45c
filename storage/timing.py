"""How long the database takes to answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import event

from storage.database import Database


def watch(database: Database, told: Callable[[float], None]) -> None:
    """Have `told` called with the seconds that each statement took, for as long as the database is open."""
    engine = database.engine.sync_engine

    @event.listens_for(engine, "before_cursor_execute")
    def before(_connection: Any, _cursor: Any, _sql: str, _values: Any, context: Any, _many: bool) -> None:  # noqa: FBT001
        context.began = time.perf_counter()

    @event.listens_for(engine, "after_cursor_execute")
    def after(_connection: Any, _cursor: Any, _sql: str, _values: Any, context: Any, _many: bool) -> None:  # noqa: FBT001
        told(time.perf_counter() - context.began)
