"""What the archive costs with 10,000 talks: taking them from a file, and finding them again.

    python tools/bench_archive.py [--talks 10000]
    python tools/postgres.py python tools/bench_archive.py

Each search is a member's `/archive`, from the words to the card. It fails when one cannot be done in 50 ms.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import statistics
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sqlalchemy import text

from bot.cards.archive import Query
from bot.clock import VirtualClock
from bot.config import parse
from bot.publish.past import read
from bot.services.archive import Archive
from bot.services.past import Past
from bot.services.past_papers import PastPapers
from bot.services.people import Actor
from bot.services.records import Records
from bot.services.sessions import Sessions
from bot.services.settings import SettingsService
from storage.database import Database
from storage.migrate import migrate
from storage.stores import store_of
from storage.tables import Guild

NOW = datetime(2060, 1, 1, tzinfo=UTC)
ALICE = Actor(1, 7)
LIMIT = 0.050
SUBJECTS = (
    "sharpness aware minimization lottery ticket pruning sparse training gradient descent stochastic convergence bound "
    "generalization kernel network attention transformer diffusion quantization energy efficient federated learning "
    "optimizer momentum adaptive curvature hessian loss landscape mode connectivity scaling law mixture experts robust"
)
WORDS = SUBJECTS.split()
QUERIES = [
    Query(), Query("sharpness"), Query("lottery ticket pruning"), Query("s"), Query("the gradient of a network"),
    Query("no such word at all"), Query(speaker="ada"), Query("gradient", "ada 77", year=2031),
    Query("gradient", page=100),
]  # fmt: skip


def a_file(talks: int) -> bytes:
    """A list of talks, two a week, with abstracts."""
    dice = random.Random(8)
    others = [f"{number:x}th" for number in range(3000)]
    rows = ["date,wall_time,title,speakers,affiliations,abstract,recording"]
    for number in range(talks):
        day = date(2010, 1, 4) + timedelta(days=number * 7 // 4)
        about = dice.sample(
            WORDS, 6
        )  # what a talk is about, said more than once; one talk in seven is about a thing
        abstract = " ".join([*about, *dice.choices(others, k=130), *about])
        rows.append(
            f"{day},17:00,{' '.join(about)} {number},Ada {number % 900},Place {number % 70},The {abstract}.,"
        )
    return "\n".join(rows).encode()


async def run(talks: int, url: str) -> bool:
    """Whether every search was fast enough."""
    store = store_of(url)
    with tempfile.TemporaryDirectory() as folder:
        await migrate(store, NOW, Path(folder))
    database, clock = Database(store), VirtualClock(NOW)
    async with database.transaction() as tx:
        tx.add(Guild(guild_id=1, name="A group", joined_at=NOW))
    settings = SettingsService(database, clock, parse({}))
    records = Records(database, settings)
    archive = Archive(database, settings, records, Sessions(database, clock, settings))
    past = Past(database, clock, settings, archive, PastPapers(database, None))  # type: ignore[arg-type]
    began = time.perf_counter()
    rows = read("talks.csv", a_file(talks))
    outcomes = await past.take(1, rows, dry_run=False)
    assert {one.what for one in outcomes} == {"added"}  # noqa: S101
    print(f"{talks} talks taken in and indexed: {time.perf_counter() - began:.1f} s")
    began = time.perf_counter()
    await past.take(1, rows, dry_run=False)
    print(f"taken once more, nothing changed: {time.perf_counter() - began:.1f} s")
    began = time.perf_counter()
    await archive.take_up()
    if url.startswith("postgresql"):
        async with (
            database.transaction() as tx
        ):  # as autovacuum does by itself, but not on tools/postgres.py's server
            await tx.execute(text("ANALYZE"))
    print(f"at a start: {(time.perf_counter() - began) * 1000:.0f} ms")
    worst = 0.0
    for query in QUERIES:
        times, own = [], []
        for _ in range(15):
            began, busy = time.perf_counter(), time.process_time()
            card = await archive.search(ALICE, query)
            times.append(time.perf_counter() - began)
            own.append(time.process_time() - busy)
        worst = max(worst, min(times))
        half, busy = statistics.median(times), statistics.median(own)
        print(f"{half * 1000:6.1f} ms, {busy * 1000:.1f} ms of them at work  {query} → {card.title}")
    await database.close()
    return worst < LIMIT


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--talks", type=int, default=10_000)
    parser.add_argument(
        "--url",
        default=os.environ.get("TEST_POSTGRES", "").replace("{}", "postgres"),
        help="an empty database; without it, a new file of SQLite",
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        fast = asyncio.run(run(options.talks, options.url or f"sqlite+aiosqlite:///{folder}/bot.db"))
    sys.exit(0 if fast else "A search took more than 50 ms.")


if __name__ == "__main__":
    main()
