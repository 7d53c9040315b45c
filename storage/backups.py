"""Backups: a file of SQLite each, whichever store they are of, so that any of them can be looked into or taken back."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from storage import search
from storage.copying import copy, counts, tables_of
from storage.schema import refuse_newer, revision, upgrade
from storage.sqlite import SqliteStore, check_integrity
from storage.stores import Store, ill
from storage.trouble import Damaged, DatabaseTrouble, unwritable

_STAMP = "%Y%m%dT%H%M%SZ"
_SUFFIX = ".backup.db"


async def backup(store: Store, now: datetime, folder: Path) -> Path:
    """Copy a database, even one in use, to a new file in a folder; returns that file.

    Raises DatabaseTrouble when the folder cannot be written to, and Damaged for a copy that is of no use: in a week
    such copies would have taken the place of all good ones.
    """
    try:
        target = _make_room(folder, now.astimezone(UTC))
        growing = target.with_suffix(".part")
        try:
            if isinstance(store, SqliteStore):
                await asyncio.to_thread(_copy_file, store.path, growing)
                await asyncio.to_thread(check_integrity, growing)
            else:
                await _snapshot(store, growing)
            growing.replace(target)
        finally:
            growing.unlink(missing_ok=True)
    except Damaged:
        raise Damaged(
            f"{store.name} is damaged, and was not backed up. Restore a backup: python -m bot db restore FILE."
        ) from None
    except (OSError, sqlite3.Error, DBAPIError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise DatabaseTrouble(
            f"No backup could be written to {folder} ({why}). Make room there, or name another storage.backup_folder."
        ) from None
    return target


def _make_room(folder: Path, now: datetime) -> Path:
    """The name of a backup that is not there yet, and beside it the empty file that becomes it.

    Only we can read it: it will hold what is meant for organisers alone.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    while (target := folder / f"{now.strftime(_STAMP)}{_SUFFIX}").exists():
        now += timedelta(seconds=1)  # no backup is ever written over
    growing = target.with_suffix(".part")
    growing.unlink(missing_ok=True)
    os.close(os.open(growing, os.O_CREAT | os.O_EXCL, 0o600))
    return target


