"""Sessions as organisers run them: planned, edited, moved, cancelled, closed."""

from __future__ import annotations

import pytest

from bot.rehearsal import events
from bot.rehearsal.answers import Answer
from bot.services.people import Actor, Refused
from tests.stage.conftest import Bench, text_of

LINK = "https://meet.example/secret-room"


async def plan(stage: Bench, when: str = "2026-06-15 17:00", **more: object) -> Answer:
    """A session planned by Olga, and what she was told."""
    answer = await stage.olga.slash("/session plan", channel="general", when=when, **more)
    await answer.final()  # the first date in words loads a parser
    await stage.settled()
    return answer


async def test_a_time_in_doubt_is_shown_before_anything_is_posted(stage: Bench) -> None:
    asked = await plan(stage, when="03/04/2027 17:00", title="On doubt")
    assert "Is this what you mean?" in asked.text
    assert await stage.posts("announcements") == []
    assert await stage.rows("SELECT * FROM sessions") == []
    await stage.olga.press(asked, label="Yes, go on")
    (post,) = await stage.posts("announcements")
    assert "On doubt" in text_of(post)


async def test_a_doubt_survives_a_restart_and_is_answered_once(stage: Bench) -> None:
    asked = await plan(stage, when="03/04/2027 17:00", title="On doubt")
    await stage.restart_bot(kill=True)
    answer = await stage.olga.press(asked, label="Yes, go on")
    await answer.final()
    assert "is planned" in answer.text
    assert len(await stage.rows("SELECT * FROM sessions")) == 1
    assert await stage.rows("SELECT * FROM doubts") == []


async def test_saying_no_to_a_doubt_does_nothing(stage: Bench) -> None:
    asked = await plan(stage, when="03/04/2027 17:00", title="On doubt")
    answer = await stage.olga.press(asked, label="No")
    assert "Nothing was done" in answer.text
    assert await stage.rows("SELECT * FROM sessions") == []


async def test_a_past_session_goes_into_the_archive_unannounced_once_confirmed(stage: Bench) -> None:
    asked = await plan(stage, when="2026-05-04 17:00", title="Long ago")
    await stage.olga.press(asked, label="Yes, go on")
    assert await stage.rows("SELECT title, state FROM sessions") == [("Long ago", "held")]
    assert await stage.posts("announcements") == []


async def test_the_form_shows_what_holds_and_the_announcement_follows_what_is_handed_in(stage: Bench) -> None:
    await plan(stage, title="On sparsity")
    form = await stage.olga.slash("/session edit", channel="general", session=1)
    assert form.kind == "modal"
    done = await stage.olga.submit(
        form,
        {
            "title": "Sparse *networks*",
            "abstract": "They are small.",
            "session_title": "",
            "minutes": "90",
            "paper": "1803.03635",
        },
    )
    await done.final()
    (post,) = await stage.posts("announcements")
    assert "Sparse \\*networks\\*" in text_of(post)
    assert "They are small." in text_of(post)
    assert "90 min" in text_of(post)
    assert "Lottery" in text_of(post)


async def test_what_cannot_be_read_stays_as_it_was_and_the_rest_is_kept(stage: Bench) -> None:
    await plan(stage, title="On sparsity")
    form = await stage.olga.slash("/session edit", channel="general", session=1)
    done = await stage.olga.submit(form, {"abstract": "A long one.", "paper": "nonsense", "minutes": "many"})
    await done.final()
    assert "The paper stays as it was" in done.text
    assert "stays 60 minutes" in done.text
    assert await stage.rows("SELECT abstract, paper_id FROM talks") == [("A long one.", None)]


async def test_a_session_can_hold_a_second_talk(stage: Bench) -> None:
    await plan(stage)
    for talk, title in ((None, "First talk"), (0, "Second talk")):
        more = {} if talk is None else {"talk": talk}
        form = await stage.olga.slash("/session edit", channel="general", session=1, **more)
        await stage.olga.submit(form, {"title": title})
    (post,) = await stage.posts("announcements")
    assert "First talk / Second talk" in text_of(post)
    assert "\n**Second talk**" in text_of(post)


async def test_moving_a_session_is_told_to_the_organiser_and_its_announcement(stage: Bench) -> None:
    await plan(stage, title="On sparsity")
    answer = await stage.olga.slash("/session move", channel="general", session=1, when="2026-06-16 18:00")
    assert "Tue 16 June 2026, 18:00 CEST" in answer.text
    posts = await stage.posts("announcements")
    assert "Tue 16 June 2026, 18:00 CEST" in text_of(posts[0])


async def test_a_session_is_not_moved_into_the_past(stage: Bench) -> None:
    await plan(stage)
    answer = await stage.olga.slash("/session move", channel="general", session=1, when="2026-05-04 17:00")
    assert "has passed" in answer.text
    assert await stage.rows("SELECT version FROM sessions") == [(1,)]


