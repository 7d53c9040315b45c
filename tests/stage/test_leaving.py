"""Organisers take everything along."""

from __future__ import annotations

from tests.stage.conftest import Bench
from tests.stage.test_choosing import ADAM, proposed
from tests.stage.test_ledger import heard


async def test_organisers_get_everything_as_files_and_members_do_not(stage: Bench) -> None:
    ballot = await proposed(stage, ADAM)
    await stage.bob.react(ballot, "👍")
    await heard(stage)
    answer = await stage.olga.slash("/export", channel="general")
    await answer.final()
    assert "1 proposal, 1 vote, 0 sessions" in answer.text
    assert {file["filename"] for file in answer.message.attachments} == {
        "group.json", "proposals.csv", "votes.csv", "sessions.csv", "papers.bib",
    }  # fmt: skip
    answer = await stage.bob.slash("/export", channel="general")
    await answer.final()
    assert "Only organisers" in answer.text
