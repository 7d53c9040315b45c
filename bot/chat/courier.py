"""Carries posts to Discord, and turns every way in which that can fail into one of four."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import aiohttp
import discord

from bot.cards import Card, NativeEvent, Said, Thread
from bot.chat import natives
from bot.chat.draw import drawn, redrawn, reference_of
from bot.chat.guard import Held, asked_pause
from bot.chat.home import carrying, mute, serves
from bot.chat.places import Places, find, missing
from bot.services.delivery import Blocked, Impossible, NotNow, Sent, Target, Unclear, is_new
from storage.tables import Post

log = logging.getLogger(__name__)

#: Seconds until a request to Discord is given up as unclear. discord.py waits out rate limits within it.
PATIENCE = 30
#: How far around the time it was claimed a message is looked for: clocks differ.
SKEW = timedelta(minutes=15)
_NEWEST = 100
_UNKNOWN_CHANNEL, _NOT_TEXT, _UNKNOWN_MESSAGE, _NO_ACCESS, _NO_PERMISSION, _NO_DM = (
    10003,
    50008,
    10008,
    50001,
    50013,
    50007,
)
_NO_TOKEN, _TOO_MANY, _SERVER_ERROR = 401, 429, 500
#: Edits of messages older than an hour are limited; Discord says so with a code of its own, and not when it will do.
_OLD_EDITS, _OLD_EDITS_PAUSE = 30046, timedelta(minutes=10)
#: Seconds, where Discord asks for a pause and does not say how long.
_TOO_MANY_PAUSE = 30.0


class Courier:
    """Says what the outbox wants said."""

    def __init__(self, client: discord.Client, places: Places) -> None:
        self._client, self._places = client, places

    async def where(self, post: Post) -> int | None:
        """The channel that a place means now; None for a direct message."""
        return (
            None if post.place.startswith("user:") else await self._places.resolve(post.guild_id, post.place)
        )

    async def find(self, post: Post) -> Sent | None:
        """What an earlier try may have left: a message or an event of ours with the post's reference.

        Raises Blocked when the history may not be read: to say it again unseen could say it twice.
        """
        async with self._troubles(post):
            if not is_new(post):
                return None
            if post.op == "event":
                return await natives.find_event(self._guild(post), post.nonce)
            return await self._find_message(post)

    async def _find_message(self, post: Post) -> Sent | None:
        """Read the channel that it was tried in back to before the post was claimed."""
        channel_id = await self._channel(post)
        channel = self._client.get_channel(channel_id)
        if isinstance(channel, discord.abc.GuildChannel) and "Read Message History" in missing(channel):
            cure = f"I may not read the history of <#{channel_id}>. Give me Read Message History there."
            raise Blocked(cure, f"<#{channel_id}>")
        try:
            async for message in _around(self._at(channel_id, post), post.claimed_at or post.due_at):
                if reference_of(message) == post.nonce:
                    return Sent(channel_id, message.id)
        except discord.NotFound:
            return None  # the channel was deleted, and with it what was said there
        return None

    async def deliver(self, post: Post, said: Said, target: Target | None) -> Sent:
        """Send, edit, react, open a thread, make or change an event.

        Each may be repeated: a send carries its nonce, an event is looked for, the others change nothing twice.
        """
        if isinstance(said, Card) and post.place.startswith("user:"):
            said = carrying(said, post.guild_id) if serves(self._client, 0) else mute(said)
        async with self._troubles(post):
            if isinstance(said, NativeEvent):
                return await natives.event(self._guild(post), said, target, post.nonce)
            if isinstance(said, Card) and post.op == "send":
                return await self._send(post, said)
            if target is None:
                raise Impossible("the message it is for was never posted")
            message = self._at(target.channel_id, post).get_partial_message(target.message_id)
            if isinstance(said, Thread):
                return await natives.thread(message, said)
            if post.op == "edit":
                await message.edit(**redrawn(said, reference=target.reference))
            for emoji in said.reactions if post.op == "react" else ():
                await message.add_reaction(emoji)
            return Sent(target.channel_id, target.message_id)

    async def _send(self, post: Post, card: Card) -> Sent:
        channel_id = await self._channel(post)
        arguments = drawn(self._places.with_roles(post.guild_id, card), reference=post.nonce)
        message = await self._at(channel_id, post).send(nonce=post.nonce, **arguments)
        return Sent(channel_id, message.id)

    async def _channel(self, post: Post) -> int:
        """Where a message is sent, as noted when it was claimed; that of a direct message, Discord tells."""
        return post.channel_id or await self._places.resolve(post.guild_id, post.place)

    def _guild(self, post: Post) -> discord.Guild:
        guild = self._client.get_guild(post.guild_id)
        if guild is None:
            raise NotNow(f"the server {post.guild_id} is not there")
        return guild

    def _at(self, channel_id: int, post: Post) -> discord.PartialMessageable:
        guild_id = None if post.place.startswith("user:") else post.guild_id
        return self._client.get_partial_messageable(channel_id, guild_id=guild_id)

    @asynccontextmanager
    async def _troubles(self, post: Post) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(PATIENCE):
                yield
        except discord.HTTPException as error:
            raise _meaning(error, post) from error
        except Held as held:
            raise NotNow(str(held), after=timedelta(seconds=held.seconds)) from held
        except aiohttp.ClientConnectorError as error:
            raise NotNow(f"Discord cannot be reached ({error.os_error})") from error
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise Unclear(f"Discord's reply was lost ({type(error).__name__})") from error


async def _around(channel: discord.PartialMessageable, instant: datetime) -> AsyncIterator[discord.Message]:
    """A channel's newest messages; then, if these do not reach back to an instant, those from around it."""
    oldest, start = None, instant - SKEW
    async for message in channel.history(limit=_NEWEST):
        oldest = message.created_at
        yield message
    if oldest is not None and oldest > start:
        async for message in channel.history(limit=None, after=start, before=instant + SKEW):
            yield message


