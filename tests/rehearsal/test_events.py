"""Scheduled events, from planning to the end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import discord
import pytest

from bot.clock import VirtualClock
from bot.rehearsal import build, permissions
from bot.rehearsal.flags import Permission
from bot.rehearsal.server import RehearsalServer
from tests.rehearsal.conftest import START, Bot


def plan(**changes: Any) -> dict[str, Any]:
    """What an external event takes."""
    return {
        "name": "Session",
        "start_time": START + timedelta(days=1),
        "end_time": START + timedelta(days=1, hours=1),
        "entity_type": discord.EntityType.external,
        "privacy_level": discord.PrivacyLevel.guild_only,
        "location": "see #general",
    } | changes


async def test_an_event_is_planned_moved_and_cancelled(server: RehearsalServer, bot: Bot) -> None:
    guild = bot.guilds[0]
    event = await guild.create_scheduled_event(**plan())
    await bot.hears("scheduled_event_create")
    moved = await event.edit(
        start_time=START + timedelta(days=2), end_time=START + timedelta(days=2, hours=1)
    )
    assert moved.start_time == START + timedelta(days=2)
    assert [entry.name for entry in await guild.fetch_scheduled_events()] == ["Session"]
    await moved.cancel()
    with pytest.raises(discord.HTTPException) as refused:
        await moved.edit(name="Too late")
    assert refused.value.code == 180000
    assert await guild.fetch_scheduled_events() == []


async def test_an_event_starts_and_ends_with_its_time(
    server: RehearsalServer, bot: Bot, clock: VirtualClock
) -> None:
    event = await bot.guilds[0].create_scheduled_event(**plan())
    clock.advance(timedelta(days=1, minutes=1))
    assert (await bot.guilds[0].fetch_scheduled_event(event.id)).status is discord.EventStatus.active
    clock.advance(timedelta(hours=1))
    assert (await bot.guilds[0].fetch_scheduled_event(event.id)).status is discord.EventStatus.completed


async def test_who_is_interested_can_be_listed(server: RehearsalServer, bot: Bot) -> None:
    event = await bot.guilds[0].create_scheduled_event(**plan())
    seen = server.world.guilds[bot.guilds[0].id].events[event.id]
    await server.people["alice"].attend(seen)
    await server.people["bob"].attend(seen)
    await server.people["bob"].attend(seen, interested=False)
    assert [user.name async for user in event.users()] == ["alice"]
    fetched = await bot.guilds[0].fetch_scheduled_event(event.id, with_counts=True)
    assert fetched.user_count == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "x" * 101},
        {"description": "x" * 1001},
        {"location": "x" * 101},
        {"start_time": START - timedelta(hours=1), "end_time": START + timedelta(hours=1)},
        {"end_time": START + timedelta(hours=1)},
    ],
    ids=["name", "description", "location", "in the past", "ends before it starts"],
)
async def test_an_impossible_event_is_refused(
    server: RehearsalServer, bot: Bot, changes: dict[str, Any]
) -> None:
    with pytest.raises(discord.HTTPException) as refused:
        await bot.guilds[0].create_scheduled_event(**plan(**changes))
    assert refused.value.code == 50035


async def test_a_hundred_are_enough(server: RehearsalServer, bot: Bot) -> None:
    for _ in range(100):
        await bot.guilds[0].create_scheduled_event(**plan())
    with pytest.raises(discord.HTTPException) as refused:
        await bot.guilds[0].create_scheduled_event(**plan())
    assert refused.value.code == 30038


async def test_planning_needs_its_own_permission(server: RehearsalServer, bot: Bot) -> None:
    guild = server.world.guilds[bot.guilds[0].id]
    build.set_bot_permissions(server.world, guild, permissions.READING_GROUP_BOT & ~Permission.CREATE_EVENTS)
    with pytest.raises(discord.Forbidden):
        await bot.guilds[0].create_scheduled_event(**plan())
