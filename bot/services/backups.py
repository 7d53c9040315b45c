"""A backup a day, by itself; the oldest ones go."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta
from pathlib import Path

from bot.clock import Clock
from bot.log import event
from storage.backups import backup, backups_in, rotate, taken_at
from storage.database import Database, DatabaseTrouble, Tx

log = logging.getLogger(__name__)

EVERY = timedelta(days=1)
#: After a start, so that it holds up nothing; and after one that failed.
FIRST, AGAIN = timedelta(minutes=10), timedelta(hours=1)


class Backups:
    """Keeps the last `keep` daily backups in a folder."""

    upkeep = True  # it looks after things from time to time: nobody waits for it

    def __init__(self, database: Database, clock: Clock, folder: Path, keep: int) -> None:
        self._database, self._clock, self._folder, self._keep = database, clock, folder, keep
        known = [taken for path in backups_in(folder) if (taken := taken_at(path))]
        soon = clock.now() + FIRST
        self._due = max(known[-1] + EVERY, soon) if known else soon

    async def next_due(self, _tx: Tx) -> datetime | None:
        return self._due

    async def run_due(self, now: datetime) -> None:
        """Make today's backup; one that fails is told in the log and tried again."""
        if now < self._due:
            return
        try:
            made = await backup(self._database.store, now, self._folder)
        except DatabaseTrouble as trouble:
            self._due = now + AGAIN
            event(log, "backup.failed", logging.ERROR, cause=trouble)
            return
        self._due = now + EVERY
        old = await asyncio.to_thread(rotate, self._folder, self._keep)
        event(log, "backup.made", file=made, dropped=len(old) or None)
