"""`python -m bot db …`: the database as a whole. Each raises DatabaseTrouble with a sentence and its cure."""

from __future__ import annotations

import argparse
import asyncio
import sys
from datetime import datetime
from pathlib import Path

from bot import config
from bot.clock import SystemClock
from bot.desk import nobody_else
from storage.backups import backup, copy_store, folder_of, restore, set_aside
from storage.database import DatabaseTrouble
from storage.migrate import migrate
from storage.schema import HEAD, revision
from storage.stores import Store, store_of

OK, TROUBLE, BAD_CONFIG = 0, 1, 2


def run(options: argparse.Namespace) -> int:
    """Do what the command line says; the exit code."""
    settings = config.load(options.config)
    try:
        store = store_of(settings.storage.url)
        folder = folder_of(store, settings.storage.backup_folder)
        print(asyncio.run(_WORKS[options.what](store, folder, SystemClock().now(), options)))  # noqa: T201
    except DatabaseTrouble as trouble:
        print(f"database: {trouble}", file=sys.stderr)  # noqa: T201
        return BAD_CONFIG if trouble.of_config else TROUBLE
    return OK


async def _migrate(store: Store, folder: Path, now: datetime, _options: argparse.Namespace) -> str:
    async with nobody_else(store):
        before = await revision(store)
        saved = await migrate(store, now, folder)
    if before == HEAD:
        return f"{store.name} is up to date (schema {HEAD})."
    return f"{store.name} now has schema {HEAD}." + (f" What it was before is in {saved}." if saved else "")


async def _backup(store: Store, folder: Path, now: datetime, options: argparse.Namespace) -> str:
    if await revision(store) is None:
        raise DatabaseTrouble(f"{store.name} holds nothing yet: there is nothing to back up.")
    return f"{store.name} is saved in {await backup(store, now, options.to or folder)}."


async def _restore(store: Store, folder: Path, now: datetime, options: argparse.Namespace) -> str:
    async with nobody_else(store):
        saved = await set_aside(store, now, folder)
        await restore(store, options.file)
        await migrate(store, now, folder)
    was = f" What was there is in {saved}." if saved else ""
    return f"{store.name} holds what {options.file} held.{was}"


async def _copy(store: Store, _folder: Path, _now: datetime, options: argparse.Namespace) -> str:
    target = store_of(options.to)
    async with nobody_else(target):
        copied = await copy_store(store, target)
    return (
        f"{sum(copied.values())} rows of {len(copied)} tables are in {target.name}, and counted there. "
        "What the bot writes from now on is not: stop it, and name the new database in storage.url."
    )


_WORKS = {"migrate": _migrate, "backup": _backup, "restore": _restore, "copy": _copy}
