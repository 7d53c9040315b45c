"""The bot on the rehearsal server: the same house, with a virtual clock and Discord and arXiv on loopback.

Used by `python -m bot rehearse` and by the tests; both see the real bot over the real discord.py.
"""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from bot import config
from bot.app import App
from bot.clock import VirtualClock
from bot.rehearsal import scene
from bot.rehearsal.arxiv import ArxivDouble
from bot.rehearsal.room import Armed, Room
from bot.rehearsal.server import RehearsalServer
from bot.topics.taxonomy import shipped
from storage import digests, guilds, outbox

#: Seconds until the bot must be at READY on loopback.
READY = 20


class Stage:
    """A rehearsal server, an arXiv double and the bot; `async with` brings them up and down.

    `settings` gets the addresses once they are known. The clock is the caller's.
    """

    def __init__(
        self, clock: VirtualClock, server: RehearsalServer, arxiv: ArxivDouble, settings: config.Settings
    ) -> None:
        self.clock, self.server, self.arxiv, self.settings = clock, server, arxiv, settings
        self.app: App
        self._running: asyncio.Task[None] | None = None

    async def start_bot(self) -> None:
        """Start the bot and wait until it is ready. Raises what the bot raises when it cannot start."""
        self.app = App(self.settings, self.clock, ready_timeout=0.05)
        await self.app.__aenter__()
        self._running = asyncio.create_task(self.app.run(self.server.token), name="bot")
        ready = asyncio.create_task(self.app.ready.wait())
        await asyncio.wait({ready, self._running}, timeout=READY, return_when=asyncio.FIRST_COMPLETED)
        if not ready.done():
            ready.cancel()
            await self.stop_bot()
            raise TimeoutError("the bot did not get ready")

    async def stop_bot(self) -> None:
        """Stop the bot as SIGTERM would."""
        if self._running is None:
            return
        self.app.stop()
        running, self._running = self._running, None
        try:
            await running
        finally:
            await self.app.__aexit__(None, None, None)

    async def kill_bot(self) -> None:
        """End the bot without letting it finish anything, as `kill -9` would."""
        if self._running is None:
            return
        running, self._running = self._running, None
        await self.app.kill(running)

    async def __aenter__(self) -> Self:
        await self.start_bot()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.stop_bot()

    # what the room asks of a stage

    async def advance_to(self, instant: datetime) -> None:
        """Move the clock to `instant`, letting everything due on the way happen in order."""
        await self.app.timers.run_until(instant)

    async def next_due(self) -> datetime | None:
        """When the next thing happens by itself."""
        return await self.app.timers.next_due() if self._running else None

    async def armed(self) -> list[Armed]:
        """What waits to happen, soonest first."""
        async with self.app.database.reading() as tx:
            posts = await outbox.waiting(tx)
            runs = [
                run for guild_id in await guilds.present(tx) for run in await digests.pending(tx, guild_id)
            ]
        armed = [
            Armed(
                due=max(post.due_at, post.next_try_at),
                kind=post.kind.replace("_", " "),
                text=self._whither(post.place),
                state=post.state,
            )
            for post in posts
        ]
        armed += [
            Armed(due=run.next_try_at, kind="arXiv digest", text=f"{run.day:%A} {run.day}", state="waiting")
            for run in runs
        ]
        return sorted(armed, key=lambda item: item["due"])

    def _whither(self, place: str) -> str:
        """A place of the outbox in words for the room."""
        kind, _, name = place.partition(":")
        if kind == "user":
            user = self.server.world.users[int(name)]
            return f"to {user.global_name or user.username}, privately"
        return f"in #{name}" if name else f"to the {kind}" if kind == "organisers" else f"in #{kind}"

    async def restart_bot(self, *, kill: bool) -> None:
        """Stop the bot, politely or as `kill -9` would, and start it again on the same database."""
        await (self.kill_bot() if kill else self.stop_bot())
        await self.start_bot()


@asynccontextmanager
async def demo(
    *, port: int, database: Path, checkout: Path, start: datetime | None = None
) -> AsyncIterator[Stage]:
    """The demo group with its bot, running: Discord, arXiv and the page on one loopback port.

    `database` is a file to be thrown away afterwards by the caller.
    """
    clock = VirtualClock((start or scene.START).astimezone(UTC), ticking=True)
    server = RehearsalServer(clock, port=port)
    scene.demo_group(server.world)
    arxiv = scene.demo_arxiv(clock, scene.samples_beside(checkout))
    arxiv.mount(server.app, "/arxiv")
    stage = Stage(clock, server, arxiv, config.parse({}))
    Room(server, stage, arxiv=arxiv, zones=scene.zones(server.world)).mount()
    async with server:
        text = scene.demo_config(
            api_url=server.api_url,
            gateway_url=server.gateway_url,
            arxiv_url=f"{server.url}/arxiv",
            database=f"sqlite+aiosqlite:///{database}",
            topics=shipped(),
        )
        stage.settings = config.parse(tomllib.loads(text))
        async with stage:
            yield stage


async def rehearse(*, port: int, database: Path, checkout: Path) -> None:
    """Play the demo group until interrupted."""
    async with demo(port=port, database=database, checkout=checkout) as stage:
        print(f"\n  The rehearsal room is open: {stage.server.url}/\n\n  Ctrl-C ends it.\n", flush=True)  # noqa: T201
        await asyncio.Event().wait()
