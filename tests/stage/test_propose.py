"""Path 1: from anything that names an arXiv paper to a ballot, or to a sentence that says why not."""

from __future__ import annotations

import asyncio

import pytest

from bot.rehearsal.arxiv import Trouble
from bot.rehearsal.errors import DiscordError
from bot.rehearsal.palette import CannotDo
from tests.stage.conftest import Bench, paper, text_of

LOTTERY = "1803.03635"
OLD = "math/0309136"

#: FIELD.md d2: every form in which people name a paper.
FORMS = [
    LOTTERY,
    f"{LOTTERY}v2",
    f"arXiv:{LOTTERY}",
    f"ARXIV: {LOTTERY}v1",
    f"https://arxiv.org/abs/{LOTTERY}",
    f"http://arxiv.org/abs/{LOTTERY}v3",
    f"arxiv.org/abs/{LOTTERY}",
    f"https://www.arxiv.org/abs/{LOTTERY}?context=cs",
    f"https://arxiv.org/pdf/{LOTTERY}",
    f"https://arxiv.org/pdf/{LOTTERY}v2.pdf",
    f"https://arxiv.org/pdf/{LOTTERY}.pdf#page=3",
    f"https://arxiv.org/html/{LOTTERY}v1",
    f"https://export.arxiv.org/abs/{LOTTERY}",
    f"https://doi.org/10.48550/arXiv.{LOTTERY}",
    f"10.48550/arXiv.{LOTTERY}",
    f"doi:10.48550/arxiv.{LOTTERY}",
    f"https://huggingface.co/papers/{LOTTERY}",
    f"https://www.alphaxiv.org/abs/{LOTTERY}",
    f"https://ar5iv.labs.arxiv.org/html/{LOTTERY}",
    f"ar5iv.org/abs/{LOTTERY}",
    f"  <https://arxiv.org/abs/{LOTTERY}>  ",
    f"[The lottery ticket](https://arxiv.org/abs/{LOTTERY})",
    f"have a look at https://arxiv.org/abs/{LOTTERY}, it is short!",
]
OLD_FORMS = [OLD, "math.GT/0309136", "math.GT/0309136v1", f"https://arxiv.org/abs/{OLD}", f"arXiv:{OLD}v2"]

NOT_PAPERS = {
    "lottery ticket hypothesis": "names no arXiv paper",
    "https://arxiv.org/list/cs.LG/new": "does not lead to one paper",
    "1803.3635": "5 digits after the point",
    "2401.123456": "5 digits after the point",
    "1234.12345": "",
    "1813.03635": "no month 13",
    "1803.00000": "counted from 1",
    f"{LOTTERY} and 1412.6980": "This names 2 papers",
    "10.48550/arXiv.1813.03635": "no month 13",
    "🦆": "names no arXiv paper",
    "@everyone": "names no arXiv paper",
}


async def nothing_stored(stage: Bench) -> bool:
    return await stage.rows("SELECT paper_id FROM proposals UNION SELECT paper_id FROM wishes") == []


async def test_a_proposed_paper_gets_a_ballot_and_its_proposer_is_told_where(stage: Bench) -> None:
    answer = await stage.alice.slash(
        "/propose", channel="general", paper="https://arxiv.org/pdf/1803.03635v2.pdf", why="It *is* short"
    )
    (ballot,) = await stage.posts("proposals")
    assert answer.ephemeral
    assert f"/{ballot.channel_id}/{ballot.id}" in answer.text
    said = text_of(ballot)
    assert "Lottery Ticket" in ballot.embeds[0]["title"]
    for part in (
        "It \\*is\\* short",
        "Frankle",
        "cs.LG",
        "arxiv.org/pdf/1803.03635",
        stage.alice.mention,
        "Sparsity",
    ):
        assert part in said, part
    assert ballot.reactions["👍"].normal == {stage.server.world.bot.id}
    assert not ballot.notified
    assert await stage.rows("SELECT paper_id, ballot_message_id, proposer_id, topic FROM proposals") == [
        (LOTTERY, ballot.id, stage.alice.id, "E")
    ]


