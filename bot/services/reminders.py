"""Reminding of sessions at the lead times that hold on the server."""

from __future__ import annotations

from datetime import datetime

from bot.cards import Card
from bot.cards import sessions as cards
from bot.clock import Clock
from bot.config import ServerSettings
from bot.services.outbox import Drop, Outbox
from bot.services.sessions import Change, Sessions
from bot.services.settings import SettingsService
from storage import outbox as stored_posts
from storage import sessions
from storage.database import Database, Tx
from storage.tables import Post, Session


class Reminders:
    """A reminder is a post of the outbox, planned when its session is; its text is made when it is sent."""

    def __init__(
        self, database: Database, clock: Clock, settings: SettingsService, outbox: Outbox, followed: Sessions
    ) -> None:
        self._database, self._clock, self._outbox = database, clock, outbox
        outbox.says("reminder", self._reminder)
        settings.on_change(self._settings_changed)
        followed.follow(self._follow)

    async def _follow(self, tx: Tx, change: Change) -> None:
        """Only a session's time matters here: what else changes is in the text, which is made when it is sent."""
        if change.kind in ("moved", "cancelled"):
            await self._cancel(tx, change.view.session)
        if change.kind in ("planned", "moved"):
            await self._plan(tx, change.view.session, change.settings)

    async def _plan(self, tx: Tx, session: Session, settings: ServerSettings) -> None:
        """Plan the reminders of a session. One whose time has passed already is not made up for.

        A reminder is of use until the next one is due: then that one says it better.
        """
        now = self._clock.now()
        leads = sorted(
            {lead.due(session.starts_at, session.zone): lead for lead in settings.reminders.before}.items()
        )
        ends = [due for due, _ in leads[1:]] + [session.starts_at]
        for (due, lead), end in zip(leads, ends, strict=True):
            if now < due < session.starts_at:
                await self._outbox.put(
                    tx,
                    key=f"{_prefix(session)}{session.starts_at:%Y%m%dT%H%MZ}:{lead.key}",
                    guild_id=session.guild_id,
                    place="announcements",
                    kind="reminder",
                    data={"session": session.session_id, "starts_at": session.starts_at.isoformat()},
                    due_at=due,
                    expires_at=min(end, session.starts_at),
                )

    @staticmethod
    async def _cancel(tx: Tx, session: Session, *, due_after: datetime | None = None) -> None:
        await stored_posts.cancel(
            tx, guild_id=session.guild_id, key_prefix=_prefix(session), due_after=due_after
        )

    async def _settings_changed(self, tx: Tx, guild_id: int, settings: ServerSettings) -> None:
        """New lead times hold for what is planned already, too; what is overdue still goes out."""
        now = self._clock.now()
        for view in await sessions.upcoming(tx, guild_id, now=now, limit=1000):
            await self._cancel(tx, view.session, due_after=now)
            await self._plan(tx, view.session, settings)

    async def _reminder(self, tx: Tx, post: Post, now: datetime) -> Card | Drop:
        view = await sessions.get(tx, post.guild_id, post.data["session"])
        if view is None or view.session.state != "planned":
            return Drop("the session is not planned any more")
        if view.session.starts_at.isoformat() != post.data["starts_at"]:
            return Drop("the session has moved")
        return cards.reminder(view, now)


def _prefix(session: Session) -> str:
    return f"session:{session.session_id}:reminder:"
