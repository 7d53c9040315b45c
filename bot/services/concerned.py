"""Those whom a change of a session concerns are told by direct message: who presents, and who was told another time."""

from __future__ import annotations

from bot.cards import Card
from bot.cards import reminders as cards
from bot.clock import Clock
from bot.services.delivery import Drop
from bot.services.outbox import Outbox
from bot.services.reminders import prefix_of
from bot.services.sessions import Change, Sessions
from storage import outbox as stored_posts
from storage import sessions
from storage.database import Tx
from storage.sessions import SessionView
from storage.tables import Post, Session

#: What is told to whoever knows the session as it was.
NEWS = ("moved", "cancelled", "restored")


class Concerned:
    """Follows the sessions. Nobody is told what they did themselves; the channel has its own news."""

    def __init__(self, clock: Clock, outbox: Outbox, followed: Sessions) -> None:
        self._clock, self._outbox = clock, outbox
        outbox.says("presents", self._presents)
        outbox.says("changed_dm", self._changed)
        followed.follow(self._follow)

    async def _follow(self, tx: Tx, change: Change) -> None:
        session, presenting = change.view.session, _presenting(change.view)
        if session.starts_at <= self._clock.now():
            return
        if session.state == "planned":
            for user in sorted(presenting - _presenting(change.before) - {change.by}):
                await self._put(tx, session, "presents", f"user:{user}", "presents")
        if change.kind in NEWS:
            told = await stored_posts.places_told(tx, session.guild_id, prefix_of(session))
            places = {*told, *(f"user:{user}" for user in presenting)} - {f"user:{change.by}"}
            for place in sorted(places):
                await self._put(tx, session, change.kind, place, "changed_dm")

    async def _put(self, tx: Tx, session: Session, what: str, place: str, kind: str) -> None:
        await self._outbox.put(
            tx,
            key=f"session:{session.session_id}:told:{what}:v{session.version}:{place}",
            guild_id=session.guild_id,
            place=place,
            kind=kind,
            data={"session": session.session_id, "starts_at": session.starts_at.isoformat(), "what": what},
            expires_at=session.starts_at,
        )

    async def _presents(self, tx: Tx, post: Post, _now: object) -> Card | Drop:
        view, user = await sessions.get(tx, post.guild_id, post.data["session"]), _user(post)
        if view is None or view.session.state != "planned" or user not in _presenting(view):
            return Drop("they do not present any more")
        return cards.presents(view, user)

    async def _changed(self, tx: Tx, post: Post, _now: object) -> Card | Drop:
        view, what = await sessions.get(tx, post.guild_id, post.data["session"]), post.data["what"]
        if view is None or (view.session.state == "cancelled") != (what == "cancelled"):
            return Drop("it has changed again")
        if view.session.starts_at.isoformat() != post.data["starts_at"]:
            return Drop("the session has moved again")
        return cards.changed(view, what)


def _presenting(view: SessionView | None) -> set[int]:
    """The members who present."""
    return {person.user_id for person in view.presenters if person.user_id} if view else set()


def _user(post: Post) -> int:
    return int(post.place.partition(":")[2])
