"""Who comes: presses of hundreds at once, written together; the counts on the card follow in batches."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.cards import Card, attendance
from bot.cards.sessions import session_title
from bot.clock import Clock
from bot.log import event
from bot.services.around import announcement_key
from bot.services.outbox import Outbox
from bot.services.people import Actor, Refused
from bot.services.sessions import number
from storage import outbox as stored_posts
from storage import rsvps, sessions
from storage.database import Database, Tx
from storage.rsvps import Counts
from storage.sessions import SessionView

log = logging.getLogger(__name__)

#: How often the counts on the card are brought up to date. Discord limits edits of messages older than an hour (30046).
YOUNG = timedelta(hours=1)
PAUSE, PAUSE_WHEN_OLD = timedelta(seconds=10), timedelta(minutes=2)


@dataclass(frozen=True)
class _Press:
    actor: Actor
    session_id: int
    answer: str
    done: asyncio.Future[tuple[Counts, str]]

    def refuse(self, error: Exception) -> None:
        if not self.done.done():
            self.done.set_exception(error)


class Rsvps:
    """Notes who comes. What is answered is committed before the person is told so."""

    def __init__(self, database: Database, clock: Clock, outbox: Outbox) -> None:
        self._database, self._clock, self._outbox = database, clock, outbox
        self._queue: list[_Press] = []
        self._writing: asyncio.Task[None] | None = None

    async def answer(self, actor: Actor, arguments: str) -> Card:
        """A member pressed going, maybe or can't; `arguments` ("42:going") is from outside."""
        session_id, _, answer = arguments.partition(":")
        if answer not in attendance.WORDS:
            raise Refused("This button belongs to an older version of me and does nothing any more.")
        done: asyncio.Future[tuple[Counts, str]] = asyncio.get_running_loop().create_future()
        self._queue.append(_Press(actor, number(session_id), answer, done))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write(), name="rsvps")
        counts, title = await done
        return attendance.answered(answer, counts, title)

    async def who(self, actor: Actor, session_id: str) -> Card:
        """The names, for a member who asks for them; `session_id` is from outside."""
        async with self._database.reading() as tx:
            view = await sessions.get(tx, actor.guild_id, number(session_id))
            answers = await rsvps.answers(tx, view.session.session_id) if view else []
        if view is None:
            raise Refused(_GONE)
        return attendance.who(answers)

    @property
    def busy(self) -> bool:
        """Whether something is being written."""
        return self._writing is not None

    async def settle(self) -> None:
        """Wait until every press so far is written."""
        while self._writing is not None:
            await asyncio.wait([self._writing])

    async def _write(self) -> None:
        """Write what has come, all of it in one transaction, until nothing comes any more."""
        try:
            while self._queue:
                batch, self._queue = self._queue, []
                try:
                    await self._note(batch)
                except Exception as error:  # noqa: BLE001 - each waiting press tells it to its person and to the log
                    for press in batch:
                        press.refuse(error)
        finally:
            self._writing = None

    async def _note(self, batch: list[_Press]) -> None:
        now = self._clock.now()
        by_session: dict[int, list[_Press]] = {}
        async with self._database.transaction() as tx:
            views = {
                (view.session.guild_id, view.session.session_id): view
                for view in await sessions.several(tx, {press.session_id for press in batch})
            }
            for press in batch:
                view = views.get((press.actor.guild_id, press.session_id))
                if trouble := _closed(view, now):
                    press.refuse(Refused(trouble))
                else:
                    by_session.setdefault(press.session_id, []).append(press)
            for (_, session_id), view in views.items():
                if presses := by_session.get(session_id):
                    answers = {press.actor.user_id: press.answer for press in presses}  # the last word counts
                    await rsvps.note(tx, view.session, answers, now=now)
                    await self._show(tx, view, now)
            counts = await rsvps.counts(tx, by_session)
        titles = {session_id: session_title(view) for (_, session_id), view in views.items()}
        for session_id, presses in by_session.items():
            for press in presses:
                if not press.done.done():  # it is, when the bot is being stopped
                    press.done.set_result((counts[session_id], titles[session_id]))
            event(
                log, "rsvps.noted", session=session_id, guild=presses[0].actor.guild_id, presses=len(presses)
            )

    async def _show(self, tx: Tx, view: SessionView, now: datetime) -> None:
        """Have the counts on the announcement brought up to date, with those of the next seconds together."""
        session = view.session
        key = announcement_key(session.session_id)
        post = await stored_posts.by_key(tx, key)
        if post is None or post.state != "sent" or post.sent_at is None:
            return  # the counts will be on it when it is sent
        pause = PAUSE if now - post.sent_at < YOUNG else PAUSE_WHEN_OLD
        due = datetime.fromtimestamp((now.timestamp() // pause.seconds + 1) * pause.seconds, UTC)
        await self._outbox.put(
            tx,
            key=f"session:{session.session_id}:counts:{due:%Y%m%dT%H%M%S}",
            guild_id=session.guild_id,
            place="announcements",
            kind="announcement",
            data={"session": session.session_id, "of": key},
            op="edit",
            due_at=due,
        )


_GONE = "This session is not here any more. `/nextsession` shows the next one."


def _closed(view: SessionView | None, now: datetime) -> str | None:
    """Why nobody can say any more whether they come, if so."""
    if view is None:
        return _GONE
    if view.session.state == "cancelled":
        return "This session is cancelled. `/nextsession` shows the next one."
    if now >= view.session.starts_at + timedelta(minutes=view.session.minutes):
        return "This session is over. `/nextsession` shows the next one."
    return None
