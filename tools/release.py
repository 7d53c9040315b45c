"""Keep a filled database of this version, from which every later version must be able to migrate.

    python tools/release.py

Writes tests/storage/releases/<version>.sql: made-up rows in every table. Part of making a release, and of nothing else.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sqlalchemy import create_engine  # noqa: E402

from bot import __version__  # noqa: E402
from storage.schema import upgrade  # noqa: E402
from tests.storage.filling import fill  # noqa: E402

RELEASES = ROOT / "tests" / "storage" / "releases"


def keep() -> Path:
    """Write the file of this version; returns it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "bot.db")
        engine = create_engine(f"sqlite:///{path}")
        with engine.begin() as connection:
            upgrade(connection)
            fill(connection)
        engine.dispose()
        with closing(sqlite3.connect(path)) as filled:
            text = "\n".join(filled.iterdump()) + "\n"
    RELEASES.mkdir(exist_ok=True)
    (RELEASES / f"{__version__}.sql").write_text(text, "utf-8")
    return RELEASES / f"{__version__}.sql"


if __name__ == "__main__":
    print(keep())
