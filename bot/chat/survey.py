"""Looks at Discord over HTTP alone, before the bot is started: who am I, which servers, what may I do there.

No gateway session is opened, so that a bot that is running is not disturbed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import aiohttp
import discord

from bot.chat.places import HELPFUL, NEEDED, missing

#: Seconds that all requests together may take.
PATIENCE = 60

#: What an invited bot may do, no more: the number in the invite link.
PERMISSIONS = discord.Permissions(**dict.fromkeys((*NEEDED, *HELPFUL), True))


class NoDiscord(Exception):
    """Discord cannot be asked. The message is a sentence with the cure."""


class TokenRefused(Exception):
    """Discord does not know the token."""


@dataclass(frozen=True)
class ChannelSeen:
    """A channel one can write in, and the permissions that the bot lacks there, in the words of Discord's settings."""

    id: int
    name: str
    lacking: tuple[str, ...]


@dataclass(frozen=True)
class RoleSeen:
    """A role; `pingable` by the bot."""

    id: int
    name: str
    pingable: bool


@dataclass(frozen=True)
class ServerSeen:
    """A server the bot is a member of."""

    id: int
    name: str
    channels: tuple[ChannelSeen, ...]
    roles: tuple[RoleSeen, ...]
    emoji_ids: frozenset[int]
    lacking: tuple[str, ...]  # of what is helpful on the whole server


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
            servers = [await _server(client, guild.id) async for guild in client.fetch_guilds(limit=None)]
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


async def _server(client: discord.Client, guild_id: int) -> ServerSeen:
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
    lacking = tuple(words for name, words in HELPFUL.items() if not getattr(me.guild_permissions, name))
    return ServerSeen(guild.id, guild.name, channels, roles, emoji_ids, lacking)
