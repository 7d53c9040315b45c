"""What the tests of the page and of the arXiv double share."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import aiohttp
import discord
import pytest
import yarl

from bot.clock import VirtualClock
from bot.rehearsal.arxiv import ArxivDouble
from bot.rehearsal.arxiv_library import ArxivPaper
from bot.rehearsal.room import BareStage, Room
from bot.rehearsal.server import RehearsalServer
from tests.rehearsal_page.browser import chromium, running
from tests.rehearsal_page.tinybot import TinyBot

# Tuesday 2 June 2026, 10:30 in New York
START = datetime(2026, 6, 2, 14, 30, tzinfo=UTC)
TUESDAY, WEDNESDAY = date(2026, 6, 2), date(2026, 6, 3)


def paper(
    arxiv_id: str,
    *categories: str,
    title: str = "A title",
    abstract: str = "An abstract.",
    authors: tuple[str, ...] = ("Ada Noether", "Emmy Lovelace"),
    version: int = 1,
) -> ArxivPaper:
    return ArxivPaper(
        id=arxiv_id,
        title=title,
        authors=authors,
        abstract=abstract,
        categories=categories or ("cs.LG",),
        published=datetime(2026, 6, 1, 17, 59, 59, tzinfo=UTC),
        version=version,
    )


@pytest.fixture(scope="session")
def browser() -> Iterator[str]:
    """One Chromium for all tests; the address at which it is driven."""
    program = chromium()
    if program is None:
        pytest.skip(
            "no Chromium on this machine (or in $CHROMIUM): python tools/chromium.py says how to get one"
        )
    with running(program) as address:
        yield address


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(START)


@pytest.fixture
async def arxiv(clock: VirtualClock) -> AsyncIterator[ArxivDouble]:
    double = ArxivDouble([paper("1605.08386", "math.CO"), paper("math/0309136", "math.GT")], clock)
    await double.start()
    yield double
    await double.close()


@pytest.fixture
def samples() -> Path:
    """Real answers of arXiv, kept beside the checkout."""
    folder = Path(__file__).parents[3] / "shared" / "arxiv-samples" / "feeds"
    if not folder.is_dir():
        pytest.skip("arXiv's recorded answers are not beside the checkout (../shared/arxiv-samples)")
    return folder


class Refusal(Exception):
    """The room's words for why a deed was not done."""


class Visit:
    """A page without a browser: it sends deeds and keeps what it is told."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._number = 0
        self.told: list[dict[str, Any]] = []
        self.snapshot: dict[str, Any] = {}
        self.messages: dict[str, dict[str, Any]] = {}

    async def hear(self) -> dict[str, Any]:
        """The next thing told."""
        told: dict[str, Any] = await self._socket.receive_json(timeout=10)
        self.told.append(told)
        if told["t"] == "snapshot":
            self.snapshot = told
        for change in told.get("changes", []):
            if "gone" in change:
                self.messages.pop(change["gone"], None)
            else:
                self.messages[change["message"]["id"]] = change["message"]
        return told

    async def until(self, kind: str) -> dict[str, Any]:
        """Listen until something of that kind is told."""
        while (told := await self.hear())["t"] != kind:
            pass
        return told

    async def message(self, text: str) -> dict[str, Any]:
        """Listen until there is a message with that text."""
        while True:
            for one in self.messages.values():
                if text in one["content"]:
                    return one
            await self.hear()

    async def do(self, deed: str, **details: Any) -> Any:
        """Do something; its answer. Raises Refusal."""
        self._number += 1
        await self._socket.send_json({"do": deed, "id": self._number, **details})
        while (told := await self.hear()).get("id") != self._number or told["t"] != "reply":
            pass
        if "error" in told:
            raise Refusal(told["error"])
        return told.get("data")

    def channel(self, name: str) -> str:
        """A channel's id, as far as this member sees it."""
        found = [c["id"] for guild in self.snapshot["guilds"] for c in guild["channels"] if c["name"] == name]
        return str(found[0])

    def user(self, username: str) -> str:
        """A member's id."""
        return str(next(u["id"] for u in self.snapshot["users"].values() if u["username"] == username))


@pytest.fixture
async def server(clock: VirtualClock) -> AsyncIterator[RehearsalServer]:
    server = RehearsalServer(clock)
    server.group(
        "Efficient ML",
        channels=["general", "proposals"],
        roles={"Organiser": ["MANAGE_GUILD", "MANAGE_MESSAGES"]},
        members={"marta": ["Organiser"], "jonas": [], "aisha": []},
    )
    yield server
    await server.stop()


@pytest.fixture
async def room(server: RehearsalServer, clock: VirtualClock, arxiv: ArxivDouble) -> Room:
    people = {person.user.username: person.user.id for person in server.people}
    zones = {people["marta"]: "Europe/Berlin", people["aisha"]: "Asia/Tokyo"}
    room = Room(server, BareStage(clock), arxiv=arxiv, zones=zones)
    room.mount()
    await server.start()
    return room


@pytest.fixture
async def bot(server: RehearsalServer, room: Room, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[TinyBot]:
    monkeypatch.setattr(discord.http.Route, "BASE", server.api_url)
    monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(server.gateway_url))
    bot = TinyBot(server)
    running = asyncio.create_task(bot.start(server.token))
    await asyncio.wait_for(bot.up.wait(), 10)
    yield bot
    await bot.close()
    await running


@pytest.fixture
async def visit(room: Room) -> AsyncIterator[Visit]:
    async with visiting(room, "jonas") as visit:
        yield visit


@contextlib.asynccontextmanager
async def visiting(room: Room, username: str) -> AsyncIterator[Visit]:
    """A visit of its own, as that member."""
    address = f"{room.server.url}/room/socket?as={username}"
    async with aiohttp.ClientSession() as http, http.ws_connect(address) as socket:
        visit = Visit(socket)
        await visit.until("snapshot")
        yield visit
