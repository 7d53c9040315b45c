"""What leaves Discord: the calendar, and one record as mail, web block and short text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bot.cards import Card
from bot.cards import outward as cards
from bot.clock import Clock
from bot.config import ServerSettings
from bot.publish.calendar import CalendarEvent
from bot.publish.record import DAY
from bot.services import around
from bot.services.around import announcement_key
from bot.services.people import Actor, Refused
from bot.services.sessions import number
from bot.services.settings import SettingsService
from storage import deeds, handouts, people, sessions
from storage import outbox as stored_posts
from storage.database import Database, Tx
from storage.sessions import SessionView


class Names(Protocol):
    """Knows what members are called."""

    async def of(self, guild_id: int, user_ids: set[int]) -> dict[int, str]:
        """Their names on the server, as far as Discord tells them."""
        ...


class Outward:
    """Makes the texts and files. They are for the public: none ever holds a join link."""

    def __init__(self, database: Database, clock: Clock, settings: SettingsService) -> None:
        self._database, self._clock, self._settings = database, clock, settings
        self._names: Names | None = None

    def open(self, names: Names) -> None:
        """Discord can be reached."""
        self._names = names

    async def calendar(self, actor: Actor, session_id: int | None) -> Card:
        """The whole schedule, or one session, as a file; for everybody."""
        async with self._database.reading() as tx:
            settings = await self._settings.of(tx, actor.guild_id)
            if session_id is None:
                views: Sequence[SessionView] = await sessions.all_of(tx, actor.guild_id)
            else:
                views = [await self._view(tx, actor, session_id)]
            site = await self._settings.site(tx, actor.guild_id) if session_id is None else ""
        group = await self._group(actor.guild_id, settings, views)
        async with self._database.reading() as tx:
            events = await calendar_events(tx, actor.guild_id, group, views)
        return cards.calendar(events, group, self._clock.now(), site)

    async def announce(self, actor: Actor, session_id: int | None) -> Card:
        """Everything that is said of a session, for organisers to look at and to take along."""
        async with self._database.reading() as tx:
            settings = await self._settings.of(tx, actor.guild_id)
            actor.must_organise(settings, "take announcements along")
            view = await self._view(tx, actor, session_id)
            key = view.session.session_id
            beside, said = await around.read(tx, key, settings), await handouts.get(tx, key)
            post = await stored_posts.by_key(tx, announcement_key(key))
        group = await self._group(actor.guild_id, settings, [view])
        if said is None:
            await self._keep(view, group)
        waits = post is not None and post.state == "waiting" and post.due_at > self._clock.now()
        return cards.handout(view, beside, group, said, waits=waits)

    async def kept(self, actor: Actor, session_id: str) -> Card:
        """An organiser has brought their copies up to date."""
        async with self._database.reading() as tx:
            settings = await self._settings.of(tx, actor.guild_id)
            actor.must_organise(settings, "say so")
            view = await self._view(tx, actor, number(session_id))
        await self._keep(view, await self._group(actor.guild_id, settings, [view]))
        return cards.kept()

    async def announce_now(self, actor: Actor, session_id: str) -> Card:
        """An organiser does not wait for the day on which a session of a series is announced."""
        async with self._database.transaction() as tx:
            actor.must_organise(await self._settings.of(tx, actor.guild_id), "announce sessions")
            view = await self._view(tx, actor, number(session_id))
            post = await stored_posts.by_key(tx, announcement_key(view.session.session_id))
            if post is None or post.state != "waiting":
                raise Refused("It is announced already, or not planned any more.")
            stored_posts.hurry(tx, post, self._clock.now())
            deeds.note(
                tx, guild_id=actor.guild_id, noun="session", noun_id=view.session.session_id,
                what="announced at once", by=actor.user_id, now=self._clock.now(),
            )  # fmt: skip
        return cards.announced_now()

    async def _keep(self, view: SessionView, group: cards.Group) -> None:
        session = view.session
        async with self._database.transaction() as tx:
            await handouts.keep(
                tx,
                guild_id=session.guild_id,
                session_id=session.session_id,
                text=cards.mail(view, group),
                now=self._clock.now(),
            )

    async def _view(self, tx: Tx, actor: Actor, session_id: int | None) -> SessionView:
        """The session of that id, or the next one."""
        if session_id is None:
            coming = await sessions.upcoming(tx, actor.guild_id, now=self._clock.now(), limit=1)
            view = coming[0] if coming else None
        else:
            view = await sessions.get(tx, actor.guild_id, session_id)
        if view is None:
            raise Refused("There is no such session here. `/schedule` shows what is planned.")
        return view

    async def _group(
        self, guild_id: int, settings: ServerSettings, views: Sequence[SessionView]
    ) -> cards.Group:
        async with self._database.reading() as tx:
            hidden = await people.unlisted(tx, guild_id)
            hidden_speakers = await people.unlisted_speakers(tx, guild_id)
        members = {person.user_id for view in views for person in view.presenters if person.user_id} - hidden
        names = await self._names.of(guild_id, members) if self._names and members else {}
        return group_of(settings, names, hidden_speakers)


def group_of(
    settings: ServerSettings, names: dict[int, str], hidden_speakers: frozenset[int] = frozenset()
) -> cards.Group:
    """What the texts need to know of a group."""
    group = settings.group
    return cards.Group(group.name, group.zones, names, group.announcement_channel, hidden_speakers)


async def calendar_events(
    tx: Tx, guild_id: int, group: cards.Group, views: Sequence[SessionView]
) -> list[CalendarEvent]:
    """Sessions as calendars take them, each with the instant of its last change; those of no known day are left out."""
    changed = await deeds.last_done(tx, guild_id, "session")
    return [
        cards.calendar_event(view, group, changed.get(view.session.session_id, view.session.created_at))
        for view in views
        if len(view.session.wall_time) >= DAY
    ]
