"""/digest settings and /digest topics: when and what the digest brings, seen and changed in one place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from bot.cards import Card
from bot.cards import digest_settings as cards
from bot.clock import Clock
from bot.services.people import Actor
from bot.services.settings import SettingsService
from storage import digests
from storage.database import Database

#: What "lately" means.
LATELY = timedelta(days=30)


class DigestSettings:
    """Shows and changes what holds for a server's digest."""

    def __init__(self, database: Database, clock: Clock, settings: SettingsService) -> None:
        self._database, self._clock, self._settings = database, clock, settings

    async def settings(self, actor: Actor, given: Mapping[str, str | int | bool | None]) -> Card:
        """Change what is given, then show what holds. Raises Refused with what is wrong."""
        changes = {name: value for name, value in given.items() if value is not None}
        for name, value in changes.items():
            await self._settings.set(actor, f"digest.{name}", str(value))
        async with self._database.reading() as tx:
            settings = await self._settings.of(tx, actor.guild_id)
            coming = await digests.pending(tx, actor.guild_id)
        due = min((run.next_try_at for run in coming), default=None)
        return cards.settings(settings, due, changed=bool(changes))

    async def topics(self, actor: Actor) -> Card:
        """Where each topic's papers go, and how many there were lately."""
        async with self._database.reading() as tx:
            settings = await self._settings.of(tx, actor.guild_id)
            since = (self._clock.now() - LATELY).date()
            counts = await digests.counts(tx, actor.guild_id, since=since)
        return cards.topics(settings.topics, counts, days=LATELY.days)
