"""The one public message of a session, kept true; and the news when it moves or is called off."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.cards import Card, news
from bot.cards import sessions as cards
from bot.cards.base import jump
from bot.clock import Clock
from bot.config import ServerSettings
from bot.services import around
from bot.services.around import announcement_key
from bot.services.delivery import Afterwards, Drop
from bot.services.outbox import Outbox
from bot.services.sessions import Change, Sessions
from bot.services.settings import SettingsService
from storage import outbox as stored_posts
from storage import sessions
from storage.database import Tx, wake
from storage.tables import Post, Session

#: States of a post that people see, or are about to.
OUT = ("sent", "sending")


class Announcements:
    """Follows the sessions and says what becomes of them in the announcement channel.

    A session that somebody plans is announced at once, one of a series when it is near.
    """

    def __init__(self, clock: Clock, settings: SettingsService, outbox: Outbox, followed: Sessions) -> None:
        self._clock, self._settings, self._outbox = clock, settings, outbox
        self._listeners: list[Afterwards] = []
        outbox.says("announcement", self._announcement, self._sent)
        outbox.says("moved", self._moved)
        outbox.says("cancellation", self._cancellation)
        outbox.says("restored", self._restored)
        settings.on_change(self._settings_changed)
        followed.follow(self._follow)

    def on_posted(self, listener: Afterwards) -> None:
        """Have `listener` called in the transaction that marks a session's announcement as sent."""
        self._listeners.append(listener)

    async def _sent(self, tx: Tx, post: Post) -> None:
        for listener in self._listeners if post.op == "send" else ():
            await listener(tx, post)

    async def _follow(self, tx: Tx, change: Change) -> None:
        session = change.view.session
        post = await stored_posts.by_key(tx, announcement_key(session.session_id))
        if post is None or post.state not in OUT:
            await self._plan(tx, session, post, change.settings)
            return
        if change.kind == "moved" and change.before:
            await self._tell_move(tx, session, change.before.session.starts_at)
        elif change.kind == "cancelled":
            await self._news(tx, session, "cancellation", {})
        elif change.kind == "restored" and not await self._taken_back(tx, session, "cancellation"):
            await self._news(tx, session, "restored", {})
        await self._put(tx, session, f"v{session.version}:edit", "announcement", op="edit", of=post.key)

    async def _plan(self, tx: Tx, session: Session, post: Post | None, settings: ServerSettings) -> None:
        """Have a session announced when it is time to; its card is made then, with what holds then."""
        due = self._clock.now()
        if session.series_id is not None:
            due = max(due, session.starts_at - timedelta(days=settings.group.announce_days))
        if post is not None and post.state != "cancelled":
            if post.attempts == 0:
                post.due_at = post.next_try_at = due
            post.expires_at = session.starts_at
            wake(tx)
        elif session.state == "planned":
            await self._put(tx, session, "announcement", "announcement", due_at=due)

    async def _taken_back(self, tx: Tx, session: Session, kind: str) -> bool:
        """Take back the last news of a kind, if it is not out yet."""
        last = await stored_posts.last(tx, session.guild_id, f"session:{session.session_id}:{kind}:")
        if last is None or last.state != "waiting":
            return False
        last.state = "cancelled"
        return True

    async def _tell_move(self, tx: Tx, session: Session, was: datetime) -> None:
        """Say it once, from the time that people know: news of an earlier move that is not out yet is taken back."""
        prefix = f"session:{session.session_id}:moved:"
        last = await stored_posts.last(tx, session.guild_id, prefix)
        if last is not None and last.state == "waiting":
            was = datetime.fromisoformat(last.data["was"])
            last.state = "cancelled"
        if was != session.starts_at:
            times = {"was": was.isoformat(), "starts_at": session.starts_at.isoformat()}
            await self._news(tx, session, "moved", times)

    async def _news(self, tx: Tx, session: Session, kind: str, data: dict[str, str]) -> None:
        await self._put(tx, session, f"{kind}:v{session.version}", kind, data)

    async def _settings_changed(self, tx: Tx, guild_id: int, settings: ServerSettings) -> None:
        """A new lead time holds for what waits to be announced, too."""
        for view in await sessions.upcoming(tx, guild_id, now=self._clock.now(), limit=1000):
            post = await stored_posts.by_key(tx, announcement_key(view.session.session_id))
            if post is not None and post.state == "waiting":
                await self._plan(tx, view.session, post, settings)

    async def _put(
        self, tx: Tx, session: Session, what: str, kind: str, more: dict[str, str] | None = None, *,
        op: str = "send", of: str | None = None, due_at: datetime | None = None,
    ) -> None:  # fmt: skip
        data = {"session": session.session_id, **(more or {})} | ({"of": of} if of else {})
        await self._outbox.put(
            tx, key=f"session:{session.session_id}:{what}", guild_id=session.guild_id, place="announcements",
            kind=kind, data=data, op=op, due_at=due_at, expires_at=session.starts_at if op == "send" else None,
        )  # fmt: skip

    # what the outbox says of it

    async def _announcement(self, tx: Tx, post: Post, _now: datetime) -> Card | Drop:
        view = await sessions.get(tx, post.guild_id, post.data["session"])
        if view is None or (view.session.state != "planned" and post.op == "send"):
            return Drop("the session is not planned any more")
        if view.session.state == "cancelled":
            return cards.cancelled(view)
        settings = await self._settings.of(tx, post.guild_id)
        return cards.announcement(view, await around.read(tx, view.session.session_id, settings))

    async def _moved(self, tx: Tx, post: Post, _now: datetime) -> Card | Drop:
        view = await sessions.get(tx, post.guild_id, post.data["session"])
        if view is None or view.session.state == "cancelled":
            return Drop("the session is cancelled")
        if view.session.starts_at.isoformat() != post.data["starts_at"]:
            return Drop("the session has moved again")
        settings = await self._settings.of(tx, post.guild_id)
        announced = await stored_posts.by_key(tx, announcement_key(view.session.session_id))
        return news.moved(
            view,
            datetime.fromisoformat(post.data["was"]),
            await around.read(tx, view.session.session_id, settings),
            ping=settings.group.ping_role,
            announcement_url=_address(announced),
        )

    async def _cancellation(self, tx: Tx, post: Post, _now: datetime) -> Card | Drop:
        view = await sessions.get(tx, post.guild_id, post.data["session"])
        if view is None:
            return Drop("the session is gone")
        return cards.cancelled(view, ping=(await self._settings.of(tx, post.guild_id)).group.ping_role)

    async def _restored(self, tx: Tx, post: Post, _now: datetime) -> Card | Drop:
        view = await sessions.get(tx, post.guild_id, post.data["session"])
        if view is None or view.session.state == "cancelled":
            return Drop("the session is cancelled")
        settings = await self._settings.of(tx, post.guild_id)
        beside = await around.read(tx, view.session.session_id, settings)
        return news.restored(view, beside, ping=settings.group.ping_role)


def _address(post: Post | None) -> str | None:
    """Where a post stands, for a link to it."""
    if post is None or post.channel_id is None or post.message_id is None:
        return None
    return jump(post.guild_id, post.channel_id, post.message_id)
