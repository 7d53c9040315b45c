"""How the group's reading spreads over its areas, and the word to the organisers when one has starved."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.stage.conftest import Bench, paper, text_of

THEORY, SPARSE, OTHER = "2605.00001", "2605.00002", "2605.00003"


@pytest.fixture
def overrides() -> dict[str, dict[str, Any]]:
    return {"group": {"starved_after": 2}, "digest": {"days": []}}


async def test_balance_weighs_what_was_read_and_what_waits_and_a_starved_area_is_told_once_a_month(
    stage: Bench,
) -> None:
    for arxiv_id, title in ((THEORY, "Convergence of gradient descent"), (SPARSE, "Pruning of sparse @everyone nets"),
                            (OTHER, "On ducks")):  # fmt: skip
        stage.arxiv.library.papers[arxiv_id] = paper(arxiv_id, title, f"{title}. {title}.")
    nothing = await stage.bob.slash("/balance", channel="general")
    await nothing.final()
    assert "Nothing to weigh yet" in nothing.text
    ballot = await stage.ballot(SPARSE)
    await stage.bob.react(ballot, "👍")
    await stage.plan("2026-06-04 17:00", paper=THEORY)
    await stage.plan("2026-06-05 17:00", paper=OTHER)
    await stage.plan("2026-06-06 17:00", title="Gradient descent, convergence and gradient descent")
    await stage.later(upkeep=True, days=4)
    shown = await stage.bob.slash("/balance", channel="general")
    await shown.final()
    for line in (
        "The last 3 sessions", "Theory: **67%** (2)", "Efficiency: **0%** (0)", "no topic of the group: **33%** (1)",
        "1 open proposal", "Efficiency: **100%** (1)", "Optimisation theory: 2 · 0", "Sparsity: 0 · 1",
    ):  # fmt: skip
        assert line in shown.text, (line, shown.text)
    (file,) = shown.message.attachments
    assert file["filename"] == "balance.png"
    assert "Theory: **67%**" in file["description"]
    await stage.later(upkeep=True, days=3)
    (told,) = [text_of(m) for m in stage.olga.inbox if "Long nothing of" in text_of(m)]
    assert "Long nothing of Efficiency" in told
    assert "• Pruning of sparse @everyone nets · 1 vote" in told
    for now in (datetime(2026, 6, 30, 10, tzinfo=UTC), datetime(2026, 7, 1, 10, tzinfo=UTC)):
        await stage.app.services.proposing.balance.run_due(now)
        await stage.settled()
    assert sum("Long nothing of" in text_of(m) for m in stage.olga.inbox) == 2  # once in each month
