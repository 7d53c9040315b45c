"""Slides and recordings that arrive later: those who meant to come and asked to be told are told, once for each."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.cards import Card
from bot.cards import archive as cards
from bot.cards.week import given
from bot.clock import Clock
from bot.services import records
from bot.services.delivery import Drop
from bot.services.outbox import Outbox
from bot.services.people import Actor
from bot.services.sessions import Change, Sessions
from bot.services.settings import SettingsService
from storage import outbox as stored_posts
from storage import people, rsvps, sessions
from storage.database import Database, Tx
from storage.tables import Post

#: What is worth a message, and how long organisers are given to put in the rest before it is sent.
TOLD, SETTLES = ("Slides", "Recording"), timedelta(minutes=10)
#: For how long it is still news.
_LIFE = timedelta(days=30)


class Missed:
    """Follows the sessions, and keeps who wants to be told. Nobody is who did not ask for it."""

    def __init__(
        self, database: Database, clock: Clock, settings: SettingsService, outbox: Outbox, followed: Sessions
    ) -> None:
        self._database, self._clock, self._settings, self._outbox = database, clock, settings, outbox
        outbox.says("missed", self._news)
        followed.follow(self._follow)

    async def want(self, actor: Actor, wanted: str) -> Card:
        """A member pressed the button: they want to be told ("on") or not any more; from outside."""
        async with self._database.transaction() as tx:
            (await people.get(tx, actor.guild_id, actor.user_id)).wants_news = wanted == "on"
        return cards.wants(on=wanted == "on")

    async def _follow(self, tx: Tx, change: Change) -> None:
        session = change.view.session
        known = given(change.before) if change.before else {}
        new = {what for (talk, what), url in given(change.view).items() if known.get((talk, what)) != url}
        if session.state != "held" or change.before is None or not new.intersection(TOLD):
            return
        answers = await rsvps.answers(tx, session.session_id)
        spoke = {person.user_id for person in change.view.presenters}
        meant = {user for user, answer in answers if answer in ("going", "maybe")} - spoke - {change.by}
        for person in await people.wanting_news(tx, session.guild_id, meant):
            prefix = f"session:{session.session_id}:missed:{person.user_id}:"
            if await stored_posts.waiting_under(tx, session.guild_id, prefix):
                continue  # what is waiting will tell of all that is there by then
            await self._outbox.put(
                tx,
                key=f"{prefix}v{session.version}",
                guild_id=session.guild_id,
                place=f"user:{person.user_id}",
                kind="missed",
                data={"session": session.session_id, "user": person.user_id},
                due_at=self._clock.now() + SETTLES,
                expires_at=self._clock.now() + _LIFE,
                patient=True,
            )

    async def _news(self, tx: Tx, post: Post, _now: datetime) -> Card | Drop:
        view = await sessions.get(tx, post.guild_id, post.data["session"])
        person = await people.find(tx, post.guild_id, post.data["user"])
        if view is None or person is None or not person.wants_news:
            return Drop("they do not want to be told any more")
        (session,) = await records.told(tx, post.guild_id, await self._settings.of(tx, post.guild_id), [view])
        if not any(talk.slides or talk.recording for talk in session.talks):
            return Drop("it was taken away again")
        return cards.news(session)
