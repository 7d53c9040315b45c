"""Planning sessions, moving them, calling them off and closing them."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from bot.cards import Card
from bot.cards import sessions as cards
from bot.cards.base import plain, stamp
from bot.cards.times import wall
from bot.clock import Clock
from bot.config import ServerSettings
from bot.log import event
from bot.services import sense
from bot.services.doubts import Doubts
from bot.services.papers import Papers
from bot.services.people import Actor, Refused
from bot.services.reading import read_link, read_moment
from bot.services.sessions import Changing, Sessions, number
from bot.services.settings import SettingsService
from bot.services.speakers import SpeakerSaid, add_member, add_speaker
from bot.when import Moment
from storage.database import Database, Tx
from storage.tables import Session, Talk

log = logging.getLogger(__name__)

TITLE_LIMIT = 250


@dataclass(frozen=True)
class Plan:
    """What an organiser says of a new session, as they typed it."""

    when: str
    title: str | None = None
    paper: str | None = None
    presenter_id: int | None = None
    speaker: str | None = None
    link: str | None = None


class Planning:
    """From an organiser's words to an announced session, and to its end."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: SettingsService,
        papers: Papers,
        sessions: Sessions,
        doubts: Doubts,
    ) -> None:
        self._database, self._clock, self._settings, self._papers = database, clock, settings, papers
        self._sessions, self._doubts = sessions, doubts
        doubts.does("plan", self._plan_surely)
        doubts.does("move", self._move_surely)

    async def plan(self, actor: Actor, plan: Plan) -> Card:
        """Make a session, announce it and set its reminders; asks back first when the time is doubtful or over.

        Raises Refused for somebody who may not, a time that cannot be read, or a paper that is none.
        """
        settings = await self._settings.read(actor.guild_id)
        actor.must_organise(settings, "plan sessions")
        if plan.title and len(plan.title) > TITLE_LIMIT:
            raise Refused(f"`title` has {len(plan.title)} characters; at most {TITLE_LIMIT} fit.")
        read_link(plan.link or "", "`link`")
        moment = await read_moment(plan.when, settings.group.timezone, self._clock.now())
        if moment.certain and moment.instant > self._clock.now():
            return await self._make(actor, settings, plan, moment)
        notes = list(moment.notes)
        if moment.instant <= self._clock.now():
            notes.append("It goes into the archive as held; nothing is announced.")
        data = asdict(replace(plan, when=moment.instant.isoformat()))
        return await self._doubts.ask(actor, "plan", data, reads=_reads(moment), notes=notes)

    async def _plan_surely(self, actor: Actor, data: dict[str, Any]) -> Card:
        plan = Plan(**data)
        settings = await self._settings.read(actor.guild_id)
        actor.must_organise(settings, "plan sessions")
        moment = await read_moment(plan.when, settings.group.timezone, self._clock.now())
        return await self._make(actor, settings, plan, replace(moment, notes=()))

    async def _make(self, actor: Actor, settings: ServerSettings, plan: Plan, moment: Moment) -> Card:
        paper_id = await self._papers.named(actor.guild_id, plan.paper) if plan.paper else None
        now = self._clock.now()
        over = moment.instant <= now
        async with self._database.transaction() as tx:
            session = Session(
                guild_id=actor.guild_id, starts_at=moment.instant, wall_time=f"{moment.wall:%Y-%m-%dT%H:%M}",
                zone=moment.zone, minutes=settings.group.session_minutes, created_by=actor.user_id, created_at=now,
                title=plan.title or None, link=read_link(plan.link or "", "`link`"),
                state="held" if over else "planned",
            )  # fmt: skip
            talk = await new_talk(tx, session)
            talk.paper_id = paper_id
            if plan.presenter_id:
                await add_member(tx, talk, plan.presenter_id)
            if plan.speaker:
                await add_speaker(tx, talk, SpeakerSaid.read(plan.speaker))
            view = await self._sessions.planned(
                tx, session, settings, actor.user_id, kind="held" if over else "planned"
            )
        event(
            log,
            "session.planned",
            session=session.session_id,
            guild=actor.guild_id,
            by=actor.user_id,
            at=moment.instant,
        )
        notes = (*moment.notes, *await sense.remarks(moment.instant, moment.zone, settings))
        return cards.planned(view, notes=notes, channel=settings.group.announcement_channel)

    async def move(self, actor: Actor, session_id: int, when: str) -> Card:
        """Give one session another time; its series, if it is of one, stays as it is. Asks back when in doubt."""
        settings = await self._settings.read(actor.guild_id)
        actor.must_organise(settings, "move sessions")
        moment = await read_moment(when, settings.group.timezone, self._clock.now())
        if moment.instant <= self._clock.now():
            raise Refused(
                f"{plain(wall(moment.instant, moment.zone))} has passed. "
                "A session can only be moved to a time that is still to come."
            )
        if not moment.certain:
            data = {"session": session_id, "when": moment.instant.isoformat()}
            reads = f"For session {session_id} {_reads(moment)}"
            return await self._doubts.ask(actor, "move", data, reads=reads, notes=moment.notes)
        return await self._move(actor, session_id, moment)

    async def _move_surely(self, actor: Actor, data: dict[str, Any]) -> Card:
        settings = await self._settings.read(actor.guild_id)
        moment = await read_moment(data["when"], settings.group.timezone, self._clock.now())
        return await self._move(actor, data["session"], moment)

    async def _move(self, actor: Actor, session_id: int, moment: Moment) -> Card:
        async with self._sessions.changing(actor, session_id, "moved") as change:
            actor.must_organise(change.settings, "move sessions")
            must_be_planned(change, "moved")
            before = change.session.starts_at
            put_at(change.session, moment.instant, moment.wall, moment.zone)
        event(log, "session.moved", session=session_id, guild=actor.guild_id, by=actor.user_id)
        return cards.moved(
            change.view, before, await sense.remarks(moment.instant, moment.zone, change.settings)
        )

    async def cancel(self, actor: Actor, session_id: int) -> Card:
        """Call a session off: its reminders go, its announcement says so."""
        async with self._sessions.changing(actor, session_id, "cancelled") as change:
            actor.must_organise(change.settings, "cancel sessions")
            must_be_planned(change, "cancelled")
            change.session.state = "cancelled"
        event(log, "session.cancelled", session=session_id, guild=actor.guild_id, by=actor.user_id)
        return cards.called_off(change.view)

    async def restore(self, actor: Actor, session_id: str) -> Card:
        """A session that was called off takes place after all; `session_id` comes with a button."""
        async with self._sessions.changing(actor, number(session_id), "restored") as change:
            actor.must_organise(change.settings, "bring sessions back")
            must_be_ahead(change.session, self._clock.now())
            change.session.state = "planned"
        event(log, "session.restored", session=number(session_id), guild=actor.guild_id, by=actor.user_id)
        return cards.restored(change.view)

    async def close(self, actor: Actor, session_id: int) -> Card:
        """Note that a session has been held, before the bot does so by itself an hour after its end."""
        async with self._sessions.changing(actor, session_id, "held") as change:
            actor.must_organise(change.settings, "close sessions")
            must_be_planned(change, "closed")
            if change.session.starts_at > self._clock.now():
                raise Refused(
                    f"Session {session_id} starts {stamp(change.session.starts_at, 'R')}: it cannot have been held. "
                    "`/session cancel` calls it off."
                )
            change.session.state = "held"
        return cards.closed(change.view)


def must_be_planned(change: Changing, done: str) -> None:
    """Raises Refused when the session is over."""
    if change.session.state != "planned":
        raise Refused(f"Session {change.session.session_id} has been held: it cannot be {done} any more.")


def must_be_ahead(session: Session, now: datetime) -> None:
    """Raises Refused when a session's time has passed."""
    if session.starts_at <= now:
        raise Refused(
            "Its time has passed: it cannot take place any more. `/session plan` plans another one."
        )


def put_at(session: Session, instant: datetime, wall: datetime, zone: str) -> None:
    """Give a session its time: the instant (aware) and the wall time (naive) in `zone` that it comes from."""
    session.starts_at, session.wall_time, session.zone = instant, f"{wall:%Y-%m-%dT%H:%M}", zone


async def new_talk(tx: Tx, session: Session, position: int = 1) -> Talk:
    """Add an empty talk to a session, which is stored with it if it is new."""
    tx.add(session)
    await tx.flush()
    talk = Talk(guild_id=session.guild_id, session_id=session.session_id, position=position)
    tx.add(talk)
    await tx.flush()
    return talk


def _reads(moment: Moment) -> str:
    return f"I read **{plain(wall(moment.instant, moment.zone))}** ({stamp(moment.instant, 'F')} for you)."