async def test_links_stay_private_except_what_came_out_of_the_talk(stage: Bench) -> None:
    await plan(stage)
    form = await stage.olga.slash("/session links", channel="general", session=1)
    await stage.olga.submit(form, {"link": LINK, "slides": "https://files.example/slides.pdf"})
    posts = await stage.posts("announcements")
    assert "https://files.example/slides.pdf" in text_of(posts[0])
    assert LINK not in "".join(text_of(post) for post in posts)


async def test_a_link_that_is_none_is_refused_and_the_others_are_kept(stage: Bench) -> None:
    await plan(stage)
    form = await stage.olga.slash("/session links", channel="general", session=1)
    done = await stage.olga.submit(form, {"slides": "my slides", "notes": "https://notes.example/1"})
    assert "Slides must be a web address" in done.text
    assert await stage.rows("SELECT slides, notes FROM talks") == [(None, "https://notes.example/1")]


async def test_a_session_is_closed_after_it_began_and_not_before(stage: Bench) -> None:
    await plan(stage)
    early = await stage.olga.slash("/session close", channel="general", session=1)
    assert "cannot have been held" in early.text
    await stage.later(days=12, hours=6)
    await stage.olga.slash("/session close", channel="general", session=1)
    assert await stage.rows("SELECT state FROM sessions") == [("held",)]


async def test_a_cancelled_session_cannot_be_changed_any_more(stage: Bench) -> None:
    await plan(stage)
    await stage.olga.slash("/session cancel", channel="general", session=1)
    for command, more in (("move", {"when": "2026-06-20 17:00"}), ("cancel", {}), ("edit", {})):
        answer = await stage.olga.slash(f"/session {command}", channel="general", session=1, **more)
        assert "There is no session 1 here" in answer.text


async def test_members_may_read_and_not_change(stage: Bench) -> None:
    await plan(stage)
    for command, more in (
        ("plan", {"when": "2026-06-20 17:00"}),
        ("move", {"session": 1, "when": "2026-06-20 17:00"}),
        ("cancel", {"session": 1}),
        ("close", {"session": 1}),
        ("edit", {"session": 1}),
        ("links", {"session": 1}),
        ("assign", {"session": 1}),
    ):
        answer = await stage.alice.slash(f"/session {command}", channel="general", **more)
        assert "Only organisers" in answer.text, command
    assert "session 1" in (await stage.alice.slash("/schedule", channel="general")).text
    assert await stage.rows("SELECT version, state FROM sessions") == [(1, "planned")]


async def test_the_schedule_turns_its_pages_in_place(stage: Bench) -> None:
    for day in range(10, 18):
        await plan(stage, when=f"2026-06-{day} 17:00", title=f"Talk of day {day}")
    shown = await stage.alice.slash("/schedule", channel="general")
    assert "Talk of day 10" in shown.text
    assert "Talk of day 16" not in shown.text
    turned = await stage.alice.press(shown, label="Later ›")
    assert turned.kind == "update"
    assert "Talk of day 16" in turned.text
    back = await stage.alice.press(turned, label="‹ Sooner")
    assert "Talk of day 10" in back.text


async def test_a_cancellation_is_taken_back_with_its_event_its_reminders_and_news_of_it(stage: Bench) -> None:
    await plan(stage, title="On sparsity", presenter=stage.alice)
    armed = "SELECT count(*) FROM outbox WHERE state = 'waiting' AND key LIKE '%:reminder:%'"
    before = await stage.rows(armed)
    answer = await stage.olga.slash("/session cancel", channel="general", session=1)
    await stage.settled()
    assert await stage.rows(armed) == [(0,)]
    with pytest.raises(Refused, match="Only organisers"):
        await stage.app.services.planning.restore(Actor(stage.group.id, stage.alice.id), "1")
    done = await stage.olga.press(answer, label="It takes place after all")
    assert "Brought back: On sparsity" in done.text
    posts = [text_of(post) for post in await stage.posts("announcements")]
    assert [text.splitlines()[0] for text in posts] == [
        "On sparsity",
        "Cancelled: On sparsity",
        "It takes place after all: On sparsity",
    ]
    assert f"Who: {stage.alice.mention}" in posts[0]
    assert await stage.rows(armed) == before
    planned = [event for event in stage.group.events.values() if event.status == events.SCHEDULED]
    assert [event.name for event in planned] == ["On sparsity"]


async def test_a_move_in_doubt_is_shown_before_it_is_made(stage: Bench) -> None:
    await plan(stage, title="On sparsity")
    asked = await stage.olga.slash("/session move", channel="general", session=1, when="03/07/2026 17:00")
    await asked.final()
    assert "For session 1 I read **Fri 3 July 2026, 17:00 CEST**" in asked.text
    assert await stage.rows("SELECT version FROM sessions") == [(1,)]
    await stage.olga.press(asked, label="Yes, go on")
    assert await stage.rows("SELECT wall_time FROM sessions") == [("2026-07-03T17:00",)]
