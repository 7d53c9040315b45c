"""Days of arXiv for the stories of digests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from bot.rehearsal.arxiv_library import ArxivPaper
from tests.stage.conftest import Bench, paper

#: For stories about digests: the stage has none otherwise.
DAILY = pytest.mark.parametrize(
    "overrides", [{"digest": {"days": ["mon", "tue", "wed", "thu", "fri"]}}], ids=["daily"]
)

THURSDAY, FRIDAY = date(2026, 6, 4), date(2026, 6, 5)
MONDAY, TUESDAY, WEDNESDAY = date(2026, 6, 8), date(2026, 6, 9), date(2026, 6, 10)

#: The bench stands at Wednesday, 3 June, noon in Berlin; half past eight of the next day is so far away.
TO_MORNING = {"hours": 20, "minutes": 31}


def sparse(number: int, title: str = "Pruning a sparse lottery ticket", **more: Any) -> ArxivPaper:
    """A paper of the topic "Sparsity"."""
    return paper(
        f"2606.{number:05d}",
        f"{title}, part {number}",
        "Pruning finds a sparse network. It is small.",
        **more,
    )


def theory(number: int, **more: Any) -> ArxivPaper:
    """A paper of the topic "Optimisation theory"."""
    return paper(
        f"2606.{number:05d}",
        f"Convergence of gradient descent, part {number}",
        "We prove convergence of gradient descent. The rate is fast.",
        **more,
    )


async def morning(stage: Bench) -> None:
    """Let the first digest of the bench go out: Thursday, half past eight in Berlin."""
    await stage.later(**TO_MORNING)


def titles(messages: Sequence[Any]) -> list[str]:
    return [message.embeds[0]["title"] for message in messages]


def text(message: Any) -> str:
    """The lines of a digest."""
    return str(message.embeds[0]["description"])
