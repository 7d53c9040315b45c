"""Looks at Discord over HTTP alone, before the bot is started: who am I, which servers, what may I do there.

No gateway session is opened, so that a bot that is running is not disturbed.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import aiohttp
import discord

from bot.chat.places import missing
from bot.services.outfit import HELPFUL, NEEDED, ChannelSeen, RoleSeen, ServerSeen
from bot.services.people import Refused

#: Seconds that all requests together may take.
PATIENCE = 60

#: What an invited bot may do, no more: the number in the invite link.
PERMISSIONS = discord.Permissions(**dict.fromkeys((*NEEDED, *HELPFUL), True))


class NoDiscord(Exception):
    """Discord cannot be asked. The message is a sentence with the cure."""


class TokenRefused(Exception):
    """Discord does not know the token."""


@dataclass(frozen=True)
class Survey:
    """What Discord says about the bot.

    `asks_for_code`: the setting "Requires OAuth2 Code Grant" is on. `sends_elsewhere`: there is an "Interactions
    Endpoint URL", to which Discord sends what people do instead of to the bot.
    """

    name: str
    application_id: int
    asks_for_code: bool
    sends_elsewhere: bool
    servers: Sequence[ServerSeen]

    @property
    def invite_url(self) -> str:
        """The link that invites the bot to a server, with the permissions it needs and no others."""
        return discord.utils.oauth_url(
            self.application_id, permissions=PERMISSIONS, scopes=("bot", "applications.commands")
        )


async def survey(token: str) -> Survey:
    """Ask Discord, at the address that `bot.chat.endpoint.use` set. Raises TokenRefused or NoDiscord."""
    try:
        async with (
            asyncio.timeout(PATIENCE),
            discord.Client(intents=discord.Intents.none(), max_ratelimit_timeout=PATIENCE) as client,
        ):
            await client.login(token)
            application = client.application
            assert application is not None  # noqa: S101 - login sets it
            servers = [await look(client, guild.id) async for guild in client.fetch_guilds(limit=None)]
            return Survey(
                name=application.name,
                application_id=application.id,
                asks_for_code=application.bot_require_code_grant,
                sends_elsewhere=bool(application.interactions_endpoint_url),
                servers=servers,
            )
    except discord.LoginFailure:
        raise TokenRefused from None
    except discord.HTTPException as error:
        raise NoDiscord(f"Discord answered {error.status} ({error.text or 'no reason given'}).") from error
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise NoDiscord(f"Discord cannot be reached ({type(error).__name__}).") from error


async def look(client: discord.Client, guild_id: int) -> ServerSeen:
    """A server as Discord tells it now."""
    guild = await client.fetch_guild(guild_id, with_counts=False)
    assert client.user is not None  # noqa: S101 - login sets it
    me = await guild.fetch_member(client.user.id)
    channels = tuple(
        ChannelSeen(channel.id, channel.name, tuple(missing(channel, me)))
        for channel in await guild.fetch_channels()
        if isinstance(channel, discord.abc.Messageable)
    )
    everyone = me.guild_permissions.mention_everyone
    roles = tuple(RoleSeen(role.id, role.name, role.mentionable or everyone) for role in guild.roles)
    emoji_ids = frozenset(emoji.id for emoji in guild.emojis)
    lacking = tuple(p.words for name, p in HELPFUL.items() if not getattr(me.guild_permissions, name))
    may = {"channel": me.guild_permissions.manage_channels, "role": me.guild_permissions.manage_roles}
    may_make = frozenset(what for what, allowed in may.items() if allowed)
    return ServerSeen(guild.id, guild.name, channels, roles, emoji_ids, lacking, may_make)


class Hands:
    """Looks at servers and makes what `/setup` is asked to, for a bot that runs."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def look(self, guild_id: int) -> ServerSeen:
        """The server as it is. Raises Refused when Discord does not tell."""
        with _told():
            return await look(self._client, guild_id)

    async def make(self, guild_id: int, what: str, name: str) -> None:
        """Make a "channel" or a "role". Raises Refused with the reason."""
        with _told():
            guild = await self._client.fetch_guild(guild_id)
            if what == "channel":
                await guild.create_text_channel(name, reason="/setup")
            else:
                await guild.create_role(name=name, reason="/setup")


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """What Discord refuses, in a sentence for whoever asked."""
    try:
        yield
    except discord.Forbidden:
        raise Refused("Discord does not let me. Give my role the permission, or make it yourself.") from None
    except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
        raise Refused(
            f"Discord did not answer ({type(error).__name__}). Please try again in a moment."
        ) from None
