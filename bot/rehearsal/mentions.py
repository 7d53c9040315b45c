"""Whom a message really pings: its text, what was allowed, and what the author may do."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.rehearsal.errors import JSON
from bot.rehearsal.flags import Permission
from bot.rehearsal.models import Channel, Guild, User
from bot.rehearsal.world import World

_USER = re.compile(r"<@!?(\d+)>")
_ROLE = re.compile(r"<@&(\d+)>")
_EVERYONE = re.compile(r"@(everyone|here)\b")
# What is parsed when a message says nothing about it; webhooks and interactions parse people only.
EVERYTHING: JSON = {"parse": ["users", "roles", "everyone"], "replied_user": True}
PEOPLE: JSON = {"parse": ["users"]}


@dataclass(frozen=True)
class Mentions:
    """The outcome: what the message lists, and the ids of those it notified."""

    users: list[User]
    roles: list[int]
    everyone: bool
    notified: frozenset[int]


def resolve(
    world: World, author: User, channel: Channel, content: str, allowed: JSON, *, replied: User | None = None
) -> Mentions:
    """Discord's rule: mentioned in the content, and allowed by kind or by id, and (for all or a role) permitted."""
    guild = world.guild_of(channel)
    kinds = allowed.get("parse") or []
    people = _named(_USER, content, kinds, allowed, "users")
    users = [world.users[number] for number in people if number in world.users]
    if replied and allowed.get("replied_user") and replied not in users:
        users.append(replied)
    roles, everyone, notified = [], False, {user.id for user in users}
    if guild:
        may = bool(world.permissions(author, channel) & Permission.MENTION_EVERYONE)
        named = _named(_ROLE, content, kinds, allowed, "roles")
        roles = [number for number in named if number in guild.roles]
        ringing = [number for number in roles if may or guild.roles[number].mentionable]
        everyone = may and "everyone" in kinds and bool(_EVERYONE.search(content))
        notified |= _reached(guild, ringing, everyone=everyone)
        notified = {number for number in notified if number in guild.members}
    notified = {number for number in notified if world.sees(world.users[number], channel)} - {author.id}
    return Mentions(users, roles, everyone, frozenset(notified))


def _named(pattern: re.Pattern[str], content: str, kinds: list[str], allowed: JSON, kind: str) -> list[int]:
    found = list(dict.fromkeys(int(number) for number in pattern.findall(content)))
    listed = {int(number) for number in allowed.get(kind) or []}
    return [number for number in found if kind in kinds or number in listed]


def _reached(guild: Guild, roles: list[int], *, everyone: bool) -> set[int]:
    return {member.user.id for member in guild.members.values() if everyone or member.role_ids & set(roles)}
