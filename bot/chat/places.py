"""Where a post goes: from "announcements" and the server's settings to a channel that Discord knows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import discord

from bot.cards import Card
from bot.services.delivery import Blocked, NotNow
from bot.services.outfit import NEEDED, pick
from bot.services.settings import SettingsService

_SETTING = {"announcements": "announcement_channel", "proposals": "proposal_channel"}


class Places:
    """Resolves the places of the outbox on the servers that the client sees."""

    def __init__(self, client: discord.Client, settings: SettingsService) -> None:
        self._client, self._settings = client, settings

    async def resolve(self, guild_id: int, place: str) -> int:
        """The id of the channel that a place means now.

        Raises NotNow while the server is not there yet, Blocked (with the cure) when no such channel exists.
        """
        kind, _, name = place.partition(":")
        if kind == "user":
            channel = await self._client.create_dm(discord.Object(int(name)))
            return channel.id
        if kind == "thread":
            return int(name)
        guild = self._client.get_guild(guild_id)
        if guild is None or guild.unavailable:
            # An outage ends at any moment; a server that the bot was removed from may never come back.
            raise NotNow(
                f"the server {guild_id} is not there", after=timedelta(seconds=15) if guild else None
            )
        if kind == "organisers":
            return await self._organisers(guild)
        if kind in _SETTING:
            name = getattr((await self._settings.read(guild_id)).group, _SETTING[kind])
            cure = f"Create it, or choose another one: `/settings set key:group.{_SETTING[kind]}`."
        else:
            cure = "Create it, or name another one for the topic in the config file."
        channel_id = find(guild, name)
        if channel_id is None:
            cause = f"There is no channel #{name} on this server."
            if other := pick(guild.channels, name):
                cause = f"The channel #{other.name} takes no messages: it is a {other.type}."
            raise Blocked(f"{cause} {cure}", place=f"#{name}")
        return channel_id

    def with_roles(self, guild_id: int, card: Card) -> Card:
        """The card with the ids of the roles that it pings; a role that is not there any more is left out."""
        guild = self._client.get_guild(guild_id)
        if not card.ping_roles or guild is None:
            return replace(card, ping_roles=())
        wanted = {name.casefold() for name in card.ping_roles}
        found = [role for role in guild.roles if {str(role.id), role.name.casefold()} & wanted]
        return replace(card, ping_roles=tuple(str(role.id) for role in found if not role.is_default()))

    async def _organisers(self, guild: discord.Guild) -> int:
        """The first channel where organisers will see it and the bot may speak."""
        group = (await self._settings.read(guild.id)).group
        names = (group.organiser_channel, group.proposal_channel, group.announcement_channel)
        named = [find(guild, name) for name in names if name]
        system = guild.system_channel.id if guild.system_channel else None
        for channel_id in (*named, system, *(channel.id for channel in guild.text_channels)):
            channel = guild.get_channel(channel_id) if channel_id else None
            if channel is not None and missing(channel) == []:
                return channel.id
        raise Blocked("There is no channel in which I may write.", place="any channel")


def find(guild: discord.Guild, name: str) -> int | None:
    """A channel of a server that takes messages, by id or name; a name in whatever case it was typed."""
    channels = (c for c in (*guild.channels, *guild.threads) if isinstance(c, discord.abc.Messageable))
    found = pick(channels, name)
    return found.id if found else None


def missing(channel: discord.abc.GuildChannel, me: discord.Member | None = None) -> list[str]:
    """The permissions that the bot needs in a channel and lacks, as Discord's settings call them."""
    myself: discord.Member | None = me or channel.guild.me
    if myself is None:  # Discord has not told us about ourselves yet: what we may do shows when we do it
        return []
    permissions = channel.permissions_for(myself)
    return [p.words for name, p in NEEDED.items() if not getattr(permissions, name)]
