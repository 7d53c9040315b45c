"""Making, changing and removing a server's channels."""

from __future__ import annotations

from bot.rehearsal import threads, wire
from bot.rehearsal.errors import JSON, Form, Refusal
from bot.rehearsal.flags import ChannelKind, Permission
from bot.rehearsal.models import Channel, Overwrite, User
from bot.rehearsal.world import World

P = Permission
_AT_MOST = 500
_TOPIC = {ChannelKind.FORUM: 4096}


def create(world: World, user: User, guild_id: int, body: JSON) -> Channel:
    """A new channel; needs MANAGE_CHANNELS."""
    guild = world.guild(user, guild_id)
    world.require_in_guild(user, guild, P.MANAGE_CHANNELS)
    kind = ChannelKind(body.get("type") or 0)
    _check(kind, body)
    if sum(channel.thread is None for channel in guild.channels.values()) >= _AT_MOST:
        raise Refusal.TOO_MANY_CHANNELS.error()
    channel = Channel(world.snowflake(), kind, guild_id=guild.id, position=len(guild.channels))
    _apply(channel, body)
    guild.channels[channel.id] = world.channels[channel.id] = channel
    world.emit("CHANNEL_CREATE", wire.channel(world, channel), channel=channel)
    return channel


def edit(world: World, user: User, channel_id: int, body: JSON) -> Channel:
    """Change a channel (MANAGE_CHANNELS) or a thread."""
    channel = world.channel(user, channel_id)
    if channel.thread:
        return threads.edit(world, user, channel, body)
    if channel.guild_id is None:
        raise Refusal.NOT_IN_DM.error()
    world.require(user, channel, P.MANAGE_CHANNELS)
    _check(channel.kind, {"name": channel.name} | body)
    _apply(channel, body)
    world.emit("CHANNEL_UPDATE", wire.channel(world, channel), channel=channel)
    return channel


def delete(world: World, user: User, channel_id: int) -> Channel:
    """Remove a channel with all that was said in it; a DM is merely closed and keeps everything."""
    channel = world.channel(user, channel_id)
    if channel.recipient is None:
        world.require(user, channel, P.MANAGE_THREADS if channel.thread else P.MANAGE_CHANNELS)
        remove(world, channel)
    return channel


def remove(world: World, channel: Channel) -> None:
    """Remove a server's channel and its threads, whoever asks."""
    guild = world.guild_of(channel)
    if guild is None:
        raise Refusal.NOT_IN_DM.error()
    for inner in [
        entry for entry in guild.channels.values() if entry.thread and entry.parent_id == channel.id
    ]:
        remove(world, inner)
    data = wire.channel(world, channel)
    if channel.thread:
        data = {key: data[key] for key in ("id", "guild_id", "parent_id", "type")}
    world.emit("THREAD_DELETE" if channel.thread else "CHANNEL_DELETE", data, channel=channel)
    del guild.channels[channel.id], world.channels[channel.id]


def set_overwrite(world: World, user: User, channel_id: int, target: int, body: JSON) -> None:
    """Allow and deny to a role or member; needs MANAGE_ROLES, and one can give only what one has."""
    channel = world.channel(user, channel_id)
    world.require(user, channel, P.MANAGE_ROLES)
    allow, deny = (P(int(body.get(key) or 0)) for key in ("allow", "deny"))
    world.require(user, channel, allow | deny)
    channel.overwrites[target] = Overwrite(target, int(body["type"]), allow, deny)
    world.emit("CHANNEL_UPDATE", wire.channel(world, channel), channel=channel)


def delete_overwrite(world: World, user: User, channel_id: int, target: int) -> None:
    """Forget what was allowed and denied to a role or member."""
    channel = world.channel(user, channel_id)
    world.require(user, channel, P.MANAGE_ROLES)
    if channel.overwrites.pop(target, None) is None:
        raise Refusal.UNKNOWN_OVERWRITE.error()
    world.emit("CHANNEL_UPDATE", wire.channel(world, channel), channel=channel)


def _check(kind: ChannelKind, body: JSON) -> None:
    form = Form()
    form.length("name", body.get("name"), 1, 100)
    form.length("topic", body.get("topic"), 0, _TOPIC.get(kind, 1024))
    form.check()


def _apply(channel: Channel, body: JSON) -> None:
    if "name" in body:
        spaced = channel.kind in {ChannelKind.CATEGORY, ChannelKind.VOICE, ChannelKind.STAGE}
        channel.name = body["name"] if spaced else body["name"].lower().replace(" ", "-")
    channel.topic = body.get("topic", channel.topic)
    if "parent_id" in body:
        channel.parent_id = int(body["parent_id"]) if body["parent_id"] else None
    if body.get("position") is not None:
        channel.position = int(body["position"])
    if body.get("permission_overwrites") is not None:
        channel.overwrites = {
            int(o["id"]): Overwrite(
                int(o["id"]), int(o.get("type") or 0), P(int(o.get("allow") or 0)), P(int(o.get("deny") or 0))
            )
            for o in body["permission_overwrites"]
        }
