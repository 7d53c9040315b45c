r"""Everything that can go wrong between the bot and Discord, switched on by rule.

    server.faults.lose_reply("POST", r"/channels/\d+/messages")   # once: done, but the bot never hears of it
    rule = server.faults.fail(502, path="/channels/", times=None)  # until rule.lift()

The REST rules are matched in the order they were made, by method and a regular expression found in the path below
/api/v10. What can go wrong on the gateway is in `server.faults.gateway`.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from aiohttp import web

from bot.rehearsal.api import Exchange, reply
from bot.rehearsal.limits import too_fast


class Kind(Enum):
    """What happens to a request that a rule strikes."""

    LOSE_REQUEST = "the connection breaks before anything is done"
    LOSE_REPLY = "it is done, then the connection breaks"
    FAIL = "an error status, nothing done"
    FAIL_AFTER = "it is done, but an error status is told"
    LIMIT = "429"
    DELAY = "done, but late"
    HOLD = "nothing happens until the rule is lifted, then it is done"


@dataclass(eq=False)
class Rule:
    """One fault. `times` None means until lifted; `hits` counts; `struck()` waits for the first hit."""

    kind: Kind
    method: str
    path: re.Pattern[str]
    times: int | None
    status: int = 500
    seconds: float = 0.0
    is_global: bool = False
    hits: int = 0
    _struck: asyncio.Event = field(default_factory=asyncio.Event)
    _lifted: asyncio.Event = field(default_factory=asyncio.Event)

    def matches(self, exchange: Exchange) -> bool:
        """Whether this rule still applies, and to this request."""
        spent = self._lifted.is_set() or (self.times is not None and self.hits >= self.times)
        return not spent and self.method in {"*", exchange.method} and bool(self.path.search(exchange.path))

    def hit(self) -> None:
        """Count one."""
        self.hits += 1
        self._struck.set()

    async def struck(self, timeout: float = 5.0) -> None:  # noqa: ASYNC109 — a bound, not a cancellation scheme
        """Return once the rule has hit something."""
        await asyncio.wait_for(self._struck.wait(), timeout)

    def lift(self) -> None:
        """End the fault; what it holds goes on."""
        self._lifted.set()

    async def lifted(self) -> None:
        """Return once it is lifted."""
        await self._lifted.wait()


class Faults:
    """The rules in force, for REST; `gateway` has those for the socket."""

    def __init__(self) -> None:
        self.rules: list[Rule] = []
        self.gateway = GatewayFaults()

    def lose_request(self, method: str = "*", path: str = "", *, times: int | None = 1) -> Rule:
        """Break the connection before the request takes effect."""
        return self._add(Kind.LOSE_REQUEST, method, path, times)

    def lose_reply(self, method: str = "*", path: str = "", *, times: int | None = 1) -> Rule:
        """Do what is asked, then break the connection."""
        return self._add(Kind.LOSE_REPLY, method, path, times)

    def fail(
        self,
        status: int = 500,
        method: str = "*",
        path: str = "",
        *,
        times: int | None = 1,
        after: bool = False,
    ) -> Rule:
        """Answer an error status, with nothing done, or `after` doing it."""
        return self._add(Kind.FAIL_AFTER if after else Kind.FAIL, method, path, times, status=status)

    def limit(
        self,
        retry_after: float,
        method: str = "*",
        path: str = "",
        *,
        times: int | None = 1,
        is_global: bool = False,
    ) -> Rule:
        """Answer 429."""
        return self._add(Kind.LIMIT, method, path, times, seconds=retry_after, is_global=is_global)

    def delay(self, seconds: float, method: str = "*", path: str = "", *, times: int | None = 1) -> Rule:
        """Do it, but late by real seconds."""
        return self._add(Kind.DELAY, method, path, times, seconds=seconds)

    def hold(self, method: str = "*", path: str = "", *, times: int | None = 1) -> Rule:
        """Hang until lifted. With `await rule.struck()` a test stands exactly in the middle of a request."""
        return self._add(Kind.HOLD, method, path, times)

    def clear(self) -> None:
        """Lift everything."""
        for rule in self.rules:
            rule.lift()
        self.rules.clear()
        self.gateway.clear()

    def _add(
        self,
        kind: Kind,
        method: str,
        path: str,
        times: int | None,
        *,
        status: int = 500,
        seconds: float = 0.0,
        is_global: bool = False,
    ) -> Rule:
        rule = Rule(kind, method.upper(), re.compile(path), times, status, seconds, is_global)
        self.rules.append(rule)
        return rule

    async def around(
        self, request: web.Request, exchange: Exchange, act: Callable[[], web.Response]
    ) -> web.Response:
        """Let the request through, or do to it what the first matching rule says. `act` does and answers it."""
        rule = next((rule for rule in self.rules if rule.matches(exchange)), None)
        if rule is None:
            return act()
        rule.hit()
        if rule.kind is Kind.DELAY:
            await asyncio.sleep(rule.seconds)
        elif rule.kind is Kind.HOLD:
            await rule.lifted()
        elif rule.kind is Kind.LIMIT:
            error = too_fast(rule.seconds, is_global=rule.is_global)
            exchange.status, exchange.reply = 429, error.body()
            return reply(429, error.body(), error.headers)
        elif rule.kind is Kind.LOSE_REQUEST:
            return _break(request, exchange, "request")
        elif rule.kind is Kind.FAIL:
            return _server_error(rule.status, exchange)
        response = act()
        if rule.kind is Kind.LOSE_REPLY:
            return _break(request, exchange, "reply")
        return _server_error(rule.status, exchange) if rule.kind is Kind.FAIL_AFTER else response


def _break(request: web.Request, exchange: Exchange, what: str) -> web.Response:
    exchange.lost = what
    if request.transport:
        request.transport.abort()
    return web.Response()


def _server_error(status: int, exchange: Exchange) -> web.Response:
    """What Discord's proxy says when the API is ill: no JSON."""
    exchange.status, exchange.reply = status, None
    return web.Response(status=status, text=f"{status}: upstream error", content_type="text/plain")


@dataclass
class GatewayFaults:
    """Standing faults of the gateway; what happens once and at once is on `server.gateway` (drop, reconnect …).

    `refuse` connections are answered 503 (None: all, until cleared); `refuse_resumes` resumes end in op 9; events
    whose name is in `twice` are delivered two times, in `lost` never, in `held` not before `server.gateway.release()`.
    """

    refuse: int | None = 0
    refuse_resumes: int = 0
    twice: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    held: set[str] = field(default_factory=set)

    def clear(self) -> None:
        """All well again."""
        self.refuse, self.refuse_resumes = 0, 0
        for names in (self.twice, self.lost, self.held):
            names.clear()
