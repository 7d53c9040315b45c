"""What choosing costs with 1,000 open proposals and 300 voters, as ratios to one plain count of the same votes.

    python tools/bench_votes.py [--proposals 1000] [--voters 300] [--share 0.1]

The baseline is SQLite alone counting votes by proposal (`GROUP BY` on the same file, through the driver in Python's own
library, the median of five in the same run). The services and the database are the real ones; Discord answers at once,
so that the numbers are the bot's own work and not the network's. Also told is how many requests Discord would have had.
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
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bot import config
from bot.clock import VirtualClock
from bot.services.ballots import Ballots
from bot.services.choosing import Choosing
from bot.services.outbox import Outbox
from bot.services.papers import Papers
from bot.services.people import Actor
from bot.services.recount import Recount
from bot.services.sessions import Sessions
from bot.services.settings import SettingsService
from bot.services.shelf import Shelf
from bot.services.votes import Votes
from storage.database import Database, open_database
from storage.migrate import migrate
from storage.stores import store_of
from storage.tables import Paper, Proposal

NOW = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
GUILD, CHANNEL, VOTE = 1, 2, "👍"
PAGE, ROUNDS, CHOICES = 100, 5, 25
ORGANISER = Actor(GUILD, 1, manages=True)


class Discord:
    """Answers at once, and counts the requests that Discord itself would have had."""

    def __init__(self, shown: Mapping[int, set[int]]) -> None:
        self.shown = shown
        self.requests = 0

    async def counts(self, _channel_id: int, message_ids: Sequence[int]) -> Mapping[int, Counter[str]]:
        self.requests += -(-len(message_ids) // PAGE)
        return {message: Counter({VOTE: len(self.shown[message])}) for message in message_ids}

    async def people(
        self, _channel_id: int, message_id: int, _wanted: Callable[[str], bool]
    ) -> Mapping[str, set[int]]:
        people = self.shown[message_id]
        self.requests += 1 + -(-len(people) // PAGE)
        return {VOTE: people}

    async def members(self, _guild_id: int, user_ids: Collection[int]) -> Mapping[int, frozenset[str]]:
        self.requests += -(-len(user_ids) // PAGE)
        return {user: frozenset() for user in user_ids}


async def propose(database: Database, proposals: int) -> None:
    """Papers and their ballots; the last ones were chosen."""
    async with database.transaction() as tx:
        for n in range(1, proposals + CHOICES + 1):
            paper = Paper(
                paper_id=f"2605.{n:05}", title=f"Paper {n}", authors=["A"], abstract="We study it.",
                categories=["cs.LG"], fetched_at=NOW,
            )  # fmt: skip
            tx.add(paper)
        await tx.flush()
        for n in range(1, proposals + CHOICES + 1):
            proposal = Proposal(
                guild_id=GUILD, paper_id=f"2605.{n:05}", proposer_id=7, created_at=NOW, ballot_number=1,
                state="open" if n <= proposals else "chosen", ballot_channel_id=CHANNEL,
                ballot_message_id=10_000 + n, ballot_emoji=VOTE,
            )  # fmt: skip
            tx.add(proposal)
            await tx.flush()


def vote(path: Path, proposals: int, voters: int, share: float) -> dict[int, set[int]]:
    """A group's years: votes, and choices of the past; who voted, by ballot message."""
    chance = random.Random(5)
    at = "2026-05-01 10:00:00.000000"
    shown = {
        10_000 + n: {user for user in range(100, 100 + voters) if chance.random() < share}
        for n in range(1, proposals + CHOICES + 1)
    }
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("INSERT INTO guilds (guild_id, name, joined_at) VALUES (?, 'group', ?)", (GUILD, at))
        raw.executemany(
            "INSERT INTO votes (proposal_id, user_id, guild_id, noted_at, marks, counts) VALUES (?, ?, ?, ?, ?, 1)",
            [(message - 10_000, user, GUILD, at, VOTE) for message, users in shown.items() for user in users],
        )
        for number in range(1, CHOICES + 1):
            chosen = proposals + number
            raw.execute(
                "INSERT INTO choices (choice_id, guild_id, proposal_id, chosen_at, chosen_by, way, votes, reason) "
                "VALUES (?, ?, ?, ?, 1, 'fair', 0, '')",
                (number, GUILD, chosen, f"2026-04-{number:02} 10:00:00.000000"),
            )
            raw.executemany(
                "INSERT INTO choice_voters (choice_id, user_id, guild_id, served) VALUES (?, ?, ?, ?)",
                [(number, user, GUILD, user in shown[10_000 + chosen]) for user in range(100, 100 + voters)],
            )
    return shown


