"""`kill -9` in the middle of each of the five paths: nothing is lost, nothing is said twice."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.rehearsal.answers import NoAnswer
from bot.rehearsal.arxiv import Trouble
from bot.rehearsal.faults import Rule
from tests.stage.arxiv_days import DAILY
from tests.stage.conftest import Bench, paper, text_of

PAPER = "1803.03635"
POST, REACT = r"/channels/\d+/messages$", r"/reactions/"
MOMENTS = ("before Discord has it", "while Discord takes it", "after Discord took it")


class Waits:
    """Somebody, or time itself, waits for the bot until it dies."""

    def __init__(self, work: Coroutine[Any, Any, Any]) -> None:
        self.task = asyncio.create_task(work)

    async def no_more(self) -> None:
        self.task.cancel()
        with contextlib.suppress(NoAnswer, asyncio.CancelledError):
            await self.task


async def kill_at(stage: Bench, moment: str, method: str, path: str, act: Callable[[], Any]) -> None:
    """Do something, kill the bot at that moment of the request it leads to, and start it again."""
    faults = stage.server.faults
    rule: Rule = faults.lose_request(method, path) if moment == MOMENTS[0] else faults.hold(method, path)
    if moment == MOMENTS[2]:
        rule.lift()
        rule = faults.lose_reply(method, path)
    waiting = Waits(act())
    await rule.struck()
    await waiting.no_more()
    await stage.kill_bot()
    faults.clear()
    await stage.start_bot()
    await stage.later(minutes=5)


@pytest.mark.parametrize("moment", MOMENTS)
async def test_a_ballot_stands_once_and_is_seeded(stage: Bench, moment: str) -> None:
    await kill_at(
        stage, moment, "POST", POST, lambda: stage.alice.slash("/propose", channel="general", paper=PAPER)
    )
    (ballot,) = await stage.posts("proposals")
    assert ballot.reactions["👍"].normal == {stage.server.world.bot.id}
    assert await stage.rows("SELECT paper_id, ballot_message_id, proposer_id FROM proposals") == [
        (PAPER, ballot.id, stage.alice.id)
    ]


@pytest.mark.parametrize("moment", MOMENTS)
async def test_a_ballot_gets_its_seed_and_keeps_the_votes_that_came_meanwhile(
    stage: Bench, moment: str
) -> None:
    async def propose_and_vote() -> None:
        await stage.alice.slash("/propose", channel="general", paper=PAPER)

    await kill_at(stage, moment, "PUT", REACT, propose_and_vote)
    (ballot,) = await stage.posts("proposals")
    assert ballot.reactions["👍"].normal == {stage.server.world.bot.id}
    await stage.bob.react(ballot, "👍")
    await stage.kill_bot()
    await stage.start_bot()
    await stage.settled()
    assert await stage.rows("SELECT user_id FROM votes") == [(stage.bob.id,)]


async def test_a_wish_survives_while_arxiv_is_asked(stage: Bench) -> None:
    stage.arxiv.trouble(Trouble("hang", where="api"))
    await stage.server.people["alice"].slash("/propose", channel="general", paper=PAPER, why="Short")
    await stage.arxiv.until_asked()
    await stage.kill_bot()
    stage.arxiv.calm()
    await stage.start_bot()
    (ballot,) = await stage.posts("proposals")
    assert ballot.notified == {stage.alice.id}
    assert "Short" in text_of(ballot)
    assert await stage.rows("SELECT count(*) FROM wishes") == [(0,)]


@pytest.mark.parametrize("moment", MOMENTS)
async def test_a_session_is_announced_once(stage: Bench, moment: str) -> None:
    await kill_at(
        stage, moment, "POST", POST,
        lambda: stage.olga.slash("/session plan", channel="general", when="2026-06-15 17:00", title="Sparsity"),
    )  # fmt: skip
    (announcement,) = await stage.posts("announcements")
    assert "Sparsity" in text_of(announcement)
    assert await stage.rows("SELECT title, state FROM sessions") == [("Sparsity", "planned")]


class TestReminders:
    @pytest.mark.parametrize("moment", MOMENTS)
    async def test_each_reminder_goes_out_once(self, stage: Bench, moment: str) -> None:
        await stage.plan("2026-06-15 17:00", title="Sparsity")
        await kill_at(stage, moment, "POST", POST, lambda: stage.later(days=5, hours=6))
        await stage.advance_to(datetime(2026, 6, 16, tzinfo=UTC))
        said = [text_of(message).splitlines()[0] for message in await stage.posts("announcements")]
        assert said[1:] == [
            f"{soon}: Sparsity" for soon in ("In 7 days", "Tomorrow", "In 1 hour", "Starting now")
        ]


@DAILY
@pytest.mark.parametrize("moment", MOMENTS)
async def test_a_digest_is_posted_once_in_each_channel(stage: Bench, moment: str) -> None:
    stage.arxiv.announce(date(2026, 6, 4), PAPERS)
    await kill_at(stage, moment, "POST", POST, lambda: stage.later(hours=21))
    await stage.later(days=1)
    for channel, title in (("theory", "Gradient descent"), ("efficiency", "Sparse nets")):
        (digest,) = await stage.posts(channel)
        assert title in text_of(digest)


@DAILY
async def test_a_digest_cut_off_while_arxiv_is_asked_comes_after_the_restart(stage: Bench) -> None:
    stage.arxiv.announce(date(2026, 6, 4), PAPERS)
    stage.arxiv.trouble(Trouble("hang", where="feed"))
    waiting = Waits(stage.later(hours=21))
    await stage.arxiv.until_asked()
    await waiting.no_more()
    await stage.kill_bot()
    stage.arxiv.calm()
    await stage.start_bot()
    assert [len(await stage.posts(channel)) for channel in ("theory", "efficiency")] == [1, 1]


@DAILY
async def test_a_kill_at_every_request_of_an_evening_leaves_everything_said_once(stage: Bench) -> None:
    """Propose, plan and a digest, with a kill at each post on the way."""
    stage.arxiv.announce(date(2026, 6, 4), PAPERS)
    await stage.ballot(PAPER)
    await stage.plan("2026-06-04 12:00", title="Sparsity")
    for _ in range(6):
        rule = stage.server.faults.lose_reply("*", f"{POST}|{REACT}")
        waiting, struck = Waits(stage.later(hours=6)), asyncio.create_task(rule.struck(30))
        await asyncio.wait({waiting.task, struck}, return_when=asyncio.FIRST_COMPLETED)
        struck.cancel()
        await waiting.no_more()
        await stage.kill_bot()
        stage.server.faults.clear()
        await stage.start_bot()
        await stage.settled()
    await stage.later(days=1)
    assert len(await stage.posts("proposals")) == 1
    assert [len(await stage.posts(channel)) for channel in ("theory", "efficiency")] == [1, 1]
    said = [text_of(message).splitlines()[0] for message in await stage.posts("announcements")]
    assert sorted(said) == sorted(set(said))


PAPERS = [
    paper("2606.00001", "Gradient descent", "We prove convergence of gradient descent."),
    paper("2606.00002", "Sparse nets", "A lottery ticket found by pruning."),
]