#: What to give the bot where Discord refused it, by what it was to do.
_CURES = {
    "event": "Give me Create Events and Manage Events.",
    "thread": "Give me Create Public Threads, Send Messages in Threads and Manage Threads there.",
}
_CURE = "Give me View Channel, Send Messages, Embed Links, Add Reactions and Read Message History there."
_FOR_EVER = {
    _NO_DM: "the person takes no direct messages from this server",
    _UNKNOWN_MESSAGE: "the message was deleted",
}


def _meaning(error: discord.HTTPException, post: Post) -> Exception:
    """What an error of Discord means for a post."""
    if error.status >= _SERVER_ERROR:
        return Unclear(f"Discord answered {error.status}")
    if error.code == _OLD_EDITS or error.status == _TOO_MANY:
        old = error.code == _OLD_EDITS
        what = "Discord limits edits of old messages" if old else "Discord asks for a pause"
        pause = timedelta(seconds=asked_pause(error.response.headers) or _TOO_MANY_PAUSE)
        return NotNow(what, after=_OLD_EDITS_PAUSE if old else pause)
    if error.status == _NO_TOKEN:
        return NotNow(
            "Discord does not take the token any more. Put the new one in its place and restart me."
        )
    if error.code in _FOR_EVER:
        return Impossible(_FOR_EVER[error.code])
    if error.status == 403 or error.code in (_UNKNOWN_CHANNEL, _NOT_TEXT, _NO_ACCESS, _NO_PERMISSION):
        cause = f"Discord says: {error.text or error.status}. {_CURES.get(post.op, _CURE)}"
        return Blocked(cause, place="the list of events" if post.op == "event" else _name(post))
    return Impossible(f"Discord refused it: {error.status} {error.code} {error.text}")


def _name(post: Post) -> str:
    kind, _, name = post.place.partition(":")
    return {
        "announcements": "the announcement channel",
        "proposals": "the proposal channel",
        "threads": "threads",
    }.get(kind, f"#{name}")


__all__ = ["Courier", "find"]
