"""A process of the outbox that can die and be started again on the same file, over a real client."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import discord
import pytest

from bot import config
from bot.cards import Card
from bot.chat import endpoint
from bot.chat.client import INTENTS
from bot.chat.courier import Courier
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
        self, server: RehearsalServer, clock: VirtualClock, client: discord.Client, folder: Path
    ) -> None:
        self.server, self.clock, self.client = server, clock, client
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

    async def once(self) -> None:
        """Try what is due now."""
        await self.outbox.run_due(self.clock.now())
        await self.outbox.settle()

    async def deliver(self, *, tries: int = 40) -> None:
        """Let time pass until nothing is left to deliver."""
        for _ in range(tries):
            await self.once()
            due = await self.outbox.next_due()
            if due is None:
                return
            self.clock.set(due)
        raise AssertionError("the outbox does not come to an end")

    async def deliver_until_death(self, dying: Dying) -> None:
        """Deliver, and die at the chosen wait."""
        work = self.outbox._lanes._work
        self.outbox._lanes._work = lambda lane, going_on: dying.run(work(lane, going_on))
        while not dying.died and (due := await self.outbox.next_due()) is not None:
            self.clock.set(due)
            await self.once()


async def _line(_tx: Tx, post: Post, _now: datetime) -> Card:
    return Card(title=post.data["text"])


async def _seed(_tx: Tx, _post: Post, _now: datetime) -> Card:
    return Card(reactions=("👍",))


@pytest.fixture(autouse=True)
def discords_addresses() -> Iterator[None]:
    """Nothing of this reaches the next test."""
    base, gateway = discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY
    yield
    discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = base, gateway


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    clock = VirtualClock(START)
    server = RehearsalServer(clock)
    server.group("Reading group", channels=["general", "announcements", "proposals"], members=["alice"])
    async with server:
        endpoint.use(api_url=server.api_url, gateway_url=server.gateway_url)
        client = discord.Client(
            intents=INTENTS,
            guild_ready_timeout=0.05,
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
        )
        await client.login(server.token)
        running = asyncio.create_task(client.connect())
        await asyncio.wait_for(client.wait_until_ready(), 10)
        bench = Bench(server, clock, client, tmp_path)
        bench.new_file()
        gc.collect()
        gc.freeze()
        yield bench
        gc.unfreeze()
        await client.close()
        await running
    assert not server.unknown_requests
