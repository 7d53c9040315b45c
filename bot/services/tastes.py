"""What a group has taught its digests: which topic a paper belongs to, and which papers it would like."""

from __future__ import annotations

from bot.clock import Clock
from bot.config import ServerSettings
from bot.services.papers import Routers
from bot.services.selection import Ranking, by_topic
from bot.topics.router import Router
from storage.database import Database


class Tastes:
    """The router and the order of each server's digests."""

    def __init__(self, database: Database, clock: Clock, routers: Routers) -> None:
        self._database, self._clock, self._routers = database, clock, routers

    async def of(self, guild_id: int, settings: ServerSettings) -> tuple[Router, Ranking]:
        """How a server's papers are routed and put in order."""
        del guild_id
        return await self._routers.built(settings.topics), by_topic
