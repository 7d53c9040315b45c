"""Finding a presenter: members offer, an organiser confirms, whoever steps back reopens the search."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.cards import Card, Form
from bot.cards import organising as cards
from bot.cards.presenting import stage
from bot.clock import Clock
from bot.config import ServerSettings
from bot.log import event
from bot.services.ballots import Ballots
from bot.services.delivery import Drop
from bot.services.outbox import Outbox
from bot.services.people import Actor, Refused
from bot.services.sessions import Change, Changing, Sessions, number
from bot.services.settings import SettingsService
from bot.services.speakers import SpeakerSaid, add_member, add_speaker
from storage import presenters, proposals, sessions
from storage.database import Database, Tx
from storage.sessions import SessionView, TalkView
from storage.tables import Post, Session

log = logging.getLogger(__name__)


class Presenters:
    """Who presents, who would, and telling the organisers when nobody does."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: SettingsService,
        outbox: Outbox,
        followed: Sessions,
        ballots: Ballots,
    ) -> None:
        self._database, self._clock, self._settings, self._outbox = database, clock, settings, outbox
        self._sessions, self._ballots = followed, ballots
        outbox.says("presenter_alert", self._alert)
        outbox.says("volunteered", self._volunteered)
        followed.follow(self._follow)

    # what members do

    async def volunteer(self, actor: Actor, what: str) -> Card:
        """Offer to present a session ("s:12") or a proposed paper ("p:7"). `what` is from outside.

        Raises Refused when there is no such thing, or it has its presenter.
        """
        kind, _, noun_id = what.partition(":")
        if kind == "p":
            return await self._volunteer_for_paper(actor, number(noun_id))
        async with self._sessions.changing(actor, number(noun_id), "edited") as change:
            _must_be_open(change.view)
            new = await presenters.volunteer(
                change.tx,
                guild_id=actor.guild_id,
                user_id=actor.user_id,
                session_id=change.session.session_id,
                now=self._clock.now(),
            )
            if not new:
                raise Refused("You have offered already, thank you. `/present` takes it back.")
            await self._tell_organisers(change.tx, change.session, change.settings, actor.user_id)
        return cards.offered(change.view)

    async def withdraw(self, actor: Actor, what: str) -> Card:
        """Take an offer for a session back."""
        async with self._sessions.changing(actor, number(what), "edited") as change:
            if not await presenters.withdraw(change.tx, user_id=actor.user_id, session_id=number(what)):
                raise Refused("You have no offer there to take back.")
        return cards.withdrawn(change.view)

    async def step_back(self, actor: Actor, talk: str) -> Card:
        """Give back a talk that one was to present: the search is open again. `talk` is "session:talk"."""
        session_id, _, talk_id = talk.partition(":")
        async with self._sessions.changing(actor, number(session_id), "edited") as change:
            mine = [
                person
                for view in change.view.talks
                for person in view.presenters
                if person.user_id == actor.user_id and view.talk.talk_id == number(talk_id)
            ]
            if not mine or change.session.state != "planned":
                raise Refused("You do not present there.")
            await presenters.remove(change.tx, mine[0].presenter_id)
            await presenters.withdraw(change.tx, user_id=actor.user_id, session_id=change.session.session_id)
        event(log, "presenter.stepped_back", session=number(session_id), guild=actor.guild_id)
        return cards.stepped_back(change.view)

    async def present(self, actor: Actor) -> Card:
        """`/present`: the talks one gives, the offers one made, and the dates that look for a presenter."""
        now = self._clock.now()
        async with self._database.reading() as tx:
            coming = await sessions.upcoming(tx, actor.guild_id, now=now, limit=40)
        return cards.present(coming, actor.user_id)

    # what organisers do

    async def confirm(self, actor: Actor, who: str) -> Card:
        """Have a member who offered present the session; `who` is "session:user", from outside."""
        session_id, _, user_id = who.partition(":")
        if not number(user_id):
            raise Refused("Nobody is named there. `/session assign` says who presents.")
        return await self.assign(actor, number(session_id), member=number(user_id))

    async def assign(
        self,
        actor: Actor,
        session_id: int,
        *,
        talk_id: int | None = None,
        member: int | None = None,
        speaker: SpeakerSaid | None = None,
        alone: bool = False,
    ) -> Card:
        """Have a member or a speaker from outside present a talk, by default the first one; `alone`: nobody else.

        With neither, the talk has no presenter any more. Raises Refused for somebody who may not.
        """
        async with self._sessions.changing(actor, session_id, "edited") as change:
            actor.must_organise(change.settings, "assign presenters")
            talk = _talk(change, talk_id)
            if alone or not (member or speaker):
                for person in talk.presenters:
                    await presenters.remove(change.tx, person.presenter_id)
            if member:
                await add_member(change.tx, talk.talk, member)
            if speaker:
                await add_speaker(change.tx, talk.talk, speaker)
        event(log, "presenter.assigned", session=session_id, guild=actor.guild_id, by=actor.user_id)
        return cards.assigned(change.view)

    async def choose(self, actor: Actor, session_id: str) -> Card:
        """A menu of the server's members, and the way to name somebody from outside."""
        settings = await self._settings.read(actor.guild_id)
        actor.must_organise(settings, "assign presenters")
        return cards.choose_presenter(number(session_id))

    async def chosen(self, actor: Actor, session_id: str, members: Sequence[str]) -> Card:
        """The member who was chosen from that menu presents."""
        return await self.assign(actor, number(session_id), member=number(members[0]) if members else None)

    async def speaker_form(self, actor: Actor, session_id: str) -> Form:
        """The form for a speaker from outside."""
        settings = await self._settings.read(actor.guild_id)
        actor.must_organise(settings, "assign presenters")
        return cards.speaker_form(number(session_id))

    async def speaker_named(self, actor: Actor, session_id: str, values: Mapping[str, str]) -> Card:
        """The speaker whose name was handed in presents."""
        said = SpeakerSaid.read(values.get("speaker", ""), values.get("zone"), values.get("contact"))
        return await self.assign(actor, number(session_id), speaker=said)

    # alerts

    async def _follow(self, tx: Tx, change: Change) -> None:
        """A session that is open again so late that the alert is over gets another one, at once."""
        before, view, now = change.before, change.view, self._clock.now()
        reopened = before is not None and before.presenters and not view.presenters
        lead = change.settings.sessions.presenter_alert
        if (
            reopened
            and view.session.state == "planned"
            and lead.due(view.session.starts_at, view.session.zone) <= now < view.session.starts_at
        ):
            await self._put(
                tx, view.session, change.settings, "presenter_alert", f"open:v{view.session.version}"
            )

    async def _tell_organisers(
        self, tx: Tx, session: Session, settings: ServerSettings, user_id: int
    ) -> None:
        key = f"volunteer:{user_id}:v{session.version}"
        await self._put(tx, session, settings, "volunteered", key, user=user_id)

    async def _put(
        self, tx: Tx, session: Session, settings: ServerSettings, kind: str, key: str, **data: int
    ) -> None:
        await self._outbox.put(
            tx,
            key=f"session:{session.session_id}:{key}",
            guild_id=session.guild_id,
            place=organisers_of(session, settings),
            kind=kind,
            data={"session": session.session_id, **data},
            expires_at=session.starts_at + timedelta(hours=1),
        )

    async def _alert(self, tx: Tx, post: Post, now: datetime) -> Card | Drop:
        view = await sessions.get(tx, post.guild_id, post.data["session"])
        if view is None or stage(view) not in ("open", "volunteered"):
            return Drop("there is a presenter, or no session")
        if (
            post.data.get("starts_at", view.session.starts_at.isoformat())
            != view.session.starts_at.isoformat()
        ):
            return Drop("the session has moved")
        told = await presenters.presented(tx, post.guild_id, view.volunteers)
        return cards.open_alert(view, cards.least_first(view.volunteers, told), now)

    async def _volunteered(self, tx: Tx, post: Post, _now: datetime) -> Card | Drop:
        view = await sessions.get(tx, post.guild_id, post.data["session"])
        if view is None or post.data["user"] not in view.volunteers or stage(view) != "volunteered":
            return Drop("the offer is not open any more")
        told = await presenters.presented(tx, post.guild_id, [post.data["user"]])
        return cards.volunteered(view, post.data["user"], told.get(post.data["user"]))

    async def _volunteer_for_paper(self, actor: Actor, proposal_id: int) -> Card:
        async with self._database.transaction() as tx:
            proposal = await proposals.get(tx, actor.guild_id, proposal_id)
            if proposal is None or proposal.state not in ("open", "chosen"):
                raise Refused("This proposal is not open any more. `/present` shows where you can present.")
            new = await presenters.volunteer(
                tx,
                guild_id=actor.guild_id,
                user_id=actor.user_id,
                proposal_id=proposal_id,
                now=self._clock.now(),
            )
            if not new:  # a second press takes it back
                await presenters.withdraw(tx, user_id=actor.user_id, proposal_id=proposal_id)
            would = await presenters.of_proposal(tx, proposal_id)
            await self._ballots.change(tx, proposal)
        return cards.offered_paper(would, took_back=not new)


def organisers_of(session: Session, settings: ServerSettings) -> str:
    """The place where the organisers of a session are told what needs them."""
    named = settings.group.organiser_channel or not session.created_by
    return "organisers" if named else f"user:{session.created_by}"


def _must_be_open(view: SessionView) -> None:
    if stage(view) not in ("open", "volunteered"):
        raise Refused("This session has its presenter, or is over. `/present` shows the dates that are open.")


def _talk(change: Changing, talk_id: int | None) -> TalkView:
    """The talk that is meant. Raises Refused when the session has no such talk."""
    for talk in change.view.talks:
        if talk_id in (None, talk.talk.talk_id):
            return talk
    raise Refused("This session has no such talk. Choose it from the list as you type.")
