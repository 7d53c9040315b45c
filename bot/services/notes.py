"""Small facts the bot remembers about itself, such as which commands it has registered."""

from __future__ import annotations

from storage import guilds
from storage.database import Database


class Notes:
    """Reads and writes notes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, key: str) -> str | None:
        """A note's text, None when there is none."""
        async with self._database.reading() as tx:
            return await guilds.note(tx, key)

    async def write(self, key: str, value: str) -> None:
        async with self._database.transaction() as tx:
            await guilds.set_note(tx, key, value)