async def test_every_form_of_an_id_leads_to_the_same_one_ballot(stage: Bench) -> None:
    for form in FORMS:
        answer = await stage.alice.slash("/propose", channel="general", paper=form)
        (ballot,) = await stage.posts("proposals")
        assert f"/{ballot.channel_id}/{ballot.id}" in answer.text, form
    assert len(stage.arxiv.requests) == 1


async def test_ids_of_the_old_scheme_lose_their_subject_class(stage: Bench) -> None:
    stage.arxiv.library.papers[OLD] = paper(OLD, "An old paper", categories=["math.GT"])
    for form in OLD_FORMS:
        answer = await stage.alice.slash("/propose", channel="general", paper=form)
        (ballot,) = await stage.posts("proposals")
        assert f"/{ballot.channel_id}/{ballot.id}" in answer.text, form
    assert await stage.rows("SELECT paper_id FROM proposals") == [(OLD,)]


async def test_what_names_no_paper_is_refused_with_a_reason_and_what_is_accepted(stage: Bench) -> None:
    for text, reason in NOT_PAPERS.items():
        answer = await stage.alice.slash("/propose", channel="general", paper=text)
        assert answer.ephemeral
        assert reason in answer.text, (text, answer.text)
        assert "2401.12345" in answer.text or "Give one." in answer.text, answer.text
    assert await nothing_stored(stage)
    assert not stage.arxiv.requests


async def test_a_paper_that_arxiv_does_not_have_is_refused(stage: Bench) -> None:
    answer = await stage.alice.slash("/propose", channel="general", paper="1803.99999")
    assert "arXiv has no paper **1803.99999**" in answer.text
    assert await nothing_stored(stage)


@pytest.mark.parametrize(
    "kind", ["drop", "unavailable", "rate_limit", "forbidden", "html", "truncated", "huge"]
)
async def test_while_arxiv_is_in_trouble_the_wish_is_kept_and_granted_later(stage: Bench, kind: str) -> None:
    stage.arxiv.trouble(Trouble(kind, where="api", size=6_000_000))
    answer = await stage.alice.slash("/propose", channel="general", paper=LOTTERY, why="Short")
    assert "arXiv" in answer.text
    assert "by myself" in answer.text
    assert await stage.posts("proposals") == []
    stage.arxiv.calm()
    stage.app.services.proposing.proposals._papers._arxiv._cooldown.end()  # its minutes are real ones
    await stage.later(hours=1)
    (ballot,) = await stage.posts("proposals")
    assert ballot.notified == {stage.alice.id}
    assert "Short" in text_of(ballot)


class TestArxivHangs:
    @pytest.fixture
    def overrides(self) -> dict[str, dict[str, float]]:
        return {"arxiv": {"timeout": 1.0}}

    async def test_the_person_is_answered_at_once_and_the_wish_kept(self, stage: Bench) -> None:
        stage.arxiv.trouble(Trouble("hang", where="api"))
        answer = await stage.alice.slash("/propose", channel="general", paper=LOTTERY)
        assert answer.answered_after < 1
        assert "did not answer in time" in answer.text
        await stage.later(minutes=1)
        stage.arxiv.calm()
        await stage.later(minutes=2)
        assert len(await stage.posts("proposals")) == 1


async def test_a_paper_not_served_yet_is_wished_for_and_proposed_when_it_is(stage: Bench) -> None:
    fresh = paper("2606.01234", "Fresh from the press")
    stage.arxiv.library.papers[fresh.id] = fresh
    stage.arxiv.withhold(fresh.id)
    answer = await stage.alice.slash("/propose", channel="general", paper=fresh.id)
    assert "does not serve **2606.01234** yet" in answer.text
    await stage.later(hours=20)
    assert await stage.posts("proposals") == []
    stage.arxiv.serve(fresh.id)
    await stage.later(hours=4)
    (ballot,) = await stage.posts("proposals")
    assert ballot.notified == {stage.alice.id}
    assert await stage.rows("SELECT count(*) FROM wishes") == [(0,)]


async def test_a_wish_is_given_up_after_three_days_and_its_owner_told_in_private(stage: Bench) -> None:
    await stage.alice.slash("/propose", channel="general", paper="2606.01234")
    await stage.later(days=2, hours=20)
    assert not stage.alice.inbox
    await stage.later(hours=12)
    (message,) = stage.alice.inbox
    assert "2606.01234" in text_of(message)
    assert await nothing_stored(stage)
    assert sum("query" in asked.path for asked in stage.arxiv.requests) < 60


