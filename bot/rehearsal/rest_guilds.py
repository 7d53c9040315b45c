"""REST endpoints of servers, members, roles, scheduled events, the bot's own account and application."""

from __future__ import annotations

from typing import Any

from bot.rehearsal import permissions, wire
from bot.rehearsal.api import Call, Routes
from bot.rehearsal.errors import JSON, Refusal

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
    data = wire.guild(guild)
    if call.query.get("with_counts") in {"1", "true"}:
        data |= {"approximate_member_count": len(guild.members), "approximate_presence_count": 0}
    return data


@routes.on("GET /guilds/{guild_id}/channels")
def guild_channels(call: Call) -> Any:
    guild = call.world.guild(call.bot, call.id("guild_id"))
    return [
        wire.channel(call.world, channel) for channel in guild.channels.values() if channel.thread is None
    ]


@routes.on("GET /guilds/{guild_id}/roles")
def guild_roles(call: Call) -> Any:
    return [wire.role(role) for role in call.world.guild(call.bot, call.id("guild_id")).roles.values()]


@routes.on("GET /guilds/{guild_id}/roles/{role_id:\\d+}")
def guild_role(call: Call) -> Any:
    role = call.world.guild(call.bot, call.id("guild_id")).roles.get(call.id("role_id"))
    if role is None:
        raise Refusal.UNKNOWN_ROLE.error()
    return wire.role(role)


@routes.on("GET /guilds/{guild_id}/members/{user_id:\\d+}")
def guild_member(call: Call) -> Any:
    guild = call.world.guild(call.bot, call.id("guild_id"))
    user = call.world.user(call.id("user_id"))
    if user.id not in guild.members:
        raise Refusal.UNKNOWN_MEMBER.error()
    return wire.member(guild.members[user.id])
