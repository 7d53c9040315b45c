"""Threads: side rooms of a channel, which fall asleep after a time of silence."""

from __future__ import annotations

from bot.rehearsal import messages, wire
from bot.rehearsal.errors import JSON, Form, Refusal
from bot.rehearsal.flags import ChannelKind, MessageFlag, MessageKind, Permission
from bot.rehearsal.models import Channel, Message, ThreadState, User
from bot.rehearsal.uploads import Files
from bot.rehearsal.world import World

P = Permission
SILENCES = (60, 1440, 4320, 10080)
_DEFAULT_SILENCE = 4320
_THREADED = {ChannelKind.TEXT, ChannelKind.ANNOUNCEMENT}
_APPLIED_TAGS = 5


def from_message(world: World, user: User, channel_id: int, message_id: int, body: JSON) -> Channel:
    """Open a public thread on a message; it shares the message's id, and there can be but one (160004)."""
    message = world.message(user, channel_id, message_id)
    parent = world.channels[channel_id]
    if parent.kind not in _THREADED:
        raise Refusal.CHANNEL_TYPE.error()
    world.require(user, parent, P.CREATE_PUBLIC_THREADS)
    _check(body)
    if message.thread_id is not None:
        raise Refusal.THREAD_EXISTS.error()
    announced = parent.kind is ChannelKind.ANNOUNCEMENT
    kind = ChannelKind.ANNOUNCEMENT_THREAD if announced else ChannelKind.PUBLIC_THREAD
    thread = _open(world, user, parent, kind, body, message.id)
    message.thread_id = thread.id
    message.flags |= MessageFlag.HAS_THREAD
    messages.announce(world, "MESSAGE_UPDATE", message)
    return thread


def create(world: World, user: User, channel_id: int, body: JSON, files: Files | None = None) -> Channel:
    """Open a thread without a message (private unless told otherwise), or a post in a forum."""
    parent = world.channel(user, channel_id)
    _check(body)
    if parent.kind is ChannelKind.FORUM:
        return _forum_post(world, user, parent, body, files or [])
    if parent.kind not in _THREADED:
        raise Refusal.CHANNEL_TYPE.error()
    kind = ChannelKind(body.get("type") or ChannelKind.PRIVATE_THREAD)
    private = kind is ChannelKind.PRIVATE_THREAD
    world.require(user, parent, P.CREATE_PRIVATE_THREADS if private else P.CREATE_PUBLIC_THREADS)
    thread = _open(world, user, parent, kind, body, world.snowflake())
    if not private:
        notice = Message(world.snowflake(), parent.id, user, world.now(), content=thread.name)
        notice.kind, notice.thread_id = MessageKind.THREAD_CREATED, thread.id
        messages.post(world, parent, notice)
    return thread


def _forum_post(world: World, user: User, parent: Channel, body: JSON, files: Files) -> Channel:
    world.require(user, parent, P.SEND_MESSAGES)
    form = Form()
    tags = body.get("applied_tags") or []
    form.length("applied_tags", tags, 0, _APPLIED_TAGS)
    form.check()
    thread = _open(world, user, parent, ChannelKind.PUBLIC_THREAD, body, world.snowflake())
    thread.forum_post = True
    thread.applied_tags = [int(tag) for tag in tags]
    messages.create(world, user, thread.id, body.get("message") or {}, files)
    return thread


def _check(body: JSON) -> None:
    form = Form()
    form.length("name", body.get("name"), 1, 100)
    if body.get("auto_archive_duration") is not None:
        form.choice("auto_archive_duration", body["auto_archive_duration"], SILENCES)
    form.check()


def _open(world: World, user: User, parent: Channel, kind: ChannelKind, body: JSON, number: int) -> Channel:
    silence = body.get("auto_archive_duration") or _DEFAULT_SILENCE
    state = ThreadState(user.id, world.now(), silence, invitable=bool(body.get("invitable", True)))
    state.members[user.id] = world.now()
    thread = Channel(number, kind, body["name"], parent.guild_id, parent_id=parent.id, thread=state)
    guild = world.guild_of(parent)
    assert guild is not None  # noqa: S101 — only servers have channels with threads
    guild.channels[number] = world.channels[number] = thread
    data = wire.channel(world, thread) | {"newly_created": True}
    world.emit("THREAD_CREATE", data, channel=thread)
    return thread


def edit(world: World, user: User, thread: Channel, body: JSON) -> Channel:
    """Rename, archive, reopen or lock; one's own thread, or with MANAGE_THREADS any."""
    state = thread.thread
    assert state is not None  # noqa: S101 — the caller has looked
    _check({"name": thread.name} | body)
    waking_only = body.get("archived") is False and not state.locked
    if not waking_only:
        if state.archived and body.get("archived") is not False:
            raise Refusal.ARCHIVED_THREAD.error()
        if user.id != state.owner_id or "locked" in body or state.locked:
            world.require(user, thread, P.MANAGE_THREADS)
    thread.name = body.get("name", thread.name)
    state.auto_archive = body.get("auto_archive_duration") or state.auto_archive
    state.locked = bool(body.get("locked", state.locked))
    if body.get("archived") is not None and bool(body["archived"]) != state.archived:
        state.archived, state.archive_changed_at = bool(body["archived"]), world.now()
    if "applied_tags" in body:
        thread.applied_tags = [int(tag) for tag in body["applied_tags"]]
    world.emit("THREAD_UPDATE", wire.channel(world, thread), channel=thread)
    return thread


def add_member(world: World, user: User, thread: Channel, whom: int) -> None:
    """Join a thread, or bring somebody in; not while it is archived."""
    state = _state(thread)
    if state.archived:
        raise Refusal.ARCHIVED_THREAD.error()
    if whom != user.id:
        world.require(user, thread, P.SEND_MESSAGES_IN_THREADS)
    guild = world.guild_of(thread)
    if guild is None or whom not in guild.members:
        raise Refusal.UNKNOWN_USER.error()
    if whom not in state.members:
        state.members[whom] = world.now()
        _tell_members(world, thread, added=[whom])


def remove_member(world: World, user: User, thread: Channel, whom: int) -> None:
    """Leave a thread, or put somebody out."""
    state = _state(thread)
    if state.archived:
        raise Refusal.ARCHIVED_THREAD.error()
    if whom != user.id and not (thread.kind is ChannelKind.PRIVATE_THREAD and state.owner_id == user.id):
        world.require(user, thread, P.MANAGE_THREADS)
    if state.members.pop(whom, None) is None:
        raise Refusal.UNKNOWN_MEMBER.error()
    _tell_members(world, thread, removed=[whom])


def _state(thread: Channel) -> ThreadState:
    if thread.thread is None:
        raise Refusal.CHANNEL_TYPE.error()
    return thread.thread


def _tell_members(
    world: World, thread: Channel, *, added: list[int] | None = None, removed: list[int] | None = None
) -> None:
    data: JSON = {
        "id": str(thread.id),
        "guild_id": str(thread.guild_id),
        "member_count": len(_state(thread).members),
        "added_members": [wire.thread_member(thread, number) for number in added or []],
        "removed_member_ids": [str(number) for number in removed or []],
    }
    world.emit("THREAD_MEMBERS_UPDATE", data, channel=thread)
