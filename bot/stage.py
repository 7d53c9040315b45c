"""The bot on the rehearsal server: the same house, with a virtual clock and Discord and arXiv on loopback.

Used by `python -m bot rehearse` (bot/rehearse.py) and by the tests; both see the real bot over the real discord.py.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Self

from bot import config
from bot.app import App
from bot.cards import waiting
from bot.cards.papers import title_of
from bot.cards.sessions import session_title
from bot.clock import SystemClock, VirtualClock
from bot.rehearsal.arxiv import ArxivDouble
from bot.rehearsal.room import Armed
from bot.rehearsal.server import RehearsalServer
from storage import choices, digests, guilds, outbox, papers, proposals, sessions
from storage.database import Tx
from storage.tables import Post

#: Seconds until the bot must be at READY on loopback.
READY = 20


class Stage:
    """A rehearsal server, an arXiv double (without one, the real arXiv) and the bot; `async with` starts and stops it.

    `settings` gets the addresses once they are known. The clock is the caller's.
    """

    def __init__(
        self,
        clock: VirtualClock,
        server: RehearsalServer,
        arxiv: ArxivDouble | None,
        settings: config.Settings,
    ) -> None:
        self.clock, self.server, self.arxiv, self.settings = clock, server, arxiv, settings
        self.app: App
        self._running: asyncio.Task[None] | None = None
        self._looking = asyncio.Lock()  # somebody reads the bot's database: it is not closed meanwhile
        self._due: datetime | None = None
        self._armed: list[Armed] = []

    async def start_bot(self) -> None:
        """Start the bot and wait until it is ready. Raises what the bot raises when it cannot start."""
        # The real arXiv is spared in real seconds, however fast the group's clock is moved.
        pace = None if self.arxiv else SystemClock()
        self.app = App(self.settings, self.clock, ready_timeout=0.05, pace=pace)
        await self.app.__aenter__()
        self._running = asyncio.create_task(self.app.run(self.server.token), name="bot")
        ready = asyncio.create_task(self.app.ready.wait(), name="ready")
        await asyncio.wait({ready, self._running}, timeout=READY, return_when=asyncio.FIRST_COMPLETED)
        if not ready.done():
            ready.cancel()
            await self.stop_bot()
            raise TimeoutError("the bot did not get ready")

    async def stop_bot(self) -> None:
        """Stop the bot as SIGTERM would."""
        running = await self._leave()
        if running is None:
            return
        self.app.stop()
        try:
            await running
        finally:
            await self.app.__aexit__(None, None, None)

    async def kill_bot(self) -> None:
        """End the bot without letting it finish anything, as `kill -9` would."""
        if running := await self._leave():
            await self.app.kill(running)

    async def _leave(self) -> asyncio.Task[None] | None:
        async with self._looking:
            running, self._running = self._running, None
        return running

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
        """When the next thing happens that can be seen; what was known last, while the bot is away."""
        async with self._looking:
            if self._running:
                self._due = await self.app.timers.next_due(upkeep=False)
        return self._due

    async def armed(self) -> list[Armed]:
        """What waits to happen, soonest first; what was known last, while the bot is away."""
        async with self._looking:
            if self._running:
                self._armed = await self._look()
        return self._armed

    async def _look(self) -> list[Armed]:
        async with self.app.database.reading() as tx:
            posts = [(post, await _title(tx, post)) for post in await outbox.waiting(tx)]
            runs = [
                run for guild_id in await guilds.present(tx) for run in await digests.pending(tx, guild_id)
            ]
        armed = [
            Armed(
                due=max(post.due_at, post.next_try_at),
                kind=waiting.what(post, self._called),
                text=waiting.subject(post, title),
                state=post.state,
            )
            for post, title in posts
        ]
        armed += [
            Armed(due=run.next_try_at, kind="digest", text=waiting.digest(run, self._called), state="waiting")
            for run in runs
        ]
        return sorted(armed, key=lambda item: item["due"])

    def _called(self, kind: str, number: int) -> str:
        """What a member or a channel of the rehearsal is called."""
        if kind == "user":
            user = self.server.world.users.get(number)
            return (user.global_name or user.username) if user else "somebody who left"
        channel = self.server.world.channels.get(number)
        return f"#{channel.name}" if channel else "a channel that is gone"

    async def restart_bot(self, *, kill: bool) -> None:
        """Stop the bot, politely or as `kill -9` would, and start it again on the same database."""
        await (self.kill_bot() if kill else self.stop_bot())
        await self.start_bot()


async def _title(tx: Tx, post: Post) -> str:
    """The title of the session or paper that a post is about, "" when it is about none."""
    data = post.data
    if "session" in data:
        view = await sessions.get(tx, post.guild_id, data["session"])
        return session_title(view) if view else ""
    paper_id, number = data.get("paper"), data.get("proposal")
    if "choice" in data and (choice := await choices.get(tx, post.guild_id, data["choice"])):
        number = choice.proposal_id
    if number is not None and (proposal := await proposals.get(tx, post.guild_id, number)):
        paper_id = proposal.paper_id
    paper = await papers.get(tx, paper_id) if paper_id else None
    return title_of(paper) if paper else str(paper_id or "")
