"""A small reading group on the rehearsal server, and a real discord.py client in it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import discord
import pytest
import yarl
from discord import app_commands

from bot.clock import VirtualClock
from bot.rehearsal.server import RehearsalServer
from tests.rehearsal.openapi import check_exchanges

START = datetime(2026, 4, 13, 15, 0, tzinfo=UTC)


class Bot(discord.Client):
    """A plain client that notes what it hears."""

    def __init__(self, **options: Any) -> None:
        intents = options.pop("intents", None) or discord.Intents.none() | discord.Intents(
            guilds=True,
            guild_messages=True,
            guild_reactions=True,
            guild_scheduled_events=True,
            dm_messages=True,
        )
        super().__init__(intents=intents, guild_ready_timeout=0.05, **options)
        self.tree = app_commands.CommandTree(self)
        self.heard: list[tuple[str, Any]] = []
        self._news = asyncio.Event()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Discord.py waits five seconds before it identifies anew; here it need not."""

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        self.heard.append((event, args[0] if args else None))
        self._news.set()
        super().dispatch(event, *args, **kwargs)

    async def hears(self, event: str, count: int = 1) -> None:
        """Wait until it has heard of that many events of a kind."""
        async with asyncio.timeout(5):
            while len(self.of(event)) < count:
                self._news.clear()
                await self._news.wait()

    def of(self, event: str) -> list[Any]:
        return [subject for name, subject in self.heard if name == event]


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(START)


@pytest.fixture
async def server(clock: VirtualClock, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[RehearsalServer]:
    server = RehearsalServer(clock)
    server.group(
        "Efficient ML",
        channels=["general", "proposals", "announcements"],
        roles={"Organisers": ["MANAGE_GUILD", "MANAGE_MESSAGES", "BAN_MEMBERS"]},
        members={"alice": ["Organisers"], "bob": [], "carol": []},
    )
    await server.start()
    monkeypatch.setattr(discord.http.Route, "BASE", server.api_url)
    monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(server.gateway_url))
    # reconnects are a second apart and more on the real network
    monkeypatch.setattr(discord.backoff.ExponentialBackoff, "delay", lambda _self: 0.0)
    yield server
    await server.stop()
    assert server.unknown_requests == []
    check_exchanges(server)


@contextlib.asynccontextmanager
async def running(server: RehearsalServer, bot: Bot | None = None) -> AsyncIterator[Bot]:
    """The bot, from ready to closed."""
    client = bot or Bot()
    task = asyncio.create_task(client.start(server.token))
    try:
        ready = asyncio.create_task(client.wait_until_ready()) if client.http else None
        await server.until(lambda: task.done() or server.gateway.connected)
        if task.done():
            task.result()
        if ready:
            await ready
        yield client
    finally:
        await client.close()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def bot(server: RehearsalServer) -> AsyncIterator[Bot]:
    async with running(server) as client:
        yield client
