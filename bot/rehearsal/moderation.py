"""Who comes, goes, is thrown out or changes roles; who is interested in an event."""

from __future__ import annotations

from bot.rehearsal import wire
from bot.rehearsal.errors import JSON, Refusal
from bot.rehearsal.flags import Permission
from bot.rehearsal.models import Guild, Role, ScheduledEvent, User
from bot.rehearsal.world import World


def remove_member(world: World, guild: Guild, user: User) -> None:
    """Somebody leaves, of their own will or not. When it is the bot, all it hears is GUILD_DELETE."""
    if user.id not in guild.members:
        raise Refusal.UNKNOWN_MEMBER.error()
    if user is world.bot:
        world.emit("GUILD_DELETE", {"id": str(guild.id)}, guild=guild)
        del guild.members[user.id]
        for role in [role for role in guild.roles.values() if role.managed_by == user.id]:
            del guild.roles[role.id]
        return
    del guild.members[user.id]
    world.emit("GUILD_MEMBER_REMOVE", {"guild_id": str(guild.id), "user": wire.user(user)}, guild=guild)


def ban(world: World, moderator: User, guild: Guild, user: User, reason: str | None = None) -> None:
    """Throw somebody out for good."""
    world.require_in_guild(moderator, guild, Permission.BAN_MEMBERS)
    guild.bans[user.id] = reason
    world.emit("GUILD_BAN_ADD", {"guild_id": str(guild.id), "user": wire.user(user)}, guild=guild)
    if user.id in guild.members:
        remove_member(world, guild, user)


def set_role(world: World, guild: Guild, user: User, role: Role, *, has: bool = True) -> None:
    """Give somebody a role or take it from them."""
    member = guild.members[user.id]
    (member.role_ids.add if has else member.role_ids.discard)(role.id)
    data: JSON = wire.member(member) | {"guild_id": str(guild.id)}
    world.emit("GUILD_MEMBER_UPDATE", data, guild=guild)


def subscribe(world: World, event: ScheduledEvent, user: User, *, interested: bool = True) -> None:
    """Mark somebody as interested in an event, or no more."""
    if interested == (user.id in event.subscribers):
        return
    if interested:
        event.subscribers[user.id] = None
    else:
        del event.subscribers[user.id]
    told = {
        "guild_scheduled_event_id": str(event.id),
        "user_id": str(user.id),
        "guild_id": str(event.guild_id),
    }
    name = "GUILD_SCHEDULED_EVENT_USER_ADD" if interested else "GUILD_SCHEDULED_EVENT_USER_REMOVE"
    world.emit(name, told, guild=world.guilds[event.guild_id])
