"""Papers are found by what people type, fast."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage import papers
from storage.database import Database, open_database
from storage.tables import Paper
from tests.database import first_day_url, on_sqlite_only

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


@on_sqlite_only
@pytest.mark.timeout(120)
async def test_with_fifty_thousand_papers_an_answer_takes_a_tenth_of_a_second_at_most(
    database: Database,
) -> None:
    chance = random.Random(7)
    vocabulary = ["".join(chance.choices("aeioutrnsl", k=chance.randint(3, 9))) for _ in range(4000)]
    titles = [" ".join(chance.choices(vocabulary, k=8)) for _ in range(50_000)]
    with closing(sqlite3.connect(database.store.name)) as raw, raw:
        raw.executemany(
            "INSERT INTO papers (paper_id, title, authors, abstract, categories, fetched_at) "
            "VALUES (?, ?, '[]', '', '[]', '2026-06-03')",
            [(f"2606.{n:05}", title) for n, title in enumerate(titles)],
        )
        raw.executemany(
            "INSERT INTO paper_words (paper_id, word) VALUES (?, ?)",
            [(f"2606.{n:05}", word) for n, title in enumerate(titles) for word in papers.words(title)],
        )
    for typed in (
        "a",
        "ar",
        "as tr",
        "sensation",
        vocabulary[7],
        f"{vocabulary[9][:3]} {vocabulary[11][:3]} a",
    ):
        best = []
        for _ in range(3):  # other programs share the machine: the best of three is ours
            began = time.perf_counter()
            await found(database, typed)
            best.append(time.perf_counter() - began)
        assert min(best) < 0.1, (typed, best)
