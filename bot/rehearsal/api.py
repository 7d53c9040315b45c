"""The REST side's frame: who calls, what is recorded, what is refused before an endpoint is even asked."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.rehearsal.errors import JSON, DiscordError, Refusal, bad_form
from bot.rehearsal.models import User
from bot.rehearsal.world import World

if TYPE_CHECKING:
    from bot.rehearsal.server import RehearsalServer

PREFIX = "/api/v10"
_NO_TOKEN_NEEDED = re.compile(r"/(interactions|webhooks)/|/gateway$")


@dataclass
class Exchange:
    """One request and its reply; `template` is the route as Discord documents it, None when there is none.

    `status` is None while it is under way; `lost` says what a fault lost, "request" or "reply"; `at` is monotonic.
    `agent` is what the request says it was sent by.
    """

    method: str
    path: str
    template: str | None
    query: dict[str, str]
    body: Any
    at: float = field(default_factory=time.monotonic)
    status: int | None = None
    reply: Any = None
    lost: str | None = None
    agent: str = ""


@dataclass
class Call:
    """A request as an endpoint sees it."""

    world: World
    server: RehearsalServer
    ids: dict[str, str]
    query: dict[str, str]
    body: Any
    files: list[tuple[str, str, bytes]]

    @property
    def bot(self) -> User:
        """Who asks."""
        return self.world.bot

    def id(self, name: str) -> int:
        """An id out of the path; 50035 when it is none."""
        return _snowflake(name, self.ids[name])

    def query_id(self, name: str) -> int | None:
        """An id out of the query, if given."""
        return _snowflake(name, self.query[name]) if self.query.get(name) else None

    def query_int(self, name: str, default: int, low: int, high: int) -> int:
        """A bounded number out of the query; 50035 when out of bounds."""
        text = self.query.get(name, str(default))
        if not text.isdigit():
            raise bad_form(name, "NUMBER_TYPE_COERCE", f'Value "{text}" is not int.')
        value = int(text)
        if value > high:
            raise bad_form(name, "NUMBER_TYPE_MAX", f"int value should be less than or equal to {high}.")
        if value < low:
            raise bad_form(name, "NUMBER_TYPE_MIN", f"int value should be greater than or equal to {low}.")
        return value

    def form(self) -> JSON:
        """The body, which must be an object."""
        if not isinstance(self.body, dict):
            raise bad_form("_", "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
        return self.body


def _snowflake(name: str, text: str) -> int:
    if not text.isdigit() or int(text) >= 1 << 64:
        raise bad_form(name, "NUMBER_TYPE_COERCE", f'Value "{text}" is not snowflake.')
    return int(text)


@dataclass(frozen=True)
class Created:
    """A reply with a status other than 200."""

    data: Any
    status: int = 201


Endpoint = Callable[[Call], Any]


class Routes:
    """A table of endpoints. One returns JSON, `Created`, or None for "204 No Content"."""

    def __init__(self) -> None:
        self.entries: list[tuple[str, str, Endpoint]] = []

    def on(self, *spoken: str) -> Callable[[Endpoint], Endpoint]:
        """Register an endpoint under one or more `"METHOD /path/{id}"`."""

        def register(endpoint: Endpoint) -> Endpoint:
            for entry in spoken:
                method, path = entry.split(" ")
                self.entries.append((method, path, endpoint))
            return endpoint

        return register


class Front:
    """Takes every request under /api/v10: faults first, then token, form and endpoint, then the record."""

    def __init__(self, server: RehearsalServer, *tables: Routes) -> None:
        self.server = server
        self._tables = tables

    def mount(self, app: web.Application) -> None:
        """Add all routes, and the catch-all that notes unknown ones."""
        for table in self._tables:
            for method, path, endpoint in table.entries:
                app.router.add_route(method, PREFIX + path, self._handler(path, endpoint))
        app.router.add_route("*", "/api/{tail:.*}", self._handler(None, _unknown))

    def _handler(
        self, path: str | None, endpoint: Endpoint
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            body, files = await _read(request)
            template = re.sub(r"\{(\w+):[^}]*\}", r"{\1}", path) if path else None
            seen = Exchange(
                request.method,
                request.path.removeprefix(PREFIX),
                template,
                dict(request.query),
                None if isinstance(body, DiscordError) else body,
                agent=request.headers.get("User-Agent", ""),
            )
            self.server.exchanges.append(seen)
            if path is None:
                self.server.unknown_requests.append(seen)
            response = await self.server.faults.around(
                request, seen, lambda: self._reply(request, seen, endpoint, body, files)
            )
            self.server.notify()
            return response

        return handle

    def _reply(
        self,
        request: web.Request,
        seen: Exchange,
        endpoint: Endpoint,
        body: Any,
        files: list[tuple[str, str, bytes]],
    ) -> web.Response:
        """Let the endpoint do its work; the world changes in here and nowhere else."""
        headers: dict[str, str] = {}
        try:
            self._admit(request)
            headers = self.server.limits.spend(seen)
            _require_readable(body)
            call = Call(self.server.world, self.server, dict(request.match_info), seen.query, body, files)
            result = endpoint(call)
            status, data = 200, result
            if isinstance(result, Created):
                status, data = result.status, result.data
            elif result is None:
                status = 204
        except DiscordError as refused:
            status, data = refused.status, refused.body()
            headers |= refused.headers
        except Exception as bug:  # aiohttp would answer 500, and the bot would take Discord for ill
            self.server.failures.append(bug)
            raise
        seen.status, seen.reply = status, data
        return reply(status, data, headers)

    def _admit(self, request: web.Request) -> None:
        """401 without the bot's token (where one is asked for), 403 without an honest User-Agent."""
        if _NO_TOKEN_NEEDED.search(request.path):
            if not request.headers.get("User-Agent"):
                raise Refusal.BAD_USER_AGENT.error()
            return
        if request.headers.get("Authorization") != f"Bot {self.server.token}":
            raise Refusal.UNAUTHORIZED.error()
        if not request.headers.get("User-Agent", "").startswith("DiscordBot ("):
            raise Refusal.BAD_USER_AGENT.error()


def reply(status: int, data: Any, headers: dict[str, str] | None = None) -> web.Response:
    """A reply with Discord's exact content type: aiohttp's own would add a charset, which discord.py takes for text."""
    if data is None:
        return web.Response(status=status, headers=headers)
    payload = json.dumps(data).encode()
    return web.Response(
        status=status, body=payload, headers=(headers or {}) | {"Content-Type": "application/json"}
    )


def _require_readable(body: Any) -> None:
    if isinstance(body, DiscordError):
        raise body


def _unknown(_call: Call) -> None:
    raise Refusal.NOT_FOUND.error()


async def _read(request: web.Request) -> tuple[Any, list[tuple[str, str, bytes]]]:
    """The JSON body and the uploaded files; a body that is no JSON comes back as the error it deserves."""
    files: list[tuple[str, str, bytes]] = []
    if request.content_type == "multipart/form-data":
        form = await request.post()
        uploads = [value for value in form.values() if isinstance(value, web.FileField)]
        files = [(upload.filename, upload.content_type, upload.file.read()) for upload in uploads]
        text = str(form.get("payload_json", "{}"))
    else:
        text = await request.text()
    if not text:
        return None, files
    try:
        return json.loads(text), files
    except json.JSONDecodeError:
        return Refusal.MALFORMED_JSON.error(), files
