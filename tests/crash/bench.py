"""A process of the outbox that can die and be started again on the same file, over a real client."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import discord

from bot import config
from bot.cards import Card
from bot.chat import endpoint
from bot.chat.client import INTENTS
from bot.chat.courier import Courier
from bot.chat.guard import Guard
from bot.chat.places import Places
from bot.clock import VirtualClock
from bot.rehearsal.models import Message
from bot.rehearsal.server import RehearsalServer
from bot.services.outbox import Outbox
from bot.services.settings import SettingsService
from storage import guilds
from storage.database import Database, Tx
from storage.tables import Note, Post
from tests.brisk import open_briskly
from tests.crash.dying import Dying
from tests.database import first_day_url

START = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
PLACE = "announcements"


class Bench:
    """The rehearsal server, a client that stays connected, and processes of the outbox that come and go."""

    def __init__(
        self, server: RehearsalServer, clock: VirtualClock, client: discord.Client, guard: Guard, folder: Path
    ) -> None:
        self.server, self.clock, self.client, self.guard = server, clock, client, guard
        self.guild = next(iter(server.world.guilds.values()))
        self._folder, self._files = folder, 0
        self.url: str

    def new_file(self) -> None:
        """Begin with an empty database and an empty channel."""
        self._files += 1
        self.url = first_day_url(self._folder, f"{self._files}.db")
        self.server.channel(PLACE).log.clear()
        self.server.faults.clear()

    @property
    def said(self) -> list[Message]:
        return self.server.channel(PLACE).messages

    @property
    def titles(self) -> list[str]:
        return [message.embeds[0]["title"] for message in self.said]

    @asynccontextmanager
    async def process(self) -> AsyncIterator[Process]:
        """The bot's outbox, from its start to its end; what it has in hand at the end is dropped."""
        database = open_briskly(self.url)
        process = Process(self, database)
        try:
            yield process
        finally:
            process.outbox.abandon()
            await process.outbox.settle()
            await database.close()
            self.client.http._buckets.clear()  # what is in a process's memory dies with it
            if process.cut_off():
                gc.collect()  # so does a cursor that a cancelled wait still holds, and with it its lock


class Process:
    """One life of the outbox. Its posts are seeded with a reaction, which is a post of its own."""

    def __init__(self, bench: Bench, database: Database) -> None:
        self.bench, self.database, self.clock = bench, database, bench.clock
        settings = SettingsService(database, bench.clock, config.parse({}))
        self.outbox = Outbox(database, bench.clock, settings)
        self.outbox.says("line", _line, self._said)
        self.outbox.says("seed", _seed)
        self.outbox.open(Courier(bench.client, Places(bench.client, settings)))
        self.cut_off: Callable[[], bool] = lambda: True

    async def plan(
        self, text: str, *, after: timedelta = timedelta(0), life: timedelta | None = None
    ) -> None:
        due = self.clock.now() + after
        async with self.database.transaction() as tx:
            await self.outbox.put(
                tx, key=text, guild_id=self.bench.guild.id, place=PLACE, kind="line", data={"text": text},
                due_at=due, expires_at=due + life if life else None,
            )  # fmt: skip

    async def _said(self, tx: Tx, post: Post) -> None:
        tx.add(Note(key=f"said {post.key}", value="once"))  # a second time breaks the primary key
        await self.outbox.put(
            tx, key=f"{post.key}:seed", guild_id=post.guild_id, place=PLACE, kind="seed",
            data={"of": post.key}, op="react",
        )  # fmt: skip

    async def settings_say(self, key: str, value: str) -> None:
        """Let the organisers change a setting."""
        async with self.database.transaction() as tx:
            await guilds.set_override(
                tx, guild_id=self.bench.guild.id, key=key, value=value, by=1, now=self.clock.now()
            )

    async def next_due(self) -> datetime | None:
        """When the outbox has something to do."""
        async with self.database.reading() as tx:
            return await self.outbox.next_due(tx)

    async def once(self) -> None:
        """Try what is due now."""
        await self.outbox.run_due(self.clock.now())
        await self.outbox.settle()

    async def deliver(self, *, tries: int = 40) -> None:
        """Let time pass until nothing is left to deliver."""
        for _ in range(tries):
            await self.once()
            due = await self.next_due()
            if due is None:
                return
            self.clock.set(due)
        raise AssertionError("the outbox does not come to an end")

    def watched_by(self, dying: Dying) -> None:
        """Let something strike while lanes are at work."""
        self.cut_off = lambda: dying.died
        work = self.outbox._lanes._work
        self.outbox._lanes._work = lambda lane, going_on: dying.run(work(lane, going_on))

    async def at_this_instant(self, dead: Callable[[], bool] = lambda: False) -> None:
        """Deliver all that is due without time passing, unless the process dies of it."""
        while not dead() and (due := await self.next_due()) is not None and due <= self.clock.now():
            await self.once()

    async def deliver_until_death(self, dying: Dying) -> None:
        """Deliver, and die at the chosen wait."""
        self.watched_by(dying)
        while not dying.died and (due := await self.next_due()) is not None:
            self.clock.set(due)
            await self.once()


