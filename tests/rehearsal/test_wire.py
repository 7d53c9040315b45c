"""What listeners are told, and how the double is kept honest."""

from __future__ import annotations

import pytest

from bot.rehearsal.api import Exchange
from bot.rehearsal.server import RehearsalServer
from tests.rehearsal.conftest import Bot
from tests.rehearsal.openapi import available, description


async def test_changes_are_told_in_short(server: RehearsalServer, bot: Bot) -> None:
    told: list[dict[str, object]] = []
    stop = server.world.subscribe(told.append)
    message = await server.people["alice"].say("general", "hello")
    stop()
    await server.people["alice"].say("general", "again")
    assert told == [
        {
            "type": "MESSAGE_CREATE",
            "id": str(message.id),
            "guild_id": str(bot.guilds[0].id),
            "channel_id": str(message.channel_id),
        }
    ]


@pytest.mark.skipif(not available(), reason="Discord's openapi.json is not beside the checkout")
async def test_nonsense_on_the_wire_is_noticed() -> None:
    described = description()
    assert described is not None
    nonsense = Exchange(
        "POST", "/channels/1/messages", None, {}, {"content": 3}, status=200, reply={"id": "x"}
    )
    unknown = Exchange("GET", "/no/such/thing", None, {}, None, status=200)
    assert any("content" in text for text in described.complaints(nonsense))
    assert any("reply" in text for text in described.complaints(nonsense))
    assert described.complaints(unknown) == ["GET /no/such/thing is not in Discord's API"]
