"""arXiv changes a paper that the group votes on or is to read."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.rehearsal.arxiv import Trouble
from tests.stage.conftest import NOON, Bench, paper, text_of

OPEN, PLANNED, TRUE = "2605.00001", "2605.00002", "2605.00003"


def change(stage: Bench, arxiv_id: str, **more: object) -> None:
    known = stage.arxiv.library.papers[arxiv_id]
    stage.arxiv.library.papers[arxiv_id] = replace(known, **more)  # type: ignore[arg-type]


@pytest.fixture
def overrides() -> dict[str, dict[str, Any]]:
    return {"digest": {"days": []}}


async def test_new_versions_and_withdrawals_are_told_once_to_those_they_concern(stage: Bench) -> None:
    for arxiv_id in (OPEN, PLANNED, TRUE):
        stage.arxiv.library.papers[arxiv_id] = paper(arxiv_id, f"Paper *{arxiv_id}*")
    for arxiv_id in (OPEN, TRUE):
        await stage.ballot(arxiv_id)
    ballot = (await stage.posts("proposals"))[0]
    await stage.plan("2026-07-20 17:00", paper=PLANNED, presenter=stage.carol.user)
    await stage.later(upkeep=True, days=1)
    asked = len(stage.arxiv.requests)
    change(stage, OPEN, version=2, updated=NOON + timedelta(days=2))
    change(
        stage, PLANNED, version=2, comment="This paper has been withdrawn by the authors: Lemma 2 is *wrong*"
    )
    stage.arxiv.trouble(Trouble("unavailable", where="api", times=1))
    await stage.later(upkeep=True, days=6, hours=13)
    assert len(stage.arxiv.requests) == asked + 2  # the week's look, and again after the trouble
    (told,) = stage.alice.inbox
    assert f"Paper \\*{OPEN}\\*" in text_of(told)
    assert "Version 2" in text_of(told)
    assert f"/{ballot.id}" in text_of(told)
    assert "has taken the place of version 1" in text_of(told)
    assert "newer than this ballot" in text_of(ballot)
    for person in (stage.carol, stage.olga):
        news = [text_of(m) for m in person.inbox if "withdrawn" in text_of(m)]
        assert len(news) == 1, news
        assert "Lemma 2 is \\*wrong\\*" in news[0]
        assert "It is read <t:" in news[0]
    await stage.restart_bot(kill=True)
    await stage.later(upkeep=True, days=8)
    assert len(stage.alice.inbox) == 1
    assert sum("withdrawn" in text_of(m) for m in stage.carol.inbox) == 1


async def test_a_paper_that_is_withdrawn_when_it_is_proposed_says_so_on_its_ballot(stage: Bench) -> None:
    gone = paper("2605.00004", "A bold claim", "This paper has been withdrawn due to an error in equation 3.")
    stage.arxiv.library.papers[gone.id] = gone
    assert "It may have been withdrawn" in text_of(await stage.ballot(gone.id))
