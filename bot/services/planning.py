"""Planning sessions and calling them off."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass

from bot.cards import Card
from bot.cards import sessions as cards
from bot.cards.base import plain
from bot.clock import Clock
from bot.log import event
from bot.services.papers import Papers
from bot.services.people import Actor, Refused
from bot.services.reading import read_moment
from bot.services.sessions import Sessions
from bot.services.settings import SettingsService
from bot.sources import NotAnArxivId, SourceTrouble, parse
from storage.database import Database, Tx
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


class Planning:
    """From an organiser's words to an announced session."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: SettingsService,
        papers: Papers,
        sessions: Sessions,
    ) -> None:
        self._database, self._clock, self._settings, self._papers = database, clock, settings, papers
        self._sessions = sessions

    async def plan(self, actor: Actor, plan: Plan) -> Card:
        """Make a session, announce it and set its reminders.

        Raises Refused for somebody who may not, a time that cannot be read or has passed, or a paper that is none.
        """
        settings = await self._settings.read(actor.guild_id)
        actor.must_organise(settings, "plan sessions")
        _check_lengths(plan)
        now = self._clock.now()
        moment = await read_moment(plan.when, settings.group.timezone, now)
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
            view = await self._sessions.planned(tx, session, settings, actor.user_id)
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
        async with self._sessions.changing(actor, session_id, "cancelled") as change:
            actor.must_organise(change.settings, "cancel sessions")
            if change.session.state != "planned":
                raise Refused(f"Session {session_id} has been held: it cannot be cancelled any more.")
            change.session.state = "cancelled"
        event(log, "session.cancelled", session=session_id, guild=actor.guild_id, by=actor.user_id)
        return cards.cancelled(change.view)

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
