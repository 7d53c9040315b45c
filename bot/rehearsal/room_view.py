"""The world as one member's client shows it, as plain data for the page. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bot.rehearsal import permissions, wire, wire_guilds
from bot.rehearsal.errors import JSON
from bot.rehearsal.flags import ChannelKind, Permission
from bot.rehearsal.models import Channel, Guild, Message, User
from bot.rehearsal.world import World

if TYPE_CHECKING:
    from bot.rehearsal.server import RehearsalServer

P = Permission
_LOG = 60
_SPEECHLESS = {ChannelKind.CATEGORY, ChannelKind.FORUM}


def snapshot(world: World, me: User, zones: Mapping[int, str]) -> JSON:
    """Everything but messages: who one is, what time it is, and `places`."""
    return {"me": str(me.id), "bot": str(world.bot.id), "now": world.now()} | places(world, me, zones)


def places(world: World, me: User, zones: Mapping[int, str]) -> JSON:
    """The servers `me` is in, with what they see of them, their DM with the bot, and all people by id."""
    return {
        "guilds": [_guild(world, me, guild) for guild in world.guilds.values() if me.id in guild.members],
        "dms": [
            _channel(world, me, channel) for channel in world.channels.values() if channel.recipient is me
        ],
        "users": {
            str(user.id): {
                "id": str(user.id),
                "username": user.username,
                "name": user.global_name or user.username,
                "bot": user.bot,
                "zone": zones.get(user.id),
                "dms_closed": user.dms_closed,
            }
            for user in world.users.values()
        },
    }


def _guild(world: World, me: User, guild: Guild) -> JSON:
    may = permissions.in_guild(guild, guild.members[me.id])
    return {
        "id": str(guild.id),
        "name": guild.name,
        "owner": str(guild.owner_id),
        "roles": [wire.role(role) for role in guild.roles.values()],
        "members": [
            {
                "id": str(member.user.id),
                "name": member.nick or member.user.global_name or member.user.username,
                "roles": [str(one) for one in member.role_ids],
            }
            for member in guild.members.values()
        ],
        "channels": [_channel(world, me, one) for one in guild.channels.values() if _listed(world, me, one)],
        "events": [
            wire_guilds.event(event) | {"interested": me.id in event.subscribers}
            for event in guild.events.values()
        ],
        "absent": [
            str(user.id)
            for user in world.users.values()
            if user.id not in guild.members and user is not world.owner
        ],
        "may_kick": bool(may & P.KICK_MEMBERS),
        "may_ban": bool(may & P.BAN_MEMBERS),
        "emojis": {name: str(number) for number, name in guild.emojis.items()},
        "can_manage": bool(may & P.MANAGE_GUILD),
    }


def _listed(world: World, me: User, channel: Channel) -> bool:
    return channel.kind is ChannelKind.CATEGORY or world.sees(me, channel)


def _channel(world: World, me: User, channel: Channel) -> JSON:
    may = world.permissions(me, channel)
    writes = may & (P.SEND_MESSAGES if channel.thread is None else P.SEND_MESSAGES_IN_THREADS)
    data = {
        "id": str(channel.id),
        "kind": int(channel.kind),
        "name": channel.name,
        "topic": channel.topic,
        "guild": str(channel.guild_id) if channel.guild_id else None,
        "parent": str(channel.parent_id) if channel.parent_id else None,
        "position": channel.position,
        "writable": bool(writes) and channel.kind not in _SPEECHLESS,
        "last": max((str(m.id) for m in channel.log.values() if shows(me, m)), key=int, default=None),
    }
    if channel.thread:
        data |= {"archived": channel.thread.archived, "locked": channel.thread.locked}
    return data


def shows(me: User, item: Message) -> bool:
    """Whether `me`, who is in the channel, sees this message: private answers are for one person."""
    return not item.ephemeral or (item.interaction is not None and item.interaction.user is me)


def history(world: World, me: User, channel: Channel, before: int | None, limit: int) -> JSON:
    """A page of messages, oldest first, and whether there are earlier ones."""
    if not world.permissions(me, channel) & P.READ_MESSAGE_HISTORY:
        return {"messages": [], "more": False}
    seen = [m for m in channel.log.values() if shows(me, m) and (before is None or m.id < before)]
    return {"messages": [message(world, me, m) for m in seen[-limit:]], "more": len(seen) > limit}


def message(world: World, me: User, item: Message) -> JSON:
    """A message with what the page must know beside it: for whom it is and what `me` may do to it."""
    channel = world.channels[item.channel_id]
    may = world.permissions(me, channel)
    mine = item.author is me
    return wire.message(world, item, viewer=me) | {
        "ephemeral": item.ephemeral,
        "loading": item.loading,
        "pinged": me.id in item.notified,
        "may_edit": mine,
        "may_delete": mine or item.ephemeral or bool(channel.guild_id and may & P.MANAGE_MESSAGES),
        "may_pin": bool(may & P.PIN_MESSAGES) and not item.ephemeral,
        "may_react": bool(may & P.ADD_REACTIONS) and not item.ephemeral,
    }


def change(world: World, me: User, channel_id: int, message_id: int) -> JSON | None:
    """What became of a message, for `me`: its new form, that it is gone, or nothing that concerns them."""
    channel = world.channels.get(channel_id)
    if channel is None or not world.sees(me, channel):
        return None
    item = channel.log.get(message_id)
    if item is None:
        return {"channel": str(channel_id), "gone": str(message_id)}
    return {"channel": str(channel_id), "message": message(world, me, item)} if shows(me, item) else None


def wire_log(server: RehearsalServer) -> list[JSON]:
    """The latest requests of the bot, newest last: what it did, and how Discord answered (None: connection lost)."""
    recent = list(enumerate(server.exchanges))[-_LOG:]
    return [
        {"n": number, "method": one.method, "path": one.template or one.path, "status": one.status}
        for number, one in recent
    ]
