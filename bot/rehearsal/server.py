"""The rehearsal server: one loopback port that is Discord to a bot, and the stage door for people and tests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from email.utils import format_datetime
from typing import Any, Self, TypeVar

from aiohttp import web

from bot.clock import Clock
from bot.rehearsal import (
    build,
    rest_channels,
    rest_commands,
    rest_events,
    rest_guilds,
    rest_threads,
)
from bot.rehearsal.api import Exchange, Front
from bot.rehearsal.faults import Faults
from bot.rehearsal.gateway import Gateway
from bot.rehearsal.limits import Limits
from bot.rehearsal.models import Channel, Guild, User
from bot.rehearsal.people import People
from bot.rehearsal.world import World

T = TypeVar("T")
_HOST = "127.0.0.1"


class RehearsalServer:
    """Discord's REST v10 and gateway v10 on loopback.

    Build the world first (`server.group(…)`), add other routes to `server.app` if any, then `await server.start()`.
    A bot reaches it with `api_url`, `gateway_url` and `token`; people act through `server.people["alice"]`.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        token: str = "rehearsal-token",  # noqa: S107 — it opens nothing but this double
        port: int = 0,
        heartbeat: float = 41.25,
        message_content: bool = False,
        members_intent: bool = False,
    ) -> None:
        self.token = token
        self.world = World(clock, message_content=message_content, members_intent=members_intent)
        self.people = People(self)
        self.faults = Faults()
        self.limits = Limits()
        self.exchanges: list[Exchange] = []
        self.unknown_requests: list[Exchange] = []
        self.failures: list[Exception] = []  # bugs of this double, which must not pass for Discord's moods
        self.gateway = Gateway(self, heartbeat=heartbeat)
        self.app = web.Application(client_max_size=30 * 1024 * 1024)
        self.app.on_response_prepare.append(self._date)
        self._port = port
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None
        self._waiting: set[asyncio.Future[None]] = set()
        self.world.listen(lambda _event: self.notify())
        parts = (rest_channels, rest_threads, rest_guilds, rest_events, rest_commands)
        Front(self, *(part.routes for part in parts)).mount(self.app)
        self.app.router.add_get("/gateway", self.gateway.handle)
        self.app.router.add_get("/attachments/{id:\\d+}/{name}", self._file)

    async def _date(self, _request: web.Request, response: web.StreamResponse) -> None:
        """Date every answer by the world's clock."""
        response.headers["Date"] = format_datetime(self.world.now(), usegmt=True)

    # -- where it is

    @property
    def url(self) -> str:
        """The server's root, e.g. http://127.0.0.1:4711; needs `start`."""
        return f"http://{_HOST}:{self._port}"

    @property
    def api_url(self) -> str:
        """What stands for https://discord.com/api/v10."""
        return f"{self.url}/api/v10"

    @property
    def gateway_url(self) -> str:
        """What stands for wss://gateway.discord.gg/."""
        return f"ws://{_HOST}:{self._port}/gateway"

    @property
    def application_flags(self) -> int:
        """Which privileged intents the bot's owner has switched on, as application flags (the "limited" kind)."""
        return (1 << 19 if self.world.message_content else 0) | (1 << 15 if self.world.members_intent else 0)

    @property
    def requests(self) -> list[Exchange]:
        """Every request so far, with its reply, in order."""
        return self.exchanges

    # -- life

    async def start(self) -> Self:
        """Listen; port 0 picks a free one."""
        self._runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await self.open()
        return self

    async def open(self) -> None:
        """Listen (again, on the same port, after `shut`)."""
        assert self._runner is not None, "start the server first"  # noqa: S101
        self._site = web.TCPSite(self._runner, _HOST, self._port, reuse_address=True)
        await self._site.start()
        if not self._port:
            self._port = self._runner.addresses[0][1]
        self.world.files_url = f"{self.url}/attachments"

    async def shut(self) -> None:
        """Break all connections and refuse new ones, as when Discord is down; `open` ends it."""
        if self._site:
            await self._site.stop()
            self._site = None
        self.gateway.drop()
        if self._runner and self._runner.server:
            await self._runner.server.shutdown(0)

    async def stop(self) -> None:
        """Close everything."""
        self.faults.clear()
        self.gateway.drop()
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *_exc: object) -> None:
        await self.stop()

    # -- waiting

    def notify(self) -> None:
        """Something has changed: let those who wait look again."""
        for future in self._waiting:
            if not future.done():
                future.set_result(None)
        self._waiting.clear()

    async def until(self, condition: Callable[[], T], timeout: float = 5.0) -> T:  # noqa: ASYNC109
        """Wait until `condition()` is true, and give its value; looks whenever anything happens here.

        Raises TimeoutError after `timeout` real seconds.
        """
        async with asyncio.timeout(timeout):
            while not (value := condition()):
                future = asyncio.get_running_loop().create_future()
                self._waiting.add(future)
                await future
            return value

    # -- the world, by name

    def group(self, name: str, **plain: Any) -> Guild:
        """Make a server for a group; see `build.group`."""
        return build.group(self.world, name, **plain)

    def channel(self, name: str, guild: Guild | str | None = None) -> Channel:
        """The channel of that name; `guild` (or its name) when several have one. LookupError if there is none."""
        where = guild.name if isinstance(guild, Guild) else guild
        found = [
            channel
            for entry in self.world.guilds.values()
            for channel in entry.channels.values()
            if channel.name == name and where in {None, entry.name}
        ]
        if len(found) != 1:
            raise LookupError(
                f"{len(found)} channels are called {name!r}; name the server too, or another channel"
            )
        return found[0]

    def dm(self, user: User | str) -> Channel:
        """The bot's private channel with somebody."""
        account = user if isinstance(user, User) else self.people[user].user
        return self.world.dm(account)

    async def _file(self, request: web.Request) -> web.Response:
        content = self.world.files.get((int(request.match_info["id"]), request.match_info["name"]))
        if content is None:
            raise web.HTTPNotFound
        return web.Response(body=content, content_type="application/octet-stream")
