"""A day of 1,200 papers fetched, routed for 50 servers with different topics, ranked by their tastes, and posted.

    python tools/bench_digest.py [--papers 1200] [--servers 50]

Time is quoted beside that of the same day done with no bot around it: the feeds parsed, and every paper routed once for
every server. Memory is beside that of a process that has imported the bot. arXiv is the rehearsal's, in a process of
its own; posts are drawn as discord.py sends them, and go to a sink. Of three runs the best is quoted: the machine may
be busy with something else. Exits with 1 when the event loop was held longer than 50 ms even then.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import aiohttp

from bot import config
from bot.chat.draw import drawn
from bot.clock import VirtualClock
from bot.config.tables import topic_table
from bot.rehearsal.arxiv import ArxivDouble
from bot.rehearsal.arxiv_library import ArxivPaper
from bot.services.digesting import digesting
from bot.services.outbox import Outbox
from bot.services.papers import Papers, Routers
from bot.services.settings import SettingsService
from bot.sources import ArxivClient, parse_feed
from bot.topics.prior import shipped_prior
from bot.topics.router import Router
from bot.topics.taxonomy import Topic, shipped
from storage import guilds, verdicts
from storage.database import Database, open_database
from storage.migrate import migrate
from storage.stores import store_of
from storage.tables import OwnTopics, Paper, Verdict

CATEGORIES = ("cs.LG", "stat.ML", "math.OC")
CHANNELS = {"A": "optimisation", "B": "generalisation", "C": "architectures", "D": "practice"}
DAY = date(2026, 6, 9)
MORNING = datetime(2026, 6, 9, 6, 30, tzinfo=UTC)
LIMIT, RUNS, LIKES = 0.050, 3, 20


@dataclass
class Run:
    seconds: float
    held: float
    posts: int
    lines: int


def papers_of_a_day(number: int, seed: int, day: date) -> list[ArxivPaper]:
    """Papers that are made of the phrases of the shipped topics and of nonsense, as long as real ones."""
    rng = random.Random(seed)
    words = ["".join(rng.choices("abcdefghiklmnoprstu", k=rng.randint(2, 9))) for _ in range(6_000)]
    phrases = [phrase for topic in shipped() for phrase in topic.phrases]
    made = []
    for n in range(number):
        said = [rng.choice(words) for _ in range(170)]
        for _ in range(rng.choice((0, 0, 1, 2, 4, 6))):
            said[rng.randrange(len(said))] = rng.choice(phrases)
        title = " ".join([*rng.choices(words, k=6), rng.choice((*phrases, rng.choice(words)))])
        first, *others = rng.sample(CATEGORIES, k=rng.choice((1, 1, 2, 3)))
        row = {
            "id": f"{day:%y%m}.{seed % 10}{n + 1:04d}", "title": title, "abstract": " ".join(said) + ".",
            "authors": [f"Author {rng.randrange(900)}" for _ in range(4)], "categories": [first, *others],
            "published": f"{day - timedelta(days=1)}T12:00:00+00:00",
        }  # fmt: skip
        made.append(ArxivPaper.from_dict(row))
    return made


def topics_of(server: int) -> list[Topic]:
    """The shipped topics as another group would have them: some phrases gone, one of their own, four channels."""
    rng = random.Random(server)
    return [
        replace(
            topic,
            channel=CHANNELS[topic.area],
            categories=CATEGORIES,
            phrases=(*(p for p in topic.phrases if rng.random() < 0.9), f"own phrase {server}"),
        )
        for topic in shipped()
    ]


def play_arxiv(papers: int, told: Connection) -> None:
    """arXiv, in its own process."""

    async def play() -> None:
        double = ArxivDouble([], VirtualClock(MORNING))
        double.announce(DAY, papers_of_a_day(papers, 1, DAY))
        told.send(await double.start())
        await asyncio.Event().wait()

    asyncio.run(play())


class Sink:
    """Draws what is delivered, and counts it."""

    def __init__(self) -> None:
        self.posts, self.lines = 0, 0

    async def find(self, _post: Any) -> None:
        return None

    async def where(self, _post: Any) -> int:
        return 1

    async def deliver(self, post: Any, said: Any, _target: Any) -> tuple[int, int]:
        drawn(said, reference=post.nonce)
        self.posts += 1
        self.lines += len(post.data.get("papers", ()))
        return 1, self.posts


async def watch(longest: list[float]) -> None:
    """How long the event loop could not be had."""
    while True:
        began = time.perf_counter()
        await asyncio.sleep(0)
        longest[0] = max(longest[0], time.perf_counter() - began)
        await asyncio.sleep(0.002)


async def once(url: str, servers: int, folder: Path) -> Run:
    """One morning on a fresh database."""
    path = folder / f"{time.monotonic_ns()}.db"
    settings = config.parse({"storage": {"url": f"sqlite+aiosqlite:///{path}"}})
    await migrate(store_of(settings.storage.url), MORNING, path.parent)
    database, clock = open_database(settings.storage.url), VirtualClock(MORNING - timedelta(hours=1))
    async with aiohttp.ClientSession() as http:
        arxiv = ArxivClient(
            http, api_url=f"{url}/api/query", feed_url=f"{url}/atom/{{category}}", min_interval=0.0
        )
        service = SettingsService(database, clock, settings)
        outbox, sink, papers, routers = (
            Outbox(database, clock, service),
            Sink(),
            Papers(database, clock, arxiv),
            Routers(),
        )
        outbox.open(sink)
        made = digesting(database, clock, service, outbox, arxiv, papers, routers, None)  # type: ignore[arg-type]
        await prepare(database, service, servers)
        clock.set(MORNING)
        longest = [0.0]
        watching = asyncio.create_task(watch(longest))
        began = time.perf_counter()
        await made.digests.run_due(clock.now())
        while await is_due(outbox, database, clock):  # so many lanes at once; the others after them
            await outbox.run_due(clock.now())
            await outbox.settle()
        seconds = time.perf_counter() - began
        watching.cancel()
        await arxiv.aclose()
    await database.close()
    return Run(seconds, longest[0], sink.posts, sink.lines)


async def is_due(outbox: Outbox, database: Database, clock: VirtualClock) -> bool:
    """Whether a post waits to be sent now."""
    async with database.reading() as tx:
        due = await outbox.next_due(tx)
    return due is not None and due <= clock.now()


async def prepare(database: Database, service: SettingsService, servers: int) -> None:
    """Servers with topics of their own, each with likes of its own among yesterday's papers."""
    old = papers_of_a_day(60, 2, DAY - timedelta(days=1))
    async with database.transaction() as tx:
        tx.add_all(
            Paper(paper_id=p.id, title=p.title, authors=list(p.authors), abstract=p.abstract,
                  categories=list(p.categories), fetched_at=MORNING)
            for p in old
        )  # fmt: skip
    for server in range(1, servers + 1):
        async with database.transaction() as tx:
            text = json.dumps([topic_table(topic) for topic in topics_of(server)])
            await guilds.set_own_topics(
                tx, OwnTopics(guild_id=server, topics=text, changed_by=0, changed_at=MORNING)
            )
            for paper in random.Random(server).sample(old, LIKES):
                await verdicts.note(
                    tx,
                    Verdict(guild_id=server, paper_id=paper.id, user_id=1, verdict="like", noted_at=MORNING),
                )
    await service.here({server: f"Server {server}" for server in range(1, servers + 1)})


