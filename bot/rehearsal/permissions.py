"""Who may do what where: Discord's permission bits and the order in which overwrites apply."""

from __future__ import annotations

from collections.abc import Iterable

from bot.rehearsal.flags import ChannelKind, Permission
from bot.rehearsal.models import Channel, Guild, Member

P = Permission
ALL = P(sum(flag.value for flag in Permission))
NONE = P(0)

# What @everyone has in a new server, as far as text goes.
EVERYONE = (
    P.VIEW_CHANNEL | P.SEND_MESSAGES | P.EMBED_LINKS | P.ATTACH_FILES | P.READ_MESSAGE_HISTORY | P.ADD_REACTIONS
    | P.USE_EXTERNAL_EMOJIS | P.CHANGE_NICKNAME | P.USE_APPLICATION_COMMANDS | P.CREATE_PUBLIC_THREADS
    | P.CREATE_PRIVATE_THREADS | P.SEND_MESSAGES_IN_THREADS | P.CREATE_INSTANT_INVITE | P.CONNECT
)  # fmt: skip
MODERATOR = (
    P.MANAGE_GUILD | P.MANAGE_MESSAGES | P.MANAGE_EVENTS | P.CREATE_EVENTS | P.MANAGE_THREADS | P.PIN_MESSAGES
    | P.MENTION_EVERYONE | P.KICK_MEMBERS | P.BAN_MEMBERS
)  # fmt: skip
# Exactly what a reading-group bot is asked to be invited with.
READING_GROUP_BOT = (
    P.VIEW_CHANNEL | P.SEND_MESSAGES | P.EMBED_LINKS | P.READ_MESSAGE_HISTORY | P.ADD_REACTIONS
    | P.CREATE_PUBLIC_THREADS | P.SEND_MESSAGES_IN_THREADS | P.CREATE_EVENTS | P.MANAGE_EVENTS
)  # fmt: skip
# What is left of a channel that one cannot see, or cannot write in.
_NEEDS_SEND = P.MENTION_EVERYONE | P.SEND_TTS_MESSAGES | P.ATTACH_FILES | P.EMBED_LINKS

DM_PERMISSIONS = (
    P.VIEW_CHANNEL | P.SEND_MESSAGES | P.EMBED_LINKS | P.ATTACH_FILES | P.READ_MESSAGE_HISTORY | P.ADD_REACTIONS
    | P.USE_EXTERNAL_EMOJIS | P.USE_APPLICATION_COMMANDS | P.PIN_MESSAGES
)  # fmt: skip


def of(names: Iterable[str] | Permission) -> Permission:
    """Permissions by name (`["SEND_MESSAGES"]`), or as they are."""
    if isinstance(names, Permission):
        return names
    result = NONE
    for name in names:
        result |= Permission[name]
    return result


def in_guild(guild: Guild, member: Member) -> Permission:
    """What a member's roles give, before any channel's overwrites."""
    if member.user.id == guild.owner_id:
        return ALL
    bits = guild.roles[guild.id].permissions
    for role_id in member.role_ids:
        bits |= guild.roles[role_id].permissions
    return ALL if bits & P.ADMINISTRATOR else P(bits)


def in_channel(guild: Guild, member: Member, channel: Channel) -> Permission:
    """What a member may do in a channel; a thread has its parent's overwrites."""
    base = in_guild(guild, member)
    if base == ALL:
        return ALL
    holder = channel if channel.thread is None else guild.channels[channel.parent_id or 0]
    everyone = holder.overwrites.get(guild.id)
    if everyone:
        base = P(base & ~everyone.deny | everyone.allow)
    roles = [holder.overwrites[role_id] for role_id in member.role_ids if role_id in holder.overwrites]
    for overwrite in roles:
        base = P(base & ~overwrite.deny)
    for overwrite in roles:
        base = P(base | overwrite.allow)
    own = holder.overwrites.get(member.user.id)
    if own:
        base = P(base & ~own.deny | own.allow)
    return _implied(base, member, channel)


def _implied(bits: Permission, member: Member, channel: Channel) -> Permission:
    """Without VIEW_CHANNEL nothing is allowed; without the right to write, nothing that goes with writing."""
    if not bits & P.VIEW_CHANNEL:
        return NONE
    if channel.thread is None:
        writes = bits & P.SEND_MESSAGES
    else:
        writes = bits & P.SEND_MESSAGES_IN_THREADS
        outsider = member.user.id not in channel.thread.members
        if channel.kind is ChannelKind.PRIVATE_THREAD and outsider and not bits & P.MANAGE_THREADS:
            return NONE
    return bits if writes else P(bits & ~_NEEDS_SEND)
