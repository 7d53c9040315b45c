"""`/healthz`, `/readyz` and `/metrics`, for whoever watches over the bot: off by default, on loopback."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from aiohttp import web

from bot import log
from bot.clock import Clock
from bot.config import ConfigError
from bot.measures import CONTENT_TYPE, Measures
from storage import outbox
from storage.database import Database, DatabaseError
from storage.timing import watch


@dataclass(frozen=True)
class Seen:
    """How the bot is: whether it leads (or stands by), whether Discord talks to it, and how quickly (seconds)."""

    leads: bool
    connected: bool
    latency: float | None = None
    servers: int = 0


class Health:
    """A small web server beside the bot. `see` says how the bot is at this moment."""

    def __init__(self, clock: Clock, see: Callable[[], Seen]) -> None:
        self._clock, self._see = clock, see
        self._measures = Measures()
        self._database: Database | None = None
        self._runner: web.AppRunner | None = None
        self.port = 0

    async def open(self, listen: tuple[str, int]) -> None:
        """Listen (port 0: any; `port` says which). Raises ConfigError when that address cannot be listened on."""
        app = web.Application()
        for path, handler in (
            ("/healthz", self._health),
            ("/readyz", self._ready),
            ("/metrics", self._metrics),
        ):
            app.router.add_get(path, _plainly(handler))
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, *listen).start()
        except OSError as error:
            await self.close()
            cause = f"health.listen: cannot listen on {listen[0]}:{listen[1]} ({error.strerror})."
            raise ConfigError([f"{cause} Name another port, or stop what listens there."]) from None
        log.listen(self._measures.hear)
        self.port = int(self._runner.addresses[0][1])

    def open_database(self, database: Database) -> None:
        """The database can be asked."""
        self._database = database
        watch(database, self._measures.statement)

    async def close(self) -> None:
        log.unlisten(self._measures.hear)
        if self._runner is not None:
            await self._runner.cleanup()

    async def _health(self) -> tuple[int, str]:
        """The process runs and answers. It may stand by, or wait for Discord."""
        return 200, "ok\n"

    async def _ready(self) -> tuple[int, str]:
        """It does what it is for, now; or why it does not."""
        seen = self._see()
        if not seen.leads or self._database is None:
            return 503, "standing by: another process leads, or the database cannot be reached\n"
        if not seen.connected:
            return 503, "Discord is not connected\n"
        try:
            async with self._database.reading() as tx:
                await outbox.counts(tx)
        except DatabaseError as error:
            return 503, f"the database does not answer ({type(error).__name__})\n"
        return 200, "ready\n"

    async def _metrics(self) -> tuple[int, str]:
        seen = self._see()
        now: dict[str, float] = {
            f'bot_info{{version="{_version()}"}}': 1,
            "bot_leads": seen.leads,
            "bot_discord_connected": seen.connected,
            "bot_servers": seen.servers,
        }
        if seen.latency is not None:
            now["bot_gateway_latency_seconds"] = seen.latency
        if self._database is not None:
            async with self._database.reading() as tx:
                counts, waiting = await outbox.counts(tx), await outbox.waiting(tx, limit=1)
            now |= {f'bot_outbox_posts{{state="{state}"}}': number for state, number in counts.items()}
            late = (self._clock.now() - waiting[0].due_at).total_seconds() if waiting else 0
            now["bot_outbox_oldest_late_seconds"] = max(late, 0)
        return 200, self._measures.written(now)


def _plainly(
    answer: Callable[[], Awaitable[tuple[int, str]]],
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handler(_request: web.Request) -> web.Response:
        status, text = await answer()
        return web.Response(status=status, body=text.encode(), headers={"Content-Type": CONTENT_TYPE})

    return handler


def _version() -> str:
    try:
        return version("reading-group-bot")
    except PackageNotFoundError:  # run from a checkout
        return "checkout"
