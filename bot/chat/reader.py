"""Reads from Discord who reacted to a ballot, and who is a member."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager

import aiohttp
import discord

from bot.chat.places import missing
from bot.services.reconciling import Unreadable
from bot.services.votes import mark_of

#: Seconds for one look; discord.py waits out rate limits within it.
PATIENCE = 120
_UNKNOWN_CHANNEL, _UNKNOWN_MESSAGE = 10003, 10008
_PAGE = 100


class Reader:
    """Reads what the ledger of votes is held against. Raises Unreadable when Discord cannot tell now."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def counts(self, channel_id: int, message_ids: Sequence[int]) -> Mapping[int, Counter[str]]:
        """The reactions on these messages, without the bot's own; messages that are gone are left out.

        One request tells of up to a hundred messages that stand near each other.
        """
        found: dict[int, Counter[str]] = {}
        left = sorted(message_ids)
        try:
            async with _troubles():
                channel = self._readable(channel_id)
                while left:
                    before = discord.Object(left[0] - 1)
                    page = [m async for m in channel.history(limit=_PAGE, after=before, oldest_first=True)]
                    seen = page[-1].id if len(page) == _PAGE else left[-1]
                    found.update({message.id: _counts(message) for message in page})
                    left = [number for number in left if number > seen]
        except _Gone:
            return {}
        return {number: found[number] for number in message_ids if number in found}

    async def people(
        self, channel_id: int, message_id: int, wanted: Callable[[str], bool]
    ) -> Mapping[str, set[int]] | None:
        """Who (no bots) reacted with the wanted emoji, super-reactions included; None when the message is gone."""
        people: dict[str, set[int]] = {}
        try:
            async with _troubles():
                message = await self._readable(channel_id).fetch_message(message_id)
                for reaction in message.reactions:
                    if not wanted(_name(reaction.emoji)):
                        continue
                    for burst, number in _kinds(reaction):
                        kind = discord.ReactionType.burst if burst else discord.ReactionType.normal
                        if number:
                            mark = mark_of(_name(reaction.emoji), burst=burst)
                            people[mark] = {u.id async for u in reaction.users(type=kind) if not u.bot}
        except _Gone:
            return None
        return people

    async def members(self, guild_id: int, user_ids: Collection[int]) -> Mapping[int, frozenset[str]]:
        """The ids and names of the roles of those who are members; asked a hundred at a time over the gateway."""
        guild = self._client.get_guild(guild_id)
        if guild is None or guild.unavailable:
            raise Unreadable(f"the server {guild_id} is not there")
        wanted, found = sorted(user_ids), dict[int, frozenset[str]]()
        async with _troubles():
            for start in range(0, len(wanted), _PAGE):
                part = await guild.query_members(user_ids=wanted[start : start + _PAGE], cache=False)
                for member in part:
                    roles = (text for role in member.roles for text in (str(role.id), role.name))
                    found[member.id] = frozenset(roles)
        return found

    def _readable(self, channel_id: int) -> discord.PartialMessageable:
        """A channel whose history may be read: where it may not, Discord shows an empty one."""
        channel = self._client.get_channel(channel_id)
        if isinstance(channel, discord.abc.GuildChannel) and "Read Message History" in missing(channel):
            raise Unreadable(f"I may not read the history of channel {channel_id}")
        return self._client.get_partial_messageable(channel_id)


class _Gone(Exception):
    """The message, or its channel, does not exist any more."""


@asynccontextmanager
async def _troubles() -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(PATIENCE):
            yield
    except discord.NotFound as error:
        if error.code in (_UNKNOWN_MESSAGE, _UNKNOWN_CHANNEL):
            raise _Gone from error
        raise Unreadable(str(error)) from error
    except (
        discord.HTTPException,
        discord.ClientException,
        aiohttp.ClientError,
        OSError,
        TimeoutError,
    ) as error:
        raise Unreadable(f"{type(error).__name__}: {error}") from error


def _counts(message: discord.Message) -> Counter[str]:
    counts: Counter[str] = Counter()
    for reaction in message.reactions:
        for burst, number in _kinds(reaction):
            own = reaction.me_burst if burst else reaction.me
            if number - own > 0:
                counts[mark_of(_name(reaction.emoji), burst=burst)] += number - own
    return counts


def _kinds(reaction: discord.Reaction) -> tuple[tuple[bool, int], tuple[bool, int]]:
    """How many plain and how many super-reactions there are: (burst, number) each."""
    return (False, reaction.count - reaction.burst_count), (True, reaction.burst_count)


def _name(emoji: discord.PartialEmoji | discord.Emoji | str) -> str:
    return emoji if isinstance(emoji, str) else f"{emoji.name}:{emoji.id}"
