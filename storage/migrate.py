"""Bring a database to the schema this code speaks, after a backup when there is something to lose."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from storage.database import DatabaseTrouble

if TYPE_CHECKING:
    from alembic.config import Config

#: The newest revision in migrations/versions; a test holds it against the files. Known here so that the usual start,
#: where nothing is to be done, need not load Alembic.
HEAD = "0001"


def revision(path: Path) -> str | None:
    """The schema revision of a database file; None for one that is new or empty. Raises DatabaseTrouble."""
    if not path.exists():
        return None
    try:
        with closing(sqlite3.connect(path)) as connection:
            tables = {
                name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            }
            if not tables:
                return None
            if "alembic_version" not in tables:
                raise DatabaseTrouble(
                    f"{path} holds tables that are not the bot's. Name another file in storage.url."
                )
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        raise DatabaseTrouble(f"{path} cannot be read as a database ({error}). Restore a backup.") from None
    return str(row[0]) if row else None


def backup(path: Path, now: datetime) -> Path:
    """Copy a database, even one in use, to a file beside it; returns that file."""
    target = path.with_name(f"{path.name}.{now:%Y%m%dT%H%M%SZ}.backup")
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
    return target


def alembic_config(url: str) -> Config:
    """Alembic's configuration for a synchronous database URL; there is no ini file."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def migrate(path: Path, now: datetime) -> Path | None:
    """Migrate a file to `HEAD`. Returns the backup made before, None when there was nothing to back up.

    Raises DatabaseTrouble when the file was written by a newer bot, or is no database of ours.
    """
    current = revision(path)
    if current == HEAD:
        return None
    if current is not None and current > HEAD:
        raise DatabaseTrouble(
            f"{path} was written by a newer version of the bot (schema {current}, this one knows {HEAD}). "
            "Install that version again, or restore the backup it made when it upgraded."
        )
    from alembic import command

    saved = backup(path, now) if current is not None else None
    command.upgrade(alembic_config(f"sqlite:///{path}"), "head")
    return saved
