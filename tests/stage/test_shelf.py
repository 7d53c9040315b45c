"""Finding papers and proposals, and what becomes of a proposal."""

from __future__ import annotations

from typing import Any

import pytest

from tests.stage.conftest import Bench, text_of
from tests.stage.test_choosing import ADAM, LOTTERY, SAM, pick, proposed, session
from tests.stage.test_ledger import heard


async def test_typing_words_of_a_title_or_an_author_suggests_stored_papers(stage: Bench) -> None:
    await proposed(stage, ADAM)
    for typed in ("stochastic opt", "kingma", "ADAM ba"):
        choices = await stage.bob.autocomplete("/propose", channel="general", option="paper", typed=typed)
        assert [choice.value for choice in choices] == [ADAM], typed
    assert not await stage.bob.autocomplete("/propose", channel="general", option="paper", typed="zzz")


async def test_a_message_that_names_a_paper_is_proposed_from_its_menu(stage: Bench) -> None:
    message = await stage.bob.say("general", f"have you seen https://arxiv.org/abs/{ADAM}v9 ?!")
    answer = await stage.carol.context_menu("Propose this paper", message)
    await answer.final()
    assert "Adam" in text_of((await stage.posts("proposals"))[-1])


async def test_of_several_papers_in_a_message_one_is_chosen(stage: Bench) -> None:
    message = await stage.bob.say("general", f"{ADAM} or rather arXiv:{LOTTERY}")
    answer = await stage.carol.context_menu("Propose this paper", message)
    await answer.final()
    told = await stage.carol.choose(answer, LOTTERY)
    await told.final()
    assert [row[0] for row in await stage.rows("SELECT paper_id FROM proposals")] == [LOTTERY]


async def test_a_message_without_a_paper_is_told_so(stage: Bench) -> None:
    message = await stage.bob.say("general", "nothing to see here")
    answer = await stage.carol.context_menu("Propose this paper", message)
    await answer.final()
    assert "I see no paper in this message" in answer.text


async def test_paper_tells_history_bibtex_and_who_would_present(stage: Bench) -> None:
    ballot = await proposed(stage, ADAM)
    await stage.bob.react(ballot, "👍")
    await stage.carol.react(ballot, "🙋")
    await heard(stage)
    answer = await stage.bob.slash("/paper", channel="general", paper="adam kingma")
    await answer.final()
    assert "Open, with **1 vote**" in answer.text
    assert "@misc{kingma2014adam," in answer.text
    assert f"eprint        = {{{ADAM}}}" in answer.text
    assert stage.carol.mention in answer.text


async def test_a_proposer_edits_and_withdraws_and_brings_back_with_its_votes(stage: Bench) -> None:
    ballot = await proposed(stage, ADAM)
    await stage.bob.react(ballot, "👍")
    await heard(stage)
    mine = await stage.alice.slash("/paper", channel="general", paper=ADAM)
    await mine.final()
    form = await stage.alice.press(mine, label="Edit")
    await (await stage.alice.submit(form, {"why": "A *classic*", "topic": "Sparsity"})).final()
    await stage.settled()
    assert "A \\*classic\\*" in text_of(ballot)
    assert "Sparsity" in text_of(ballot)
    assert await stage.rows("SELECT topic, topic_chosen FROM proposals") == [("E", 1)], (
        "the router learns from it"
    )
    told = await stage.alice.press(mine, label="Withdraw")
    await told.final()
    assert "It is withdrawn" in told.text, told.text
    await stage.settled()
    assert "Withdrawn by its proposer" in text_of(ballot)
    answer = await stage.carol.slash("/propose", channel="general", paper=ADAM)
    await answer.final()
    assert "It had 1 vote" in answer.text
    await (await stage.carol.press(answer, label="Revive it")).final()
    new = (await stage.posts("proposals"))[-1]
    assert new.id != ballot.id
    assert "**1 vote**" in text_of(new)


async def test_members_cannot_change_what_others_proposed_and_organisers_retire_it(stage: Bench) -> None:
    ballot = await proposed(stage, ADAM)
    theirs = await stage.bob.slash("/paper", channel="general", paper=ADAM)
    await theirs.final()
    assert not [b for b in theirs.message.buttons if b.get("label") in ("Edit", "Withdraw", "Retire")]
    organisers = await stage.olga.slash("/paper", channel="general", paper=ADAM)
    await organisers.final()
    await (await stage.olga.press(organisers, label="Retire")).final()
    await stage.settled()
    assert "Retired by the organisers" in text_of(ballot)


async def test_a_paper_that_was_read_is_proposed_again_only_by_saying_so(stage: Bench) -> None:
    await session(stage, "2026-06-05 17:00")
    ballot = await proposed(stage, ADAM)
    await stage.bob.react(ballot, "👍")
    answer = await pick(stage)
    await (await stage.olga.press(answer, label="Take it")).final()
    await stage.later(upkeep=True, days=5)
    answer = await stage.bob.slash("/propose", channel="general", paper=ADAM)
    await answer.final()
    assert "The group has had this paper" in answer.text
    assert "Read here on" in answer.text
    await (await stage.bob.press(answer, label="Read it again")).final()
    new = (await stage.posts("proposals"))[-1]
    assert "**0 votes**" in text_of(new)


class TestAGroupThatForgetsSoon:
    @pytest.fixture
    def overrides(self) -> dict[str, dict[str, Any]]:
        return {"group": {"proposal_days": 2}}

    async def test_a_proposal_that_nobody_votes_for_says_goodbye(self, stage: Bench) -> None:
        ballot = await proposed(stage, ADAM)
        await stage.later(upkeep=True, days=1)
        other = await proposed(stage, SAM)
        await stage.bob.react(other, "👍")
        await heard(stage)
        await stage.later(upkeep=True, days=2)
        assert "Gone for now" in text_of(ballot)
        assert "Gone for now" not in text_of(other)
        assert any("Goodbye to 1 proposal" in text_of(m) for m in await stage.posts("proposals"))


async def test_proposals_are_sorted_by_topic_and_turned_page_by_page(stage: Bench) -> None:
    for paper in (ADAM, LOTTERY, SAM):
        await proposed(stage, paper)
    answer = await stage.bob.slash("/proposals", channel="general", topic="Sparsity")
    await answer.final()
    assert "Lottery" in answer.text
    assert "Adam" not in answer.text
    answer = await stage.bob.slash("/proposals", channel="general", sort="age")
    await answer.final()
    assert answer.text.index("Adam") < answer.text.index("Lottery") < answer.text.index("Sharpness")
    await (await stage.bob.press(answer, label="By chance")).final()


async def test_a_paper_that_was_missed_by_a_vote_says_so_and_is_revived(stage: Bench) -> None:
    winner, loser = await proposed(stage, ADAM), await proposed(stage, LOTTERY)
    for person in (stage.bob, stage.carol):
        await person.react(winner, "👍")
    await stage.carol.react(loser, "👍")
    answer = await pick(stage)
    await (await stage.olga.press(answer, label="Take it")).final()
    shown = await stage.alice.slash("/paper", channel="general", paper=LOTTERY)
    await shown.final()
    assert "It missed being chosen by 1 vote on <t:" in shown.text
    await (await stage.alice.press(shown, label="Withdraw")).final()
    again = await stage.bob.slash("/propose", channel="general", paper=LOTTERY)
    await again.final()
    assert "It missed being chosen by 1 vote on <t:" in again.text
    await (await stage.bob.press(again, label="Revive it")).final()
    assert "**1 vote**" in text_of((await stage.posts("proposals"))[-1])