async def _line(_tx: Tx, post: Post, _now: datetime) -> Card:
    return Card(title=post.data["text"])


async def _seed(_tx: Tx, _post: Post, _now: datetime) -> Card:
    return Card(reactions=("👍",))


class _Hurried:
    """asyncio as discord.py's HTTP client sees it: what it sleeps between its own retries is no time."""

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    @staticmethod
    async def sleep(_seconds: float) -> None:
        await asyncio.sleep(0)


@contextmanager
def hurried_discord() -> Iterator[None]:
    """discord.py points elsewhere and does not dawdle; afterwards it is as it was."""
    http, gateway, backoff = (
        discord.http,
        discord.gateway.DiscordWebSocket,
        discord.backoff.ExponentialBackoff,
    )
    kept = http.Route.BASE, gateway.DEFAULT_GATEWAY, backoff.delay, discord.Client.before_identify_hook

    async def at_once(*_: Any, **__: Any) -> None:
        return

    http.asyncio = _Hurried()  # type: ignore[attr-defined]
    backoff.delay = lambda _self: 0.0  # type: ignore[method-assign]
    discord.Client.before_identify_hook = at_once  # type: ignore[method-assign]
    try:
        yield
    finally:
        http.asyncio = asyncio  # type: ignore[attr-defined]
        http.Route.BASE, gateway.DEFAULT_GATEWAY = kept[:2]
        backoff.delay, discord.Client.before_identify_hook = kept[2:]  # type: ignore[method-assign]


@asynccontextmanager
async def open_bench(folder: Path, *, most_refused: int = 10**9) -> AsyncIterator[Bench]:
    """A bench with a client that is ready."""
    clock = VirtualClock(START)
    server = RehearsalServer(clock)
    server.group("Reading group", channels=["general", "announcements", "proposals"], members=["alice"])
    with hurried_discord():
        async with server:
            endpoint.use(api_url=server.api_url, gateway_url=server.gateway_url)
            guard = Guard(clock, most=most_refused)
            client = discord.Client(
                intents=INTENTS,
                guild_ready_timeout=0.05,
                allowed_mentions=discord.AllowedMentions.none(),
                max_messages=None,
                http_trace=guard.trace,
            )
            guard.watch(client)
            await client.login(server.token)
            running = asyncio.create_task(client.connect())
            await asyncio.wait_for(client.wait_until_ready(), 10)
            bench = Bench(server, clock, client, guard, folder)
            bench.new_file()
            gc.collect()
            gc.freeze()
            yield bench
            gc.unfreeze()
            await client.close()
            await running
        assert not server.unknown_requests
