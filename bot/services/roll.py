"""The roll call: whose votes count, where a role may vote and people leave."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from typing import Protocol

from bot.log import event
from bot.services.settings import SettingsService
from bot.services.votes import may_vote
from storage import votes as stored
from storage.database import Database

log = logging.getLogger(__name__)


class Members(Protocol):
    """Tells who is a member. Raises bot.services.recount.Unreadable when Discord cannot tell now."""

    async def members(self, guild_id: int, user_ids: Collection[int]) -> Mapping[int, frozenset[str]]:
        """The ids and names of the roles of those who are members; who is none is left out."""
        ...


class Roll:
    """Knows who may vote."""

    def __init__(self, database: Database, settings: SettingsService) -> None:
        self._database, self._settings = database, settings

    async def barred(self, reader: Members, guild_id: int, voters: Collection[int]) -> set[int]:
        """Those of the voters who may not vote."""
        settings = await self._settings.read(guild_id)
        if settings.group.vote_role is None or not voters:
            return set()
        members = await reader.members(guild_id, voters)
        return {user for user in voters if user not in members or not may_vote(settings, members[user])}

    async def call(self, reader: Members, guild_id: int) -> None:
        """Have the votes count of members who are there and may vote, and no others."""
        async with self._database.reading() as tx:
            settings = await self._settings.of(tx, guild_id)
            voters = await stored.all_voters(tx, guild_id)
        if not voters:
            return
        members = await reader.members(guild_id, voters)
        may = {user for user in voters if user in members and may_vote(settings, members[user])}
        async with self._database.transaction() as tx:
            changed = await stored.set_counts(tx, guild_id, may, counts=True)
            changed += await stored.set_counts(tx, guild_id, voters - may, counts=False)
        event(log, "votes.roll", guild=guild_id, voters=len(voters), may=len(may), changed=changed)

    async def after_change(self, reader: Members, guild_id: int) -> None:
        """The group's settings changed: whose votes count now? Where everybody may vote, nobody need be asked."""
        async with self._database.transaction() as tx:  # waits for the one that changes them
            settings = await self._settings.of(tx, guild_id)
        if settings.group.vote_role is not None:
            await self.call(reader, guild_id)
            return
        async with self._database.transaction() as tx:
            voters = await stored.all_voters(tx, guild_id)
            await stored.set_counts(tx, guild_id, voters, counts=True)
