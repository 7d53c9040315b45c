"""REST endpoints of application commands, interaction callbacks and their webhooks."""

from __future__ import annotations

from typing import Any

from bot.rehearsal import commands, interactions, wire, wire_guilds
from bot.rehearsal.api import Call, Created, Routes
from bot.rehearsal.errors import Refusal, bad_form

routes = Routes()
_GLOBAL = "/applications/{application_id}/commands"
_GUILD = "/applications/{application_id}/guilds/{guild_id}/commands"


def place(call: Call) -> int | None:
    """The server whose commands are meant; None for the global ones."""
    if call.id("application_id") != call.bot.id:
        raise Refusal.UNKNOWN_APPLICATION.error()
    if "guild_id" not in call.ids:
        return None
    guild = call.world.guilds.get(call.id("guild_id"))
    if guild is None or call.bot.id not in guild.members:
        raise Refusal.MISSING_ACCESS.error()
    return guild.id


@routes.on(f"GET {_GLOBAL}", f"GET {_GUILD}")
def list_commands(call: Call) -> Any:
    return [wire_guilds.command(call.world, command) for command in commands.listed(call.world, place(call))]


@routes.on(f"POST {_GLOBAL}", f"POST {_GUILD}")
def create_command(call: Call) -> Any:
    command, is_new = commands.upsert(call.world, place(call), call.form())
    return Created(wire_guilds.command(call.world, command), 201 if is_new else 200)


@routes.on(f"PUT {_GLOBAL}", f"PUT {_GUILD}")
def overwrite_commands(call: Call) -> Any:
    if not isinstance(call.body, list):
        raise bad_form("_", "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
    kept = commands.overwrite(call.world, place(call), call.body)
    return [wire_guilds.command(call.world, command) for command in kept]


@routes.on(f"GET {_GLOBAL}/{{command_id:\\d+}}", f"GET {_GUILD}/{{command_id:\\d+}}")
def get_command(call: Call) -> Any:
    return wire_guilds.command(call.world, commands.get(call.world, place(call), call.id("command_id")))


@routes.on(f"PATCH {_GLOBAL}/{{command_id:\\d+}}", f"PATCH {_GUILD}/{{command_id:\\d+}}")
def edit_command(call: Call) -> Any:
    command = commands.edit(call.world, place(call), call.id("command_id"), call.form())
    return wire_guilds.command(call.world, command)


@routes.on(f"DELETE {_GLOBAL}/{{command_id:\\d+}}", f"DELETE {_GUILD}/{{command_id:\\d+}}")
def delete_command(call: Call) -> Any:
    commands.delete(call.world, place(call), call.id("command_id"))


@routes.on("POST /interactions/{interaction_id}/{interaction_token}/callback")
def callback(call: Call) -> Any:
    given = call.id("interaction_id"), call.ids["interaction_token"]
    interaction = interactions.answer(call.world, *given, call.form(), call.files)
    wanted = call.query.get("with_response") in {"1", "true"}
    return interactions.callback_response(call.world, interaction) if wanted else None


_HOOK = "/webhooks/{webhook_id}/{webhook_token}"


def token(call: Call) -> str:
    """The interaction's token; its webhook is the application's own."""
    if call.id("webhook_id") != call.bot.id:
        raise Refusal.UNKNOWN_WEBHOOK.error()
    return call.ids["webhook_token"]


@routes.on(f"POST {_HOOK}")
def follow_up(call: Call) -> Any:
    return wire.message(call.world, interactions.follow_up(call.world, token(call), call.form(), call.files))


@routes.on(f"GET {_HOOK}/messages/{{message_id}}")
def get_answer(call: Call) -> Any:
    return wire.message(call.world, interactions.find(call.world, token(call), call.ids["message_id"]))


@routes.on(f"PATCH {_HOOK}/messages/{{message_id}}")
def edit_answer(call: Call) -> Any:
    message = interactions.edit(call.world, token(call), call.ids["message_id"], call.form(), call.files)
    return wire.message(call.world, message)


@routes.on(f"DELETE {_HOOK}/messages/{{message_id}}")
def delete_answer(call: Call) -> Any:
    interactions.delete(call.world, token(call), call.ids["message_id"])
