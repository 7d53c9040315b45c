"""Who changed what: written down with every change, read with `/history`."""

from __future__ import annotations

from bot.cards import Card
from bot.cards import history as cards
from bot.clock import Clock
from bot.services.people import Actor, Refused
from bot.services.sessions import Change, Sessions, number
from storage import deeds, sessions
from storage.database import Database, Tx


class History:
    """Follows the sessions and keeps what was done to them, without links and contacts."""

    def __init__(self, database: Database, clock: Clock, followed: Sessions) -> None:
        self._database, self._clock = database, clock
        followed.follow(self._follow)

    async def _follow(self, tx: Tx, change: Change) -> None:
        session = change.view.session
        changes = cards.differences(change.before, change.view) if change.before else []
        self.note(tx, session.guild_id, "session", session.session_id, change.kind, change.by, changes)

    def note(
        self,
        tx: Tx,
        guild_id: int,
        noun: str,
        noun_id: int,
        what: str,
        by: int,
        changes: list[list[str]] | None = None,
    ) -> None:
        """Write down, in the transaction that does it, what was done to something and by whom (0: the bot)."""
        deeds.note(
            tx, guild_id=guild_id, noun=noun, noun_id=noun_id, what=what, by=by, now=self._clock.now(),
            changes=changes or (),
        )  # fmt: skip

    async def session(self, actor: Actor, session_id: int, page: int = 0) -> Card:
        """What was done to a session, the latest first. Raises Refused when there is no such session."""
        start = page * cards.PER_PAGE
        async with self._database.reading() as tx:
            view = await sessions.get(tx, actor.guild_id, session_id)
            rows = await deeds.of(
                tx, actor.guild_id, "session", session_id, limit=cards.PER_PAGE + 1, start=start
            )
        if view is None:
            raise Refused(f"There is no session {session_id} here. `/schedule` shows what is planned.")
        return cards.history(view, rows[: cards.PER_PAGE], page, more=len(rows) > cards.PER_PAGE)

    async def page(self, actor: Actor, which: str) -> Card:
        """A page of it, "session:page", from a button."""
        session_id, _, page = which.partition(":")
        return await self.session(actor, number(session_id), min(number(page), 10_000))
