"""Reminding of sessions at the lead times that hold on the server."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.cards import Card
from bot.cards import sessions as cards
from bot.clock import Clock
from bot.config import ServerSettings
from bot.services.outbox import Drop, Outbox
from bot.services.settings import SettingsService
from storage import outbox as stored_posts
from storage import sessions
from storage.database import Database, Tx
from storage.tables import Post, Session


class Reminders:
    """A reminder is a post of the outbox, planned when its session is; its text is made when it is sent."""

    def __init__(self, database: Database, clock: Clock, settings: SettingsService, outbox: Outbox) -> None:
        self._database, self._clock, self._outbox = database, clock, outbox
        outbox.says("reminder", self._reminder)
        settings.on_change(self._settings_changed)

    async def plan(self, tx: Tx, session: Session, settings: ServerSettings) -> None:
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
                    key=f"session:{session.session_id}:v{session.version}:reminder:{lead.key}",
                    guild_id=session.guild_id,
                    place="announcements",
                    kind="reminder",
                    data={"session": session.session_id, "version": session.version},
                    due_at=due,
                    expires_at=min(end, session.starts_at),
                )

    async def _settings_changed(self, tx: Tx, guild_id: int, settings: ServerSettings) -> None:
        """New lead times hold for what is planned already, too."""
        for view in await sessions.upcoming(tx, guild_id, now=self._clock.now(), limit=1000):
            session = view.session
            await stored_posts.cancel(
                tx, guild_id=guild_id, key_prefix=f"session:{session.session_id}:v{session.version}:reminder:"
            )
            await self.plan(tx, session, settings)

    async def _reminder(self, tx: Tx, post: Post, now: datetime) -> Card | Drop:
        view = await sessions.get(tx, post.guild_id, post.data["session"])
        if view is None or view.session.state != "planned":
            return Drop("the session is not planned any more")
        if view.session.version != post.data["version"]:
            return Drop("the session has moved")
        if now >= view.session.starts_at + timedelta(seconds=1):
            return Drop("the session has begun")
        return cards.reminder(view, now)
