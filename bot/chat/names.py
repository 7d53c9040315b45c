"""What members are called on a server."""

from __future__ import annotations

import asyncio
import logging

import aiohttp
import discord

from bot.log import event

log = logging.getLogger(__name__)

#: Seconds in which names must come; a text without them is better than none.
PATIENCE = 2


class Names:
    """Asks Discord. The bot keeps no list of members."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def of(self, guild_id: int, user_ids: set[int]) -> dict[int, str]:
        """Their names on the server; those whom Discord does not tell are left out."""
        guild = self._client.get_guild(guild_id)
        names: dict[int, str] = {}
        if guild is None:
            return names
        try:
            async with asyncio.timeout(PATIENCE):
                for user_id in sorted(user_ids):
                    try:
                        names[user_id] = (await guild.fetch_member(user_id)).display_name
                    except discord.NotFound:
                        names[user_id] = "a former member"
        except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
            event(log, "names.unknown", logging.WARNING, guild=guild_id, cause=type(error).__name__)
        return names
