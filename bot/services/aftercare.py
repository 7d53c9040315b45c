"""After a session: it is noted as held, and its organisers are asked for slides, recording and notes."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.cards import Card
from bot.cards import week as cards
from bot.clock import Clock
from bot.services.delivery import Drop
from bot.services.outbox import Outbox
from bot.services.people import Actor
from bot.services.presenters import organisers_of
from bot.services.sessions import Change, Sessions
from bot.services.settings import SettingsService
from storage import sessions
from storage.database import Database, Tx
from storage.tables import Post, Session

#: How long after its end a session counts as held, and for how long it is still worth asking.
AFTER, WORTH_ASKING = timedelta(hours=1), timedelta(days=7)


class Aftercare:
    """Closes what is over, and asks."""

    def __init__(
        self, database: Database, clock: Clock, settings: SettingsService, outbox: Outbox, followed: Sessions
    ) -> None:
        self._database, self._clock, self._settings = database, clock, settings
        self._outbox, self._sessions = outbox, followed
        outbox.says("aftercare", self._aftercare)
        followed.follow(self._follow)

    async def next_due(self) -> datetime | None:
        """When the next session counts as held."""
        async with self._database.reading() as tx:
            times = await sessions.unclosed_times(tx)
        return min((start + timedelta(minutes=minutes) + AFTER for start, minutes in times), default=None)

    async def run_due(self, now: datetime) -> None:
        """Note what is over as held, a transaction for each session."""
        async with self._database.reading() as tx:
            rows = await sessions.unclosed(tx, before=now)
        for row in rows:
            if ends_at(row) + AFTER <= now:
                async with self._sessions.changing(Actor(row.guild_id, 0), row.session_id, "held") as change:
                    change.session.state = "held"

    async def _follow(self, tx: Tx, change: Change) -> None:
        session = change.view.session
        due = ends_at(session) + AFTER
        if change.kind == "held" and self._clock.now() < due + WORTH_ASKING:
            await self._outbox.put(
                tx,
                key=f"session:{session.session_id}:aftercare",
                guild_id=session.guild_id,
                place=organisers_of(session, change.settings),
                kind="aftercare",
                data={"session": session.session_id},
                due_at=max(due, self._clock.now()),
                expires_at=due + WORTH_ASKING,
            )

    async def _aftercare(self, tx: Tx, post: Post, _now: datetime) -> Card | Drop:
        view = await sessions.get(tx, post.guild_id, post.data["session"])
        if view is None or not cards.materials_missing(view):
            return Drop("there is nothing to ask for")
        return cards.aftercare(view)


def ends_at(session: Session) -> datetime:
    """When a session is over."""
    return session.starts_at + timedelta(minutes=session.minutes)