async def test_a_number_that_cannot_come_any_more_is_given_up_when_arxiv_is_back(stage: Bench) -> None:
    stage.arxiv.trouble(Trouble("unavailable", where="api", times=1))
    await stage.alice.slash("/propose", channel="general", paper="1803.99999")
    await stage.later(hours=1)
    (message,) = stage.alice.inbox
    assert "1803.99999" in text_of(message)


async def test_a_paper_proposed_before_leads_to_its_ballot_and_keeps_its_proposer(stage: Bench) -> None:
    ballot = await stage.ballot(LOTTERY, by="alice")
    answer = await stage.bob.slash("/propose", channel="general", paper=f"arXiv:{LOTTERY}v3", why="Me too")
    assert "proposed already" in answer.text
    assert stage.alice.mention in answer.text
    assert f"/{ballot.channel_id}/{ballot.id}" in answer.text
    assert len(await stage.posts("proposals")) == 1
    assert await stage.rows("SELECT proposer_id, why FROM proposals") == [(stage.alice.id, None)]


async def test_two_people_who_propose_at_once_share_one_ballot(
    stage: Bench,
) -> None:
    answers = await asyncio.gather(
        *(
            person.slash("/propose", channel="general", paper=LOTTERY)
            for person in (stage.alice, stage.bob, stage.carol)
        )
    )
    (ballot,) = await stage.posts("proposals")
    for answer in answers:
        assert f"/{ballot.channel_id}/{ballot.id}" in answer.text


async def test_a_topic_can_be_chosen_by_key_or_name_and_only_from_the_groups(stage: Bench) -> None:
    for text in ("T", "optimisation THEORY"):
        await stage.alice.slash("/propose", channel="general", paper=LOTTERY, topic=text)
        assert await stage.rows("SELECT topic FROM proposals") == [("T",)]
    answer = await stage.alice.slash("/propose", channel="general", paper="1412.6980", topic="*Gardening*")
    assert "no topic “\\*Gardening\\*”" in answer.text
    assert await stage.rows("SELECT paper_id FROM proposals") == [(LOTTERY,)]


async def test_topics_are_offered_while_one_types(stage: Bench) -> None:
    async def offered(typed: str) -> list[tuple[str, str]]:
        choices = await stage.server.people["alice"].autocomplete(
            "/propose", channel="general", option="topic", typed=typed, paper=LOTTERY
        )
        return [(choice.name, choice.value) for choice in choices]

    assert await offered("") == [("Optimisation theory", "T"), ("Sparsity", "E")]
    assert await offered("SPARS") == [("Sparsity", "E")]
    assert await offered("gardening") == []


async def test_a_why_of_five_thousand_characters_is_stopped_before_it_is_sent(stage: Bench) -> None:
    with pytest.raises((CannotDo, DiscordError)):
        await stage.alice.slash("/propose", channel="general", paper=LOTTERY, why="x" * 5000)
    assert await nothing_stored(stage)


NASTY = (
    "@everyone <@&1> [click](https://evil.example) **bold** ||hidden|| `code`\n# heading\n\u202eright to left"
)


async def test_outside_text_is_harmless_on_the_ballot(stage: Bench) -> None:
    wild = paper("2606.00666", NASTY, abstract=f"{NASTY} " * 60, authors=[NASTY] * 12)
    stage.arxiv.library.papers[wild.id] = wild
    answer = await stage.alice.slash("/propose", channel="general", paper=wild.id, why=NASTY)
    (ballot,) = await stage.posts("proposals")
    for message in (ballot, answer.message):
        said = text_of(message)
        assert not message.notified
        assert not message.mention_everyone
        assert "\u202e" not in said
        assert "](https://evil.example)" not in said
        assert "**bold**" not in said
        assert "||hidden||" not in said
        assert "\n# heading" not in said


async def test_a_ballot_appears_in_the_channel_that_the_server_chose(stage: Bench) -> None:
    await stage.olga.slash("/settings set", channel="general", key="group.proposal_channel", value="#theory")
    await stage.alice.slash("/propose", channel="general", paper=LOTTERY)
    assert len(await stage.posts("theory")) == 1
    assert await stage.posts("proposals") == []
