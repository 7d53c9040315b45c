"""After a session: it is noted as held, and its organisers are asked for slides, recording and notes, and who came.

What they give stands on the session's card, and is said in its thread, each link once.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.cards import Card
from bot.cards import week as cards
from bot.clock import Clock
from bot.services.around import thread_key
from bot.services.delivery import Drop
from bot.services.outbox import Outbox
from bot.services.people import Actor
from bot.services.presenters import organisers_of
from bot.services.sessions import Change, Sessions
from bot.services.settings import SettingsService
from storage import outbox as stored_posts
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
        outbox.says("materials", self._materials)
        followed.follow(self._follow)

    async def next_due(self, tx: Tx) -> datetime | None:
        """When the next session counts as held."""
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
        if session.state == "held":
            await self._tell_thread(tx, change)

    async def _tell_thread(self, tx: Tx, change: Change) -> None:
        """Say in the thread what is new of it; at the end of a session all that is there."""
        session, thread = change.view.session, thread_key(change.view.session.session_id)
        known = cards.given(change.before) if change.before and change.kind != "held" else {}
        new = [[*where] for where, url in cards.given(change.view).items() if known.get(where) != url]
        opened = await stored_posts.by_key(tx, thread)
        if new and opened is not None and opened.state == "sent":
            await self._outbox.put(
                tx,
                key=f"session:{session.session_id}:materials:v{session.version}",
                guild_id=session.guild_id,
                place="announcements",
                kind="materials",
                data={"session": session.session_id, "new": new, "of": thread},
                expires_at=self._clock.now() + WORTH_ASKING,
            )

    async def _materials(self, tx: Tx, post: Post, _now: datetime) -> Card | Drop:
        view = await sessions.get(tx, post.guild_id, post.data["session"])
        said = cards.given(view) if view else {}
        new = {(talk, what): said[talk, what] for talk, what in post.data["new"] if (talk, what) in said}
        return cards.materials_up(view, new) if view and new else Drop("it was taken away again")

    async def _aftercare(self, tx: Tx, post: Post, _now: datetime) -> Card | Drop:
        view = await sessions.get(tx, post.guild_id, post.data["session"])
        if view is None or not (cards.materials_missing(view) or view.session.came is None):
            return Drop("there is nothing to ask for")
        return cards.aftercare(view)


def ends_at(session: Session) -> datetime:
    """When a session is over."""
    return session.starts_at + timedelta(minutes=session.minutes)
