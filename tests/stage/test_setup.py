"""`/setup`: what is missing on the server is shown, and made at the press of a button."""

from __future__ import annotations

from typing import Any

import pytest

from bot.chat.survey import PERMISSIONS
from bot.rehearsal import build
from bot.rehearsal.flags import Permission
from tests.stage.conftest import Bench


@pytest.fixture
def overrides() -> dict[str, Any]:
    homeless = {"key": "A1", "name": "Pruning", "categories": ["cs.LG"], "phrases": ["pruning"]}
    return {"digest": {"days": []}, "group": {"organiser_channel": "committee"}, "topics": [homeless]}


async def test_what_is_missing_is_made_with_a_button_once_the_bot_may(stage: Bench) -> None:
    card = await stage.olga.slash("/setup", channel="general")
    await card.final()
    assert "there is no channel #committee" in card.text
    assert "Manage Channels" in card.text
    assert "/series create" in card.text
    more = Permission(PERMISSIONS.value) | Permission.MANAGE_CHANNELS
    build.set_bot_permissions(stage.server.world, stage.group, more)
    again = await stage.olga.slash("/setup", channel="general")
    await again.final()
    made = await stage.olga.press(again, label="Make #committee")
    await made.final()
    assert "committee" in {channel.name for channel in stage.group.channels.values()}
    assert "there is no channel #committee" not in made.text
    forged = await stage.olga.press(again, label="Look again")
    await forged.final()
    before = len(stage.group.channels)
    await stage.app.services.outfit.make(_organiser(stage), "channel:evil")
    assert len(stage.group.channels) == before


async def test_a_series_and_the_digests_are_made_in_forms(stage: Bench) -> None:
    build.set_bot_permissions(
        stage.server.world, stage.group, Permission(PERMISSIONS.value) | Permission.MANAGE_CHANNELS
    )
    card = await (await stage.olga.slash("/setup", channel="general")).final()
    form = await stage.olga.press(card, label="Make a series…")
    nonsense = await stage.olga.submit(form, {"first": "2026-06-15 17:00", "repeat": "now and then"})
    assert "`every other week`" in nonsense.text
    made = await stage.olga.submit(
        form,
        {"first": "2026-06-15 17:00", "repeat": "Every other  week", "title": "Sparsity", "reminders": "1d"},
    )
    assert "every other Monday" in made.text
    assert "Reminders: 1 day before" in made.text
    form = await stage.olga.press(card, label="Have digests…")
    sent = await stage.olga.submit(form, {"channel": "#new papers"})
    assert "go to #new-papers" in sent.text
    look = await stage.olga.press(sent, label="Is the channel there?")
    done = await stage.olga.press(look, label="Make #new-papers")
    await done.final()
    assert "new-papers" in {channel.name for channel in stage.group.channels.values()}
    assert "`series`" not in done.text
    assert "`topics" not in done.text


async def test_members_are_refused(stage: Bench) -> None:
    answer = await stage.alice.slash("/setup", channel="general")
    assert "Only organisers" in (await answer.final()).text


def _organiser(stage: Bench) -> Any:
    from bot.services.people import Actor

    return Actor(stage.group.id, stage.olga.id, frozenset({"Organiser"}))
