"""Discord's own list of events, kept true both ways; threads; and what happens without the permissions."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from bot.rehearsal import build, events, permissions
from bot.rehearsal.flags import Permission
from bot.rehearsal.models import Channel, Message, ScheduledEvent
from tests.stage.conftest import Bench, text_of

LINK = "https://meet.example/secret"


async def planned(stage: Bench, **options: object) -> ScheduledEvent:
    """A session on 15 June at five in Berlin, and its event."""
    answer = await stage.olga.slash(
        "/session plan", when="2026-06-15 17:00", title="On sparsity", link=LINK, **options
    )
    await answer.final()
    (event,) = await stage.server.until(lambda: list(stage.group.events.values()))
    await stage.settled()
    return event


async def asked(stage: Bench) -> list[Message]:
    """What the organisers are asked, once the bot has heard that somebody changed an event."""
    async with asyncio.timeout(10):
        while not await stage.rows("SELECT 1 FROM outbox WHERE kind = 'event-asked'"):  # noqa: ASYNC110
            await asyncio.sleep(0.01)  # the gateway tells it when it likes
    return await stage.posts("proposals")


def threads(stage: Bench) -> list[Channel]:
    return [channel for channel in stage.group.channels.values() if channel.thread is not None]


async def test_a_session_has_one_event_that_says_where_to_join_without_the_link(stage: Bench) -> None:
    event = await planned(stage)
    assert (event.name, event.location) == ("On sparsity", "Join via #announcements")
    assert event.start == datetime(2026, 6, 15, 15, tzinfo=UTC)
    assert event.end == event.start + timedelta(minutes=60)
    assert LINK not in str(event)


async def test_what_changes_here_changes_there(stage: Bench) -> None:
    event = await planned(stage)
    await (await stage.olga.slash("/session move", session=1, when="2026-06-16 18:00")).final()
    await stage.settled()
    assert event.start == datetime(2026, 6, 16, 16, tzinfo=UTC)
    await (await stage.olga.slash("/session cancel", session=1)).final()
    await stage.settled()
    assert event.status == events.CANCELLED
    assert await stage.posts("proposals") == []


async def test_an_event_moved_by_hand_is_asked_about_and_can_be_taken_over(stage: Bench) -> None:
    event = await planned(stage)
    start = event.start + timedelta(days=1)
    move = {
        "scheduled_start_time": start.isoformat(),
        "scheduled_end_time": (start + timedelta(minutes=90)).isoformat(),
    }
    events.edit(
        stage.server.world, stage.server.world.users[stage.group.owner_id], stage.group.id, event.id, move
    )
    (question,) = await asked(stage)
    assert "Which one holds?" in text_of(question)
    assert await stage.rows("SELECT version FROM sessions") == [(1,)]
    refused = await stage.alice.press(question, label="Move the session, too")
    assert "Only organisers" in refused.text
    await (await stage.olga.press(question, label="Move the session, too")).final()
    await stage.settled()
    assert await stage.rows("SELECT wall_time, minutes FROM sessions") == [("2026-06-16T17:00", 90)]
    assert "Moved: On sparsity" in text_of((await stage.posts("announcements"))[-1])
    assert len(await stage.posts("proposals")) == 1


async def test_an_event_deleted_while_the_bot_was_away_can_be_put_back(stage: Bench) -> None:
    event = await planned(stage)
    await stage.stop_bot()
    events.delete(
        stage.server.world, stage.server.world.users[stage.group.owner_id], stage.group.id, event.id
    )
    await stage.start_bot()
    (question,) = await asked(stage)
    await (await stage.olga.press(question, label="Put the event back")).final()
    (again,) = await stage.server.until(lambda: list(stage.group.events.values()))
    await stage.settled()
    assert (again.name, again.start) == (event.name, event.start)
    await stage.restart_bot(kill=False)
    await stage.later(minutes=1)
    assert len(await stage.posts("proposals")) == 1


async def test_an_event_cancelled_by_hand_can_cancel_the_session(stage: Bench) -> None:
    event = await planned(stage)
    owner = stage.server.world.users[stage.group.owner_id]
    events.edit(stage.server.world, owner, stage.group.id, event.id, {"status": events.CANCELLED})
    (question,) = await asked(stage)
    await (await stage.olga.press(question, label="Cancel the session, too")).final()
    await stage.settled()
    assert await stage.rows("SELECT state FROM sessions") == [("cancelled",)]
    again = await stage.olga.press(question, label="Put the event back")
    assert "nothing to decide" in again.text


async def retitled(stage: Bench, title: str) -> None:
    """Have the session's title changed by its form."""
    form = await stage.olga.slash("/session edit", channel="general", session=1)
    await (await stage.olga.submit(form, {"session_title": title})).final()
    await stage.settled()


async def test_a_thread_is_called_as_its_session_until_somebody_calls_it_otherwise(stage: Bench) -> None:
    await planned(stage)
    await stage.settled()
    (thread,) = threads(stage)
    await retitled(stage, "On pruning")
    assert thread.name == "On pruning"
    thread.name = "Pruning, and what we think of it"
    await retitled(stage, "On lottery tickets")
    assert thread.name == "Pruning, and what we think of it"


async def test_a_thread_is_opened_at_the_announcement_linked_and_archived_after(stage: Bench) -> None:
    await planned(stage)
    (announcement,) = await stage.posts("announcements")
    (thread,) = threads(stage)
    assert (thread.id, thread.name) == (announcement.id, "On sparsity")
    await stage.later(days=11, hours=6)
    reminder = (await stage.posts("announcements"))[-1]
    assert f"Discussion: <#{thread.id}>" in text_of(reminder)
    assert thread.thread is not None
    await stage.later(hours=12)
    assert not thread.thread.archived
    await stage.later(days=1)
    assert thread.thread.archived


async def test_without_permissions_the_organisers_hear_it_once_and_all_else_goes_on(stage: Bench) -> None:
    lacking = Permission.CREATE_EVENTS | Permission.MANAGE_EVENTS | Permission.CREATE_PUBLIC_THREADS
    everyone = stage.group.roles[stage.group.id]
    everyone.permissions &= ~Permission.CREATE_PUBLIC_THREADS
    build.set_bot_permissions(stage.server.world, stage.group, permissions.READING_GROUP_BOT & ~lacking)
    answer = await stage.olga.slash("/session plan", when="2026-06-15 17:00", title="On sparsity")
    await answer.final()
    await stage.later(days=1)
    told = [text_of(post) for post in await stage.posts("proposals")]
    assert sorted(text.splitlines()[0] for text in told) == [
        "I cannot post to the list of events",
        "I cannot post to threads",
    ]
    assert "Create Events" in "".join(told)
    assert len(await stage.posts("announcements")) == 1
    assert stage.group.events == {}
