"""The box of questions: named or anonymous, wanted, removed, and told in time."""

from __future__ import annotations

import logging

import pytest

from storage.tables import Row
from tests.stage.conftest import Bench, text_of


async def planned(stage: Bench, **options: object) -> None:
    """A session on 8 June at five in Berlin."""
    answer = await stage.olga.slash("/session plan", when="2026-06-08 17:00", title="On sparsity", **options)
    await answer.final()
    await stage.server.until(lambda: any(c.thread for c in stage.group.channels.values()))
    await stage.settled()


async def test_questions_go_to_the_presenter_an_hour_before_and_to_the_thread_at_the_start(
    stage: Bench,
) -> None:
    await planned(stage, presenter=stage.bob)
    await (await stage.alice.slash("/ask", question="Why *these* masks?")).final()
    asked = await stage.carol.slash("/ask", question="What about trees?", anonymous=True)
    await asked.final()
    assert "anonymous" in asked.text
    await (await stage.olga.press(await stage.olga.slash("/ask"), label="2")).final()
    await stage.later(days=5, hours=4)
    letter = stage.bob.inbox[-1]
    assert "2 questions for your session" in text_of(letter)
    assert text_of(letter).index("trees") < text_of(letter).index("masks")  # the most wanted first
    assert stage.alice.mention in text_of(letter)
    assert stage.carol.mention not in text_of(letter)
    await stage.later(hours=1)
    (thread,) = [c for c in stage.group.channels.values() if c.thread is not None]
    assert "Questions from the group" in text_of(thread.messages[-1])
    assert not any("masks" in text_of(post) for post in await stage.posts("announcements"))


async def test_nobody_can_tell_who_asked_anonymously(stage: Bench, caplog: pytest.LogCaptureFixture) -> None:
    await planned(stage)
    caplog.clear()
    with caplog.at_level(logging.DEBUG):
        await (await stage.carol.slash("/ask", question="Is it true?", anonymous=True)).final()
    assert await stage.rows("SELECT text, user_id FROM questions") == [("Is it true?", None)]
    told = [
        str(vars(record)) for record in caplog.records if record.name.startswith(("bot", "storage", "cogs"))
    ]
    assert not any(str(stage.carol.id) in text for text in told)
    for table in Row.metadata.tables:
        assert str(stage.carol.id) not in str(await stage.rows(f'SELECT * FROM "{table}"'))  # noqa: S608


async def test_organisers_remove_questions_and_nobody_else_can(stage: Bench) -> None:
    await planned(stage)
    seen = await stage.alice.slash("/ask", question="Buy my coins!")
    await seen.final()
    assert "Remove 1" not in [button["label"] for button in seen.message.buttons]
    box = await stage.olga.slash("/ask")
    await (await stage.olga.press(box, label="Remove 1")).final()
    assert "Nobody has asked anything yet" in box.text
    assert "coins" not in (await stage.bob.slash("/ask")).text


async def test_without_a_member_who_presents_the_organiser_gets_the_list(stage: Bench) -> None:
    await planned(stage, speaker="Ada Lovelace, London")
    await (await stage.alice.slash("/ask", question="Which engine?")).final()
    await stage.later(days=5, hours=4)
    assert any("Which engine?" in text_of(letter) for letter in stage.olga.inbox)


async def test_questions_follow_a_session_that_moves(stage: Bench) -> None:
    await planned(stage, presenter=stage.bob)
    await (await stage.alice.slash("/ask", question="Which engine?")).final()
    await (await stage.olga.slash("/session move", session=1, when="2026-06-10 17:00")).final()
    await stage.later(days=5, hours=5)
    assert not any("Which engine?" in text_of(letter) for letter in stage.bob.inbox)
    await stage.later(days=2)
    assert sum("Which engine?" in text_of(letter) for letter in stage.bob.inbox) == 1


async def test_a_presenter_with_closed_messages_loses_no_question(stage: Bench) -> None:
    await planned(stage, presenter=stage.bob)
    stage.bob.close_dms()
    await (await stage.alice.slash("/ask", question="Which engine?")).final()
    await stage.later(days=5, hours=4, minutes=5)
    assert any("Which engine?" in text_of(post) for post in await stage.posts("proposals"))
