"""REST endpoints of threads, and of a server's channels as things."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.rehearsal import channels, threads, wire
from bot.rehearsal.api import Call, Created, Routes
from bot.rehearsal.errors import JSON
from bot.rehearsal.flags import ChannelKind, Permission
from bot.rehearsal.models import Channel

routes = Routes()
_MEMBERS = "/channels/{channel_id}/thread-members"


def channel_of(call: Call) -> Channel:
    """The channel that the path names."""
    return call.world.channel(call.bot, call.id("channel_id"))


@routes.on("GET /channels/{channel_id}")
def get_channel(call: Call) -> Any:
    return wire.channel(call.world, channel_of(call))


@routes.on("PATCH /channels/{channel_id}")
def edit_channel(call: Call) -> Any:
    return wire.channel(call.world, channels.edit(call.world, call.bot, channel_of(call).id, call.form()))


@routes.on("DELETE /channels/{channel_id}")
def delete_channel(call: Call) -> Any:
    return wire.channel(call.world, channels.delete(call.world, call.bot, call.id("channel_id")))


@routes.on("PUT /channels/{channel_id}/permissions/{overwrite_id}")
def set_overwrite(call: Call) -> Any:
    ids = call.id("channel_id"), call.id("overwrite_id")
    channels.set_overwrite(call.world, call.bot, *ids, call.form())


@routes.on("DELETE /channels/{channel_id}/permissions/{overwrite_id}")
def delete_overwrite(call: Call) -> Any:
    channels.delete_overwrite(call.world, call.bot, call.id("channel_id"), call.id("overwrite_id"))


@routes.on("GET /guilds/{guild_id}/channels")
def guild_channels(call: Call) -> Any:
    guild = call.world.guild(call.bot, call.id("guild_id"))
    return [
        wire.channel(call.world, channel) for channel in guild.channels.values() if channel.thread is None
    ]


@routes.on("POST /guilds/{guild_id}/channels")
def create_channel(call: Call) -> Any:
    channel = channels.create(call.world, call.bot, call.id("guild_id"), call.form())
    return Created(wire.channel(call.world, channel))


@routes.on("POST /channels/{channel_id}/messages/{message_id:\\d+}/threads")
def thread_from_message(call: Call) -> Any:
    ids = call.id("channel_id"), call.id("message_id")
    return Created(wire.channel(call.world, threads.from_message(call.world, call.bot, *ids, call.form())))


@routes.on("POST /channels/{channel_id}/threads")
def create_thread(call: Call) -> Any:
    thread = threads.create(call.world, call.bot, call.id("channel_id"), call.form(), call.files)
    data = wire.channel(call.world, thread)
    first = thread.log.get(thread.id) or next(iter(thread.log.values()), None)
    return Created(data | {"message": wire.message(call.world, first)} if first else data)


@routes.on(f"GET {_MEMBERS}")
def list_members(call: Call) -> Any:
    thread = channel_of(call)
    return [wire.thread_member(thread, number) for number in (thread.thread.members if thread.thread else ())]


@routes.on(f"PUT {_MEMBERS}/@me", f"PUT {_MEMBERS}/{{user_id:\\d+}}")
def add_member(call: Call) -> Any:
    threads.add_member(call.world, call.bot, channel_of(call), _whom(call))


@routes.on(f"DELETE {_MEMBERS}/@me", f"DELETE {_MEMBERS}/{{user_id:\\d+}}")
def remove_member(call: Call) -> Any:
    threads.remove_member(call.world, call.bot, channel_of(call), _whom(call))


def _whom(call: Call) -> int:
    return call.id("user_id") if "user_id" in call.ids else call.bot.id


@routes.on("GET /guilds/{guild_id}/threads/active")
def active_threads(call: Call) -> Any:
    guild = call.world.guild(call.bot, call.id("guild_id"))
    return _listed(call, list(guild.channels.values()), lambda thread: not _archived(thread))


@routes.on("GET /channels/{channel_id}/threads/archived/public")
def archived_threads(call: Call) -> Any:
    parent = channel_of(call)
    call.world.require(call.bot, parent, Permission.READ_MESSAGE_HISTORY)
    guild = call.world.guild_of(parent)
    inside = [
        thread for thread in (guild.channels.values() if guild else ()) if thread.parent_id == parent.id
    ]
    public = [thread for thread in inside if thread.kind is not ChannelKind.PRIVATE_THREAD]
    return _listed(call, public, _archived)


def _archived(thread: Channel) -> bool:
    return thread.thread is not None and thread.thread.archived


def _listed(call: Call, among: list[Channel], fits: Callable[[Channel], bool]) -> JSON:
    seen = [thread for thread in among if thread.thread and call.world.sees(call.bot, thread)]
    found = [thread for thread in seen if fits(call.world.channel(call.bot, thread.id))]
    mine = [thread for thread in found if thread.thread and call.bot.id in thread.thread.members]
    return {
        "threads": [wire.channel(call.world, thread) for thread in found],
        "members": [wire.thread_member(thread, call.bot.id) for thread in mine],
        "has_more": False,
    }
