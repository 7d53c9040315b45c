"""The world as one member sees it, in plain JSON: what a page in a browser draws.

`snapshot` is the whole picture; `world.subscribe(callback)` tells when to take another.
"""

from __future__ import annotations

from bot.rehearsal import palette, permissions, wire, wire_guilds
from bot.rehearsal.errors import JSON
from bot.rehearsal.flags import Permission
from bot.rehearsal.models import Channel, Guild, Message, User
from bot.rehearsal.world import World


def snapshot(world: World, user: User, *, limit: int = 50) -> JSON:
    """Everything `user` sees: servers with channels, the latest `limit` messages of each, members, commands, events.

    Ids are strings and times ISO 8601 in UTC, as in Discord's own JSON. `dm` is their channel with the bot, or None.
    """
    private = next((channel for channel in world.channels.values() if channel.recipient is user), None)
    return {
        "now": wire.stamp(world.now()),
        "me": wire.user(user),
        "bot": wire.user(world.bot),
        "guilds": [guild(world, user, g, limit=limit) for g in world.guilds.values() if user.id in g.members],
        "dm": channel(world, user, private, limit=limit) if private else None,
    }


def guild(world: World, user: User, place: Guild, *, limit: int) -> JSON:
    """One server as this member sees it; its threads are among the channels."""
    seen = [entry for entry in place.channels.values() if world.sees(user, entry)]
    mine = permissions.in_guild(place, place.members[user.id])
    return {
        "id": str(place.id),
        "name": place.name,
        "owner_id": str(place.owner_id),
        "permissions": str(mine.value),
        "channels": [channel(world, user, entry, limit=limit) for entry in seen],
        "members": [wire.member(member) for member in place.members.values()],
        "roles": [wire.role(role) for role in place.roles.values()],
        "events": [
            wire_guilds.event(event) | {"interested": user.id in event.subscribers}
            for event in place.events.values()
        ],
    }


def channel(world: World, user: User, place: Channel, *, limit: int) -> JSON:
    """One channel: its messages oldest first, the commands offered in it, and whether this member may write."""
    bits = world.permissions(user, place)
    writing = Permission.SEND_MESSAGES if place.thread is None else Permission.SEND_MESSAGES_IN_THREADS
    visible = [entry for entry in place.log.values() if sees(user, entry)]
    return wire.channel(world, place) | {
        "may_write": bool(bits & writing),
        "may_react": bool(bits & Permission.ADD_REACTIONS),
        "messages": [message(world, user, entry) for entry in visible[-limit:]],
        "commands": [wire_guilds.command(world, entry) for entry in palette.offered(world, user, place)],
    }


def sees(user: User, entry: Message) -> bool:
    """Whether a message in a channel they are in is for their eyes too."""
    return not entry.ephemeral or (entry.interaction is not None and entry.interaction.user is user)


def message(world: World, user: User, entry: Message) -> JSON:
    """A message with its reactions as seen by `user`; `ephemeral` and `loading` say what its flags mean."""
    marks = {
        "ephemeral": entry.ephemeral,
        "loading": entry.loading,
        "pinged_me": user.id in entry.notified,
        "is_mine": entry.author is user,
    }
    return wire.message(world, entry, viewer=user) | marks
