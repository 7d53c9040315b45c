"""A discussion thread for each session: opened from its announcement, called as it is, archived some hours after it."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.cards import Thread, native
from bot.services.announcements import Announcements
from bot.services.around import announcement_key, thread_key
from bot.services.delivery import Drop
from bot.services.outbox import Outbox
from bot.services.sessions import Change, Sessions
from storage import outbox as stored_posts
from storage import sessions
from storage.database import Tx
from storage.tables import Post, Session

#: How long after the end of a session its thread is archived. Whoever writes in it opens it again.
REST_AFTER = timedelta(hours=12)


class Threads:
    """Follows the announcements and the sessions."""

    def __init__(self, outbox: Outbox, announcements: Announcements, followed: Sessions) -> None:
        self._outbox = outbox
        outbox.says("thread", self._thread, self._opened)
        outbox.says("thread-name", self._name)
        outbox.says("thread-rest", self._rest)
        announcements.on_posted(self._announced)
        followed.follow(self._follow)

    async def _announced(self, tx: Tx, post: Post) -> None:
        view = await sessions.get(tx, post.guild_id, post.data["session"])
        if view is not None:
            key = thread_key(view.session.session_id)
            await self._put(tx, view.session, key, "thread", expires_at=_end(view.session))

    async def _opened(self, tx: Tx, post: Post) -> None:
        view = await sessions.get(tx, post.guild_id, post.data["session"])
        if view is not None:
            await self._plan_rest(tx, view.session)

    async def _follow(self, tx: Tx, change: Change) -> None:
        """The end of a session moves with it, and its name."""
        session = change.view.session
        thread = await stored_posts.by_key(tx, thread_key(session.session_id))
        if thread is None:
            return
        thread.expires_at = _end(session)
        if thread.state != "sent" or change.kind not in ("moved", "edited"):
            return
        await self._plan_rest(tx, session)
        was = native.thread_name(change.before) if change.before else ""
        if was and was != native.thread_name(change.view):
            key = f"session:{session.session_id}:thread-name:{session.version}"
            await self._put(tx, session, key, "thread-name", expires_at=_end(session), was=was)

    async def _plan_rest(self, tx: Tx, session: Session) -> None:
        prefix = f"session:{session.session_id}:thread-rest:"
        await stored_posts.cancel(tx, guild_id=session.guild_id, key_prefix=prefix)
        due = _end(session) + REST_AFTER
        await self._put(tx, session, f"{prefix}{due:%Y%m%dT%H%MZ}", "thread-rest", due_at=due)

    async def _put(
        self, tx: Tx, session: Session, key: str, kind: str, *,
        due_at: datetime | None = None, expires_at: datetime | None = None, was: str = "",
    ) -> None:  # fmt: skip
        await self._outbox.put(
            tx,
            key=key,
            guild_id=session.guild_id,
            place="threads",  # a lane of its own: what hinders threads hinders nothing else
            kind=kind,
            data={"session": session.session_id, "of": announcement_key(session.session_id), "was": was},
            op="thread",
            due_at=due_at,
            expires_at=expires_at,
        )

    async def _thread(self, tx: Tx, post: Post, _now: datetime) -> Thread | Drop:
        view = await sessions.get(tx, post.guild_id, post.data["session"])
        return native.thread(view) if view else Drop("the session is gone")

    async def _name(self, tx: Tx, post: Post, _now: datetime) -> Thread | Drop:
        view = await sessions.get(tx, post.guild_id, post.data["session"])
        return native.thread(view, was=post.data["was"]) if view else Drop("the session is gone")

    async def _rest(self, tx: Tx, post: Post, _now: datetime) -> Thread | Drop:
        view = await sessions.get(tx, post.guild_id, post.data["session"])
        return native.thread(view, archived=True) if view else Drop("the session is gone")


def _end(session: Session) -> datetime:
    return session.starts_at + timedelta(minutes=session.minutes)
