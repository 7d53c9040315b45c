"""Making places and people from plain words: what a test or a rehearsal says before the story begins.

Names are unique within one server only; usernames are unique in the whole world, as on Discord.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.rehearsal import permissions, wire
from bot.rehearsal.flags import ChannelKind, Permission
from bot.rehearsal.models import Channel, Guild, Member, Overwrite, Role, User
from bot.rehearsal.world import World

Names = Iterable[str] | Permission


def group(
    world: World,
    name: str,
    *,
    channels: Iterable[str] = ("general",),
    roles: Mapping[str, Names] | None = None,
    members: Mapping[str, Iterable[str]] | Iterable[str] = (),
    owner: str = "owner",
    bot_permissions: Names | None = permissions.READING_GROUP_BOT,
    everyone: Names = permissions.EVERYONE,
) -> Guild:
    """A server with text channels, roles (`{"Organisers": ["MANAGE_GUILD"]}`), members (`{"alice": ["Organisers"]}`).

    The bot is in it with `bot_permissions` in a role of its own, or not at all when that is None. People who do not
    exist yet come to be. `owner` is a member who may do everything, without being asked for anything.
    """
    chief = person(world, owner)
    guild = Guild(world.snowflake(), name, chief.id)
    world.guilds[guild.id] = guild
    guild.roles[guild.id] = Role(guild.id, "@everyone", permissions.of(everyone), 0)
    join(world, guild, chief, quiet=True)
    for role_name, allowed in (roles or {}).items():
        add_role(world, guild, role_name, allowed)
    for channel_name in channels:
        add_channel(world, guild, channel_name)
    entries = members if isinstance(members, Mapping) else dict.fromkeys(members, ())
    for username, role_names in entries.items():
        join(world, guild, person(world, username), role_names, quiet=True)
    if bot_permissions is not None:
        invite_bot(world, guild, bot_permissions)
    return guild


def person(world: World, username: str, *, global_name: str | None = None) -> User:
    """The account with that username, made if there is none."""
    for user in world.users.values():
        if user.username == username:
            return user
    return world.add_user(username, global_name=global_name)


def add_role(
    world: World, guild: Guild, name: str, allowed: Names = permissions.NONE, *, number: int | None = None
) -> Role:
    """A new role, above the others; `number` is its id, if that is given from outside."""
    role = Role(number or world.snowflake(), name, permissions.of(allowed), len(guild.roles))
    guild.roles[role.id] = role
    world.emit("GUILD_ROLE_CREATE", {"guild_id": str(guild.id), "role": wire.role(role)}, guild=guild)
    return role


def add_channel(
    world: World,
    guild: Guild,
    name: str,
    *,
    kind: ChannelKind = ChannelKind.TEXT,
    topic: str | None = None,
    category: str | None = None,
    number: int | None = None,
) -> Channel:
    """A new channel; its category is made if need be. `number` is its id, if that is given from outside."""
    parent = None
    if category is not None:
        parent = next((c for c in guild.channels.values() if c.name == category), None) or add_channel(
            world, guild, category, kind=ChannelKind.CATEGORY
        )
    channel = Channel(
        number or world.snowflake(),
        kind,
        name,
        guild_id=guild.id,
        topic=topic,
        parent_id=parent.id if parent else None,
        position=len(guild.channels),
    )
    guild.channels[channel.id] = world.channels[channel.id] = channel
    world.emit("CHANNEL_CREATE", wire.channel(world, channel), channel=channel)
    return channel


def overwrite(
    world: World,
    channel: Channel,
    whom: Role | User,
    *,
    allow: Names = permissions.NONE,
    deny: Names = permissions.NONE,
) -> None:
    """Set what a channel allows or denies to a role or a member; @everyone is the role whose id is the server's."""
    kind = 0 if isinstance(whom, Role) else 1
    channel.overwrites[whom.id] = Overwrite(whom.id, kind, permissions.of(allow), permissions.of(deny))
    world.emit("CHANNEL_UPDATE", wire.channel(world, channel), channel=channel)


def join(
    world: World, guild: Guild, user: User, role_names: Iterable[str] = (), *, quiet: bool = False
) -> Member:
    """Make `user` a member; `quiet` when the server is still being built."""
    by_name = {role.name: role.id for role in guild.roles.values()}
    member = Member(user, guild.id, world.now(), {by_name[name] for name in role_names})
    guild.members[user.id] = member
    if not quiet:
        world.emit("GUILD_MEMBER_ADD", wire.member(member) | {"guild_id": str(guild.id)}, guild=guild)
    return member


def invite_bot(world: World, guild: Guild, allowed: Names = permissions.READING_GROUP_BOT) -> None:
    """Let the bot in, with a role of its own."""
    role = Role(
        world.snowflake(),
        world.bot.username,
        permissions.of(allowed),
        len(guild.roles),
        managed_by=world.bot.id,
    )
    guild.roles[role.id] = role
    join(world, guild, world.bot, [role.name], quiet=True)
    world.emit("GUILD_CREATE", {"id": str(guild.id)}, guild=guild)


def set_bot_permissions(world: World, guild: Guild, allowed: Names) -> None:
    """Change what the bot's own role gives it."""
    role = next(role for role in guild.roles.values() if role.managed_by == world.bot.id)
    role.permissions = permissions.of(allowed)
    world.emit("GUILD_ROLE_UPDATE", {"guild_id": str(guild.id), "role": wire.role(role)}, guild=guild)
