"""Works that arXiv does not have, and works with several names."""

from __future__ import annotations

from typing import Any

from bot.rehearsal.answers import Answer
from tests.stage.conftest import Bench, paper, text_of

LOTTERY = "1803.03635"
FORUM = "https://openreview.net/forum?id=rJl-b3RcF7"
DUCKS = {"title": "Ducks Swim Alike", "authors": "Jonathan Frankle, Gintare Dziugaite"}


async def told(stage: Bench, who: Any, link: str, said: dict[str, str], **more: Any) -> Answer:
    """Propose a link, fill in the form that opens, and the answer to it."""
    opened = await who.slash("/propose", channel="general", paper=link, **more)
    assert opened.answered_after < 3
    answer = await who.submit(opened, said)
    await answer.final()
    await stage.settled()
    return answer


async def test_a_work_from_elsewhere_is_told_in_a_form_and_is_a_proposal_like_any_other(stage: Bench) -> None:
    said = {**DUCKS, "abstract": "Two networks from *one* seed.", "why": "@everyone Short"}
    answer = await told(stage, stage.alice, f"see {FORUM}&noteId=x", said, topic="Sparsity")
    assert "Proposed" in answer.text
    (ballot,) = await stage.posts("proposals")
    text = text_of(ballot)
    for part in (
        "Ducks Swim Alike",
        "Gintare Dziugaite",
        "\\*one\\*",
        "Sparsity",
        f"[openreview.net]({FORUM})",
    ):
        assert part in text, (part, text)
    assert not ballot.mention_everyone
    for again in (FORUM, "ducks swim al"):
        shown = await stage.bob.slash("/paper", channel="general", paper=again)
        await shown.final()
        assert "Proposed by" in shown.text, shown.text
        assert f"url           = {{{FORUM}}}" in shown.text
    before = await stage.bob.slash(
        "/propose", channel="general", paper="https://openreview.net/pdf?id=rJl-b3RcF7"
    )
    await before.final()
    assert "proposed already" in before.text
    await stage.bob.react(ballot, "👍")
    picked = await stage.olga.slash("/pick", channel="general")
    await picked.final()
    await stage.plan("2026-06-15 17:00")
    await (await stage.olga.press(picked, label="Take it")).final()
    assert "Ducks Swim Alike" in text_of((await stage.posts("announcements"))[-1])
    await stage.plan("2026-06-22 17:00", paper=FORUM)
    announced = text_of((await stage.posts("announcements"))[-1])
    assert "22 June" in announced
    assert f"[openreview.net]({FORUM})" in announced


async def test_a_work_that_arxiv_has_by_its_doi_or_its_title_and_author_is_that_paper(stage: Bench) -> None:
    known = paper("1912.05671", DUCKS["title"], authors=["Jonathan Frankle"], doi="10.5555/Abc.1")
    stage.arxiv.library.papers[known.id] = known
    ballot = await stage.ballot(known.id)
    by_doi = await stage.bob.slash("/propose", channel="general", paper="https://doi.org/10.5555/abc.1")
    await by_doi.final()
    assert f"/{ballot.channel_id}/{ballot.id}" in by_doi.text
    by_title = await told(stage, stage.bob, FORUM, {**DUCKS, "title": "ducks swim-alike"})
    assert f"/{ballot.channel_id}/{ballot.id}" in by_title.text
    assert "It is the same work: arXiv has it as 1912.05671." in by_title.text
    at_once = await stage.carol.slash("/propose", channel="general", paper=FORUM)
    await at_once.final()
    assert "proposed already" in at_once.text
    assert await stage.rows("SELECT paper_id FROM proposals") == [(known.id,)]


async def test_a_work_that_arxiv_has_and_nobody_knew_is_found_there_by_its_title(stage: Bench) -> None:
    stage.arxiv.library.papers["1912.05671"] = paper(
        "1912.05671", "Ducks swim alike and the lottery", "From arXiv.", authors=["J. Frankle"]
    )
    asked = await told(stage, stage.alice, FORUM, DUCKS)
    assert "Is it the same work?" in asked.text
    assert "Ducks swim alike and the lottery" in asked.text  # its title only says more
    said = {**DUCKS, "title": "Ducks Swim-Alike and the Lottery"}
    answer = await told(stage, stage.bob, "10.1145/3292500.3330701", said)
    assert "arXiv has it as 1912.05671" in answer.text
    assert "From arXiv." in text_of((await stage.posts("proposals"))[-1])


