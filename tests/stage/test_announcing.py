"""The announcement: one message, kept true; news of a move to one role; clocks that are unusually far apart."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.rehearsal import build
from bot.rehearsal.models import Message
from tests.stage.conftest import Bench, text_of

ZONES = "America/New_York, America/Los_Angeles, Australia/Adelaide"


@pytest.fixture
def overrides() -> dict[str, Any]:
    return {
        "group": {"country": "DE", "zones": ZONES.split(", ")},
        "conferences": [{"name": "NeurIPS 2026", "first": date(2026, 12, 6), "last": date(2026, 12, 12)}],
    }


async def planned(stage: Bench, when: str, **more: object) -> str:
    """What the organiser is told."""
    answer = await stage.olga.slash("/session plan", when=when, title="On sparsity", **more)
    await answer.final()
    await stage.settled()
    return answer.text


async def moved(stage: Bench, when: str) -> str:
    answer = await stage.olga.slash("/session move", session=1, when=when)
    await answer.final()
    await stage.settled()
    return answer.text


def notified(message: Message) -> set[int]:
    return set(message.notified)


async def test_a_move_is_news_with_both_times_and_pings_the_chosen_role_alone(stage: Bench) -> None:
    role = build.add_role(stage.server.world, stage.group, "Readers")
    role.mentionable = True
    stage.group.members[stage.alice.id].role_ids.add(role.id)
    await stage.olga.slash("/settings set", key="group.ping_role", value="@Readers")
    await planned(stage, "2026-06-15 17:00")
    await moved(stage, "2026-06-16 18:00")
    announcement, news = await stage.posts("announcements")
    assert "Tue 16 June 2026, 18:00 CEST · 12:00 EDT · 09:00 PDT · 01:30 ACST Wed" in text_of(announcement)
    assert "~~Mon 15 June 2026, 17:00 CEST" in text_of(news)
    assert "Now: **Tue 16 June 2026, 18:00 CEST" in text_of(news)
    assert notified(announcement) == set()
    assert notified(news) == {stage.alice.id}


async def test_a_cancellation_is_news_and_the_announcement_says_so(stage: Bench) -> None:
    await planned(stage, "2026-06-15 17:00")
    await (await stage.olga.slash("/session cancel", session=1)).final()
    announcement, news = await stage.posts("announcements")
    assert text_of(announcement).startswith("Cancelled: On sparsity")
    assert text_of(news).startswith("Cancelled: On sparsity")
    assert notified(news) == set()


async def test_other_changes_edit_the_one_message_and_are_no_news(stage: Bench) -> None:
    await planned(stage, "2026-06-15 17:00")
    form = await stage.olga.slash("/session links", session=1)
    await stage.olga.submit(form, {"slides": "https://files.example/slides.pdf"})
    (announcement,) = await stage.posts("announcements")
    assert "https://files.example/slides.pdf" in text_of(announcement)


async def test_a_week_before_a_gap_session_those_concerned_are_told_once(stage: Bench) -> None:
    stage.clock.set(datetime(2026, 10, 15, tzinfo=UTC))
    await planned(stage, "2026-10-26 17:00")
    (announcement,) = await stage.posts("announcements")
    assert "Americas: one hour later than usual by your clock" in text_of(announcement)
    await stage.later(days=5)
    (reminder,) = (await stage.posts("announcements"))[1:]
    assert text_of(reminder).startswith("In 7 days")
    assert "Americas: one hour later than usual by your clock" in text_of(reminder)


async def test_without_a_reminder_that_day_a_notice_of_its_own_says_it(stage: Bench) -> None:
    stage.clock.set(datetime(2026, 10, 15, tzinfo=UTC))
    await stage.olga.slash("/settings set", key="reminders.before", value="1d")
    await planned(stage, "2026-10-26 17:00")
    await stage.later(days=5)
    (notice,) = (await stage.posts("announcements"))[1:]
    assert text_of(notice).startswith("Mind the clock")
    assert "Americas: one hour later than usual by your clock" in text_of(notice)
    assert "Mon 26 October 2026, 17:00 CET · 12:00 EDT · 09:00 PDT · 02:30 ACDT Tue" in text_of(notice)


async def test_an_ordinary_week_needs_no_notice(stage: Bench) -> None:
    await planned(stage, "2026-06-22 17:00")
    await stage.later(days=18)
    assert not any("Mind the clock" in text_of(post) for post in await stage.posts("announcements"))


async def test_planning_onto_a_holiday_or_a_conference_says_so(stage: Bench) -> None:
    assert "is a public holiday in DE: " in await planned(stage, "2026-10-03 17:00")
    assert "falls into NeurIPS 2026" in await planned(stage, "2026-12-07 17:00")
    assert "⚠️" not in await planned(stage, "2026-06-15 17:00")
    assert "is a public holiday in DE: " in await moved(stage, "2026-12-25 17:00")


async def test_so_does_moving_one_date_of_a_series(stage: Bench) -> None:
    await (await stage.olga.slash("/series create", first="2026-11-30 17:00", repeat="1w")).final()
    answer = await stage.olga.slash("/series move", date="1:2026-11-30", when="2026-12-08 17:00")
    assert "falls into NeurIPS 2026" in (await answer.final()).text
