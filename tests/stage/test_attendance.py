"""Who comes: buttons, counts, names, and hundreds of people at once."""

from __future__ import annotations

import asyncio
import logging

import pytest

from bot.rehearsal import build
from bot.rehearsal.answers import Answer
from bot.rehearsal.models import Message
from tests.stage.conftest import Bench, text_of


async def announced(stage: Bench, **options: str) -> Message:
    """A session next Monday at five, and its announcement."""
    answer = await stage.olga.slash("/session plan", when="8 June 2026 17:00", title="Sparse talk", **options)
    await answer.final()
    (post,) = await stage.posts("announcements")
    return post


async def test_an_answer_is_noted_told_and_counted_on_the_card(stage: Bench) -> None:
    post = await announced(stage)
    answer = await stage.alice.press(post, label="Going")
    assert answer.ephemeral
    assert "You are going to **Sparse talk**" in answer.text
    await stage.bob.press(post, label="Maybe")
    await stage.later(seconds=15)
    assert "Who comes: 1 going · 1 maybe" in text_of(post)


async def test_the_last_answer_counts(stage: Bench) -> None:
    post = await announced(stage)
    for label in ("Going", "Can't", "Can't", "Maybe"):
        await stage.alice.press(post, label=label)
    assert await stage.rows("SELECT user_id, answer FROM rsvps") == [(stage.alice.id, "maybe")]


async def test_who_comes_is_told_to_the_one_who_asks(stage: Bench) -> None:
    post = await announced(stage)
    await stage.alice.press(post, label="Going")
    await stage.bob.press(post, label="Can't")
    answer = await stage.carol.press(post, label="Who comes?")
    assert answer.ephemeral
    assert f"Going (1): {stage.alice.mention}" in text_of(answer.message)
    assert f"Can't (1): {stage.bob.mention}" in text_of(answer.message)
    assert stage.alice.mention not in text_of(post)


async def test_answers_work_after_a_restart_and_from_a_reminder(stage: Bench) -> None:
    await announced(stage)
    await stage.later(days=2)
    await stage.restart_bot(kill=True)
    await stage.later(days=2, hours=7)
    reminder = (await stage.posts("announcements"))[-1]
    assert "Tomorrow" in text_of(reminder)
    answer = await stage.alice.press(reminder, label="Going")
    assert "You are going" in answer.text


async def test_nobody_can_answer_for_a_session_that_is_over_or_cancelled(stage: Bench) -> None:
    post = await announced(stage)
    await stage.later(days=6)
    answer = await stage.alice.press(post, label="Going")
    assert "is over" in answer.text
    assert await stage.rows("SELECT * FROM rsvps") == []


async def test_many_answers_change_the_card_once(stage: Bench) -> None:
    post = await announced(stage)
    edits = len([e for e in stage.server.exchanges if e.method == "PATCH"])
    for person in (stage.alice, stage.bob, stage.carol, stage.olga):
        await person.press(post, label="Going")
    await stage.later(minutes=1)
    assert "4 going" in text_of(post)
    assert len([e for e in stage.server.exchanges if e.method == "PATCH"]) == edits + 1


async def test_an_old_card_is_edited_at_most_every_two_minutes(stage: Bench) -> None:
    post = await announced(stage)
    await stage.later(hours=2)
    edits = len([e for e in stage.server.exchanges if e.method == "PATCH"])
    for _ in range(24):
        await stage.alice.press(post, label="Going")
        await stage.later(seconds=10)
    assert len([e for e in stage.server.exchanges if e.method == "PATCH"]) - edits <= 3


async def clicks(stage: Bench, post: Message, number: int) -> list[Answer]:
    """That many new members press a button at the same moment: going, maybe, can't, going, …"""
    people = [stage.server.people.new(f"member{n}") for n in range(number)]
    for person in people:
        build.join(stage.server.world, stage.group, person.user)
    labels = ["Going", "Maybe", "Can't"]
    answers = await asyncio.gather(
        *(person.press(post, label=labels[n % 3]) for n, person in enumerate(people))
    )
    return list(await asyncio.gather(*(answer.final() for answer in answers)))


async def test_of_five_hundred_at_once_none_is_lost(stage: Bench, caplog: pytest.LogCaptureFixture) -> None:
    post = await announced(stage)
    caplog.set_level(logging.INFO, "bot.services.rsvps")
    stage.server.world.patience = 60  # that each is noted matters here, not how busy the machine is
    answers = await clicks(stage, post, 500)
    assert await stage.rows("SELECT answer, count(*) FROM rsvps GROUP BY answer ORDER BY answer") == [
        ("cannot", 166),
        ("going", 167),
        ("maybe", 167),
    ]
    assert len({answer.message.id for answer in answers}) == 500
    assert all("You " in answer.text for answer in answers)
    # What keeps them all within Discord's three seconds is that few transactions write them: tools/bench_rsvp.py
    written = [record for record in caplog.records if record.getMessage() == "rsvps.noted"]
    assert len(written) <= 50
    await stage.later(seconds=15)
    assert "167 going · 167 maybe · 166 can't" in text_of(post)
    del stage.server.exchanges[40:]  # the rest of the five hundred look the same
