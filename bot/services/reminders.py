"""Reminding of sessions: the channel, the presenter, the organisers, and whoever asked for it.

A reminder is a post of the outbox, planned when its session is; its text is made when it is sent. Who is reminded when
is one list of rounds; a change of the session or of the settings plans the list anew, and what is unchanged stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from bot.cards import Card
from bot.cards import reminders as cards
from bot.cards.sessions import Around
from bot.clock import Clock
from bot.config import ServerSettings
from bot.services import around
from bot.services.delivery import Drop
from bot.services.outbox import Outbox
from bot.services.presenters import organisers_of
from bot.services.sessions import Change, Sessions
from bot.services.settings import SettingsService
from bot.when import Lead, parse_lead
from storage import outbox as stored_posts
from storage import reminders, sessions
from storage import series as stored_series
from storage.database import Database, Tx
from storage.sessions import SessionView
from storage.tables import Post, Session

#: How long after the start "it begins" is still worth saying.
STARTING = timedelta(minutes=15)


@dataclass(frozen=True)
class Round:
    """One audience of a session's reminders: what they are told (`kind`), where, and how long before."""

    kind: str
    place: str
    leads: Sequence[Lead]


class Reminders:
    """Plans the reminders of every session, and makes their text."""

    def __init__(
        self, database: Database, clock: Clock, settings: SettingsService, outbox: Outbox, followed: Sessions
    ) -> None:
        self._database, self._clock, self._settings, self._outbox = database, clock, settings, outbox
        outbox.says("reminder", self._reminder)
        outbox.says("starting", self._starting)
        outbox.says("presenter", self._presenter)
        outbox.says("lacking", self._lacking)
        outbox.says("personal", self._personal, after_failed=self._not_reached)
        outbox.says("dm_closed", self._dm_closed)
        settings.on_change(self._settings_changed)
        followed.follow(self._follow)

    async def _follow(self, tx: Tx, change: Change) -> None:
        session = change.view.session
        if change.kind in ("moved", "cancelled"):
            await stored_posts.cancel(tx, guild_id=session.guild_id, key_prefix=prefix_of(session))
        if session.state == "planned":
            await self.plan(tx, change.view, change.settings)

    async def _settings_changed(self, tx: Tx, guild_id: int, settings: ServerSettings) -> None:
        """New lead times hold for what is planned already, too; what is overdue still goes out."""
        for view in await sessions.upcoming(tx, guild_id, now=self._clock.now(), limit=1000):
            await self.plan(tx, view, settings)

    async def plan(self, tx: Tx, view: SessionView, settings: ServerSettings) -> None:
        """Make what waits for a session what should wait. A reminder whose time has passed is not made up for."""
        now, session = self._clock.now(), view.session
        await stored_posts.cancel(tx, guild_id=session.guild_id, key_prefix=prefix_of(session), due_after=now)
        for one in await self._rounds(tx, view, settings):
            await self._plan_round(tx, session, one, now)

    async def _rounds(self, tx: Tx, view: SessionView, settings: ServerSettings) -> list[Round]:
        session, leads = view.session, settings.reminders
        series = (
            await stored_series.get(tx, session.guild_id, session.series_id) if session.series_id else None
        )
        own = series.reminders if series else None
        organisers = organisers_of(session, settings)
        rounds = [
            Round(
                "reminder", "announcements", leads.before if own is None else [parse_lead(key) for key in own]
            ),
            Round("starting", "announcements", (Lead(minutes=0),)),
            Round("lacking", organisers, leads.organisers),
            Round("presenter_alert", organisers, (settings.sessions.presenter_alert,)),
        ]
        presenting = {person.user_id for talk in view.talks for person in talk.presenters if person.user_id}
        rounds += [Round("presenter", f"user:{user}", leads.presenter) for user in sorted(presenting)]
        rounds += [
            Round("personal", f"user:{choice.user_id}", [parse_lead(text) for text in choice.leads])
            for choice in await reminders.choices(tx, session.guild_id)
        ]
        return rounds

    async def _plan_round(self, tx: Tx, session: Session, one: Round, now: datetime) -> None:
        """A reminder is of use until the next one of its round is due: then that one says it better."""
        start = session.starts_at
        due_leads = sorted({lead.due(start, session.zone): lead for lead in one.leads}.items())
        for (due, lead), (end, _) in pairwise([*due_leads, (start, Lead())]):
            if now < due <= start:
                await self._outbox.put(
                    tx,
                    key=f"{prefix_of(session)}{start:%Y%m%dT%H%MZ}:{one.kind}:{one.place}:{lead.key}",
                    guild_id=session.guild_id,
                    place=one.place,
                    kind=one.kind,
                    data={"session": session.session_id, "starts_at": start.isoformat()},
                    due_at=due,
                    expires_at=start + STARTING if due == start else min(end, start),
                )

    # what the outbox says of it

    async def _view(self, tx: Tx, post: Post) -> SessionView | Drop:
        view = await sessions.get(tx, post.guild_id, post.data["session"])
        if view is None or view.session.state != "planned":
            return Drop("the session is not planned any more")
        if view.session.starts_at.isoformat() != post.data["starts_at"]:
            return Drop("the session has moved")
        return view

    async def _around(self, tx: Tx, view: SessionView) -> Around:
        settings = await self._settings.of(tx, view.session.guild_id)
        return await around.read(tx, view.session.session_id, settings)

    async def _reminder(self, tx: Tx, post: Post, now: datetime) -> Card | Drop:
        view = await self._view(tx, post)
        return view if isinstance(view, Drop) else cards.reminder(view, now, await self._around(tx, view))

    async def _starting(self, tx: Tx, post: Post, _now: datetime) -> Card | Drop:
        view = await self._view(tx, post)
        return view if isinstance(view, Drop) else cards.starting(view, await self._around(tx, view))

    async def _presenter(self, tx: Tx, post: Post, now: datetime) -> Card | Drop:
        view = await self._view(tx, post)
        if isinstance(view, Drop):
            return view
        user = int(post.place.partition(":")[2])
        if not any(person.user_id == user for person in view.presenters):
            return Drop("they do not present any more")
        return cards.presenter(view, user, now)

    async def _lacking(self, tx: Tx, post: Post, now: datetime) -> Card | Drop:
        view = await self._view(tx, post)
        if isinstance(view, Drop):
            return view
        missing = cards.missing(view)
        return cards.lacking(view, missing, now) if missing else Drop("nothing is missing")

    async def _personal(self, tx: Tx, post: Post, now: datetime) -> Card | Drop:
        view = await self._view(tx, post)
        if isinstance(view, Drop):
            return view
        user = int(post.place.partition(":")[2])
        if await reminders.choice(tx, post.guild_id, user) is None:
            return Drop("they do not want to be reminded any more")
        return cards.personal(view, now, await self._around(tx, view))

    async def _not_reached(self, tx: Tx, post: Post) -> None:
        """Somebody's direct messages are closed: say so once, where they asked, and do not try again."""
        user = int(post.place.partition(":")[2])
        choice = await reminders.choice(tx, post.guild_id, user)
        if choice is None:
            return
        await reminders.unchoose(tx, post.guild_id, user)
        await self._outbox.put(
            tx,
            key=f"dm_closed:{post.guild_id}:{user}:{choice.changed_at:%Y%m%dT%H%M%SZ}",
            guild_id=post.guild_id,
            place=f"channel:{choice.asked_in}",
            kind="dm_closed",
            data={"user": user},
            expires_at=self._clock.now() + timedelta(days=1),
        )

    async def _dm_closed(self, _tx: Tx, post: Post, _now: datetime) -> Card:
        return cards.dm_closed(post.data["user"])


def prefix_of(session: Session) -> str:
    """What the keys of a session's reminders start with."""
    return f"session:{session.session_id}:reminder:"
