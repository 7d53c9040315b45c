"""How Discord writes things down: models to the JSON of REST and gateway. No decisions here."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.rehearsal.errors import JSON
from bot.rehearsal.flags import ChannelKind
from bot.rehearsal.models import (
    Channel,
    Interaction,
    Member,
    Message,
    Reaction,
    Role,
    User,
)

if TYPE_CHECKING:
    from bot.rehearsal.world import World


def stamp(instant: datetime) -> str:
    """ISO 8601 as Discord writes it."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def maybe(value: int | None) -> str | None:
    """An id, if there is one."""
    return None if value is None else str(value)


def emoji(text: str) -> JSON:
    """A reaction's emoji: a character, or `name:id` for one of a server's own."""
    name, _, number = text.partition(":")
    return {"id": number or None, "name": name}


def user(account: User) -> JSON:
    """A user object."""
    data: JSON = {
        "id": str(account.id),
        "username": account.username,
        "global_name": account.global_name,
        "discriminator": "0000" if account.bot else "0",
        "avatar": None,
        "banner": None,
        "accent_color": None,
        "avatar_decoration_data": None,
        "collectibles": None,
        "primary_guild": None,
        "public_flags": 0,
        "flags": 0,
    }
    return data | {"bot": True} if account.bot else data


def me(account: User) -> JSON:
    """The bot's own user object."""
    return user(account) | {
        "verified": True,
        "email": None,
        "mfa_enabled": True,
        "locale": "en-US",
        "premium_type": 0,
    }


