"""Inviting a speaker from outside."""

from __future__ import annotations

from tests.stage.conftest import Bench
from tests.stage.test_sessions import plan


async def test_an_invitation_offers_open_dates_at_the_hour_they_have_there(stage: Bench) -> None:
    await plan(stage, when="2026-06-15 17:00")
    await plan(stage, when="2026-06-22 17:00", presenter=stage.alice)
    answer = await stage.olga.slash(
        "/invite",
        channel="general",
        speaker="Jane Doe, University of Adelaide",
        zone="adelaide",
        contact="jane@example.org",
    )
    assert answer.ephemeral
    assert "00:30, Tuesday 16 June 2026 (ACST)** 🌙 at night for them" in answer.text
    assert "session 2" not in answer.text
    mail, calendar = answer.message.attachments
    assert (mail["filename"], calendar["filename"]) == ("invitation.txt", "dates.ics")


async def test_a_speakers_zone_is_remembered_and_asked_for_when_unknown(stage: Bench) -> None:
    await plan(stage)
    refused = await stage.olga.slash("/invite", channel="general", speaker="Jane Doe")
    assert "Where does the speaker live?" in refused.text
    await stage.olga.slash("/invite", channel="general", speaker="Jane Doe", zone="America/New_York")
    again = await stage.olga.slash("/invite", channel="general", speaker="Jane Doe")
    assert "11:00, Monday 15 June 2026 (EDT)" in again.text
    (choice,) = await stage.olga.autocomplete("/invite", option="speaker", typed="jane", channel="general")
    assert choice.value == "Jane Doe"


async def test_without_a_free_date_nothing_is_offered(stage: Bench) -> None:
    await plan(stage, presenter=stage.alice)
    answer = await stage.olga.slash("/invite", channel="general", speaker="Jane Doe", zone="UTC")
    assert "No date is free" in answer.text


async def test_only_organisers_invite(stage: Bench) -> None:
    answer = await stage.alice.slash("/invite", channel="general", speaker="Jane Doe", zone="UTC")
    assert "Only organisers" in answer.text
    assert await stage.rows("SELECT * FROM speakers") == []
