"""Path 2: a reaction is a vote, and the ledger is what Discord shows."""

from __future__ import annotations

import pytest

from bot.rehearsal.models import Message
from tests.stage.conftest import Bench

PAPER = "1803.03635"


async def voters(stage: Bench) -> set[str]:
    """Who has a vote in the database."""
    await stage.settled()
    names = {user.id: user.username for user in stage.server.world.users.values()}
    return {names[user_id] for (user_id,) in await stage.rows("SELECT user_id FROM votes")}


async def test_a_reaction_is_a_vote_and_taking_it_back_takes_it_back(stage: Bench) -> None:
    ballot = await stage.ballot(PAPER)
    await stage.alice.react(ballot, "👍")
    await stage.bob.react(ballot, "👍")
    assert await voters(stage) == {"alice", "bob"}
    await stage.alice.unreact(ballot, "👍")
    assert await voters(stage) == {"bob"}


async def test_only_the_vote_emoji_counts_whatever_its_skin_tone(stage: Bench) -> None:
    ballot = await stage.ballot(PAPER)
    await stage.alice.react(ballot, "🎉")
    await stage.bob.react(ballot, "👍🏽")
    assert await voters(stage) == {"bob"}
    await stage.restart_bot(kill=False)
    assert await voters(stage) == {"bob"}


async def test_a_vote_in_two_skin_tones_is_one_and_stays_until_the_last_goes(stage: Bench) -> None:
    ballot = await stage.ballot(PAPER)
    await stage.bob.react(ballot, "👍")
    await stage.bob.react(ballot, "👍🏽")
    await stage.bob.unreact(ballot, "👍")
    await stage.later(minutes=1)
    assert await voters(stage) == {"bob"}
    await stage.bob.unreact(ballot, "👍🏽")
    assert await voters(stage) == set()


async def test_a_super_reaction_is_a_vote_too(stage: Bench) -> None:
    ballot = await stage.ballot(PAPER)
    await stage.alice.react(ballot, "👍", burst=True)
    assert await voters(stage) == {"alice"}
    await stage.restart_bot(kill=True)
    assert await voters(stage) == {"alice"}


async def test_bots_do_not_vote_neither_live_nor_when_the_ballot_is_read(stage: Bench) -> None:
    ballot = await stage.ballot(PAPER)
    other = stage.add_bot("helper")
    await other.react(ballot, "👍")
    await stage.alice.react(ballot, "👍")
    assert await voters(stage) == {"alice"}
    await stage.restart_bot(kill=False)
    assert await voters(stage) == {"alice"}


@pytest.mark.parametrize("end", ["stopped", "killed"])
async def test_votes_cast_and_withdrawn_while_the_bot_was_away_count_when_it_returns(
    stage: Bench, end: str
) -> None:
    ballot = await stage.ballot(PAPER)
    await stage.alice.react(ballot, "👍")
    assert await voters(stage) == {"alice"}
    await (stage.kill_bot() if end == "killed" else stage.stop_bot())
    await stage.alice.unreact(ballot, "👍")
    await stage.bob.react(ballot, "👍")
    await stage.start_bot()
    assert await voters(stage) == {"bob"}


async def test_events_lost_in_a_session_that_could_not_be_resumed_are_made_up_for(stage: Bench) -> None:
    ballot = await stage.ballot(PAPER)
    await stage.alice.react(ballot, "👍")
    assert await voters(stage) == {"alice"}
    faults = stage.server.faults.gateway
    faults.lost = {"MESSAGE_REACTION_ADD", "MESSAGE_REACTION_REMOVE"}
    await stage.alice.unreact(ballot, "👍")
    await stage.bob.react(ballot, "👍")
    faults.refuse_resumes, faults.lost = 1, set()
    identified = len(stage.server.gateway.identifies)
    stage.server.gateway.drop()
    await stage.server.until(lambda: len(stage.server.gateway.identifies) > identified, timeout=20)
    await eventually(stage, {"bob"})


async def test_a_resumed_session_replays_what_was_missed(stage: Bench) -> None:
    ballot = await stage.ballot(PAPER)
    stage.server.gateway.drop()
    await stage.bob.react(ballot, "👍")
    await stage.server.until(lambda: stage.server.gateway.resumes == 1, timeout=20)
    await eventually(stage, {"bob"})


async def eventually(stage: Bench, expected: set[str]) -> None:
    async def so() -> bool:
        return await voters(stage) == expected

    await stage.eventually(so)


async def test_events_that_come_twice_count_once(stage: Bench) -> None:
    ballot = await stage.ballot(PAPER)
    stage.server.faults.gateway.twice = {"MESSAGE_REACTION_ADD", "MESSAGE_REACTION_REMOVE"}
    await stage.alice.react(ballot, "👍")
    await stage.bob.react(ballot, "👍")
    await stage.bob.unreact(ballot, "👍")
    assert await voters(stage) == {"alice"}


