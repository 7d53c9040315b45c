"""Votes: the ledger equals what Discord shows."""

from __future__ import annotations

from typing import Any

import pytest

from bot.rehearsal import channels
from bot.rehearsal.models import Message
from tests.stage.conftest import Bench, text_of

PAPER = "1803.03635"


async def proposed(stage: Bench, paper: str = PAPER) -> Message:
    """Alice's proposal, and its ballot."""
    await (await stage.alice.slash("/propose", channel="general", paper=paper)).final()
    return (await stage.posts("proposals"))[-1]


async def heard(stage: Bench) -> None:
    """Wait until the bot has heard of every reaction: events come in order, and this command after them."""
    await (await stage.carol.slash("/help", channel="general")).final()
    await stage.settled()


async def voters(stage: Bench, *, counting: bool = False) -> set[int]:
    await heard(stage)
    rows = await stage.rows("SELECT user_id, counts FROM votes")
    return {user for user, counts in rows if counts or not counting}


async def standing(stage: Bench) -> str:
    answer = await stage.carol.slash("/proposals", channel="general")
    await answer.final()
    return answer.text


async def test_a_reaction_is_a_vote_and_taking_it_back_takes_it_back(stage: Bench) -> None:
    ballot = await proposed(stage)
    await stage.bob.react(ballot, "👍")
    await stage.carol.react(ballot, "👍")
    assert await voters(stage) == {stage.bob.id, stage.carol.id}
    await stage.bob.unreact(ballot, "👍")
    assert await voters(stage) == {stage.carol.id}
    assert "1 vote" in await standing(stage)


async def test_skin_tones_and_super_reactions_are_votes_and_one_of_two_left_is_still_a_vote(
    stage: Bench,
) -> None:
    ballot = await proposed(stage)
    await stage.bob.react(ballot, "👍")
    await stage.bob.react(ballot, "👍🏽")
    await stage.carol.react(ballot, "👍", burst=True)
    assert await voters(stage) == {stage.bob.id, stage.carol.id}
    await stage.bob.unreact(ballot, "👍")
    assert await voters(stage) == {stage.bob.id, stage.carol.id}
    await stage.bob.unreact(ballot, "👍🏽")
    await stage.carol.unreact(ballot, "👍", burst=True)
    assert await voters(stage) == set()


async def test_votes_cast_and_taken_back_while_the_bot_was_away_count_and_it_says_so(stage: Bench) -> None:
    ballot = await proposed(stage)
    await stage.olga.react(ballot, "👍")
    await stage.settled()
    await stage.stop_bot()
    await stage.bob.react(ballot, "👍")
    await stage.carol.react(ballot, "👍")
    await stage.start_bot()
    assert await voters(stage) == {stage.olga.id, stage.bob.id, stage.carol.id}
    assert "2 votes cast while I was away were counted." in await standing(stage)
    assert await stage.posts("proposals") == [ballot]  # no noise where members vote
    await stage.later(hours=7)
    assert "while I was away" not in await standing(stage)


async def test_organisers_with_a_channel_are_told_what_was_counted(stage: Bench) -> None:
    ballot = await proposed(stage)
    await stage.olga.slash("/settings set", channel="general", key="group.organiser_channel", value="general")
    await stage.stop_bot()
    await stage.bob.react(ballot, "👍")
    await stage.start_bot()
    assert "1 vote cast while I was away was counted." in text_of((await stage.posts("general"))[-1])


async def test_a_start_at_which_nothing_was_missed_says_nothing(stage: Bench) -> None:
    ballot = await proposed(stage)
    await stage.bob.react(ballot, "👍")
    await heard(stage)
    before = len(await stage.posts("proposals"))
    await stage.stop_bot()
    await stage.start_bot()
    assert len(await stage.posts("proposals")) == before


async def test_one_vote_exchanged_for_another_while_away_is_found(stage: Bench) -> None:
    ballot = await proposed(stage)
    await stage.bob.react(ballot, "👍")
    await heard(stage)
    await stage.stop_bot()
    await stage.bob.unreact(ballot, "👍")
    await stage.carol.react(ballot, "👍")
    await stage.start_bot()
    assert await voters(stage) == {stage.carol.id}


async def test_reactions_removed_in_bulk_are_votes_removed(stage: Bench) -> None:
    ballot = await proposed(stage)
    for person in (stage.bob, stage.carol):
        await person.react(ballot, "👍")
    await stage.settled()
    await stage.owner.clear_reactions(ballot)
    assert await voters(stage) == set()


