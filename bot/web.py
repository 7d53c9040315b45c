"""The group's web site, served live: the same files that `site build` writes, as they are now. For reading only."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from bot.clock import Clock
from bot.config import ConfigError
from bot.publish.record import Record
from bot.publish.site import Site, site
from bot.publish.site.frame import POLICY
from bot.services.records import WhichServer

#: Seconds for which what was read is taken for the truth.
FRESH = 30.0
_KINDS = {
    "html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml", "ics": "text/calendar",
    "json": "application/json", "csv": "text/csv", "bib": "text/x-bibtex", "xml": "application/xml",
}  # fmt: skip
_FEED = "application/atom+xml"
_HEADERS = {
    "Content-Security-Policy": f"{POLICY}; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cache-Control": "max-age=60",
    "Server": "reading-group-bot",
}


@dataclass(frozen=True)
class File:
    """A file of the site as it is now, and since when it is so."""

    data: bytes
    etag: str
    since: datetime


class Live:
    """The site of a record that may change. A file is made when it is first asked for; off the event loop."""

    def __init__(self, read: Callable[[], Awaitable[Record]], clock: Clock, base: str = "") -> None:
        self._read, self._clock, self._base = read, clock, base
        self._reading = asyncio.Lock()
        self._read_at: float | None = None
        self._record: Record | None = None
        self._site: Site = {}
        self._made: dict[str, File] = {}
        self._known: dict[str, File] = {}  # of any record before, for since when they are so

    async def file(self, path: str) -> File | None:
        """The file at a path, or None. Raises WhichServer when it is not clear whose site it is."""
        async with self._reading:
            await self._look()
            made = self._site.get(path)
            if made is None or path in self._made:
                return self._made.get(path)
            data = await asyncio.to_thread(made)
            etag, before = hashlib.sha256(data).hexdigest()[:32], self._known.get(path)
            since = (
                before.since if before and before.etag == etag else self._clock.now().replace(microsecond=0)
            )
            self._made[path] = self._known[path] = file = File(data, etag, since)
            return file

    async def _look(self) -> None:
        now = self._clock.monotonic()
        if self._read_at is not None and now - self._read_at < FRESH:
            return
        record = await self._read()
        self._read_at = now
        if record != self._record:
            self._record, self._made = record, {}
            self._site = await asyncio.to_thread(site, record, self._base)


@asynccontextmanager
async def serving(live: Live, at: tuple[str, int]) -> AsyncIterator[str]:
    """Serve until the end of the block; gives the address. Raises ConfigError."""
    app = web.Application()
    app.router.add_get("/{path:.*}", _answerer(live))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        place = web.TCPSite(runner, *at)
        try:
            await place.start()
        except OSError as error:
            cause = f"site.listen: cannot listen on {at[0]}:{at[1]} ({error.strerror})."
            raise ConfigError([f"{cause} Name another port, or stop what listens there."]) from None
        host, port = runner.addresses[0][:2]
        yield f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
    finally:
        await runner.cleanup()


def _answerer(live: Live) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        path = request.match_info["path"] or "index.html"
        try:
            file = await live.file(path)
        except WhichServer:
            return web.Response(status=503, text="There is no group here yet.\n", headers=_HEADERS)
        if file is None:
            return web.Response(status=404, text="There is no such page.\n", headers=_HEADERS)
        reply = web.Response(headers=_HEADERS)
        reply.etag, reply.last_modified = file.etag, file.since
        if _is_known(request, file):
            reply.set_status(304)
        else:
            reply.body = file.data
            reply.content_type = _FEED if path == "feed.xml" else _KINDS[path.rpartition(".")[2]]
            reply.charset = "utf-8"
        return reply

    return answer


def _is_known(request: web.Request, file: File) -> bool:
    """Whether who asks has that very file (RFC 9110, 13.2.2: the tag decides, the time only without one)."""
    if request.if_none_match is not None:
        return any(tag.value in (file.etag, "*") for tag in request.if_none_match)
    since = request.if_modified_since
    return since is not None and file.since <= since
