"""Planning sessions, announcing them, and saying what is next."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from bot.cards import Card
from bot.cards import sessions as cards
from bot.cards.base import plain
from bot.clock import Clock
from bot.config import ServerSettings
from bot.log import event
from bot.services.papers import Papers
from bot.services.people import Actor, Refused
from bot.services.settings import SettingsService
from bot.sources import NotAnArxivId, SourceTrouble, parse
from bot.when import NotAWhen, parse_when
from storage import sessions
from storage.database import Database, Tx
from storage.sessions import SessionView
from storage.tables import Presenter, Session, Talk

log = logging.getLogger(__name__)

TITLE_LIMIT, SPEAKER_LIMIT, LINK_LIMIT = 250, 200, 1000
_COMMA = re.compile(r"\s*,\s*")


@dataclass(frozen=True)
class Plan:
    """What an organiser says of a new session, as they typed it."""

    when: str
    title: str | None = None
    paper: str | None = None
    presenter_id: int | None = None
    speaker: str | None = None
    link: str | None = None


Kind = Literal["planned", "edited", "moved", "cancelled"]


@dataclass(frozen=True)
class Change:
    """What became of a session, told to its followers (announcements, reminders, …) in the same transaction."""

    kind: Kind
    view: SessionView
    settings: ServerSettings
    by: int


Follower = Callable[[Tx, Change], Awaitable[None]]


class Sessions:
    """From an organiser's words to an announced session."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: SettingsService,
        papers: Papers,
    ) -> None:
        self._database, self._clock, self._settings, self._papers = database, clock, settings, papers
        self._followers: list[Follower] = []

    def follow(self, follower: Follower) -> None:
        """Have `follower` called in every transaction that changes a session."""
        self._followers.append(follower)

    async def plan(self, actor: Actor, plan: Plan) -> Card:
        """Make a session, announce it and set its reminders.

        Raises Refused for somebody who may not, a time that cannot be read or has passed, or a paper that is none.
        """
        settings = await self._settings.read(actor.guild_id)
        actor.must_organise(settings, "plan sessions")
        _check_lengths(plan)
        now = self._clock.now()
        try:
            moment = parse_when(plan.when, zone=settings.group.timezone, now=now)
        except NotAWhen as error:
            raise Refused(plain(str(error), 1500)) from None
        if moment.instant <= now:
            raise Refused(
                f"{plain(cards.wall(moment.instant, moment.zone))} has passed. Give a time that is still to come."
            )
        paper_id = await self._paper(plan.paper) if plan.paper else None
        async with self._database.transaction() as tx:
            session = Session(
                guild_id=actor.guild_id, starts_at=moment.instant, wall_time=f"{moment.wall:%Y-%m-%dT%H:%M}",
                zone=moment.zone, minutes=settings.group.session_minutes, created_by=actor.user_id, created_at=now,
                title=plan.title or None, link=plan.link or None,
            )  # fmt: skip
            tx.add(session)
            await tx.flush()
            await self._add_talk(tx, session, plan, paper_id)
            view = await self._changed(tx, "planned", session, settings, actor)
        event(
            log,
            "session.planned",
            session=session.session_id,
            guild=actor.guild_id,
            by=actor.user_id,
            at=moment.instant,
        )
        return cards.planned(view, notes=moment.notes, channel_id=None)

    async def cancel(self, actor: Actor, session_id: int) -> Card:
        """Call a session off: its reminders go, its announcement says so."""
        async with self._database.transaction() as tx:
            settings = await self._settings.of(tx, actor.guild_id)
            actor.must_organise(settings, "cancel sessions")
            view = await sessions.get(tx, actor.guild_id, session_id)
            if view is None or view.session.state != "planned":
                raise Refused(
                    f"There is no planned session {session_id} here. `/nextsession` shows the next one."
                )
            view.session.state, view.session.version = "cancelled", view.session.version + 1
            await self._changed(tx, "cancelled", view.session, settings, actor)
        event(log, "session.cancelled", session=session_id, guild=actor.guild_id, by=actor.user_id)
        return cards.cancelled(view)

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
        if on_now:
            return cards.next_session(on_now[0], later=len(coming), running=True)
        return cards.next_session(coming[0] if coming else None, later=max(len(coming) - 1, 0))

    async def join(self, actor: Actor, session_id: str) -> Card:
        """The join link, for a member who pressed Join; `session_id` is from outside."""
        async with self._database.reading() as tx:
            view = (
                await sessions.get(tx, actor.guild_id, int(session_id))
                if session_id.isdecimal() and len(session_id) < 19
                else None
            )
        if view is None:
            raise Refused("This session is not here any more. `/nextsession` shows the next one.")
        return cards.join(view, self._clock.now())

    async def choices(self, guild_id: int, typed: str) -> list[tuple[int, str]]:
        """Planned sessions that match what was typed, as (id, what it is called and when), soonest first."""
        async with self._database.reading() as tx:
            views = await sessions.upcoming(tx, guild_id, now=self._clock.now(), limit=100)
        found = [(view.session.session_id, cards.choice(view)) for view in views]
        return [row for row in found if typed.casefold() in row[1].casefold()][:25]

    async def _paper(self, text: str) -> str:
        try:
            paper_id = parse(text).bare
        except NotAnArxivId as error:
            raise Refused(plain(str(error), 1000)) from None
        try:
            found = await self._papers.look_up([paper_id])
        except SourceTrouble as trouble:
            raise Refused(
                f"{trouble.sentence} Plan the session without the paper for now, or try again later."
            ) from None
        if paper_id not in found:
            raise Refused(
                f"arXiv has no paper **{plain(paper_id)}**. Please check the number; a link works, too."
            )
        return paper_id

    @staticmethod
    async def _add_talk(tx: Tx, session: Session, plan: Plan, paper_id: str | None) -> None:
        talk = Talk(guild_id=session.guild_id, session_id=session.session_id, paper_id=paper_id)
        tx.add(talk)
        await tx.flush()
        if plan.presenter_id:
            tx.add(Presenter(guild_id=session.guild_id, talk_id=talk.talk_id, user_id=plan.presenter_id))
        if plan.speaker:
            name, *rest = _COMMA.split(plan.speaker.strip(), maxsplit=1)
            tx.add(
                Presenter(
                    guild_id=session.guild_id,
                    talk_id=talk.talk_id,
                    name=name,
                    affiliation=rest[0] if rest else None,
                )
            )
        await tx.flush()

    async def _changed(
        self, tx: Tx, kind: Kind, session: Session, settings: ServerSettings, actor: Actor
    ) -> SessionView:
        """Tell all followers what became of a session; the session as it is now."""
        await tx.flush()
        view = await sessions.get(tx, session.guild_id, session.session_id)
        assert view is not None  # noqa: S101 - written in this transaction
        for follower in self._followers:
            await follower(tx, Change(kind, view, settings, actor.user_id))
        return view


def _check_lengths(plan: Plan) -> None:
    for name, text, limit in (
        ("title", plan.title, TITLE_LIMIT),
        ("speaker", plan.speaker, SPEAKER_LIMIT),
        ("link", plan.link, LINK_LIMIT),
    ):
        if text and len(text) > limit:
            raise Refused(f"`{name}` has {len(text)} characters; at most {limit} fit. Please shorten it.")
    if plan.link and not re.match(r"https?://\S+$", plan.link.strip()):
        raise Refused("`link` must be a web address that starts with https://, such as the meeting room's.")
