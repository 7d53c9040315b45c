"""The bench of the stories: the real bot on the rehearsal server, a virtual clock, a database of its own.

    async def test_…(stage: Bench) -> None:
        answer = await stage.alice.slash("/propose", paper="1706.03762")

A story may not end with an error in the log, a request to an unknown route, or a request or reply that Discord's own
description of its API does not allow.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import discord
import pytest

from bot import config
from bot.clock import VirtualClock
from bot.rehearsal import build
from bot.rehearsal.answers import Answer
from bot.rehearsal.arxiv import ArxivDouble
from bot.rehearsal.arxiv_library import ArxivPaper
from bot.rehearsal.models import Guild, Message
from bot.rehearsal.people import Person
from bot.rehearsal.scene import library
from bot.rehearsal.server import RehearsalServer
from bot.stage import Stage
from bot.topics.taxonomy import Topic
from tests.database import first_day_url, rows
from tests.rehearsal.openapi import check_exchanges

#: A Wednesday noon in Berlin, summer time.
NOON = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
CHANNELS = ("general", "announcements", "proposals", "theory", "efficiency")
TOPICS = (
    Topic(
        "T",
        "Optimisation theory",
        "Theory",
        "theory",
        ("cs.LG", "stat.ML"),
        ("gradient descent", "convergence"),
    ),
    Topic("E", "Sparsity", "Efficiency", "efficiency", ("cs.LG",), ("lottery ticket", "pruning", "sparse")),
)


class Patient(Person):
    """Somebody who looks at an answer when it is there, however slow the machine is."""

    async def _send(self, *args: Any, **more: Any) -> Answer:
        return await (await super()._send(*args, **more)).final()


class Bench(Stage):
    """A stage with short words for what stories do."""

    group: Guild

    def __getattr__(self, name: str) -> Person:
        """`stage.alice` is the person of that name, who waits for what the bot is still thinking about."""
        try:
            return Patient(self.server, self.server.people[name].user)
        except KeyError:
            raise AttributeError(name) from None

    async def settled(self) -> None:
        """Return when the bot has heard of all that happened, noted it, and done everything that is due."""
        await self.delivered()
        await self.app.services.votes.settle()
        await self.app.timers.settle()

    async def later(self, *, upkeep: bool = False, **span: float) -> None:
        """Let time pass: `later(days=1)`. With `upkeep`, it is done at its own time, and not when something else is."""
        await self.settled()
        await self.app.timers.run_until(self.clock.now() + timedelta(**span), upkeep=upkeep)

    async def posts(self, channel: str, guild: Guild | None = None) -> list[Message]:
        """What the bot has said in a channel, once all that is due is said."""
        await self.settled()
        mine = self.server.world.bot.id
        return [m for m in self.server.channel(channel, guild or self.group).messages if m.author.id == mine]

    async def ballot(
        self, paper: str = "1803.03635", *, by: str = "alice", guild: Guild | None = None
    ) -> Message:
        """Have a paper proposed, and its ballot."""
        answer = await self.server.people[by].slash("/propose", channel="general", guild=guild, paper=paper)
        await answer.final()
        return (await self.posts("proposals", guild))[-1]

    async def plan(self, when: str, **more: Any) -> Answer:
        """Have the organiser plan a session, and the answer."""
        answer = await self.olga.slash("/session plan", {"when": when, **more}, channel="general")
        await answer.final()
        await self.settled()
        return answer

    async def delivered(self) -> None:
        """Return when all events that a connected bot was sent have reached its handlers."""
        async with asyncio.timeout(5):
            while (client := self.app.client) and any(  # noqa: ASYNC110 - discord.py tells nobody how far it read
                session.socket and client.ws and client.ws.sequence != session.sequence
                for session in self.server.gateway.sessions.values()
            ):
                await asyncio.sleep(0)
            handlers = [
                task for task in asyncio.all_tasks() if task.get_name().startswith("discord.py: on_raw")
            ]
            await asyncio.gather(*handlers)

    async def eventually(self, told: Callable[[], Awaitable[bool]]) -> None:
        """Return when something asked for again and again has become true."""
        async with asyncio.timeout(10):
            while not await told():  # noqa: ASYNC110 - that is what it is for
                await asyncio.sleep(0.01)

    def add_person(self, username: str, *, bot: bool = False) -> Person:
        """Somebody new in the group."""
        user = self.server.world.add_user(username, bot=bot)
        build.join(self.server.world, self.group, user)
        return Person(self.server, user)

    def add_bot(self, username: str) -> Person:
        """Another bot in the group."""
        return self.add_person(username, bot=True)

    async def rows(self, sql: str, **values: Any) -> list[Any]:
        """What stands in the database, as another program would read it."""
        return await rows(self.app.database.store, sql, **values)


def text_of(message: Message) -> str:
    """All the words of a message, line by line, as they were sent."""
    lines = [message.content]
    for embed in message.embeds:
        lines += [embed.get("title", ""), embed.get("description", "")]
        lines += [f"{field['name']}: {field['value']}" for field in embed.get("fields", [])]
        lines.append(embed.get("footer", {}).get("text", ""))
    return "\n".join(line for line in lines if line)


def settings_for(
    server: RehearsalServer, arxiv_url: str, database: str, **sections: dict[str, Any]
) -> config.Settings:
    """The bot's settings for a test; `sections` replace keys: `group={"timezone": "Asia/Tokyo"}`."""
    tables: dict[str, Any] = {
        "discord": {"api_url": server.api_url, "gateway_url": server.gateway_url},
        "storage": {"url": database, "backups": 0},
        "arxiv": {
            "api_url": f"{arxiv_url}/api/query",
            "feed_url": f"{arxiv_url}/atom/{{category}}",
            "min_interval": 0.0,
            "timeout": 2.0,
        },
        "digest": {"days": []},  # days pass quickly where digests are not the story
        "topics": [
            {"key": t.key, "name": t.name, "area": t.area, "channel": t.channel, "categories": list(t.categories),
             "phrases": list(t.phrases)} for t in TOPICS
        ],
    }  # fmt: skip
    for section, values in sections.items():
        tables[section] = {**tables.get(section, {}), **values} if isinstance(values, dict) else values
    return config.parse(tables)