async def test_when_arxiv_gets_a_work_later_it_becomes_that_paper_with_its_votes(stage: Bench) -> None:
    await told(stage, stage.alice, FORUM, DUCKS)
    (ballot,) = await stage.posts("proposals")
    await stage.bob.react(ballot, "👍")
    stage.arxiv.library.papers["2606.00001"] = paper(
        "2606.00001", "Ducks swim alike", "Now on arXiv.", authors=["J. Frankle"]
    )
    answer = await stage.carol.slash("/propose", channel="general", paper="2606.00001")
    await answer.final()
    assert "proposed already" in answer.text
    assert f"/{ballot.channel_id}/{ballot.id}" in answer.text
    await stage.settled()
    assert "arxiv.org/pdf/2606.00001" in text_of(ballot)
    assert await stage.rows("SELECT paper_id FROM proposals") == [("2606.00001",)]
    assert await stage.rows("SELECT user_id FROM votes") == [(stage.bob.id,)]
    assert await stage.rows("SELECT paper_id FROM paper_names") == [("2606.00001",)]


async def test_a_wish_that_is_granted_late_meets_the_work_that_was_told_meanwhile(stage: Bench) -> None:
    stage.arxiv.library.papers["2606.00001"] = paper(
        "2606.00001", DUCKS["title"], authors=["J. Frankle"], doi="10.5555/ABC"
    )
    stage.arxiv.withhold("2606.00001")
    await (await stage.carol.slash("/propose", channel="general", paper="2606.00001")).final()
    await told(stage, stage.alice, "10.5555/abc", {"title": "Of ducks", "authors": "Somebody Else"})
    stage.arxiv.serve("2606.00001")
    await stage.later(hours=4)
    assert await stage.rows("SELECT paper_id, proposer_id FROM proposals") == [("2606.00001", stage.alice.id)]
    assert await stage.rows("SELECT count(*) FROM wishes") == [(0,)]


async def test_what_is_likely_the_same_is_asked_and_both_answers_hold(stage: Bench) -> None:
    ballot = await stage.ballot(LOTTERY)
    said = {"title": "The Lottery Ticket Hypothesis", "authors": "J. Frankle", "why": "Short"}
    asked = await told(stage, stage.bob, "https://example.org/lottery", said)
    assert "Is it the same work?" in asked.text
    assert len(await stage.posts("proposals")) == 1
    same = await stage.bob.press(asked, label="Yes, the same")
    await same.final()
    assert f"/{ballot.channel_id}/{ballot.id}" in same.text
    twice = await stage.bob.press(asked, label="No, another work")
    await twice.final()
    assert "answered already" in twice.text
    asked = await told(stage, stage.carol, "https://example.org/another", said)
    await (await stage.carol.press(asked, label="No, another work")).final()
    assert len(await stage.posts("proposals")) == 2


async def test_a_message_with_a_link_to_a_work_elsewhere_opens_the_form(stage: Bench) -> None:
    message = await stage.bob.say("general", "this: https://doi.org/10.1145/3292500.3330701 !")
    opened = await stage.carol.context_menu("Propose this paper", message)
    assert opened.modal["components"][2]["component"]["value"] == "https://doi.org/10.1145/3292500.3330701"
    bad = await stage.carol.submit(opened, {"title": "A", "authors": "B", "link": "nowhere"})
    await bad.final()
    assert "is no link and no DOI" in bad.text


async def test_what_one_server_tells_of_a_work_no_other_server_sees(stage: Bench) -> None:
    await told(stage, stage.alice, FORUM, DUCKS)
    other = stage.server.group("Others", channels=("general", "proposals"), members={"dora": ()})
    await stage.settled()
    dora = stage.dora
    assert not await dora.autocomplete(
        "/propose", channel="general", guild=other, option="paper", typed="ducks"
    )
    shown = await dora.slash("/paper", channel="general", guild=other, paper="ducks swim")
    await shown.final()
    assert "do not know" in shown.text
    ((key,),) = await stage.rows("SELECT paper_id FROM proposals")
    forged = await dora.slash("/paper", channel="general", guild=other, paper=key)
    await forged.final()
    assert "do not know" in forged.text
