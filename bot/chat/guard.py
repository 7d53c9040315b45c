"""Keeps the bot's address from being banned.

Discord bans an address for an hour that sends 10,000 invalid requests in ten minutes: 401, 403, and 429 unless its
scope is shared (docs.discord.com, "Rate limits", invalid request limit). Every request passes here, discord.py's own
retries included; long before that number is reached, nothing is sent any more until there is room again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Mapping
from datetime import timedelta
from email.utils import parsedate_to_datetime
from types import SimpleNamespace

import aiohttp
import discord

from bot.chat.natives import not_by_itself
from bot.clock import Clock
from bot.log import event

log = logging.getLogger(__name__)

#: So many invalid requests are sent within so many seconds, and no more.
MOST, WINDOW = 1_000, 600.0
_PATIENCE = 10
_INVALID = frozenset({401, 403, 429})


def asked_pause(headers: Mapping[str, str]) -> float | None:
    """For how many seconds Discord, or what stands before it, asks to be left alone; None where it does not say."""
    try:
        return max(float(headers["Retry-After"]), 0.0)
    except (KeyError, ValueError):
        return None


class Held(aiohttp.ClientConnectionError):
    """A request that was not sent. It may be after `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"Discord refused so much lately that I pause, lest it bans this address ({seconds:.0f} s)"
        )
        self.seconds = seconds


class Guard:
    """Counts what Discord refuses. `trace` is given to each client; the count outlives them."""

    def __init__(self, clock: Clock, *, most: int = MOST) -> None:
        self._clock, self._most = clock, most
        self._refused = deque[float]()
        self._holding = False
        self._differs: timedelta | None = None
        self.trace = aiohttp.TraceConfig()
        self.trace.on_request_start.append(self._before)
        self.trace.on_request_end.append(self._after)
        self.trace.on_request_end.append(not_by_itself)
        self._client: discord.Client | None = None

    def watch(self, client: discord.Client) -> None:
        """Note which client is in use now."""
        self._client = client

    @property
    def refused(self) -> int:
        """How many requests of the last ten minutes were invalid."""
        now = self._clock.monotonic()
        while self._refused and self._refused[0] <= now - WINDOW:
            self._refused.popleft()
        return len(self._refused)

    async def ahead(self) -> timedelta | None:
        """How far our clock is ahead of Discord's, asked now; None when Discord does not answer."""
        self._differs = None
        if self._client is not None:
            with contextlib.suppress(discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError):
                async with asyncio.timeout(_PATIENCE):
                    await self._client.application_info()
        return self._differs

    async def _before(
        self, _session: object, _context: SimpleNamespace, asked: aiohttp.TraceRequestStartParams
    ) -> None:
        if self._client is not None:
            # Discord wants every request to say what sends it; discord.py forgets that where it answers interactions.
            asked.headers.setdefault("User-Agent", self._client.http.user_agent)
        held, self._holding = self._holding, self.refused >= self._most
        if not self._holding:
            return
        seconds = self._refused[0] + WINDOW - self._clock.monotonic()
        if not held:
            event(
                log, "discord.held", logging.ERROR, refused=len(self._refused), again_in=f"{seconds:.0f}s",
                cause="Discord refused so many requests that it may ban this address",
                cure="give the bot the permissions that /outbox names, or take it off servers that do not want it",
            )  # fmt: skip
        raise Held(seconds)

    async def _after(
        self, _session: object, _context: SimpleNamespace, answered: aiohttp.TraceRequestEndParams
    ) -> None:
        headers = answered.response.headers
        with contextlib.suppress(
            ValueError, TypeError
        ):  # a proxy in between may write it in whatever way it likes
            self._differs = self._clock.now() - parsedate_to_datetime(headers.get("Date", ""))
        if answered.response.status in _INVALID and headers.get("X-RateLimit-Scope") != "shared":
            self._refused.append(self._clock.monotonic())
        if answered.response.status == 429 and "X-RateLimit-Global" in headers and self._client is not None:
            # discord.py stops all requests for the length of a global limit. If the one that met it is given up in
            # that time, nobody lets the others go on.
            after = (asked_pause(headers) or 1.0) + 0.2
            go_on = self._client.http._global_over.set  # noqa: SLF001 - it has no other name
            asyncio.get_running_loop().call_later(after, go_on)