@pytest.fixture
def overrides() -> dict[str, dict[str, Any]]:
    """Config sections a test file replaces (by overriding this fixture)."""
    return {}


@pytest.fixture(autouse=True)
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    """discord.py waits seconds before it connects or identifies anew; here it need not."""

    async def at_once(_client: discord.Client, _shard_id: int | None, *, initial: bool = False) -> None:
        return

    monkeypatch.setattr(discord.Client, "before_identify_hook", at_once)
    monkeypatch.setattr(discord.backoff.ExponentialBackoff, "delay", lambda _self: 0.0)


@pytest.fixture
async def stage(
    tmp_path: Path, overrides: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> AsyncIterator[Bench]:
    """A group with an organiser (olga) and members (alice, bob, carol), and the bot, ready."""
    clock = VirtualClock(NOON)
    server = RehearsalServer(clock)
    guild = server.group(
        "Reading group",
        channels=CHANNELS,
        roles={"Organiser": ()},
        members={"olga": ["Organiser"], "alice": (), "bob": (), "carol": ()},
    )
    arxiv = ArxivDouble((paper for paper, _ in library()), clock)
    arxiv.mount(server.app, "/arxiv")
    async with server:
        bench = Bench(
            clock,
            server,
            arxiv,
            settings_for(server, f"{server.url}/arxiv", first_day_url(tmp_path), **overrides),
        )
        bench.group = guild
        async with bench:
            await bench.settled()
            yield bench
    assert not server.unknown_requests, server.unknown_requests
    errors = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
    assert not errors, errors
    check_exchanges(server)


def paper(arxiv_id: str, title: str, abstract: str = "We study it.", **more: Any) -> ArxivPaper:
    """A paper for the double."""
    row = {"id": arxiv_id, "title": title, "abstract": abstract, "authors": ["Ada Lovelace"], "categories": ["cs.LG"],
           "published": "2026-06-01T12:00:00+00:00", **more}  # fmt: skip
    return ArxivPaper.from_dict(row)
