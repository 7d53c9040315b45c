"""Discord is away at the start, in each of the ways in which it can be: it is waited out."""

from __future__ import annotations

import logging

import pytest

from bot.chat import client
from tests.stage.conftest import Bench, text_of


async def test_errors_at_login_and_a_gateway_that_refuses_are_waited_out_with_growing_pauses(
    stage: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(client, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(client.random, "uniform", lambda low, high: (low + high) / 2)
    await stage.kill_bot()
    stage.server.faults.fail(503, "GET", "^/users/@me$", times=2)
    stage.server.faults.gateway.refuse = 3
    caplog.clear()
    caplog.set_level(logging.INFO, "bot")
    await stage.start_bot()
    waits = [
        float(record.event_fields["again_in"].removesuffix("s"))  # type: ignore[attr-defined]
        for record in caplog.records
        if record.getMessage() == "discord.away"
    ]
    assert len(waits) == 5
    assert waits == sorted(waits)
    assert waits[-1] > waits[0]
    answer = await stage.alice.slash("/nextsession", channel="general")
    assert "No session" in answer.text


async def test_commands_that_discord_does_not_take_keep_nobody_from_being_reminded(
    stage: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "SYNC_PATIENCE", 0.05)
    monkeypatch.setattr(client, "SYNC_PAUSE", 0.05)
    await stage.plan("2026-06-04 11:00")
    await stage.kill_bot()
    stage.server.world.commands.clear()
    refused = stage.server.faults.fail(503, "PUT", r"/commands$", times=None)
    await stage.start_bot()
    await stage.later(days=1)
    assert "Starting now" in text_of((await stage.posts("announcements"))[-1])
    assert refused.hits
    refused.lift()
    await stage.server.until(lambda: stage.server.world.commands)


async def test_an_organiser_is_known_before_discord_has_told_of_the_server(stage: Bench) -> None:
    await stage.kill_bot()
    stage.server.faults.gateway.lost = {"GUILD_CREATE"}
    await stage.start_bot()
    answer = await stage.olga.slash("/session plan", channel="general", when="2026-06-15 17:00")
    assert "is planned" in answer.text
    refused = await stage.alice.slash("/session plan", channel="general", when="2026-06-15 17:00")
    assert "Only organisers" in refused.text
