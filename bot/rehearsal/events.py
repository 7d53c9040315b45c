"""Scheduled events of a server, and the one way their life can go."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.rehearsal import wire_guilds
from bot.rehearsal.errors import JSON, Form, Refusal, bad_form
from bot.rehearsal.flags import ChannelKind, Permission
from bot.rehearsal.models import Guild, ScheduledEvent, User
from bot.rehearsal.world import World

P = Permission
SCHEDULED, ACTIVE, COMPLETED, CANCELLED = 1, 2, 3, 4
STAGE, VOICE, EXTERNAL = 1, 2, 3
_OPEN = {SCHEDULED, ACTIVE}
_AT_ONCE = 100
_NEXT = {SCHEDULED: (SCHEDULED, ACTIVE, CANCELLED), ACTIVE: (ACTIVE, COMPLETED)}
_ROOMS = {STAGE: ChannelKind.STAGE, VOICE: ChannelKind.VOICE}


def create(world: World, user: User, guild_id: int, body: JSON) -> ScheduledEvent:
    """Make an event. Needs CREATE_EVENTS; at most 100 may be scheduled or active (30038)."""
    guild = world.guild(user, guild_id)
    world.require_in_guild(user, guild, P.CREATE_EVENTS)
    if sum(event.status in _OPEN for event in guild.events.values()) >= _AT_ONCE:
        raise Refusal.TOO_MANY_EVENTS.error()
    form = Form()
    form.choice("privacy_level", body.get("privacy_level"), (2,))
    form.choice("entity_type", body.get("entity_type"), (STAGE, VOICE, EXTERNAL))
    form.length("name", body.get("name"), 1, 100)
    form.check()
    start = _instant(body, "scheduled_start_time")
    event = ScheduledEvent(0, guild.id, user, body["name"], start or world.now(), None, body["entity_type"])
    _apply(event, body)
    _check(world, guild, event, body)
    event.id = world.snowflake()
    guild.events[event.id] = event
    world.emit("GUILD_SCHEDULED_EVENT_CREATE", wire_guilds.event(event, counted=False), guild=guild)
    return event


def get(world: World, user: User, guild_id: int, event_id: int) -> ScheduledEvent:
    """One event, or 10070."""
    guild = world.guild(user, guild_id)
    catch_up(world, guild)
    if event_id not in guild.events:
        raise Refusal.UNKNOWN_EVENT.error()
    return guild.events[event_id]


def catch_up(world: World, guild: Guild) -> None:
    """Events outside of Discord start and end by themselves, when their time has come."""
    for event in guild.events.values():
        if event.entity_type != EXTERNAL or event.status not in _OPEN or event.start > world.now():
            continue
        over = event.end is not None and event.end <= world.now()
        status = COMPLETED if over else ACTIVE
        if status != event.status:
            event.status = status
            world.emit("GUILD_SCHEDULED_EVENT_UPDATE", wire_guilds.event(event, counted=False), guild=guild)


def listed(world: World, user: User, guild_id: int) -> list[ScheduledEvent]:
    """Those scheduled or active."""
    guild = world.guild(user, guild_id)
    catch_up(world, guild)
    return [event for event in guild.events.values() if event.status in _OPEN]


def edit(world: World, user: User, guild_id: int, event_id: int, body: JSON) -> ScheduledEvent:
    """Change an event: one's own with CREATE_EVENTS, another's with MANAGE_EVENTS; 180000 when it is over."""
    event = get(world, user, guild_id, event_id)
    guild = world.guild(user, guild_id)
    _require_hand(world, user, guild, event)
    if event.status not in _OPEN:
        raise Refusal.EVENT_IS_OVER.error()
    status = body.get("status")
    if status is not None and status not in _NEXT[event.status]:
        raise bad_form(
            "status",
            "GUILD_SCHEDULED_EVENT_INVALID_STATUS_TRANSITION",
            "Invalid Guild Scheduled Event Status Transition",
        )
    draft = replace(event)
    _apply(draft, body)
    _check(world, guild, draft, body if {"scheduled_start_time", "scheduled_end_time"} & set(body) else {})
    draft.status = status or event.status
    vars(event).update(vars(draft))
    world.emit("GUILD_SCHEDULED_EVENT_UPDATE", wire_guilds.event(event, counted=False), guild=guild)
    return event


def delete(world: World, user: User, guild_id: int, event_id: int) -> None:
    """Remove an event without a trace."""
    event = get(world, user, guild_id, event_id)
    guild = world.guild(user, guild_id)
    _require_hand(world, user, guild, event)
    del guild.events[event.id]
    world.emit("GUILD_SCHEDULED_EVENT_DELETE", wire_guilds.event(event, counted=False), guild=guild)


def subscribe(world: World, event: ScheduledEvent, user: User, *, interested: bool = True) -> None:
    """Mark somebody as interested, or no more."""
    if interested == (user.id in event.subscribers):
        return
    if interested:
        event.subscribers[user.id] = None
    else:
        del event.subscribers[user.id]
    ids = {"guild_scheduled_event_id": event.id, "user_id": user.id, "guild_id": event.guild_id}
    name = "GUILD_SCHEDULED_EVENT_USER_ADD" if interested else "GUILD_SCHEDULED_EVENT_USER_REMOVE"
    told = {key: str(number) for key, number in ids.items()}
    world.emit(name, told, guild=world.guilds[event.guild_id])


def _require_hand(world: World, user: User, guild: Guild, event: ScheduledEvent) -> None:
    world.require_in_guild(user, guild, P.CREATE_EVENTS if event.creator is user else P.MANAGE_EVENTS)


def _apply(event: ScheduledEvent, body: JSON) -> None:
    event.name = body.get("name", event.name)
    event.description = body.get("description", event.description)
    event.entity_type = body.get("entity_type") or event.entity_type
    if "channel_id" in body:
        event.channel_id = int(body["channel_id"]) if body["channel_id"] else None
    if "entity_metadata" in body:
        event.location = (body["entity_metadata"] or {}).get("location")
    event.start = _instant(body, "scheduled_start_time") or event.start
    if "scheduled_end_time" in body:
        event.end = _instant(body, "scheduled_end_time")


def _instant(body: JSON, key: str) -> datetime | None:
    text: Any = body.get(key)
    if text is None:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise bad_form(key, "DATE_TIME_TYPE_PARSE", f"Could not parse {text}. Should be ISO8601.") from None
    return instant.replace(tzinfo=instant.tzinfo or UTC)


def _check(world: World, guild: Guild, event: ScheduledEvent, timed: JSON) -> None:
    """The whole event as it would be; `timed` is the body when its times are new and must lie ahead."""
    form = Form()
    form.length("name", event.name, 1, 100)
    if event.description is not None:
        form.length("description", event.description, 1, 1000)
    if event.entity_type == EXTERNAL:
        form.length("entity_metadata.location", event.location, 1, 100)
        if event.end is None:
            form.fault("scheduled_end_time", "BASE_TYPE_REQUIRED", "This field is required")
        if event.channel_id is not None:
            form.fault(
                "channel_id", "GUILD_SCHEDULED_EVENT_CHANNEL_NOT_ALLOWED", "External events have no channel"
            )
    else:
        room = guild.channels.get(event.channel_id or 0)
        if room is None or room.kind is not _ROOMS[event.entity_type]:
            form.fault("channel_id", "BASE_TYPE_REQUIRED", "This field is required")
    if "scheduled_start_time" in timed and event.start <= world.now():
        form.fault(
            "scheduled_start_time",
            "GUILD_SCHEDULED_EVENT_SCHEDULE_PAST",
            "Cannot schedule event in the past.",
        )
    if event.end is not None and event.end <= event.start:
        form.fault(
            "scheduled_end_time",
            "GUILD_SCHEDULED_EVENT_END_BEFORE_START",
            "Event cannot end before it starts.",
        )
    form.check()
