"""A database as it is on the first day, for tests: migrated once in a run, copied for each test."""

from __future__ import annotations

import functools
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from storage.migrate import migrate


@functools.cache
def _migrated() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "bot.db")
        migrate(path, datetime.now(UTC))
        return path.read_bytes()


def first_day(path: Path) -> Path:
    """Put an empty database of the newest schema at `path`."""
    path.write_bytes(_migrated())
    return path