def role(item: Role) -> JSON:
    """A role object."""
    data: JSON = {
        "id": str(item.id),
        "name": item.name,
        "permissions": str(item.permissions.value),
        "position": item.position,
        "color": item.color,
        "colors": {"primary_color": item.color, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": item.managed_by is not None,
        "mentionable": item.mentionable,
        "icon": None,
        "unicode_emoji": None,
        "description": None,
        "flags": 0,
    }
    return data | {"tags": {"bot_id": str(item.managed_by)}} if item.managed_by else data


def member(item: Member, *, with_user: bool = True) -> JSON:
    """A member object."""
    data: JSON = {
        "avatar": None,
        "banner": None,
        "communication_disabled_until": None,
        "flags": 0,
        "joined_at": stamp(item.joined_at),
        "nick": item.nick,
        "pending": False,
        "premium_since": None,
        "roles": [str(role_id) for role_id in sorted(item.role_ids)],
        "mute": False,
        "deaf": False,
    }
    return data | {"user": user(item.user)} if with_user else data


def channel(world: World, item: Channel) -> JSON:
    """A channel object: of a server, a thread or a DM."""
    data: JSON = {
        "id": str(item.id),
        "type": int(item.kind),
        "flags": 0,
        "last_message_id": maybe(max(item.log, default=None)),
    }
    if item.last_pin_at:
        data["last_pin_timestamp"] = stamp(item.last_pin_at)
    if item.recipient:
        return data | {"recipients": [user(item.recipient)]}
    data |= {"guild_id": str(item.guild_id), "name": item.name, "parent_id": maybe(item.parent_id)}
    if item.thread:
        return data | _thread(world, item)
    data |= {
        "position": item.position,
        "topic": item.topic,
        "nsfw": False,
        "rate_limit_per_user": 0,
        "permission_overwrites": [
            {"id": str(o.id), "type": o.kind, "allow": str(o.allow.value), "deny": str(o.deny.value)}
            for o in item.overwrites.values()
        ],
    }
    if item.kind is ChannelKind.FORUM:
        data |= {"available_tags": item.tags, "default_reaction_emoji": None, "default_sort_order": None}
    if item.kind in {ChannelKind.VOICE, ChannelKind.STAGE}:
        data |= {"bitrate": 64000, "user_limit": 0, "rtc_region": None}
    return data | item.extra


def _thread(world: World, item: Channel) -> JSON:
    state = item.thread
    assert state is not None  # noqa: S101 — the caller has looked
    data: JSON = {
        "owner_id": str(state.owner_id),
        "message_count": sum(1 for message_id in item.log if message_id != item.id),
        "member_count": len(state.members),
        "total_message_sent": state.total_sent,
        "rate_limit_per_user": 0,
        "thread_metadata": {
            "archived": state.archived,
            "archive_timestamp": stamp(state.archive_changed_at or state.created_at),
            "auto_archive_duration": state.auto_archive,
            "locked": state.locked,
            "create_timestamp": stamp(state.created_at),
        },
    }
    if item.kind is ChannelKind.PRIVATE_THREAD:
        data["thread_metadata"]["invitable"] = state.invitable
    if item.applied_tags:
        data["applied_tags"] = [str(tag) for tag in item.applied_tags]
    if world.bot.id in state.members:
        data["member"] = thread_member(item, world.bot.id)
    return data


def thread_member(item: Channel, user_id: int) -> JSON:
    """Somebody's membership of a thread."""
    assert item.thread is not None  # noqa: S101
    joined = stamp(item.thread.members[user_id])
    return {"id": str(item.id), "user_id": str(user_id), "join_timestamp": joined, "flags": 0}


def reaction(item: Reaction, viewer: User) -> JSON:
    """A reaction's count, as seen by `viewer`."""
    return {
        "emoji": emoji(item.emoji),
        "count": item.count,
        "count_details": {"normal": len(item.normal), "burst": len(item.burst)},
        "burst_colors": [],
        "me": viewer.id in item.normal,
        "me_burst": viewer.id in item.burst,
    }


def message(world: World, item: Message, *, viewer: User | None = None, quoted: bool = False) -> JSON:
    """A message object as `viewer` (default: the bot) gets it; contents are whole, `blank` takes them out."""
    data: JSON = {
        "id": str(item.id),
        "channel_id": str(item.channel_id),
        "type": int(item.kind),
        "content": item.content,
        "author": user(item.author),
        "timestamp": stamp(item.created_at),
        "edited_timestamp": stamp(item.edited_at) if item.edited_at else None,
        "tts": False,
        "mention_everyone": item.mention_everyone,
        "mentions": [user(account) for account in item.mentions],
        "mention_roles": [str(role_id) for role_id in item.mention_roles],
        "attachments": item.attachments,
        "embeds": item.embeds,
        "components": item.components,
        "pinned": item.pinned_at is not None,
        "flags": int(item.flags),
    }
    if item.reactions:
        seen = viewer or world.bot
        data["reactions"] = [reaction(entry, seen) for entry in item.reactions.values()]
    if item.webhook_id:
        data |= {"webhook_id": str(item.webhook_id), "application_id": str(item.webhook_id)}
    if item.interaction:
        data |= _origin(item)
    if item.reply_to and not quoted:
        data |= _reference(world, item)
    if item.thread_id and item.thread_id in world.channels:
        data["thread"] = channel(world, world.channels[item.thread_id])
    return data


def _reference(world: World, item: Message) -> JSON:
    where = world.channels[item.channel_id]
    original = where.log.get(item.reply_to or 0)
    reference: JSON = {"type": 0, "channel_id": str(item.channel_id), "message_id": str(item.reply_to)}
    if where.guild_id:
        reference["guild_id"] = str(where.guild_id)
    quote = message(world, original, quoted=True) if original else None
    return {"message_reference": reference, "referenced_message": quote}


def _origin(item: Message) -> JSON:
    cause = item.interaction
    assert cause is not None  # noqa: S101
    data: JSON = {"interaction_metadata": metadata(cause)}
    if cause.kind == 2:
        data["interaction"] = {
            "id": str(cause.id),
            "type": cause.kind,
            "name": cause.command_name,
            "user": user(cause.user),
        }
    return data


def metadata(cause: Interaction) -> JSON:
    """Where a message came from."""
    data: JSON = {
        "id": str(cause.id),
        "type": cause.kind,
        "user": user(cause.user),
        "authorizing_integration_owners": {"0": str(cause.guild_id or 0)},
    }
    if cause.kind == 3 and cause.source_message:
        data["interacted_message_id"] = str(cause.source_message.id)
    if cause.parent:
        data["triggering_interaction_metadata"] = metadata(cause.parent)
    if cause.kind == 2 and "target_id" in cause.data:
        data["target_message_id"] = cause.data["target_id"]
    return data


def blank(data: JSON) -> JSON:
    """A message as it is told to a bot without the MESSAGE_CONTENT intent."""
    return data | {"content": "", "embeds": [], "attachments": [], "components": []}
