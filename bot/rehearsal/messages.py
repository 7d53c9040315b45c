"""Saying, reading, changing and taking back messages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.rehearsal import mentions, uploads, validate, wire
from bot.rehearsal.errors import JSON, Refusal, bad_form
from bot.rehearsal.flags import ChannelKind, MessageFlag, MessageKind, Permission
from bot.rehearsal.models import Channel, Message, User
from bot.rehearsal.uploads import Files
from bot.rehearsal.world import World

P = Permission
_SPEECHLESS = {ChannelKind.CATEGORY, ChannelKind.FORUM}
_BULK_DAYS = timedelta(days=14)


def create(world: World, author: User, channel_id: int, body: JSON, files: Files | None = None) -> Message:
    """Post a message with Discord's create-message body. A repeated enforced nonce gives the first message again."""
    channel = world.channel(author, channel_id)
    _require_writing(world, author, channel)
    if body.get("enforce_nonce") and body.get("nonce") is not None:
        earlier = _remembered(world, author, str(body["nonce"]))
        if earlier:
            return earlier
    message = compose(world, author, channel, body, files or [], default_mentions=mentions.EVERYTHING)
    if author.bot and message.embeds:
        world.require(author, channel, P.EMBED_LINKS)
    if message.attachments:
        world.require(author, channel, P.ATTACH_FILES)
    message.flags &= ~MessageFlag.EPHEMERAL
    if body.get("nonce") is not None:
        world.nonces[author.id, str(body["nonce"])] = (message, world.now())
    post(world, channel, message, nonce=body.get("nonce"))
    return message


def _require_writing(world: World, author: User, channel: Channel) -> None:
    if channel.kind in _SPEECHLESS:
        raise Refusal.NOT_A_TEXT_CHANNEL.error()
    if channel.recipient and author.bot and not _reachable(world, channel.recipient):
        raise Refusal.DM_CLOSED.error()
    world.require(author, channel, P.SEND_MESSAGES if channel.thread is None else P.SEND_MESSAGES_IN_THREADS)
    if channel.thread and channel.thread.locked and not world.permissions(author, channel) & P.MANAGE_THREADS:
        raise Refusal.ARCHIVED_THREAD.error() if channel.thread.archived else Refusal.THREAD_LOCKED.error()


def _reachable(world: World, user: User) -> bool:
    """Whether the bot may write to somebody: not if they said no, nor if they share no server with it."""
    shared = any({user.id, world.bot.id} <= set(guild.members) for guild in world.guilds.values())
    return shared and not user.dms_closed


def _remembered(world: World, author: User, nonce: str) -> Message | None:
    """The message posted with this nonce a short while ago; 10008 if it has been deleted since."""
    entry = world.nonces.get((author.id, nonce))
    if entry is None or world.now() - entry[1] > world.nonce_memory:
        return None
    message = entry[0]
    channel = world.channels.get(message.channel_id)
    if channel is None or message.id not in channel.log:
        raise Refusal.UNKNOWN_MESSAGE.error()
    return message


def compose(
    world: World, author: User, channel: Channel, body: JSON, files: Files, *, default_mentions: JSON
) -> Message:
    """A new message out of a checked body, not posted yet; raises 50035, 50006, 40005."""
    validate.message(body)
    # the first message of a forum post has the post's id
    number = channel.id if channel.forum_post and not channel.log else world.snowflake()
    message = Message(number, channel.id, author, world.now(), content=(body.get("content") or "").strip())
    message.embeds = [_rendered(embed) for embed in body.get("embeds") or []]
    message.components = _numbered(body.get("components") or [])
    message.attachments = uploads.attach(world, body, files)
    if not (message.content or message.embeds or message.attachments or message.components):
        raise Refusal.EMPTY_MESSAGE.error()
    message.flags = MessageFlag(int(body.get("flags") or 0)) & (
        MessageFlag.SUPPRESS_EMBEDS | MessageFlag.SUPPRESS_NOTIFICATIONS | MessageFlag.EPHEMERAL
    )
    replied = _reply(world, author, channel, message, body.get("message_reference"))
    allowed = body.get("allowed_mentions")
    _mention(world, message, channel, default_mentions if allowed is None else allowed, replied)
    return message


def _mention(
    world: World, message: Message, channel: Channel, allowed: JSON, replied: User | None = None
) -> None:
    found = mentions.resolve(world, message.author, channel, message.content, allowed, replied=replied)
    message.mentions, message.mention_roles = found.users, found.roles
    message.mention_everyone, message.notified = found.everyone, found.notified