def baseline(path: Path) -> float:
    """Seconds for SQLite to count the votes, the median of some."""
    times = []
    with closing(sqlite3.connect(path)) as raw:
        for _ in range(ROUNDS):
            began = time.perf_counter()
            raw.execute("SELECT proposal_id, count(*) FROM votes GROUP BY proposal_id").fetchall()
            times.append(time.perf_counter() - began)
    return statistics.median(times)


async def timed(work: Callable[[], Awaitable[object]], rounds: int = ROUNDS) -> float:
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        await work()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


async def run(proposals: int, voters: int, share: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bot.db"
        await migrate(store_of(f"sqlite+aiosqlite:///{path}"), NOW, Path(folder))
        database, clock = open_database(f"sqlite+aiosqlite:///{path}"), VirtualClock(NOW)
        await propose(database, proposals)
        shown = vote(path, proposals, voters, share)
        plain = baseline(path)
        settings = SettingsService(database, clock, config.parse({}))
        outbox = Outbox(database, clock, settings)
        votes = Votes(database, clock, settings)
        recount = Recount(database, clock, settings, outbox, votes)
        ballots = Ballots(database, clock, settings, outbox, votes, recount)
        choosing = Choosing(
            database, clock, settings, outbox, recount, ballots, Sessions(database, clock, settings)
        )
        discord = Discord(shown)
        recount.open(discord)
        total = sum(map(len, shown.values()))
        print(f"{proposals} open proposals, {voters} voters, {total} votes, {CHOICES} choices of the past")
        print(f"baseline: SQLite counts the votes in {plain * 1000:.1f} ms")

        async def start() -> None:
            recount.everything()
            await recount._look_at_all(discord)  # noqa: SLF001 - the counts alone, without the slow round after them

        tell("start-up, nothing missed", await timed(start), plain)
        print(f"  {discord.requests // ROUNDS} requests to Discord")
        missed = random.Random(6).sample(sorted(shown)[:proposals], max(proposals // 100, 1))
        for message in missed:
            shown[message] ^= {100, 101}
        discord.requests = 0
        tell(f"start-up, {len(missed)} ballots changed", await timed(start, 1), plain)
        print(f"  {discord.requests} requests to Discord")
        shelf = Shelf(database, clock, settings, Papers(database, clock, None))  # type: ignore[arg-type]
        tell("/proposals", await timed(lambda: shelf.page(ORGANISER, "0:votes:")), plain)
        tell("/proposals sort:chance", await timed(lambda: shelf.page(ORGANISER, "0:chance:")), plain)
        clock.set(NOW + timedelta(minutes=1))
        tell("/pick, all ballots read again", await timed(lambda: choosing.pick(ORGANISER), 1), plain)
        await database.close()


def tell(what: str, seconds: float, plain: float) -> None:
    print(f"{what}: {seconds / plain:.1f} × baseline ({seconds * 1000:.0f} ms here)")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--proposals", type=int, default=1000)
    parser.add_argument("--voters", type=int, default=300)
    parser.add_argument("--share", type=float, default=0.1, help="of the proposals that each voter votes for")
    options = parser.parse_args()
    asyncio.run(run(options.proposals, options.voters, options.share))


if __name__ == "__main__":
    main()
