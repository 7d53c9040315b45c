"""REST endpoints of servers, members, roles, and of the bot's own account and application."""

from __future__ import annotations

from typing import Any

from bot.rehearsal import build, moderation, permissions, wire, wire_guilds
from bot.rehearsal.api import Call, Routes
from bot.rehearsal.errors import JSON, Refusal
from bot.rehearsal.flags import Permission

routes = Routes()


@routes.on("GET /gateway")
def gateway(call: Call) -> Any:
    return {"url": call.server.gateway_url}


@routes.on("GET /gateway/bot")
def gateway_bot(call: Call) -> Any:
    limit = {"total": 1000, "remaining": 1000, "reset_after": 86_400_000, "max_concurrency": 1}
    return {"url": call.server.gateway_url, "shards": 1, "session_start_limit": limit}


@routes.on("GET /users/@me")
def get_me(call: Call) -> Any:
    return wire.me(call.bot)


@routes.on("GET /users/{user_id:\\d+}")
def get_user(call: Call) -> Any:
    return wire.user(call.world.user(call.id("user_id")))


@routes.on("GET /users/@me/guilds")
def my_guilds(call: Call) -> Any:
    result = []
    for guild in call.world.guilds.values():
        if call.bot.id in guild.members:
            bits = permissions.in_guild(guild, guild.members[call.bot.id])
            entry: JSON = {
                "id": str(guild.id),
                "name": guild.name,
                "icon": None,
                "banner": None,
                "owner": False,
            }
            result.append(entry | {"permissions": str(bits.value), "features": []})
    return result


@routes.on("GET /oauth2/applications/@me", "GET /applications/@me")
def application(call: Call) -> Any:
    world = call.world
    return {
        "id": str(world.bot.id),
        "name": world.bot.username,
        "icon": None,
        "description": "",
        "type": None,
        "summary": "",
        "bot": wire.user(world.bot),
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": call.server.application_flags,
        "flags_new": str(call.server.application_flags),
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "owner": wire.user(world.owner),
        "approximate_guild_count": len(world.guilds),
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "team": None,
        "eligible_oauth2_scopes": ["bot", "applications.commands"],
    }


@routes.on("GET /guilds/{guild_id}")
def get_guild(call: Call) -> Any:
    guild = call.world.guild(call.bot, call.id("guild_id"))
    data = wire_guilds.guild(guild)
    if call.query.get("with_counts") in {"1", "true"}:
        data |= {"approximate_member_count": len(guild.members), "approximate_presence_count": 0}
    return data


@routes.on("GET /guilds/{guild_id}/roles")
def guild_roles(call: Call) -> Any:
    return [wire.role(role) for role in call.world.guild(call.bot, call.id("guild_id")).roles.values()]


@routes.on("POST /guilds/{guild_id}/roles")
def create_role(call: Call) -> Any:
    guild = call.world.guild(call.bot, call.id("guild_id"))
    call.world.require_in_guild(call.bot, guild, Permission.MANAGE_ROLES)
    return wire.role(build.add_role(call.world, guild, str(call.form().get("name") or "new role")))


@routes.on("GET /guilds/{guild_id}/roles/{role_id:\\d+}")
def guild_role(call: Call) -> Any:
    return wire.role(moderation.role(call.world.guild(call.bot, call.id("guild_id")), call.id("role_id")))


@routes.on("GET /guilds/{guild_id}/members/{user_id:\\d+}")
def guild_member(call: Call) -> Any:
    return wire.member(moderation.member(call.world, call.bot, call.id("guild_id"), call.id("user_id")))


@routes.on("GET /guilds/{guild_id}/members")
def guild_members(call: Call) -> Any:
    guild = call.world.guild(call.bot, call.id("guild_id"))
    if not call.world.members_intent:
        raise Refusal.MISSING_ACCESS.error()
    after, limit = call.query_id("after") or 0, call.query_int("limit", 1, 1, 1000)
    ids = sorted(number for number in guild.members if number > after)[:limit]
    return [wire.member(guild.members[number]) for number in ids]


@routes.on("DELETE /guilds/{guild_id}/members/{user_id:\\d+}")
def kick(call: Call) -> Any:
    found = moderation.member(call.world, call.bot, call.id("guild_id"), call.id("user_id"))
    moderation.kick(call.world, call.bot, call.world.guilds[found.guild_id], found.user)


@routes.on("PUT /guilds/{guild_id}/bans/{user_id:\\d+}")
def ban(call: Call) -> Any:
    guild = call.world.guild(call.bot, call.id("guild_id"))
    moderation.ban(call.world, call.bot, guild, call.world.user(call.id("user_id")))


_ROLE = "/guilds/{guild_id}/members/{user_id:\\d+}/roles/{role_id:\\d+}"


@routes.on(f"PUT {_ROLE}")
def give_role(call: Call) -> Any:
    _set_role(call, has=True)


@routes.on(f"DELETE {_ROLE}")
def take_role(call: Call) -> Any:
    _set_role(call, has=False)


def _set_role(call: Call, *, has: bool) -> None:
    guild, user = call.world.guild(call.bot, call.id("guild_id")), call.world.user(call.id("user_id"))
    moderation.give_role(call.world, call.bot, guild, user, call.id("role_id"), has=has)


@routes.on("DELETE /users/@me/guilds/{guild_id}")
def leave(call: Call) -> Any:
    moderation.remove_member(call.world, call.world.guild(call.bot, call.id("guild_id")), call.bot)
