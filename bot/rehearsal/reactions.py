"""Reactions: the votes of Discord."""

from __future__ import annotations

import re
import unicodedata

from bot.rehearsal import wire
from bot.rehearsal.errors import JSON, Refusal
from bot.rehearsal.flags import Permission
from bot.rehearsal.messages import place
from bot.rehearsal.models import Channel, Message, Reaction, User
from bot.rehearsal.world import World

P = Permission
_DISTINCT = 20
_CUSTOM = re.compile(r"\w{2,32}:(\d+)")


def add(
    world: World, user: User, channel_id: int, message_id: int, emoji: str, *, burst: bool = False
) -> None:
    """React; doing it twice changes nothing. The first of its emoji needs ADD_REACTIONS, at most 20 emojis."""
    message = world.message(user, channel_id, message_id)
    channel = world.channels[channel_id]
    _require_emoji(world, emoji)
    world.require(user, channel, P.READ_MESSAGE_HISTORY)
    if channel.thread and channel.thread.archived:
        raise Refusal.ARCHIVED_THREAD.error()
    reaction = message.reactions.get(emoji)
    if reaction is None:
        world.require(user, channel, P.ADD_REACTIONS)
        if len(message.reactions) >= _DISTINCT:
            raise Refusal.TOO_MANY_REACTIONS.error()
        reaction = message.reactions[emoji] = Reaction(emoji)
    kind = reaction.burst if burst else reaction.normal
    if user.id in kind:
        return
    kind.add(user.id)
    data = _told(channel, message, user, emoji, burst=burst) | {"message_author_id": str(message.author.id)}
    if burst:
        data["burst_colors"] = []
    member = world.member_of(channel, user)
    if member:
        data["member"] = wire.member(member)
    world.emit("MESSAGE_REACTION_ADD", data, channel=channel)


def remove(
    world: World,
    remover: User,
    channel_id: int,
    message_id: int,
    emoji: str,
    user_id: int,
    *,
    burst: bool | None = None,
) -> None:
    """Take back a reaction, one's own or with MANAGE_MESSAGES another's. `burst` None takes either kind."""
    message = world.message(remover, channel_id, message_id)
    channel = world.channels[channel_id]
    _require_emoji(world, emoji)
    if user_id != remover.id:
        world.require(remover, channel, P.MANAGE_MESSAGES)
    reaction = message.reactions.get(emoji)
    if reaction is None:
        return
    for is_burst, kind in ((False, reaction.normal), (True, reaction.burst)):
        if user_id in kind and burst in {None, is_burst}:
            kind.discard(user_id)
            if not reaction.count:
                del message.reactions[emoji]
            told = _told(channel, message, world.users[user_id], emoji, burst=is_burst)
            world.emit("MESSAGE_REACTION_REMOVE", told, channel=channel)


def clear(world: World, remover: User, channel_id: int, message_id: int, emoji: str | None = None) -> None:
    """Remove all reactions, or all of one emoji; needs MANAGE_MESSAGES."""
    message = world.message(remover, channel_id, message_id)
    channel = world.channels[channel_id]
    world.require(remover, channel, P.MANAGE_MESSAGES)
    ids = {"channel_id": str(channel.id), "message_id": str(message.id)} | place(channel)
    if emoji is None:
        message.reactions.clear()
        world.emit("MESSAGE_REACTION_REMOVE_ALL", ids, channel=channel)
    elif message.reactions.pop(emoji, None):
        world.emit("MESSAGE_REACTION_REMOVE_EMOJI", ids | {"emoji": wire.emoji(emoji)}, channel=channel)


def users(
    world: World,
    reader: User,
    channel_id: int,
    message_id: int,
    emoji: str,
    *,
    burst: bool = False,
    after: int = 0,
    limit: int = 25,
) -> list[User]:
    """Who reacted with an emoji, one kind at a time, by id, a page at a time."""
    message = world.message(reader, channel_id, message_id)
    world.require(reader, world.channels[channel_id], P.READ_MESSAGE_HISTORY)
    _require_emoji(world, emoji)
    reaction = message.reactions.get(emoji, Reaction(emoji))
    ids = sorted(number for number in (reaction.burst if burst else reaction.normal) if number > after)
    return [world.users[number] for number in ids[:limit]]


def _told(channel: Channel, message: Message, user: User, emoji: str, *, burst: bool) -> JSON:
    return {
        "user_id": str(user.id),
        "channel_id": str(channel.id),
        "message_id": str(message.id),
        "emoji": wire.emoji(emoji),
        "burst": burst,
        "type": int(burst),
    } | place(channel)


def _require_emoji(world: World, emoji: str) -> None:
    """10014 for what is neither a server's own emoji nor looks like one of Unicode's."""
    custom = _CUSTOM.fullmatch(emoji)
    if custom:
        known = any(int(custom[1]) in guild.emojis for guild in world.guilds.values())
    else:
        written = any(unicodedata.category(c).startswith("L") and c != "ℹ" for c in emoji)
        known = not written and any(c in "©®" or c >= "\u203c" for c in emoji)
    if not known:
        raise Refusal.UNKNOWN_EMOJI.error()