@pytest.mark.parametrize("before", ["no vote", "a vote"])
async def test_events_that_come_in_the_wrong_order_are_put_right_soon(stage: Bench, before: str) -> None:
    ballot = await stage.ballot(PAPER)
    if before == "a vote":
        await stage.alice.react(ballot, "👍")
    await stage.settled()
    stage.server.faults.gateway.held = {"MESSAGE_REACTION_ADD", "MESSAGE_REACTION_REMOVE"}
    if before == "a vote":
        await stage.alice.unreact(ballot, "👍")
        await stage.alice.react(ballot, "👍")
    else:
        await stage.alice.react(ballot, "👍")
        await stage.alice.unreact(ballot, "👍")
    stage.server.gateway.release(backwards=True)
    await stage.later(seconds=30)
    assert await voters(stage) == ({"alice"} if before == "a vote" else set())


@pytest.mark.parametrize("emoji", [None, "👍"])
async def test_reactions_removed_in_bulk_by_a_moderator_are_votes_taken_back(
    stage: Bench, emoji: str | None
) -> None:
    ballot = await stage.ballot(PAPER)
    await stage.alice.react(ballot, "👍")
    await stage.bob.react(ballot, "👍")
    assert await voters(stage) == {"alice", "bob"}
    await stage.owner.clear_reactions(ballot, emoji)
    await eventually(stage, set())


async def test_a_ballot_deleted_by_a_moderator_keeps_its_votes(stage: Bench) -> None:
    ballot = await stage.ballot(PAPER)
    await stage.alice.react(ballot, "👍")
    assert await voters(stage) == {"alice"}
    await stage.owner.delete(ballot)
    await stage.restart_bot(kill=True)
    assert await voters(stage) == {"alice"}
    answer = await stage.bob.slash("/proposals", channel="general")
    assert "1 vote" in answer.text


async def test_two_hundred_reactions_at_once_are_two_hundred_votes(stage: Bench) -> None:
    ballot = await stage.ballot(PAPER)
    crowd = [stage.add_person(f"member{number}") for number in range(200)]
    for person in crowd:
        await person.react(ballot, "👍")
    for person in crowd[::2]:
        await person.unreact(ballot, "👍")
    await eventually(stage, {person.user.username for person in crowd[1::2]})
    await stage.later(minutes=1)
    await stage.restart_bot(kill=True)
    assert len(await voters(stage)) == 100


async def test_reactions_elsewhere_are_no_votes(stage: Bench) -> None:
    ballot = await stage.ballot(PAPER)
    chat = await stage.alice.say("general", "hello")
    await stage.bob.react(chat, "👍")
    assert await voters(stage) == set()
    assert ballot.reactions["👍"].normal == {stage.server.world.bot.id}


async def test_a_vote_between_the_ballot_and_the_note_of_where_it_stands_counts(stage: Bench) -> None:
    seeding = stage.server.faults.hold("PUT", "/reactions/")
    posting = stage.server.faults.hold("POST", r"/channels/\d+/messages$")
    answer = await stage.alice.slash("/propose", channel="general", paper=PAPER)
    await posting.struck()
    posting.lift()
    ballot: Message = await stage.server.until(
        lambda: (stage.server.channel("proposals").messages or [None])[0]
    )
    await stage.bob.react(ballot, "👍")
    seeding.lift()
    await answer.final()
    assert await voters(stage) == {"bob"}


class TestCustomEmoji:
    @pytest.fixture
    def overrides(self) -> dict[str, dict[str, str]]:
        return {"group": {"vote_emoji": "<:paper:812345678901234567>"}}

    async def test_a_custom_emoji_is_the_vote_and_a_lookalike_is_not(self, stage: Bench) -> None:
        stage.group.emojis |= {812345678901234567: "paper", 912345678901234567: "paper"}
        ballot = await stage.ballot(PAPER)
        assert list(ballot.reactions) == ["paper:812345678901234567", "🙋"]
        await stage.alice.react(ballot, "paper:812345678901234567")
        await stage.bob.react(ballot, "paper:912345678901234567")
        await stage.carol.react(ballot, "👍")
        assert await voters(stage) == {"alice"}
        await stage.restart_bot(kill=True)
        assert await voters(stage) == {"alice"}


async def test_a_person_who_leaves_and_reacts_no_more_is_still_counted_until_discord_forgets(
    stage: Bench,
) -> None:
    ballot = await stage.ballot(PAPER)
    await stage.alice.react(ballot, "👍")
    await stage.settled()
    await stage.alice.leave(stage.group)
    await stage.restart_bot(kill=True)
    assert await voters(stage) == {"alice"}
