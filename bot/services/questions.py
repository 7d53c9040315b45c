"""A box of questions for each session: asked by name or anonymously, shown to nobody unasked until it is time.

Of an anonymous question nobody's id is kept, anywhere: not even its asker can be found again.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from bot.cards import Card, week
from bot.cards import questions as cards
from bot.cards.base import count
from bot.clock import Clock
from bot.config import ServerSettings
from bot.log import event
from bot.services.around import thread_key
from bot.services.delivery import Drop
from bot.services.outbox import Outbox
from bot.services.people import Actor, Refused
from bot.services.presenters import organisers_of
from bot.services.sessions import Change, Sessions, number
from bot.services.settings import SettingsService
from storage import deeds, questions, sessions
from storage import outbox as stored_posts
from storage.database import Database, Tx
from storage.sessions import SessionView
from storage.tables import Post, Question

log = logging.getLogger(__name__)

#: When the presenter gets the questions, and what a box and one person's share of it hold.
BEFORE = timedelta(hours=1)
MOST, MOST_EACH, LENGTH = 100, 10, 1000


class Questions:
    """Keeps the boxes, and empties them in time."""

    def __init__(
        self, database: Database, clock: Clock, settings: SettingsService, outbox: Outbox, followed: Sessions
    ) -> None:
        self._database, self._clock, self._settings, self._outbox = database, clock, settings, outbox
        outbox.says("questions", self._for_presenter, after_failed=self._not_reached)
        outbox.says("questions-thread", self._for_thread)
        followed.follow(self._follow)

    async def ask(self, actor: Actor, text: str | None, *, anonymous: bool) -> Card:
        """Put a question into the next session's box, or look into it without one."""
        async with self._database.transaction() as tx:
            settings = await self._settings.of(tx, actor.guild_id)
            view = await self._next(tx, actor)
            session = view.session
            if text is not None:
                await self._put_in(tx, view, actor, text, anonymous=anonymous)
                await self._plan(tx, view, settings)
                event(log, "question.asked", session=session.session_id, guild=session.guild_id)
            asked = await questions.of_session(tx, session.session_id)
        organiser = actor.organises(settings)
        return cards.box(view, asked, organiser=organiser, just_asked=text is not None)

    async def want(self, actor: Actor, question_id: str) -> Card:
        """A member would like a question to be asked; `question_id` is from outside."""
        async with self._database.transaction() as tx:
            question = await self._question(tx, actor, question_id)
            await questions.vote(tx, question, actor.user_id)
            return await self._box(tx, actor, question)

    async def remove(self, actor: Actor, question_id: str) -> Card:
        """An organiser takes a question out; `question_id` is from outside."""
        async with self._database.transaction() as tx:
            actor.must_organise(await self._settings.of(tx, actor.guild_id), "remove questions")
            question = await self._question(tx, actor, question_id)
            question.removed = True
            deeds.note(
                tx, guild_id=actor.guild_id, noun="session", noun_id=question.session_id,
                what="removed a question", by=actor.user_id, now=self._clock.now(),
            )  # fmt: skip
            event(log, "question.removed", question=question.question_id, by=actor.user_id)
            return await self._box(tx, actor, question)

    async def _next(self, tx: Tx, actor: Actor) -> SessionView:
        coming = await sessions.upcoming(tx, actor.guild_id, now=self._clock.now(), limit=1)
        if not coming:
            raise Refused(
                "No session is planned to ask for. `/proposals` shows what the group may read next."
            )
        return coming[0]

    async def _put_in(self, tx: Tx, view: SessionView, actor: Actor, text: str, *, anonymous: bool) -> None:
        text, session = text.strip()[:LENGTH], view.session
        known = await questions.of_session(tx, session.session_id)
        mine = sum(item.question.user_id == actor.user_id for item in known)
        if not text:
            raise Refused("There is no question in that. Please write one.")
        if len(known) >= MOST or mine >= MOST_EACH:
            raise Refused("The box is full. Say with 👍 which of its questions you want: `/ask` shows them.")
        tx.add(
            Question(
                guild_id=session.guild_id,
                session_id=session.session_id,
                text=text,
                asked_at=self._clock.now(),
                user_id=None if anonymous else actor.user_id,
            )
        )
        await tx.flush()

    async def _question(self, tx: Tx, actor: Actor, question_id: str) -> Question:
        question = await questions.get(tx, actor.guild_id, number(question_id))
        if question is None:
            raise Refused("This question is not in the box any more.")
        return question

    async def _box(self, tx: Tx, actor: Actor, question: Question) -> Card:
        await tx.flush()
        view = await sessions.get(tx, actor.guild_id, question.session_id)
        if view is None:
            raise Refused("This session is not here any more.")
        organiser = actor.organises(await self._settings.of(tx, actor.guild_id))
        return cards.box(view, await questions.of_session(tx, question.session_id), organiser=organiser)

    # in time

    async def _follow(self, tx: Tx, change: Change) -> None:
        if change.kind != "planned" and await questions.of_session(tx, change.view.session.session_id):
            await self._plan(tx, change.view, change.settings)

    async def _plan(self, tx: Tx, view: SessionView, settings: ServerSettings) -> None:
        """Have the questions told an hour before to who presents (or who organises), and to the thread at the start."""
        session = view.session
        prefix = f"session:{session.session_id}:questions:"
        await stored_posts.cancel(tx, guild_id=session.guild_id, key_prefix=prefix)
        if session.state != "planned":
            return
        start = session.starts_at
        presenters = [f"user:{person.user_id}" for person in view.presenters if person.user_id]
        for place in dict.fromkeys(presenters or [organisers_of(session, settings)]):
            due = max(start - BEFORE, self._clock.now())
            await self._put(tx, view, f"{prefix}{start:%Y%m%dT%H%MZ}:{place}", "questions", place, due, start)
        await self._put(
            tx, view, f"{prefix}{start:%Y%m%dT%H%MZ}:thread", "questions-thread", "announcements", start,
            start + timedelta(minutes=session.minutes),
        )  # fmt: skip

    async def _put(
        self, tx: Tx, view: SessionView, key: str, kind: str, place: str, due: datetime, until: datetime
    ) -> None:
        session = view.session
        data = {"session": session.session_id, "starts_at": session.starts_at.isoformat()}
        if kind == "questions-thread":
            data["of"] = thread_key(session.session_id)
        await self._outbox.put(
            tx, key=key, guild_id=session.guild_id, place=place, kind=kind, data=data, due_at=due, expires_at=until
        )  # fmt: skip

    async def _not_reached(self, tx: Tx, post: Post) -> None:
        """The presenter takes no direct messages: the organisers get the list, to pass it on."""
        view = await sessions.get(tx, post.guild_id, post.data["session"])
        if view is not None and post.place != "organisers":
            start = view.session.starts_at
            await self._put(
                tx, view, f"{post.key}:organisers", "questions", "organisers", self._clock.now(), start
            )

    async def _for_presenter(self, tx: Tx, post: Post, _now: datetime) -> Card | Drop:
        found = await self._still_asked(tx, post)
        return found if isinstance(found, Drop) else cards.for_presenter(*found)

    async def _for_thread(self, tx: Tx, post: Post, _now: datetime) -> Card | Drop:
        found = await self._still_asked(tx, post)
        return found if isinstance(found, Drop) else cards.for_thread(*found)

    async def _still_asked(self, tx: Tx, post: Post) -> tuple[SessionView, list[questions.Asked]] | Drop:
        view = await sessions.get(tx, post.guild_id, post.data["session"])
        if view is None or view.session.state != "planned":
            return Drop("the session is not planned any more")
        if view.session.starts_at.isoformat() != post.data["starts_at"]:
            return Drop("the session has moved")
        asked = await questions.of_session(tx, view.session.session_id)
        return (view, list(asked)) if asked else Drop("there are no questions")


async def in_box(tx: Tx, view: SessionView, _settings: ServerSettings) -> week.Item | None:
    """For `/week`: how many questions wait for a session."""
    asked = await questions.of_session(tx, view.session.session_id)
    return week.Item(f"{count(len(asked), 'question')} in the box (`/ask`)", done=True) if asked else None