async def baseline(url: str, servers: int) -> float:
    """The seconds of what cannot be avoided: each feed parsed once, each paper routed once for every server."""
    async with aiohttp.ClientSession() as http:
        bodies = [await (await http.get(f"{url}/atom/{category}")).read() for category in CATEGORIES]
    began = time.perf_counter()
    entries = {entry.arxiv_id: entry for body in bodies for entry in parse_feed(body).entries}
    for server in range(1, servers + 1):
        router = Router(topics_of(server), shipped_prior())
        for entry in entries.values():
            router.route(entry.title, entry.abstract, entry.categories)
    return time.perf_counter() - began


def megabytes() -> float:
    """The most memory this process has had so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@contextmanager
def arxiv_beside(papers: int) -> Iterator[str]:
    """The address of an arXiv that runs as long as it is needed."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=play_arxiv, args=(papers, there), daemon=True)
    process.start()
    try:
        yield here.recv()
    finally:
        process.terminate()
        process.join()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--papers", type=int, default=1200)
    parser.add_argument("--servers", type=int, default=50)
    options = parser.parse_args(arguments)
    imported = megabytes()
    with arxiv_beside(options.papers) as url, tempfile.TemporaryDirectory() as folder:
        runs = [asyncio.run(once(url, options.servers, Path(folder))) for _ in range(RUNS)]
        most = megabytes()
        floor = asyncio.run(baseline(url, options.servers))
    fastest, held = min(run.seconds for run in runs), min(run.held for run in runs)
    print(
        f"{options.papers} papers, {options.servers} servers: {runs[0].posts} posts with {runs[0].lines} lines"
    )
    print(f"time     {fastest / floor:6.2f} × parsing and routing alone ({fastest:.1f} s : {floor:.1f} s)")
    print(f"memory   {most / imported:6.2f} × the imported bot ({most:.0f} MB : {imported:.0f} MB)")
    print(f"loop     {held / LIMIT:6.2f} × the limit of 50 ms (held {held * 1000:.0f} ms at most)")
    return 0 if held <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
