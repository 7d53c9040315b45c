"""Bring a database to the schema this code speaks, after a backup when there is something to lose."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from storage import schema
from storage.backups import backup
from storage.schema import refuse_newer, revision, upgrade
from storage.stores import Store, ill


async def migrate(store: Store, now: datetime, folder: Path) -> Path | None:
    """Migrate to `schema.HEAD`. Returns the backup made in `folder` before, None when there was nothing to lose.

    Raises DatabaseTrouble when it was written by a newer bot, or is no database of ours. A migration that fails leaves
    everything as it was.
    """
    store.prepare()
    current = await revision(store)
    refuse_newer(store.name, current)
    if current == schema.HEAD:
        return None
    saved = await backup(store, now, folder) if current is not None else None
    engine = store.plain()
    try:
        with ill(store):
            async with engine.begin() as connection:
                await connection.run_sync(upgrade)
    finally:
        await engine.dispose()
    return saved
