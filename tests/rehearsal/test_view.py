"""What a page gets to draw, and how tests are kept honest."""

from __future__ import annotations

import json

import pytest

from bot.rehearsal import build, view
from bot.rehearsal.api import Exchange
from bot.rehearsal.flags import Permission
from bot.rehearsal.server import RehearsalServer
from tests.rehearsal.conftest import Bot
from tests.rehearsal.openapi import available, description
from tests.rehearsal.test_messages import text_channel


async def test_a_member_is_shown_what_they_may_see(server: RehearsalServer, bot: Bot) -> None:
    alice, bob = server.people["alice"], server.people["bob"]
    hidden = server.channel("announcements")
    build.overwrite(server.world, hidden, bob.user, deny=Permission.VIEW_CHANNEL)
    await text_channel(bot).send(f"hello {bob.mention}")
    await alice.react(server.channel("general").last, "👍")
    picture = json.loads(json.dumps(view.snapshot(server.world, bob.user)))
    (guild,) = picture["guilds"]
    assert [channel["name"] for channel in guild["channels"]] == ["general", "proposals"]
    (message,) = guild["channels"][0]["messages"]
    assert (message["pinged_me"], message["is_mine"], message["reactions"][0]["me"]) == (True, False, False)
    assert view.snapshot(server.world, alice.user)["guilds"][0]["channels"][0]["messages"][0]["reactions"][0][
        "me"
    ]


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
