"""The one public message of a session, kept true; and the news when it is called off."""

from __future__ import annotations

from datetime import datetime

from bot.cards import Card
from bot.cards import sessions as cards
from bot.services.outbox import Drop, Outbox
from bot.services.sessions import Change, Sessions
from storage import outbox as stored_posts
from storage import sessions
from storage.database import Tx
from storage.sessions import SessionView
from storage.tables import Post, Session


class Announcements:
    """Follows the sessions and says what becomes of them in the announcement channel."""

    def __init__(self, outbox: Outbox, followed: Sessions) -> None:
        self._outbox = outbox
        outbox.says("announcement", self._announcement)
        outbox.says("cancellation", self._cancellation)
        followed.follow(self._follow)

    async def _follow(self, tx: Tx, change: Change) -> None:
        session = change.view.session
        if change.kind == "planned":
            await self._put(tx, session, "announcement", "announcement", expires_at=session.starts_at)
            return
        if change.kind == "cancelled":
            await self._put(tx, session, "cancellation", "cancellation", expires_at=session.starts_at)
        await self._update(tx, session)

    async def _update(self, tx: Tx, session: Session) -> None:
        """Have the announcement say what holds now, if it is out; one that still waits is made when it is sent."""
        key = f"session:{session.session_id}:announcement"
        post = await stored_posts.by_key(tx, key)
        if post is not None and post.state in ("sent", "sending"):
            await self._put(tx, session, f"v{session.version}:edit", "announcement", op="edit", of=key)

    async def _put(
        self, tx: Tx, session: Session, what: str, kind: str, *, op: str = "send", of: str | None = None,
        expires_at: datetime | None = None,
    ) -> None:  # fmt: skip
        data = {"session": session.session_id} | ({"of": of} if of else {})
        await self._outbox.put(
            tx, key=f"session:{session.session_id}:{what}", guild_id=session.guild_id, place="announcements",
            kind=kind, data=data, op=op, expires_at=expires_at,
        )  # fmt: skip

    # what the outbox says of it

    async def _announcement(self, tx: Tx, post: Post, _now: datetime) -> Card | Drop:
        view = await self._view(tx, post)
        if view is None or (view.session.state != "planned" and post.op == "send"):
            return Drop("the session is not planned any more")
        return cards.cancelled(view) if view.session.state == "cancelled" else cards.announcement(view)

    async def _cancellation(self, tx: Tx, post: Post, _now: datetime) -> Card | Drop:
        view = await self._view(tx, post)
        return cards.cancelled(view) if view else Drop("the session is gone")

    @staticmethod
    async def _view(tx: Tx, post: Post) -> SessionView | None:
        return await sessions.get(tx, post.guild_id, post.data["session"])
