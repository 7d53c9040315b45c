"""REST endpoints of scheduled events."""

from __future__ import annotations

from typing import Any

from bot.rehearsal import events, wire, wire_guilds
from bot.rehearsal.api import Call, Routes
from bot.rehearsal.errors import JSON
from bot.rehearsal.models import ScheduledEvent

routes = Routes()
_ALL = "/guilds/{guild_id}/scheduled-events"
_ONE = _ALL + "/{guild_scheduled_event_id:\\d+}"


def found(call: Call) -> ScheduledEvent:
    """The event that the path names."""
    return events.get(call.world, call.bot, call.id("guild_id"), call.id("guild_scheduled_event_id"))


def shown(call: Call, event: ScheduledEvent) -> JSON:
    """The event, with the number of the interested if asked for."""
    return wire_guilds.event(event, counted=call.query.get("with_user_count") in {"1", "true"})


@routes.on(f"GET {_ALL}")
def list_events(call: Call) -> Any:
    return [shown(call, event) for event in events.listed(call.world, call.bot, call.id("guild_id"))]


@routes.on(f"POST {_ALL}")
def create_event(call: Call) -> Any:
    return shown(call, events.create(call.world, call.bot, call.id("guild_id"), call.form()))


@routes.on(f"GET {_ONE}")
def get_event(call: Call) -> Any:
    return shown(call, found(call))


@routes.on(f"PATCH {_ONE}")
def edit_event(call: Call) -> Any:
    return shown(call, events.edit(call.world, call.bot, call.id("guild_id"), found(call).id, call.form()))


@routes.on(f"DELETE {_ONE}")
def delete_event(call: Call) -> Any:
    events.delete(call.world, call.bot, call.id("guild_id"), found(call).id)


@routes.on(f"GET {_ONE}/users")
def list_interested(call: Call) -> Any:
    event = found(call)
    limit = call.query_int("limit", 100, 1, 100)
    before, after = call.query_id("before"), call.query_id("after")
    ids = sorted(event.subscribers)
    if before is not None:
        page = [number for number in ids if number < before][-limit:]
    else:
        page = [number for number in ids if number > (after or 0)][:limit]
    return [_interested(call, event, number) for number in page]


def _interested(call: Call, event: ScheduledEvent, number: int) -> JSON:
    user = call.world.users[number]
    data: JSON = {
        "guild_scheduled_event_id": str(event.id),
        "user_id": str(number),
        "user": wire.user(user),
        "response": 1,
    }
    member = call.world.guilds[event.guild_id].members.get(number)
    wanted = call.query.get("with_member") in {"1", "true"} and member
    return data | {"member": wire.member(member)} if wanted and member else data
