"""Papers are found by what people type, fast."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage import papers
from storage.database import Database, open_database
from storage.tables import Paper
from tests.database import first_day_url

NOW = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)


def paper(number: int, title: str, *authors: str) -> Paper:
    return Paper(
        paper_id=f"2606.{number:05}",
        title=title,
        authors=list(authors),
        abstract="",
        categories=[],
        fetched_at=NOW,
    )


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = open_database(first_day_url(tmp_path))
    yield database
    await database.close()


async def found(database: Database, typed: str) -> list[str]:
    async with database.reading() as tx:
        return [row.paper_id for row in await papers.search(tx, 1, typed)]


async def test_a_paper_is_found_by_the_beginnings_of_words_of_title_and_author(database: Database) -> None:
    async with database.transaction() as tx:
        await papers.save(
            tx, [paper(1, "Deep Residual Læning", "Kaiming He"), paper(2, "Shallow nets", "Éva Ő")]
        )
    assert await found(database, "resid kaim") == ["2606.00001"]
    assert await found(database, "EVA") == ["2606.00002"]
    assert await found(database, "2606.00001") == ["2606.00001"]
    assert await found(database, "resid eva") == []
    assert await found(database, "%_' OR 1") == []


async def test_a_changed_title_is_found_by_its_new_words_only(database: Database) -> None:
    async with database.transaction() as tx:
        await papers.save(tx, [paper(1, "Old name", "A")])
    async with database.transaction() as tx:
        await papers.save(tx, [paper(1, "Fresh name", "A")])
    assert await found(database, "old") == []
    assert await found(database, "fresh") == ["2606.00001"]
