"""Path: from votes to the paper of the next session."""

from __future__ import annotations

from typing import Any

import pytest

from bot.rehearsal.models import Message
from tests.stage.conftest import Bench, text_of
from tests.stage.test_ledger import heard

ADAM, LOTTERY, SAM = "1412.6980", "1803.03635", "2010.01412"


async def proposed(stage: Bench, paper: str) -> Message:
    await (await stage.alice.slash("/propose", channel="general", paper=paper)).final()
    return (await stage.posts("proposals"))[-1]


async def session(stage: Bench, when: str) -> None:
    answer = await stage.olga.slash("/session plan", channel="general", when=when)
    await answer.final()


async def pick(stage: Bench) -> Any:
    await heard(stage)
    answer = await stage.olga.slash("/pick", channel="general")
    await answer.final()
    return answer


async def papers_of_sessions(stage: Bench) -> list[Any]:
    rows = await stage.rows(
        "SELECT talks.paper_id FROM sessions LEFT JOIN talks USING (session_id) ORDER BY starts_at"
    )
    return [row[0] for row in rows]


async def test_a_minority_that_never_had_its_paper_gets_it_by_the_fair_rule(stage: Bench) -> None:
    await session(stage, "2026-06-15 17:00")
    await session(stage, "2026-06-29 17:00")
    third = await proposed(stage, SAM)
    await stage.later(hours=1)
    first, second = await proposed(stage, ADAM), await proposed(stage, LOTTERY)
    for person in (stage.alice, stage.bob):
        await person.react(first, "👍")
        await person.react(second, "👍")
    await stage.carol.react(third, "👍")

    answer = await pick(stage)
    assert "Both rules choose the same paper" in answer.text
    await (await stage.olga.press(answer, label="Take it")).final()
    result = text_of((await stage.posts("proposals"))[-1])
    assert "Adam" in result
    assert "2 votes; no paper has been chosen yet" in result
    assert await papers_of_sessions(stage) == [ADAM, None]
    assert "Chosen" in text_of(first)

    await stage.later(days=14)
    answer = await pick(stage)
    assert "The two rules differ" in answer.text
    await (await stage.olga.press(answer, label="Take the fair one")).final()
    result = text_of((await stage.posts("proposals"))[-1])
    assert "1 vote; none of its voters has had a paper yet." in result
    assert await papers_of_sessions(stage) == [ADAM, SAM]
    assert "1 open proposal" in (await (await stage.bob.slash("/proposals", channel="general")).final()).text


async def test_the_organiser_may_take_another_one_with_a_reason_that_everybody_reads(stage: Bench) -> None:
    first, second = await proposed(stage, ADAM), await proposed(stage, LOTTERY)
    await stage.bob.react(first, "👍")
    await stage.carol.react(first, "👍")
    await stage.carol.react(second, "👍")
    answer = await pick(stage)
    numbers = dict(await stage.rows("SELECT paper_id, proposal_id FROM proposals"))
    form = await stage.olga.choose(answer, str(numbers[LOTTERY]))
    told = await stage.olga.submit(form, {"reason": "Its author visits us."})
    await told.final()
    result = text_of((await stage.posts("proposals"))[-1])
    assert "Why: Its author visits us." in result
    assert "It gets the next session that has no paper yet." in result
    await session(stage, "2026-06-15 17:00")
    await stage.later(hours=2)
    assert await papers_of_sessions(stage) == [LOTTERY]


async def test_only_organisers_choose(stage: Bench) -> None:
    answer = await stage.bob.slash("/pick", channel="general")
    await answer.final()
    assert "Only organisers" in answer.text


async def test_at_the_deadline_the_choice_falls_by_itself_once(stage: Bench) -> None:
    ballot = await proposed(stage, ADAM)
    await stage.bob.react(ballot, "👍")
    await heard(stage)
    answer = await stage.olga.slash("/pick", channel="general", deadline="2026-06-05 12:00")
    await answer.final()
    assert "Deadline set" in answer.text
    await stage.stop_bot()
    await stage.carol.react(ballot, "👍")
    await stage.start_bot()
    await stage.later(days=4)
    results = [text_of(m) for m in await stage.posts("proposals") if "The next paper" in text_of(m)]
    assert len(results) == 1
    assert "2 votes" in results[0]
    assert "By itself, at the deadline." in results[0]


async def test_votes_of_those_who_left_or_were_banned_do_not_choose(stage: Bench) -> None:
    first, second = await proposed(stage, ADAM), await proposed(stage, LOTTERY)
    await stage.bob.react(second, "👍")
    await stage.carol.react(second, "👍")
    await stage.alice.react(first, "👍")
    await stage.olga.react(first, "👍")
    await stage.alice.react(second, "👍")
    await heard(stage)
    await stage.bob.leave(stage.group)
    await stage.owner.ban(stage.group, stage.alice)
    answer = await pick(stage)
    assert "1 vote" in answer.text
    assert "3 votes" not in answer.text


class TestAGroupThatWantsAPresenterFirst:
    @pytest.fixture
    def overrides(self) -> dict[str, dict[str, Any]]:
        return {"group": {"presenter_first": "yes"}}

    async def test_the_winner_waits_for_somebody_who_would_present_it(self, stage: Bench) -> None:
        await session(stage, "2026-06-15 17:00")
        ballot = await proposed(stage, ADAM)
        await stage.bob.react(ballot, "👍")
        answer = await pick(stage)
        await (await stage.olga.press(answer, label="Take it")).final()
        assert await papers_of_sessions(stage) == [None]
        result = (await stage.posts("proposals"))[-1]
        await (await stage.carol.press(result, label="I would present")).final()
        await stage.later(hours=2)
        assert await papers_of_sessions(stage) == [ADAM]