def _copy_file(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
        new.execute("PRAGMA journal_mode=DELETE")  # a single file, which can be carried elsewhere


async def _snapshot(store: Store, target: Path) -> None:
    """Write a database as it is at this moment into an empty file."""
    schema = await revision(store)
    source, file = store.plain(), _file(target).plain()
    try:
        async with source.connect() as reading, file.connect() as writing:
            await reading.execution_options(**store.reading)
            await writing.run_sync(upgrade, schema or "head")
            await copy(reading, writing)
            await writing.commit()
    finally:
        await source.dispose()
        await file.dispose()


def _file(path: Path) -> SqliteStore:
    return SqliteStore(URL.create("sqlite+aiosqlite", database=str(path)))


def folder_of(store: Store, named: str | None) -> Path:
    """Where backups go: where the configuration says, beside a file of SQLite, or in data/backups."""
    if named:
        return Path(named)
    return store.path.parent / "backups" if isinstance(store, SqliteStore) else Path("data/backups")


async def set_aside(store: Store, now: datetime, folder: Path) -> Path | None:
    """Keep what a database holds before something else takes its place; where. None when it holds nothing.

    As a backup, or, if it is damaged, its file as it is: something may be saved from it yet. Raises DatabaseTrouble.
    """
    if not await store.exists():
        return None
    try:
        await store.check()
    except Damaged:
        return await asyncio.to_thread(_keep_wreck, Path(store.name), folder, now)
    return await backup(store, now, folder) if await revision(store) else None


def _keep_wreck(path: Path, folder: Path, now: datetime) -> Path:
    wreck = folder / f"{now.astimezone(UTC).strftime(_STAMP)}.damaged.db"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for rest in ("", "-wal"):
            if (part := path.with_name(path.name + rest)).exists():
                _copy_safely(part, wreck.with_name(wreck.name + rest))
    except OSError as error:
        raise DatabaseTrouble(f"The damaged file could not be kept in {folder} ({error}).") from None
    return wreck


# rotation


def backups_in(folder: Path) -> list[Path]:
    """The backups in a folder, oldest first."""
    return sorted(path for path in folder.glob(f"*{_SUFFIX}") if taken_at(path))


def taken_at(path: Path) -> datetime | None:
    """When a backup was made, as its name tells; None for a file that is called otherwise."""
    try:
        return datetime.strptime(path.name.removesuffix(_SUFFIX), _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def rotate(folder: Path, keep: int) -> list[Path]:
    """Delete all but the last `keep` backups; which were."""
    old = backups_in(folder)[:-keep] if keep else []
    for path in old:
        path.unlink()
    return old


# back, and over to another store


async def restore(store: Store, file: Path) -> None:
    """Put what a backup holds in the place of all that a database holds. Nobody else may be using it.

    Raises DatabaseTrouble for a file that is no backup, is damaged, or was written by a newer version.
    """
    _look_at(file)
    schema = await revision(_file(file))
    if schema is None:
        raise DatabaseTrouble(f"{file} holds nothing of the bot's.")
    refuse_newer(str(file), schema)
    store.prepare()
    if isinstance(store, SqliteStore):
        await asyncio.to_thread(_replace, store.path, file)
        return
    source, target = _file(file).plain(), store.plain()
    try:
        with ill(store):
            async with source.connect() as reading, target.begin() as writing:
                await writing.run_sync(_drop_everything)
                await writing.run_sync(upgrade, schema)
                await copy(reading, writing)
    finally:
        await source.dispose()
        await target.dispose()


def _look_at(file: Path) -> None:
    if not file.is_file():
        raise DatabaseTrouble(f"There is no file {file}.")
    check_integrity(file)


def _replace(path: Path, file: Path) -> None:
    growing = path.with_name(f"{path.name}.part")
    try:
        _copy_safely(file, growing)
        for rest in ("-wal", "-shm"):  # of the file that goes
            path.with_name(path.name + rest).unlink(missing_ok=True)
        growing.replace(path)
    except OSError as error:
        raise unwritable(path.parent, error) from None
    finally:
        growing.unlink(missing_ok=True)


def _copy_safely(file: Path, target: Path) -> None:
    """Copy a file for our eyes alone."""
    with (
        file.open("rb") as old,
        os.fdopen(os.open(target, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as new,
    ):
        shutil.copyfileobj(old, new)
        new.flush()
        os.fsync(new.fileno())


def _drop_everything(connection: Connection) -> None:
    for table in [*(table.name for table in reversed(tables_of(connection))), "alembic_version", search.NAME]:
        connection.execute(text(f'DROP TABLE IF EXISTS "{table}"'))


async def copy_store(source: Store, target: Store) -> dict[str, int]:
    """Copy a database into an empty one of another store, all or nothing; how many rows, by table.

    Raises DatabaseTrouble when the target holds something or cannot be used, or the source nothing or damage.
    """
    await source.check()
    schema = await revision(source)
    refuse_newer(source.name, schema)
    if schema is None:
        raise DatabaseTrouble(f"{source.name} holds nothing yet: there is nothing to copy.")
    target.prepare()
    there = await revision(target)
    old, new = source.plain(), target.plain()
    try:
        with ill(target):
            async with old.connect() as reading, new.begin() as writing:
                await reading.execution_options(**source.reading)
                if there not in (None, schema) or any((await counts(writing)).values()):
                    raise DatabaseTrouble(f"{target.name} holds something already. Name an empty database.")
                await writing.run_sync(upgrade, schema)
                copied = await copy(reading, writing)
                if await counts(writing) != copied:
                    raise DatabaseTrouble("The copy differs from the original. Nothing was kept of it.")
    finally:
        await old.dispose()
        await new.dispose()
    return copied