async def test_a_deleted_ballot_keeps_its_votes_and_is_posted_again_on_request(stage: Bench) -> None:
    ballot = await proposed(stage)
    await stage.bob.react(ballot, "👍")
    await heard(stage)
    await stage.owner.delete(ballot)
    await stage.stop_bot()
    await stage.start_bot()
    await stage.settled()
    answer = await stage.carol.slash("/propose", channel="general", paper=PAPER)
    await answer.final()
    again = await stage.carol.press(answer, label="Post its ballot again")
    await again.final()
    (new,) = await stage.posts("proposals")
    assert new.id != ballot.id
    assert "1 vote" in text_of(new)
    assert await voters(stage) == {stage.bob.id}
    await stage.bob.react(new, "👍")
    await stage.bob.unreact(new, "👍")
    assert await voters(stage) == set()


async def test_a_deleted_channel_keeps_the_votes_and_another_one_takes_its_place(stage: Bench) -> None:
    ballot = await proposed(stage)
    await stage.bob.react(ballot, "👍")
    await heard(stage)
    await stage.stop_bot()
    channel = stage.server.channel("proposals", stage.group)
    channels.delete(stage.server.world, stage.owner.user, channel.id)
    await stage.start_bot()
    assert await voters(stage) == {stage.bob.id}
    assert (await stage.rows("SELECT ballot_lost FROM proposals")) == [(1,)]
    await stage.olga.slash("/settings set", channel="general", key="group.proposal_channel", value="theory")
    answer = await stage.carol.slash("/propose", channel="general", paper=PAPER)
    await (await stage.carol.press(answer, label="Post its ballot again")).final()
    (new,) = await stage.posts("theory")
    assert "1 vote" in text_of(new)


async def test_a_raised_hand_is_an_offer_to_present_and_shows_on_the_ballot_in_a_while(stage: Bench) -> None:
    ballot = await proposed(stage)
    await stage.bob.react(ballot, "🙋🏿")
    await stage.carol.react(ballot, "👍")
    await heard(stage)
    await stage.later(minutes=11)
    assert f"Would present it: <@{stage.bob.id}>" in text_of(ballot)
    assert "**1 vote**" in text_of(ballot)
    await stage.bob.unreact(ballot, "🙋🏿")
    await heard(stage)
    await stage.later(minutes=11)
    assert "Would present it:" not in text_of(ballot)


async def test_a_standing_that_did_not_change_is_not_written_again(stage: Bench) -> None:
    ballot = await proposed(stage)
    await stage.bob.react(ballot, "👍")
    await stage.bob.unreact(ballot, "👍")
    await stage.later(minutes=30)
    edits = [e for e in stage.server.exchanges if e.method == "PATCH" and str(ballot.id) in e.path]
    assert not edits


class TestTheRulesOfAGroup:
    @pytest.fixture
    def overrides(self) -> dict[str, dict[str, Any]]:
        return {"group": {"own_votes": False, "votes_per_member": 1, "vote_role": "Organiser"}}

    async def test_only_the_role_counts_and_one_vote_each_and_none_for_ones_own(self, stage: Bench) -> None:
        first = await proposed(stage)
        second = await proposed(stage, "1503.05671")
        await stage.bob.react(first, "👍")
        await stage.olga.react(first, "👍")
        await stage.olga.react(second, "👍")
        assert await voters(stage) == {stage.bob.id, stage.olga.id}
        assert await voters(stage, counting=True) == {stage.olga.id}
        text = await standing(stage)
        assert text.index("1 vote") < text.index("0 votes")


async def test_the_ledger_counts_votes_of_a_role_as_soon_as_the_organisers_say_so(stage: Bench) -> None:
    ballot = await proposed(stage)
    await stage.bob.react(ballot, "👍")
    await stage.olga.react(ballot, "👍")
    await stage.settled()
    answer = await stage.olga.slash(
        "/settings set", channel="general", key="group.vote_role", value="Organiser"
    )
    await answer.final()
    assert "Organiser" in answer.text, answer.text
    assert await voters(stage, counting=True) == {stage.olga.id}
    await (await stage.olga.slash("/settings reset", channel="general", key="group.vote_role")).final()
    assert await voters(stage, counting=True) == {stage.olga.id, stage.bob.id}
