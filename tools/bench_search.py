"""What suggesting papers costs while somebody types, with 50,000 of them stored, as ratios to a plain scan of titles.

    python tools/bench_search.py [--papers 50000]

The baseline is SQLite alone looking for a word in every title (`LIKE` on the same file, through the driver in Python's
own library, the median of five in the same run), which finds no words that are apart, no authors and no accents. Told
is also what finding a work of the same title costs, which is done when somebody proposes one from elsewhere.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from storage import papers
from storage.database import open_database
from storage.migrate import migrate
from storage.stores import store_of

NOW = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
ROUNDS = 5
COMMON = ("learning", "neural", "networks", "deep", "for", "the", "of", "with", "model", "training")


def fill(path: Path, number: int) -> list[str]:
    """Papers whose words are as unevenly frequent as real ones; their titles."""
    chance = random.Random(7)
    rare = ["".join(chance.choices("aeioutrnslmp", k=chance.randint(4, 11))) for _ in range(20_000)]
    titles = [
        " ".join(
            [*chance.choices(COMMON, k=3), *(rare[int(len(rare) * chance.random() ** 3)] for _ in range(5))]
        )
        for _ in range(number)
    ]
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.executemany(
            "INSERT INTO papers (paper_id, title, authors, abstract, categories, fetched_at, published_at) "
            "VALUES (?, ?, '[]', '', '[]', '2026-06-03', '2026-06-03 10:00:00.000000')",
            [(f"2606.{n:05}", title) for n, title in enumerate(titles)],
        )
        raw.executemany(
            "INSERT INTO paper_words (paper_id, word) VALUES (?, ?)",
            [(f"2606.{n:05}", word) for n, title in enumerate(titles) for word in papers.words(title)],
        )
    return titles


def baseline(path: Path, word: str) -> float:
    times = []
    with closing(sqlite3.connect(path)) as raw:
        for _ in range(ROUNDS):
            began = time.perf_counter()
            raw.execute(
                "SELECT paper_id FROM papers WHERE title LIKE ? LIMIT 25", (f"%{word} nowhere%",)
            ).fetchall()
            times.append(time.perf_counter() - began)
    return statistics.median(times)


async def timed(work: Callable[[], Awaitable[object]]) -> float:
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        await work()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


async def run(number: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bot.db"
        url = f"sqlite+aiosqlite:///{path}"
        await migrate(store_of(url), NOW, Path(folder))
        database = open_database(url)
        titles = fill(path, number)
        plain = baseline(path, "learning")
        print(f"{number} papers; baseline: SQLite scans all titles in {plain * 1000:.1f} ms")
        some = titles[number // 2].split()

        async def search(typed: str) -> None:
            async with database.reading() as tx:
                await papers.search(tx, 1, typed)

        async def like() -> None:
            async with database.reading() as tx:
                await papers.like(tx, 1, some)

        for typed in ("l", "learn", f"learn {some[5][:3]}", f"{some[3]} {some[4]} {some[5]}", "zzzz"):
            tell(f"suggestions for “{typed}”", await timed(lambda typed=typed: search(typed)), plain)  # type: ignore[misc]
        tell("works of nearly the same title", await timed(like), plain)
        await database.close()


def tell(what: str, seconds: float, plain: float) -> None:
    print(f"{what}: {seconds / plain:.2f} × baseline ({seconds * 1000:.0f} ms here)")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--papers", type=int, default=50_000)
    asyncio.run(run(parser.parse_args().papers))
