"""One entry in Discord's list of events for each session, kept true both ways.

What changes here is changed there. What people change there is seen by reading the list (an event of the gateway is
only a hint to look, for it may never come or come twice): then the organisers are asked which of the two holds.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.cards import Card, NativeEvent, native, week
from bot.clock import Clock
from bot.config import ServerSettings
from bot.log import event
from bot.services.delivery import Drop
from bot.services.outbox import Outbox
from bot.services.people import Actor, Refused
from bot.services.reconciling import Unreadable
from bot.services.sessions import Change, Kind, Sessions, number
from bot.services.settings import SettingsService
from bot.when import local
from storage import deeds, guilds, sessions
from storage import outbox as stored_posts
from storage.database import Database, Tx
from storage.sessions import SessionView
from storage.tables import Post, Session

log = logging.getLogger(__name__)

_PAUSE = timedelta(seconds=30)


@dataclass(frozen=True)
class Span:
    """When an event starts and ends, as Discord shows it."""

    starts_at: datetime
    ends_at: datetime | None


class EventReader(Protocol):
    """Reads a server's list of events."""

    async def events(self, guild_id: int) -> dict[int, Span]:
        """Those that are planned or running, by id. Raises Unreadable when Discord cannot tell now."""
        ...


class NativeEvents:
    """Follows the sessions, and the people who change an event by hand."""

    def __init__(
        self, database: Database, clock: Clock, settings: SettingsService, outbox: Outbox, followed: Sessions
    ) -> None:
        self._database, self._clock, self._settings = database, clock, settings
        self._outbox, self._sessions = outbox, followed
        self._reader: EventReader | None = None
        self._to_read: set[int] = set()
        self._read_at: datetime | None = None
        outbox.says("event", self._event)
        outbox.says("event-asked", self._asked)
        followed.follow(self._follow)

    # from here to there

    async def _follow(self, tx: Tx, change: Change) -> None:
        session = change.view.session
        made = await _made(tx, session)
        again = change.kind in ("moved", "restored")
        if made is None or (again and made.state in ("expired", "failed", "cancelled")):
            if session.state == "planned":
                await self._make(tx, session, str(made.post_id if made else 1))
            return
        if change.kind == "restored":  # what Discord has cancelled stays so: another event takes its place
            last = await _last(tx, session)
            if last is not None and last.state != "waiting":
                await self._make(tx, session, str(last.post_id))
            return
        made.expires_at = session.starts_at
        channel = change.settings.group.announcement_channel
        before = native.event(change.before, channel) if change.before else None
        if session.state != "held" and native.event(change.view, channel) != before:
            await self._change(tx, session, f"v{session.version}")

    async def _make(self, tx: Tx, session: Session, nth: str) -> None:
        await self._put(tx, session, f"{_prefix(session)}{nth}", {}, expires_at=session.starts_at)

    async def _change(self, tx: Tx, session: Session, why: str) -> None:
        """Have the event say what holds now, if it is there; one that still waits is made from what holds then."""
        made = await _made(tx, session)
        if made is not None and made.state in ("sent", "sending"):
            await self._put(tx, session, f"{_prefix(session)}edit:{why}", {"of": made.key})

    async def _put(
        self, tx: Tx, session: Session, key: str, more: dict[str, str], expires_at: datetime | None = None
    ) -> None:
        await self._outbox.put(
            tx, key=key, guild_id=session.guild_id, place="events", kind="event", op="event",
            data={"session": session.session_id, **more}, expires_at=expires_at,
        )  # fmt: skip

    async def _event(self, tx: Tx, post: Post, now: datetime) -> NativeEvent | Drop:
        view = await sessions.get(tx, post.guild_id, post.data["session"])
        if view is None or (view.session.state != "planned" and "of" not in post.data):
            return Drop("the session is not planned any more")
        if view.session.starts_at <= now:
            return Drop("the session has begun")
        return native.event(view, (await self._settings.of(tx, post.guild_id)).group.announcement_channel)

    # from there to here

    def open(self, reader: EventReader) -> None:
        """Discord can be reached."""
        self._reader = reader

    def look(self, guild_id: int, *, after: timedelta = timedelta(0)) -> None:
        """Somebody may have changed an event of a server: read its list."""
        self._to_read.add(guild_id)
        self._read_at = self._clock.now() + after
        self._database.on_wake()

    async def next_due(self, _tx: Tx) -> datetime | None:
        return self._read_at if self._reader is not None else None

    async def run_due(self, now: datetime) -> None:
        """Read the lists that are to be read; what cannot be read now is tried again."""
        if self._reader is None or self._read_at is None or self._read_at > now:
            return
        guild_ids, self._to_read, self._read_at = self._to_read, set(), None
        for guild_id in guild_ids:
            try:
                await self._compare(self._reader, guild_id)
            except Unreadable as trouble:
                event(log, "events.unreadable", logging.WARNING, guild=guild_id, cause=trouble)
                self.look(guild_id, after=_PAUSE)

    async def _compare(self, reader: EventReader, guild_id: int) -> None:
        """Ask about every session whose event is not where we put it. What is under way to Discord is left alone."""
        async with self._database.reading() as tx:
            if guild_id not in await guilds.present(tx):
                return
            views = await sessions.upcoming(tx, guild_id, now=self._clock.now(), limit=1000)
            settled = {view.session.session_id: await _settled(tx, view.session) for view in views}
        if not any(settled.values()):
            return
        seen = await reader.events(guild_id)
        async with self._database.transaction() as tx:
            for view in await sessions.upcoming(tx, guild_id, now=self._clock.now(), limit=1000):
                last = await _settled(tx, view.session)
                made = await _made(tx, view.session)
                if last is None or made is None or settled.get(view.session.session_id) != last:
                    continue  # we were changing it while we read
                span = seen.get(made.message_id or 0)
                if not _same(view.session, span):
                    await self._ask(tx, view.session, last, span)

    async def _ask(self, tx: Tx, session: Session, last: int, span: Span | None) -> None:
        shown = span.starts_at.isoformat() if span else ""
        await self._outbox.put(
            tx,
            key=f"session:{session.session_id}:event-asked:{last}:{shown}",
            guild_id=session.guild_id,
            place="organisers",
            kind="event-asked",
            data={"session": session.session_id, "shown": shown},
            expires_at=session.starts_at,
        )
        event(log, "event.changed_by_hand", session=session.session_id, guild=session.guild_id, shown=shown)

    async def _asked(self, tx: Tx, post: Post, _now: datetime) -> Card | Drop:
        view = await sessions.get(tx, post.guild_id, post.data["session"])
        if view is None or view.session.state != "planned":
            return Drop("the session is not planned any more")
        shown = post.data["shown"]
        return native.asked(view, datetime.fromisoformat(shown) if shown else None)

    async def take(self, actor: Actor, session_id: str) -> Card:
        """An organiser decides for the event: the session moves to its time, or is cancelled as it was."""
        view, span = await self._differing(actor, session_id)
        kind: Kind = "moved" if span else "cancelled"
        async with self._sessions.changing(actor, view.session.session_id, kind) as change:
            session = change.session
            if span is None:
                session.state = "cancelled"
            else:
                session.starts_at = span.starts_at
                session.wall_time = f"{local(span.starts_at, session.zone):%Y-%m-%dT%H:%M}"
                if span.ends_at:
                    session.minutes = max(round((span.ends_at - span.starts_at).total_seconds() / 60), 1)
        return native.taken(change.view)

    async def keep(self, actor: Actor, session_id: str) -> Card:
        """An organiser decides for the session: the event is put back."""
        view, span = await self._differing(actor, session_id)
        async with self._database.transaction() as tx:
            last = await _last(tx, view.session)
            nth = str(last.post_id if last else 1)
            await (
                self._change(tx, view.session, f"kept:{nth}") if span else self._make(tx, view.session, nth)
            )
            deeds.note(
                tx, guild_id=actor.guild_id, noun="session", noun_id=view.session.session_id,
                what="put the event back", by=actor.user_id, now=self._clock.now(),
            )  # fmt: skip
        return native.kept(view)

    async def _differing(self, actor: Actor, session_id: str) -> tuple[SessionView, Span | None]:
        """The session and what its event shows at this moment. Raises Refused when there is nothing to decide."""
        async with self._database.reading() as tx:
            actor.must_organise(await self._settings.of(tx, actor.guild_id), "decide this")
            view = await sessions.get(tx, actor.guild_id, number(session_id))
            made = await _made(tx, view.session) if view else None
        if view is None or made is None or view.session.state != "planned":
            raise Refused("This session is not planned any more: there is nothing to decide.")
        try:
            seen = await self._reader.events(actor.guild_id) if self._reader else {}
        except Unreadable:
            raise Refused(
                "Discord does not show its events just now. Please press again in a moment."
            ) from None
        span = seen.get(made.message_id or 0)
        if _same(view.session, span):
            raise Refused("Session and event agree again: there is nothing to decide.")
        return view, span


async def in_list(tx: Tx, view: SessionView, _settings: ServerSettings) -> week.Item | None:
    """For `/week`: whether a session is in Discord's list of events."""
    return week.posted("In Discord's list of events", await _made(tx, view.session))


def _prefix(session: Session) -> str:
    return f"session:{session.session_id}:event:"


async def _last(tx: Tx, session: Session) -> Post | None:
    """The last thing that was planned for the event: to make it, or to change it."""
    return await stored_posts.last(tx, session.guild_id, _prefix(session))


async def _made(tx: Tx, session: Session) -> Post | None:
    """The post that made, or will make, the event as it is now."""
    last = await _last(tx, session)
    return await stored_posts.by_key(tx, last.data["of"]) if last and "of" in last.data else last


async def _settled(tx: Tx, session: Session) -> int | None:
    """The id of the last post for the event when it has reached Discord or never will; None while it may."""
    last = await _last(tx, session)
    return last.post_id if last and last.state in ("sent", "failed") else None


def _same(session: Session, span: Span | None) -> bool:
    """Whether an event is where its session is."""
    if span is None:
        return False
    ends_at = session.starts_at + timedelta(minutes=session.minutes)
    return span.starts_at == session.starts_at and span.ends_at in (None, ends_at)
