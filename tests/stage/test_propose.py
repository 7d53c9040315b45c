"""Path 1: from a link to a ballot."""

from __future__ import annotations

from tests.stage.conftest import Bench, text_of


async def test_a_proposed_paper_gets_a_ballot_and_its_proposer_is_told_where(stage: Bench) -> None:
    answer = await stage.alice.slash(
        "/propose", channel="general", paper="https://arxiv.org/pdf/1803.03635v2.pdf", why="It *is* short"
    )
    await answer.final()
    (ballot,) = await stage.posts("proposals")
    assert answer.ephemeral
    assert f"/{ballot.channel_id}/{ballot.id}" in answer.text
    assert "Lottery Ticket" in ballot.embeds[0]["title"]
    assert "It \\*is\\* short" in text_of(ballot)
    assert list(ballot.reactions) == ["👍", "🙋"]
    assert await stage.rows("SELECT paper_id, ballot_message_id FROM proposals") == [
        ("1803.03635", ballot.id)
    ]
