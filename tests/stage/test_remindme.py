"""Reminders for different people, and what organisers see and change of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.stage.conftest import Bench, text_of


async def planned(stage: Bench, when: str = "2026-06-15 17:00", **more: object) -> None:
    """A session on Monday the 15th, twelve days ahead."""
    answer = await stage.olga.slash(
        "/session plan", {"when": when, "title": "On sparsity", **more}, channel="general"
    )
    await answer.final()
    await stage.settled()


async def test_a_member_who_asks_is_reminded_by_direct_message_and_nobody_else(stage: Bench) -> None:
    await planned(stage)
    answer = await stage.alice.slash("/remindme", channel="general", before="1d, the day before at 09:00")
    assert "1 day before and the day before at 09:00" in answer.text
    await stage.later(days=11, hours=12)
    assert [text_of(message).splitlines()[0] for message in stage.alice.inbox] == [
        "Tomorrow: On sparsity"
    ] * 2
    assert not stage.bob.inbox


async def test_turning_reminders_off_stops_those_that_wait(stage: Bench) -> None:
    await planned(stage)
    await stage.alice.slash("/remindme", channel="general", before="1d")
    await stage.alice.slash("/remindme", channel="general", before="off")
    await stage.later(days=12)
    assert not stage.alice.inbox


async def test_closed_direct_messages_are_said_once_where_the_person_asked(stage: Bench) -> None:
    stage.alice.close_dms()
    await planned(stage)
    await stage.alice.slash("/remindme", channel="general", before="2d, 1d")
    await stage.later(days=13)
    (notice,) = await stage.posts("general")
    assert "cannot write to you" in text_of(notice)
    assert notice.notified == {stage.alice.id}


async def test_the_presenter_is_asked_for_slides_and_only_while_presenting(stage: Bench) -> None:
    await planned(stage, presenter=stage.bob)
    await stage.later(days=10, hours=6)
    assert "you present: On sparsity" in text_of(stage.bob.inbox[-1])
    assert "slides" in text_of(stage.bob.inbox[-1])


async def test_the_organiser_who_planned_it_hears_what_is_missing(stage: Bench) -> None:
    await planned(stage)
    await stage.later(days=11, hours=12)
    text = text_of(stage.olga.inbox[-1])
    assert "- a presenter" in text
    assert "- a link to join" in text


async def test_the_hour_itself_is_announced_with_the_way_to_join(stage: Bench) -> None:
    await planned(stage, link="https://meet.example/room")
    await stage.later(days=12, hours=5, minutes=5)
    last = (await stage.posts("announcements"))[-1]
    assert text_of(last).startswith("Starting now: On sparsity")
    pressed = await stage.alice.press(last, label="Join")
    assert "https://meet.example/room" in pressed.text
    assert pressed.ephemeral


async def test_organisers_see_what_is_armed_and_can_send_or_drop_it(stage: Bench) -> None:
    await planned(stage)
    seen = await stage.olga.slash("/reminders", channel="general")
    assert "reminder → the announcement channel" in seen.text
    await stage.olga.press(seen, label="Switch 1 off")
    again = await stage.olga.slash("/reminders", channel="general")
    assert again.text.count("**") < seen.text.count("**")
    before = len(await stage.posts("announcements"))
    reminder = next(line for line in again.text.splitlines() if ": reminder →" in line)
    await stage.olga.press(again, label=f"Send {reminder.split('.')[0].strip('*')} now")
    assert len(await stage.posts("announcements")) == before + 1


async def test_members_see_their_own_reminders_without_buttons_and_no_outbox(stage: Bench) -> None:
    await planned(stage)
    await stage.bob.slash("/remindme", channel="general", before="1h")
    seen = await stage.alice.slash("/reminders", channel="general")
    assert "personal" not in seen.text
    assert not seen.message.components
    refused = await stage.alice.slash("/outbox", channel="general")
    assert "Only organisers" in refused.text


async def test_nonsense_lead_times_are_refused_with_the_forms_that_work(stage: Bench) -> None:
    answer = await stage.alice.slash("/remindme", channel="general", before="sometime")
    assert "7d" in answer.text
    assert await stage.rows("SELECT * FROM reminder_choices") == []


async def test_an_organiser_alert_waits_for_the_end_of_quiet_hours(stage: Bench) -> None:
    await stage.olga.slash("/settings set", channel="general", key="group.quiet_hours", value="11:00-14:00")
    await stage.olga.slash(
        "/settings set", channel="general", key="group.announcement_channel", value="nowhere"
    )
    await planned(stage)
    assert not await stage.posts("proposals")
    await stage.later(hours=1, minutes=55)
    assert not await stage.posts("proposals")
    await stage.later(minutes=10)
    (alert,) = await stage.posts("proposals")
    assert "#nowhere" in text_of(alert)


async def test_a_series_has_lead_times_of_its_own_until_it_goes_by_the_servers_again(stage: Bench) -> None:
    told = await stage.olga.slash(
        "/series create",
        channel="general",
        first="2026-06-15 17:00",
        repeat="1w",
        title="Sparsity",
        reminders="2d, the day before at 09:00",
    )
    assert "2 days before, the day before at 09:00" in told.text
    armed = await stage.olga.slash("/reminders", channel="general")
    assert armed.text.count(": reminder →") == 2
    await stage.advance_to(datetime(2026, 6, 14, 12, 0, tzinfo=UTC))
    said = [text_of(message).splitlines()[0] for message in await stage.posts("announcements")]
    assert said[-2:] == ["In 2 days: Sparsity", "Tomorrow: Sparsity"]
    await stage.olga.slash("/series edit", channel="general", series=1, reminders="off")
    armed = await stage.olga.slash("/reminders", channel="general", session=2)
    assert armed.text.count(": reminder →") == 0
    await stage.olga.slash("/series edit", channel="general", series=1, reminders="default")
    armed = await stage.olga.slash("/reminders", channel="general", session=2)
    assert armed.text.count(": reminder →") == 3


async def test_two_reminders_that_came_due_while_the_bot_was_away_become_one(stage: Bench) -> None:
    await planned(stage)
    await stage.stop_bot()
    stage.clock.advance(timedelta(days=11, hours=18))  # past "in 7 days" and "tomorrow"
    await stage.start_bot()
    reminders = [text for text in map(text_of, await stage.posts("announcements")) if ": On sparsity" in text]
    assert [text.splitlines()[0] for text in reminders] == ["In 11 hours: On sparsity"]
