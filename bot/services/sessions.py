"""Sessions: what is next, and the one way to change one, which everything that follows a session hears of."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from bot.cards import Card
from bot.cards import sessions as cards
from bot.clock import Clock
from bot.config import ServerSettings
from bot.services import around
from bot.services.people import Actor, Refused
from bot.services.settings import SettingsService
from storage import sessions
from storage.database import Database, Tx
from storage.sessions import SessionView
from storage.tables import Session

#: "edited" is all that is none of the others: title, talks, presenters, volunteers, links. "held": it is over.
#: "restored": it had been cancelled, and takes place after all.
Kind = Literal["planned", "edited", "moved", "cancelled", "restored", "held"]


@dataclass(frozen=True)
class Change:
    """What became of a session, told to its followers (announcements, reminders, …) in the same transaction.

    `view` is the session as it is now, `before` as it was: rows apart, None when it is new. `by` is the member who
    did it, 0 the bot itself.
    """

    kind: Kind
    view: SessionView
    settings: ServerSettings
    by: int
    before: SessionView | None = None


Follower = Callable[[Tx, Change], Awaitable[None]]


@dataclass
class Changing:
    """A session in the middle of a change. Afterwards `view` is what became of it."""

    tx: Tx
    settings: ServerSettings
    view: SessionView

    @property
    def session(self) -> Session:
        return self.view.session


class Sessions:
    """What is next, and how it changes."""

    def __init__(self, database: Database, clock: Clock, settings: SettingsService) -> None:
        self._database, self._clock, self._settings = database, clock, settings
        self._followers: list[Follower] = []

    def follow(self, follower: Follower) -> None:
        """Have `follower` called in every transaction that changes a session."""
        self._followers.append(follower)

    # changing

    @asynccontextmanager
    async def changing(self, actor: Actor, session_id: int, kind: Kind) -> AsyncIterator[Changing]:
        """A transaction that changes one session: at its end the followers are told what became of it.

        Who may is for the caller to ask, inside. Raises Refused when the server has no such session, or when it was
        cancelled (and, for "restored", when it was not).
        """
        async with self._database.transaction() as tx:
            settings = await self._settings.of(tx, actor.guild_id)
            async with self.changing_within(tx, settings, actor, session_id, kind) as change:
                yield change

    @asynccontextmanager
    async def changing_within(
        self, tx: Tx, settings: ServerSettings, actor: Actor, session_id: int, kind: Kind
    ) -> AsyncIterator[Changing]:
        """The same within a transaction that changes more than one session."""
        before = await sessions.apart(tx, actor.guild_id, session_id)
        view = await sessions.get(tx, actor.guild_id, session_id)
        if before is None or view is None or (view.session.state == "cancelled") != (kind == "restored"):
            raise Refused(f"There is no session {session_id} here. `/schedule` shows what is planned.")
        change = Changing(tx, settings, view)
        yield change
        view.session.version += 1
        change.view = await self._tell(tx, kind, view.session, settings, actor.user_id, before)

    async def planned(
        self, tx: Tx, session: Session, settings: ServerSettings, by: int, kind: Kind = "planned"
    ) -> SessionView:
        """Tell the followers of a new session that stands in the transaction; the session as it is now."""
        return await self._tell(tx, kind, session, settings, by, None)

    async def _tell(
        self,
        tx: Tx,
        kind: Kind,
        session: Session,
        settings: ServerSettings,
        by: int,
        before: SessionView | None,
    ) -> SessionView:
        await tx.flush()
        view = await sessions.get(tx, session.guild_id, session.session_id)
        assert view is not None  # noqa: S101 - written in this transaction
        for follower in self._followers:
            await follower(tx, Change(kind, view, settings, by, before))
        return view

    # reading

    async def next(self, actor: Actor) -> Card:
        """What is on now, or comes next."""
        now = self._clock.now()
        async with self._database.reading() as tx:
            on_now = [
                view
                for view in await sessions.running(tx, actor.guild_id, since=now - timedelta(days=1), now=now)
                if now < view.session.starts_at + timedelta(minutes=view.session.minutes)
            ]
            coming = await sessions.upcoming(tx, actor.guild_id, now=now, limit=25)
            if not (shown := [*on_now, *coming]):
                return cards.next_session(None, later=0)
            settings = await self._settings.of(tx, actor.guild_id)
            beside = await around.read(tx, shown[0].session.session_id, settings)
        later = len(coming) if on_now else len(coming) - 1
        return cards.next_session(shown[0], beside, later=later, running=bool(on_now))

    async def page(self, actor: Actor, page: str) -> Card:
        """A page of what is coming; its number, from 0, comes with a button."""
        now, start = self._clock.now(), min(number(page), 10_000) * cards.PER_PAGE
        async with self._database.reading() as tx:
            coming = await sessions.upcoming(tx, actor.guild_id, now=now, limit=start + cards.PER_PAGE + 1)
        return cards.schedule(
            coming[start : start + cards.PER_PAGE], start, more=len(coming) > start + cards.PER_PAGE
        )

    async def join(self, actor: Actor, session_id: str) -> Card:
        """The join link, for a member who pressed Join; `session_id` is from outside."""
        async with self._database.reading() as tx:
            view = await sessions.get(tx, actor.guild_id, number(session_id))
        if view is None:
            raise Refused("This session is not here any more. `/nextsession` shows the next one.")
        return cards.join(view, self._clock.now())

    async def choices(self, guild_id: int, typed: str) -> list[tuple[int, str]]:
        """Sessions that match what was typed, as (id, when and what it is called): coming ones, then past ones."""
        now = self._clock.now()
        async with self._database.reading() as tx:
            views = list(await sessions.upcoming(tx, guild_id, now=now, limit=100))
            views += reversed(
                await sessions.between(tx, guild_id, after=now - timedelta(days=400), until=now)
            )
        found = [(view.session.session_id, cards.choice(view)) for view in views]
        return [row for row in found if typed.casefold() in row[1].casefold()][:25]


def number(text: str) -> int:
    """An id that came with a button, which may be forged; 0, which is nobody's, when it is none."""
    return int(text) if text.isdecimal() and len(text) < 20 and int(text) < 2**63 else 0
