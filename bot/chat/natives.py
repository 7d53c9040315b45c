"""Threads and native events: what Discord makes without a nonce, made once by looking before it is repeated."""

from __future__ import annotations

import asyncio

import aiohttp
import discord

from bot.cards import NativeEvent, Thread
from bot.services.delivery import Impossible, Sent, Target
from bot.services.events import Span
from bot.services.reconciling import Unreadable

#: Seconds until a request to Discord is given up.
PATIENCE = 30
_THREAD_EXISTS, _THREAD_ARCHIVED, _UNKNOWN_EVENT, _SERVER_ERROR = 160004, 50083, 10070, 500


async def thread(message: discord.PartialMessage, said: Thread) -> Sent:
    """Open the thread of a message, rename or archive it. A message has one thread at most, which bears its id."""
    if said.archived or said.was:
        opened = (await message.channel.fetch_message(message.id)).thread
        try:
            if opened is not None and said.archived:
                await opened.edit(archived=True)
            elif opened is not None and opened.name == said.was:
                await opened.edit(name=said.name)
        except discord.HTTPException as error:
            if error.code != _THREAD_ARCHIVED:  # idle ones go to rest by themselves
                raise
        return Sent(message.channel.id, message.id)
    try:
        await message.create_thread(name=said.name[:100] or "Discussion", auto_archive_duration=said.minutes)
    except discord.HTTPException as error:
        if error.code != _THREAD_EXISTS:
            raise
    return Sent(message.channel.id, message.id)


async def find_event(guild: discord.Guild, reference: str) -> Sent | None:
    """The event of ours that bears a reference at the end of its description."""
    for event in await guild.fetch_scheduled_events(with_counts=False):
        if (event.description or "").endswith(f"ref {reference}"):
            return Sent(0, event.id)
    return None


async def event(guild: discord.Guild, said: NativeEvent, target: Target | None, reference: str) -> Sent:
    """Make an event, or make an existing one say what holds now. Raises Impossible when somebody deleted it."""
    said = said.fitted()
    reference = target.reference if target else reference
    name, place = said.name or "Session", said.place or "online"
    description = f"{said.description}\n\nref {reference}"
    if target is None:
        made = await guild.create_scheduled_event(
            name=name,
            description=description,
            start_time=said.starts_at,
            end_time=said.ends_at,
            entity_type=discord.EntityType.external,
            privacy_level=discord.PrivacyLevel.guild_only,
            location=place,
        )
        return Sent(0, made.id)
    try:
        known = await guild.fetch_scheduled_event(target.message_id, with_counts=False)
        if known.status is not discord.EventStatus.scheduled:
            return Sent(0, known.id)  # it runs or is over: both are final, nothing can be changed
        if said.cancelled:
            await known.cancel()
        else:
            await known.edit(
                name=name,
                description=description,
                start_time=said.starts_at,
                end_time=said.ends_at,
                location=place,
            )
    except discord.NotFound as error:
        if error.code == _UNKNOWN_EVENT:
            raise Impossible("somebody deleted the event") from error
        raise
    return Sent(0, target.message_id)


class Unsure(aiohttp.ClientPayloadError):
    """Whether an event was made is not known."""


async def not_by_itself(_session: object, _context: object, answered: aiohttp.TraceRequestEndParams) -> None:
    """Keep discord.py from asking for an event again by itself when Discord answers an error. For each request's trace.

    It may have been made in spite of that, and an event has no nonce: it is looked for first. Raises Unsure.
    """
    is_new = answered.method == "POST" and answered.url.path.endswith("/scheduled-events")
    if is_new and answered.response.status >= _SERVER_ERROR:
        answered.response.close()
        raise Unsure(f"Discord answered {answered.response.status}")


class EventReader:
    """Reads a server's list of events."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def events(self, guild_id: int) -> dict[int, Span]:
        """Those that are planned or running, by id. Raises Unreadable when Discord cannot tell now."""
        guild = self._client.get_guild(guild_id)
        if guild is None or guild.unavailable:
            raise Unreadable(f"the server {guild_id} is not there")
        try:
            async with asyncio.timeout(PATIENCE):
                found = await guild.fetch_scheduled_events(with_counts=False)
        except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
            raise Unreadable(f"{type(error).__name__}: {error}") from error
        return {
            known.id: Span(known.start_time, known.end_time)
            for known in found
            if known.status in (discord.EventStatus.scheduled, discord.EventStatus.active)
        }
