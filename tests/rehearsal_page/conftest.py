"""What the tests of the page and of the arXiv double share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.clock import VirtualClock
from bot.rehearsal.arxiv import ArxivDouble
from bot.rehearsal.arxiv_library import ArxivPaper

# Tuesday 2 June 2026, 10:30 in New York
START = datetime(2026, 6, 2, 14, 30, tzinfo=UTC)
TUESDAY, WEDNESDAY = date(2026, 6, 2), date(2026, 6, 3)


def paper(
    arxiv_id: str,
    *categories: str,
    title: str = "A title",
    abstract: str = "An abstract.",
    authors: tuple[str, ...] = ("Ada Noether", "Emmy Lovelace"),
    version: int = 1,
) -> ArxivPaper:
    return ArxivPaper(
        id=arxiv_id,
        title=title,
        authors=authors,
        abstract=abstract,
        categories=categories or ("cs.LG",),
        published=datetime(2026, 6, 1, 17, 59, 59, tzinfo=UTC),
        version=version,
    )


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(START)


@pytest.fixture
async def arxiv(clock: VirtualClock) -> AsyncIterator[ArxivDouble]:
    double = ArxivDouble([paper("1605.08386", "math.CO"), paper("math/0309136", "math.GT")], clock)
    await double.start()
    yield double
    await double.close()


@pytest.fixture
def samples() -> Path:
    """Real answers of arXiv, kept beside the checkout."""
    folder = Path(__file__).parents[3] / "shared" / "arxiv-samples" / "feeds"
    if not folder.is_dir():
        pytest.skip("arXiv's recorded answers are not beside the checkout (../shared/arxiv-samples)")
    return folder
