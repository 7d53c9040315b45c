"""A week before a session at which clocks are unusually far apart, a word to those who would be an hour off."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.cards import Card, news
from bot.cards.times import unusual
from bot.clock import Clock
from bot.config import ServerSettings
from bot.services import around
from bot.services.delivery import Drop
from bot.services.outbox import Outbox
from bot.services.sessions import Change, Sessions
from bot.services.settings import SettingsService
from bot.when import Lead
from storage import outbox as stored_posts
from storage import sessions
from storage.database import Tx
from storage.tables import Post, Session

#: How long before; a session planned later than that says it on its announcement alone.
LEAD = Lead(days=7)
#: A reminder in the channel as near to the notice as that says it, too: one of them is enough.
_NEAR = timedelta(hours=12)


class GapNotices:
    """Follows the sessions; one notice for each time at which a session is."""

    def __init__(self, clock: Clock, settings: SettingsService, outbox: Outbox, followed: Sessions) -> None:
        self._clock, self._settings, self._outbox = clock, settings, outbox
        outbox.says("clock-notice", self._notice)
        settings.on_change(self._settings_changed)
        followed.follow(self._follow)

    async def _follow(self, tx: Tx, change: Change) -> None:
        if change.kind in ("planned", "moved", "cancelled", "restored"):
            await self._plan(tx, change.view.session, change.settings)

    async def _settings_changed(self, tx: Tx, guild_id: int, settings: ServerSettings) -> None:
        for view in await sessions.upcoming(tx, guild_id, now=self._clock.now(), limit=1000):
            await self._plan(tx, view.session, settings)

    async def _plan(self, tx: Tx, session: Session, settings: ServerSettings) -> None:
        prefix, due = f"session:{session.session_id}:clock:", LEAD.due(session.starts_at, session.zone)
        await stored_posts.cancel(tx, guild_id=session.guild_id, key_prefix=prefix)
        if session.state != "planned" or due <= self._clock.now():
            return
        if unusual(session.starts_at, session.zone, settings.group.zones):
            await self._outbox.put(
                tx,
                key=f"{prefix}{session.starts_at:%Y%m%dT%H%MZ}",
                guild_id=session.guild_id,
                place="announcements",
                kind="clock-notice",
                data={"session": session.session_id, "starts_at": session.starts_at.isoformat()},
                due_at=due,
                expires_at=session.starts_at,
            )

    async def _notice(self, tx: Tx, post: Post, _now: datetime) -> Card | Drop:
        view = await sessions.get(tx, post.guild_id, post.data["session"])
        if view is None or view.session.state != "planned":
            return Drop("the session is not planned any more")
        session, settings = view.session, await self._settings.of(tx, post.guild_id)
        lines = unusual(session.starts_at, session.zone, settings.group.zones)
        if session.starts_at.isoformat() != post.data["starts_at"] or not lines:
            return Drop("clocks are as usual then")
        reminded = [lead.due(session.starts_at, session.zone) for lead in settings.reminders.before]
        if any(abs(due - post.due_at) < _NEAR for due in reminded):
            return Drop("the reminder of that day says it")
        return news.mind_the_clock(view, lines, await around.read(tx, session.session_id, settings))
