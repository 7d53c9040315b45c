"""Who comes, goes, is thrown out, or gets which role."""

from __future__ import annotations

from bot.rehearsal import wire
from bot.rehearsal.errors import JSON, Refusal
from bot.rehearsal.flags import Permission
from bot.rehearsal.models import Guild, Member, Role, User
from bot.rehearsal.world import World

P = Permission


def member(world: World, viewer: User, guild_id: int, user_id: int) -> Member:
    """A member of a server; 10013 for nobody, 10007 for somebody who is not in it."""
    guild = world.guild(viewer, guild_id)
    user = world.user(user_id)
    if user.id not in guild.members:
        raise Refusal.UNKNOWN_MEMBER.error()
    return guild.members[user.id]


def role(guild: Guild, role_id: int) -> Role:
    """A role of a server, or 10011."""
    if role_id not in guild.roles:
        raise Refusal.UNKNOWN_ROLE.error()
    return guild.roles[role_id]


def remove_member(world: World, guild: Guild, user: User) -> None:
    """Somebody leaves, of their own will or not. When it is the bot, all it hears is GUILD_DELETE."""
    if user.id not in guild.members:
        raise Refusal.UNKNOWN_MEMBER.error()
    if user is world.bot:
        world.emit("GUILD_DELETE", {"id": str(guild.id)}, guild=guild)
        for number in [entry.id for entry in guild.roles.values() if entry.managed_by == user.id]:
            del guild.roles[number]
    del guild.members[user.id]
    if user is not world.bot:
        told = {"guild_id": str(guild.id), "user": wire.user(user)}
        world.emit("GUILD_MEMBER_REMOVE", told, guild=guild)


def kick(world: World, moderator: User, guild: Guild, user: User) -> None:
    """Throw somebody out."""
    world.require_in_guild(moderator, guild, P.KICK_MEMBERS)
    remove_member(world, guild, user)


def ban(world: World, moderator: User, guild: Guild, user: User, reason: str | None = None) -> None:
    """Throw somebody out for good."""
    world.require_in_guild(moderator, guild, P.BAN_MEMBERS)
    guild.bans[user.id] = reason
    world.emit("GUILD_BAN_ADD", {"guild_id": str(guild.id), "user": wire.user(user)}, guild=guild)
    if user.id in guild.members:
        remove_member(world, guild, user)


def unban(world: World, guild: Guild, user: User) -> None:
    """Lift a ban, if there is one."""
    if user.id in guild.bans:
        del guild.bans[user.id]
        world.emit("GUILD_BAN_REMOVE", {"guild_id": str(guild.id), "user": wire.user(user)}, guild=guild)


def give_role(world: World, giver: User, guild: Guild, user: User, role_id: int, *, has: bool = True) -> None:
    """Give a role or take it away: MANAGE_ROLES, and only roles below one's own highest."""
    world.require_in_guild(giver, guild, P.MANAGE_ROLES)
    wanted = role(guild, role_id)
    highest = max(guild.roles[number].position for number in guild.members[giver.id].role_ids | {guild.id})
    if giver.id != guild.owner_id and (wanted.position >= highest or wanted.managed_by):
        raise Refusal.MISSING_PERMISSIONS.error()
    if user.id not in guild.members:
        raise Refusal.UNKNOWN_MEMBER.error()
    set_role(world, guild, user, wanted, has=has)


def set_role(world: World, guild: Guild, user: User, wanted: Role, *, has: bool = True) -> None:
    """Give somebody a role or take it from them, whoever asks."""
    entry = guild.members[user.id]
    (entry.role_ids.add if has else entry.role_ids.discard)(wanted.id)
    data: JSON = wire.member(entry) | {"guild_id": str(guild.id)}
    world.emit("GUILD_MEMBER_UPDATE", data, guild=guild)


def delete_role(world: World, guild: Guild, wanted: Role) -> None:
    """Remove a role from the server and from everybody who had it."""
    del guild.roles[wanted.id]
    for entry in guild.members.values():
        entry.role_ids.discard(wanted.id)
    told = {"guild_id": str(guild.id), "role_id": str(wanted.id)}
    world.emit("GUILD_ROLE_DELETE", told, guild=guild)