def _reply(
    world: World, author: User, channel: Channel, message: Message, reference: JSON | None
) -> User | None:
    if not reference or reference.get("message_id") is None:
        return None
    if not world.permissions(author, channel) & P.READ_MESSAGE_HISTORY:
        raise Refusal.NO_HISTORY_FOR_REPLY.error()
    original = channel.log.get(int(reference["message_id"]))
    if original is None:
        if reference.get("fail_if_not_exists", True):
            raise bad_form("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
        return None
    message.kind, message.reply_to = MessageKind.REPLY, original.id
    return original.author


def _rendered(embed: JSON) -> JSON:
    """An embed as Discord keeps it: stripped of what bots cannot set, with its kind."""
    kept = {key: value for key, value in embed.items() if value is not None and key != "type"}
    if "footer" in kept:
        kept["footer"] = {key: value for key, value in kept["footer"].items() if value is not None}
    if "fields" in kept:
        kept["fields"] = [entry | {"inline": bool(entry.get("inline"))} for entry in kept["fields"]]
    return {"type": "rich"} | kept


def _numbered(components: list[JSON]) -> list[JSON]:
    """Components as Discord keeps them: each with an id, buttons and selects with their defaults."""
    counter = iter(range(1, 1000))

    def fill(item: JSON) -> JSON:
        filled = {key: value for key, value in item.items() if value is not None}
        filled["id"] = item.get("id") or next(counter)
        if "emoji" in filled:
            filled["emoji"] = {key: value for key, value in item["emoji"].items() if value is not None}
        if "components" in item:
            filled["components"] = [fill(inner) for inner in item["components"]]
        if item["type"] in {3, 5, 6, 7, 8}:
            filled = {"min_values": 1, "max_values": 1} | filled
        return filled

    return [fill(row) for row in components]


def post(world: World, channel: Channel, message: Message, *, nonce: Any = None) -> None:
    """Put a composed message into its channel and tell everybody who may know."""
    channel.log[message.id] = message
    if channel.thread:
        channel.thread.total_sent += 1
        if channel.thread.archived:
            channel.thread.archived = False
            channel.thread.archive_changed_at = world.now()
            world.emit("THREAD_UPDATE", wire.channel(world, channel), channel=channel)
        channel.thread.members.setdefault(message.author.id, world.now())
    announce(world, "MESSAGE_CREATE", message, nonce=nonce)


def announce(world: World, name: str, message: Message, *, nonce: Any = None) -> None:
    """Emit MESSAGE_CREATE or MESSAGE_UPDATE."""
    channel = world.channels[message.channel_id]
    data = wire.message(world, message) | ids_of_place(channel, message)
    if nonce is not None:
        data["nonce"] = nonce
    member = world.member_of(channel, message.author)
    if member and not message.webhook_id:
        data["member"] = wire.member(member, with_user=False)
    world.emit(name, data, channel=channel, guarded=world.content_guarded(message))


def ids_of_place(channel: Channel, message: Message) -> JSON:
    """As `place`; private answers are told as if they stood in a DM, which is how Discord does it."""
    return {} if message.ephemeral else place(channel)


def place(channel: Channel) -> JSON:
    """The guild_id of an event, which DMs do not have."""
    return {"guild_id": str(channel.guild_id)} if channel.guild_id else {}


def history(
    world: World,
    reader: User,
    channel_id: int,
    *,
    limit: int = 50,
    before: int | None = None,
    after: int | None = None,
    around: int | None = None,
) -> list[Message]:
    """Messages newest first, as the list endpoint gives them; nothing without READ_MESSAGE_HISTORY."""
    channel = world.channel(reader, channel_id)
    if not world.permissions(reader, channel) & P.READ_MESSAGE_HISTORY:
        return []
    known = [message for message in channel.log.values() if not message.ephemeral]
    if around is not None:
        older = [message for message in known if message.id <= around][-(limit // 2 + 1) :]
        newer = [message for message in known if message.id > around][: limit // 2]
        known = (older + newer)[-limit:]
    elif after is not None:
        known = [message for message in known if message.id > after][:limit]
    else:
        known = [message for message in known if before is None or message.id < before][-limit:]
    return known[::-1]


def get(world: World, reader: User, channel_id: int, message_id: int) -> Message:
    """One message; 50001 without the right to read what was said before."""
    channel = world.channel(reader, channel_id)
    if not world.permissions(reader, channel) & P.READ_MESSAGE_HISTORY:
        raise Refusal.MISSING_ACCESS.error()
    return world.message(reader, channel_id, message_id)


def edit(
    world: World, editor: User, channel_id: int, message_id: int, body: JSON, files: Files | None = None
) -> Message:
    """Change one's own message; of another's only the flags, with MANAGE_MESSAGES."""
    message = world.message(editor, channel_id, message_id)
    channel = world.channels[channel_id]
    if channel.thread and channel.thread.archived:
        raise Refusal.ARCHIVED_THREAD.error()
    if message.author is not editor:
        if set(body) - {"flags"}:
            raise Refusal.NOT_THE_AUTHOR.error()
        world.require(editor, channel, P.MANAGE_MESSAGES)
    revise(world, message, body, files or [], default_mentions=mentions.EVERYTHING)
    return message


def revise(world: World, message: Message, body: JSON, files: Files, *, default_mentions: JSON) -> None:
    """Apply an edit-message body: what is absent stays, and an edit pings nobody."""
    validate.message(body)
    channel = world.channels[message.channel_id]
    content = (body["content"] or "").strip() if "content" in body else message.content
    embeds = [_rendered(e) for e in body["embeds"] or []] if "embeds" in body else message.embeds
    components = _numbered(body["components"] or []) if "components" in body else message.components
    attachments = _kept(message, body) + uploads.attach(world, body, files)
    if not (content or embeds or attachments or components):
        raise Refusal.EMPTY_MESSAGE.error()
    if embeds and message.author.bot and message.webhook_id is None:
        world.require(message.author, channel, P.EMBED_LINKS)
    message.content, message.embeds, message.components = content, embeds, components
    message.attachments = attachments
    if body.get("flags") is not None:
        changeable = MessageFlag.SUPPRESS_EMBEDS
        message.flags = message.flags & ~changeable | MessageFlag(int(body["flags"])) & changeable
    notified = message.notified
    allowed = body.get("allowed_mentions")
    _mention(world, message, channel, default_mentions if allowed is None else allowed)
    message.notified = notified
    if message.loading:  # an interaction's answer that was still to come
        message.flags &= ~MessageFlag.LOADING
    else:
        message.edited_at = world.now()
    announce(world, "MESSAGE_UPDATE", message)


def _kept(message: Message, body: JSON) -> list[JSON]:
    if "attachments" not in body:
        return message.attachments
    kept = {str(entry.get("id")) for entry in body["attachments"] or []}
    return [entry for entry in message.attachments if entry["id"] in kept]


def delete(world: World, remover: User, channel_id: int, message_id: int) -> None:
    """Take back one's own message, or with MANAGE_MESSAGES anybody's."""
    message = world.message(remover, channel_id, message_id)
    channel = world.channels[channel_id]
    if message.author is not remover:
        if channel.guild_id is None:
            raise Refusal.NOT_IN_DM.error()
        world.require(remover, channel, P.MANAGE_MESSAGES)
    discard(world, message)


def discard(world: World, message: Message) -> None:
    """Remove a message, whoever asks."""
    channel = world.channels[message.channel_id]
    del channel.log[message.id]
    ids = {"id": str(message.id), "channel_id": str(channel.id)}
    world.emit("MESSAGE_DELETE", ids | ids_of_place(channel, message), channel=channel)


def delete_many(world: World, remover: User, channel_id: int, ids: list[int]) -> None:
    """Delete 2-100 messages at once; unknown ids are passed over, old ones refused."""
    channel = world.channel(remover, channel_id)
    world.require(remover, channel, P.MANAGE_MESSAGES)
    if not 2 <= len(ids) <= 100:
        raise Refusal.BULK_DELETE_COUNT.error()
    found = [channel.log[number] for number in ids if number in channel.log]
    if any(world.now() - message.created_at > _BULK_DAYS for message in found):
        raise Refusal.TOO_OLD_TO_BULK_DELETE.error()
    for message in found:
        del channel.log[message.id]
    gone = {"ids": [str(message.id) for message in found], "channel_id": str(channel.id)}
    world.emit("MESSAGE_DELETE_BULK", gone | place(channel), channel=channel)


def open_dm(world: World, user_id: int) -> Channel:
    """The bot opens a private channel with somebody; not with bots."""
    recipient = world.user(user_id)
    if recipient.bot:
        raise Refusal.DM_CLOSED.error()
    known = any(channel.recipient is recipient for channel in world.channels.values())
    if not known and world.new_dms_left is not None:
        if not world.new_dms_left:
            raise Refusal.OPENING_DMS_TOO_FAST.error()
        world.new_dms_left -= 1
    return world.dm(recipient)
