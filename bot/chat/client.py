"""The client: which events of Discord matter, and whom they are handed to. Decides nothing itself."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import aiohttp
import discord
from discord import app_commands
from discord.ext import commands

from bot.cards import Card
from bot.chat.actions import Actions
from bot.chat.answer import answer, failed
from bot.chat.door import TOO_QUICK, Door
from bot.chat.guard import Guard
from bot.log import event
from bot.services.events import NativeEvents
from bot.services.outbox import Outbox
from bot.services.people import Actor, Refused
from bot.services.recount import Recount
from bot.services.settings import SettingsService
from bot.services.votes import Reaction, Votes

log = logging.getLogger(__name__)

# The bot does not speak in voice channels: what that would need is not missed.
discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False

#: What the bot needs to be told; none of it is privileged.
INTENTS = discord.Intents(guilds=True, guild_reactions=True, guild_scheduled_events=True)


#: Seconds until Discord is asked again when it cannot be reached; doubled each time.
FIRST_PAUSE = 1.0
#: Seconds that registering the commands may keep the bot from connecting, and until it is tried again.
SYNC_PATIENCE, SYNC_PAUSE = 3.0, 60.0
_REFUSED = (
    "the token was refused. Copy it again from Discord's developer page (Bot, Reset Token) into DISCORD_TOKEN "
    "or the file of discord.token_file."
)
_SHARDS = "it wants its servers divided otherwise. Set discord.shard_count as docs/operators.md tells."
_VERSION = "it does not speak with this version of the bot any more. Get a newer one."
#: Close codes after which Discord will not take us back.
FATAL_CLOSES = {4004: _REFUSED, 4010: _SHARDS, 4011: _SHARDS, 4012: _VERSION, 4013: _VERSION, 4014: _VERSION}


class Unwelcome(Exception):
    """Discord will not have us, and waiting does not mend it; the message says why, and the cure."""


class Notes(Protocol):
    """Where the bot remembers a small fact about itself."""

    async def read(self, key: str) -> str | None: ...

    async def write(self, key: str, value: str) -> None: ...


@dataclass(frozen=True)
class Ears:
    """Who is told what happens on Discord."""

    settings: SettingsService
    votes: Votes
    recount: Recount
    notes: Notes
    actions: Actions
    events: NativeEvents
    outbox: Outbox
    on_ready: Callable[[discord.Client], None]


async def _too_quick(_actor: Actor) -> Card:
    raise Refused(TOO_QUICK)


class Tree(app_commands.CommandTree["Client"]):
    """The slash commands. What goes wrong before a command is reached is answered here."""

    async def interaction_check(self, interaction: discord.Interaction[Client], /) -> bool:
        """Asked before every command, and at every key of an option that is suggested for."""
        door = interaction.client.door
        if door.knows(interaction.id):
            return False
        if not door.refuses(interaction):
            return True
        if interaction.type is discord.InteractionType.autocomplete:
            await interaction.response.autocomplete([])
        else:
            await answer(interaction, _too_quick)
        return False

    async def on_error(
        self, interaction: discord.Interaction[Client], error: app_commands.AppCommandError
    ) -> None:
        cause = getattr(error, "original", error)
        if interaction.response.is_done():
            failed(interaction, cause)
            return

        async def tell(_actor: object) -> Any:
            if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
                raise Refused("This command has just changed. Please type it again in a minute.")
            if isinstance(error, app_commands.TransformerError):
                raise Refused("One of the options cannot be read. Please choose it again from the list.")
            raise cause

        await answer(interaction, tell)


class Client(commands.Bot):
    """The bot as Discord sees it."""

    def __init__(
        self,
        ears: Ears,
        cogs: Sequence[commands.Cog],
        guard: Guard,
        *,
        ready_timeout: float = 0.5,
        **more: Any,
    ) -> None:
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            intents=INTENTS,
            tree_cls=Tree,
            allowed_mentions=discord.AllowedMentions.none(),
            allowed_contexts=app_commands.AppCommandContext(
                guild=True, dm_channel=False, private_channel=False
            ),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            guild_ready_timeout=ready_timeout,
            http_trace=guard.trace,
            **more,
        )
        guard.watch(self)
        self._ears, self._wanted_cogs = ears, cogs
        self.door = Door()
        self._syncing: asyncio.Task[None] | None = None

    async def setup_hook(self) -> None:
        for cog in self._wanted_cogs:
            await self.add_cog(cog)
            for menu in getattr(cog, "menus", ()):
                self.tree.add_command(menu)
        self._syncing = asyncio.create_task(self._sync_until_done(), name="commands")
        done, _ = await asyncio.wait({self._syncing}, timeout=SYNC_PATIENCE)
        for task in done:
            task.result()

    async def close(self) -> None:
        if self._syncing is not None:
            self._syncing.cancel()
        await super().close()

    async def _sync_until_done(self) -> None:
        """Register the commands, however long Discord refuses: reminders and votes do not wait for that."""
        while True:
            try:
                return await self._sync_commands()
            except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
                again = f"{SYNC_PAUSE:g}s"
                event(log, "commands.not_synced", logging.WARNING, cause=error, again_in=again)
            await asyncio.sleep(SYNC_PAUSE)

    async def _sync_commands(self) -> None:
        """Register the commands, only when they are not the ones registered last."""
        commands_now = [command.to_dict(self.tree) for command in self.tree.get_commands()]
        text = json.dumps([self.application_id, commands_now], sort_keys=True)
        fingerprint = hashlib.sha256(text.encode()).hexdigest()
        key = f"commands:{self.application_id}"
        if await self._ears.notes.read(key) == fingerprint and await self._registered() == len(commands_now):
            return
        await self.http.bulk_upsert_global_commands(self.application_id or 0, payload=commands_now)
        await self._ears.notes.write(key, fingerprint)
        event(log, "commands.synced", commands=len(commands_now))

    async def _registered(self) -> int:
        return len(await self.http.get_global_commands(self.application_id or 0))

    # a server comes and goes

    async def on_ready(self) -> None:
        # Fires again after every session that could not be resumed: events were missed in between.
        event(log, "discord.ready", guilds=len(self.guilds), user=self.user.id if self.user else None)
        await self._ears.settings.here({guild.id: guild.name for guild in self.guilds})
        for guild in self.guilds:
            self._ears.events.look(guild.id)
        self._ears.on_ready(self)
        self._ears.recount.everything()

    async def on_resumed(self) -> None:
        event(log, "discord.resumed")

    async def on_disconnect(self) -> None:
        event(log, "discord.disconnected", logging.WARNING)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        event(log, "guild.joined", guild=guild.id)
        await self._ears.settings.joined(guild.id, guild.name)
        await self._ears.outbox.look_again(guild.id)

    async def on_guild_available(self, guild: discord.Guild) -> None:
        if self.is_ready():  # it comes late, or comes back: on_ready has not seen it
            await self._ears.settings.joined(guild.id, guild.name)
            self._ears.events.look(guild.id)
            await self._ears.outbox.look_again(guild.id)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        event(log, "guild.left", guild=guild.id)
        await self._ears.settings.left(guild.id)

    # what hindered a post may be mended

    async def on_guild_channel_create(self, channel: discord.abc.GuildChannel) -> None:
        await self._ears.outbox.look_again(channel.guild.id)

    async def on_guild_channel_update(
        self, _before: discord.abc.GuildChannel, after: discord.abc.GuildChannel
    ) -> None:
        await self._ears.outbox.look_again(after.guild.id)

    async def on_guild_role_update(self, _before: discord.Role, after: discord.Role) -> None:
        await self._ears.outbox.look_again(after.guild.id)

    # what people do

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        if interaction.type in (discord.InteractionType.component, discord.InteractionType.modal_submit):
            if self.door.knows(interaction.id):
                return
            if self.door.refuses(interaction):
                await answer(interaction, _too_quick)
            else:
                await self._ears.actions.dispatch(interaction)

    async def on_scheduled_event_update(
        self, _before: discord.ScheduledEvent, after: discord.ScheduledEvent
    ) -> None:
        self._ears.events.look(after.guild_id)

    async def on_scheduled_event_delete(self, gone: discord.ScheduledEvent) -> None:
        self._ears.events.look(gone.guild_id)

    # Nothing is awaited before a reaction is noted: so they are noted in the order in which they came.

    async def on_raw_reaction_add(self, payload: discord.RawReactionActionEvent) -> None:
        if payload.member is None or not payload.member.bot:
            self._note(payload, added=True)

    async def on_raw_reaction_remove(self, payload: discord.RawReactionActionEvent) -> None:
        self._note(payload, added=False)

    def _note(self, payload: discord.RawReactionActionEvent, *, added: bool) -> None:
        if payload.user_id == self.application_id or (self.user and payload.user_id == self.user.id):
            return
        emoji = payload.emoji.name if payload.emoji.id is None else f"{payload.emoji.name}:{payload.emoji.id}"
        roles = None
        if payload.member is not None:
            roles = frozenset(text for role in payload.member.roles for text in (str(role.id), role.name))
        self._ears.votes.note(
            Reaction(
                payload.message_id, payload.user_id, emoji or "", added, burst=payload.burst, roles=roles
            )
        )

    async def on_raw_reaction_clear(self, payload: discord.RawReactionClearEvent) -> None:
        self._ears.recount.message(payload.message_id)

    async def on_raw_reaction_clear_emoji(self, payload: discord.RawReactionClearEmojiEvent) -> None:
        self._ears.recount.message(payload.message_id)


class ShardedClient(Client, commands.AutoShardedBot):
    """The same with some of many shards, each a connection of its own."""

    def __init__(self, shards: Sequence[int], count: int, *args: Any, **more: Any) -> None:
        super().__init__(*args, shard_ids=list(shards), shard_count=count, **more)


async def connect(
    make: Callable[[], Client],
    token: str,
    stopping: asyncio.Event,
    *,
    farewell: Callable[[], Awaitable[None]],
    longest_pause: float = 30,
) -> None:
    """Stay connected until `stopping` is set. Discord being away is waited out, at the start as well as later.

    `farewell` is awaited when it is time to go, before the connection is closed: what is being said is finished.

    A client whose first connection failed cannot be used again (discord.py fails inside), so each try makes a new one.
    Raises Unwelcome when it is no use to wait.
    """
    pause = FIRST_PAUSE
    while not stopping.is_set():
        client = make()
        started = asyncio.get_running_loop().time()
        running = asyncio.create_task(client.start(token), name="discord")
        stop = asyncio.create_task(stopping.wait(), name="stopping")
        try:
            await asyncio.wait({running, stop}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            running.cancel()
            stop.cancel()
            raise
        stop.cancel()
        if stopping.is_set():
            await farewell()
        await _close(client, running)
        if stopping.is_set():
            return
        error = running.exception()
        if isinstance(error, discord.LoginFailure):
            raise Unwelcome(_REFUSED) from error
        if isinstance(error, discord.ConnectionClosed) and error.code in FATAL_CLOSES:
            raise Unwelcome(FATAL_CLOSES[error.code]) from error
        if asyncio.get_running_loop().time() - started > longest_pause:
            pause = FIRST_PAUSE
        wait = pause * random.uniform(0.75, 1.25)  # jitter, so that many bots do not come back at once
        cause = f"{type(error).__name__}: {error}"
        event(log, "discord.away", logging.WARNING, cause=cause, again_in=f"{wait:.1f}s")
        await _sleep_unless(stopping, wait)
        pause = min(pause * 2, longest_pause)


async def _close(client: Client, running: asyncio.Task[None]) -> None:
    try:
        async with asyncio.timeout(1):
            await client.close()
    except (TimeoutError, Exception) as error:  # noqa: BLE001 - it is being thrown away
        event(log, "discord.close", logging.DEBUG, cause=repr(error))
    if not running.done():
        running.cancel()
    await asyncio.wait({running}, timeout=0.5)


async def _sleep_unless(stopping: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stopping.wait()
    except TimeoutError:
        return
