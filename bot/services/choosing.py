"""Choosing the next paper: two rules side by side, an organiser who decides, or a deadline at which the rule does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

from bot.cards import Card, Form
from bot.cards import choosing as cards
from bot.cards.base import plain
from bot.clock import Clock
from bot.config import ServerSettings
from bot.log import event
from bot.services.ballots import Ballots
from bot.services.delivery import Drop
from bot.services.outbox import Outbox
from bot.services.people import Actor, Refused
from bot.services.profile import Profile, profile_of
from bot.services.reconciling import Unreadable
from bot.services.recount import Recount
from bot.services.sessions import Sessions
from bot.services.settings import SettingsService
from bot.when import NotAWhen, parse_when
from storage import choices, presenters, proposals, sessions
from storage import papers as stored_papers
from storage.database import Database, Tx, wake
from storage.tables import Choice, Deadline, Paper, Post, Talk

log = logging.getLogger(__name__)

#: How often a chosen paper without a session looks for one.
LOOK = timedelta(hours=1)
#: When Discord cannot be read at the deadline, it is tried again after this.
AGAIN = timedelta(minutes=2)

Way = Literal["fair", "approval"]


class Choosing:
    """From votes to the paper of the next session."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: SettingsService,
        outbox: Outbox,
        recount: Recount,
        ballots: Ballots,
        planned: Sessions,
    ) -> None:
        self._database, self._clock, self._settings = database, clock, settings
        self._outbox, self._recount, self._ballots, self._sessions = outbox, recount, ballots, planned
        self._look_at = clock.now()
        self._again_at = clock.now()
        outbox.says("choice", self._result)
        outbox.says("no_choice", self._nothing)

    # what organisers do

    async def pick(self, actor: Actor, *, deadline: str | None = None, way: Way = "fair") -> Card:
        """Read all votes, and show what each rule would choose; or set (or take back) a deadline.

        Raises Refused for somebody who may not, and when the votes cannot be read.
        """
        settings = await self._settings.read(actor.guild_id)
        actor.must_organise(settings, "choose papers")
        if deadline is not None:
            return await self._set_deadline(actor, settings, deadline, way)
        await self._read(actor.guild_id)
        profile = await profile_of(self._database, self._settings, actor.guild_id)
        async with self._database.reading() as tx:
            known = await choices.deadline(tx, actor.guild_id)
        return cards.pick(
            profile.ranked("approval"), profile.ranked("fair"), profile.newest,
            without_votes=profile.without_votes, deadline=known,
        )  # fmt: skip

    async def take(self, actor: Actor, what: str) -> Card:
        """Take a paper as a rule says: "fair:12". Raises Refused when it is not open any more."""
        way, _, number = what.partition(":")
        proposal_id = _number(number)
        profile = await profile_of(self._database, self._settings, actor.guild_id)
        if way not in ("fair", "approval") or proposal_id not in profile.chances:
            raise Refused("This proposal is not open any more. `/pick` shows what is.")
        if profile.ranked(way)[0].proposal.proposal_id != proposal_id:
            raise Refused("The votes have changed since. `/pick` shows what the rules say now.")
        return await self._choose(actor, proposal_id, way, profile.reason(proposal_id, way), profile)

    async def other(self, actor: Actor, _what: str, values: Sequence[str]) -> Form:
        """Ask for the reason to take another one."""
        settings = await self._settings.read(actor.guild_id)
        actor.must_organise(settings, "choose papers")
        async with self._database.reading() as tx:
            proposal = await proposals.get(tx, actor.guild_id, _number(values[0] if values else ""))
            paper = await stored_papers.get(tx, proposal.paper_id) if proposal else None
        if proposal is None or paper is None or proposal.state != "open":
            raise Refused("This proposal is not open any more. `/pick` shows what is.")
        return cards.reason_form(proposal, paper)

    async def because(self, actor: Actor, number: str, said: Mapping[str, str]) -> Card:
        """Take another paper than the rules say, with a reason that everybody reads."""
        reason = said.get("reason", "").strip()
        if not reason:
            raise Refused("Please say why this paper: everybody who voted for another one will want to know.")
        profile = await profile_of(self._database, self._settings, actor.guild_id)
        return await self._choose(actor, _number(number), "other", plain(reason, cards.REASON_LIMIT), profile)

    async def _set_deadline(self, actor: Actor, settings: ServerSettings, text: str, way: Way) -> Card:
        now = self._clock.now()
        if text.strip().casefold() in ("off", "none", "never"):
            async with self._database.transaction() as tx:
                await choices.drop_deadline(tx, actor.guild_id)
            return cards.deadline_off()
        try:
            moment = await asyncio.to_thread(parse_when, text, zone=settings.group.timezone, now=now)
        except NotAWhen as error:
            raise Refused(plain(str(error), 1500)) from None
        if moment.instant <= now:
            raise Refused("That has passed. Give a time that is still to come.")
        deadline = Deadline(guild_id=actor.guild_id, at=moment.instant, way=way, set_by=actor.user_id)
        async with self._database.transaction() as tx:
            await choices.set_deadline(tx, deadline)
            wake(tx)
        return cards.deadline_set(deadline)

    # timed

    async def next_due(self, tx: Tx) -> datetime | None:
        deadline, waiting = await choices.next_deadline(tx), await choices.waiting(tx)
        dues = [max(deadline.at, self._again_at)] if deadline else []
        return min([*dues, self._look_at] if waiting else dues, default=None)

    async def run_due(self, now: datetime) -> None:
        """Choose where a deadline has come; find sessions for chosen papers that have none."""
        async with self._database.reading() as tx:
            deadline = await choices.next_deadline(tx)
            waiting = await choices.waiting(tx)
        if deadline is not None and deadline.at <= now and self._again_at <= now:
            await self._at_deadline(deadline, now)
        if self._look_at <= now:
            self._look_at = now + LOOK
            for choice in waiting:
                async with self._database.transaction() as tx:
                    row = await choices.get(tx, choice.guild_id, choice.choice_id)
                    if row is not None and row.session_id is None:
                        await self._place(tx, row, Actor(choice.guild_id, 0))

    async def _at_deadline(self, deadline: Deadline, now: datetime) -> None:
        guild_id = deadline.guild_id
        try:
            await self._read(guild_id)
        except Refused as trouble:
            self._again_at = now + AGAIN
            event(log, "choice.postponed", logging.WARNING, guild=guild_id, cause=trouble)
            return
        profile = await profile_of(self._database, self._settings, guild_id)
        async with self._database.transaction() as tx:
            if await choices.claim_deadline(tx, guild_id) is None:
                return
            await choices.drop_deadline(tx, guild_id)
            if profile.approval:
                winner = profile.ranked(deadline.way)[0].proposal.proposal_id
                reason = profile.reason(winner, deadline.way)
                await self._note(tx, Actor(guild_id, 0), winner, deadline.way, reason, profile)
            else:
                await self._outbox.put(
                    tx, key=f"no_choice:{guild_id}:{deadline.at.isoformat()}", guild_id=guild_id,
                    place="organisers", kind="no_choice", data={}, expires_at=now + timedelta(days=2),
                )  # fmt: skip

    # choosing

    async def _read(self, guild_id: int) -> None:
        try:
            await self._recount.before_choice(guild_id)
        except Unreadable as trouble:
            raise Refused(
                f"I cannot read all votes now ({plain(str(trouble), 200)}). Please try again in a minute."
            ) from None

    async def _choose(self, actor: Actor, proposal_id: int, way: str, reason: str, profile: Profile) -> Card:
        async with self._database.transaction() as tx:
            settings = await self._settings.of(tx, actor.guild_id)
            actor.must_organise(settings, "choose papers")
            choice, paper = await self._note(tx, actor, proposal_id, way, reason, profile)
            view = await sessions.get(tx, actor.guild_id, choice.session_id) if choice.session_id else None
        return cards.chosen(paper, view)

    async def _note(
        self, tx: Tx, actor: Actor, proposal_id: int, way: str, reason: str, profile: Profile
    ) -> tuple[Choice, Paper]:
        """Write a choice down, and all that follows from it."""
        now = self._clock.now()
        proposal = await proposals.get(tx, actor.guild_id, proposal_id)
        if proposal is None or proposal.state != "open":
            raise Refused("This proposal is not open any more. `/pick` shows what is.")
        paper = await stored_papers.get(tx, proposal.paper_id)
        assert paper is not None  # noqa: S101 - a foreign key
        proposal.state, proposal.closed_at = "chosen", now
        served = profile.supporters.get(proposal_id, set())
        choice = Choice(
            guild_id=actor.guild_id, proposal_id=proposal_id, chosen_at=now, chosen_by=actor.user_id, way=way,
            votes=len(served), reason=reason,
        )  # fmt: skip
        everybody = set().union(*profile.supporters.values()) if profile.supporters else set()
        await choices.note(tx, choice, voters=everybody, served=served)
        await choices.drop_deadline(tx, actor.guild_id)
        await self._ballots.change(tx, proposal)
        await self._place(tx, choice, actor)
        await self._outbox.put(
            tx, key=f"choice:{choice.choice_id}", guild_id=actor.guild_id, place="proposals", kind="choice",
            data={"choice": choice.choice_id},
        )  # fmt: skip
        event(
            log, "paper.chosen", guild=actor.guild_id, proposal=proposal_id, by=actor.user_id, way=way,
            votes=len(served), session=choice.session_id,
        )  # fmt: skip
        return choice, paper

    async def _place(self, tx: Tx, choice: Choice, actor: Actor) -> None:
        """Make a chosen paper the talk of the next session without one; with a presenter first, if the group asks."""
        settings = await self._settings.of(tx, choice.guild_id)
        proposal = await proposals.get(tx, choice.guild_id, choice.proposal_id)
        assert proposal is not None  # noqa: S101 - a foreign key
        if settings.group.presenter_first and not await presenters.of_proposal(tx, choice.proposal_id):
            return
        coming = await sessions.upcoming(tx, choice.guild_id, now=self._clock.now(), limit=100)
        free = [v for v in coming if not any(talk.talk.paper_id or talk.talk.title for talk in v.talks)]
        if not free:
            return
        session_id = free[0].session.session_id
        async with self._sessions.changing_within(tx, settings, actor, session_id, "edited") as change:
            if change.view.talks:
                change.view.talks[0].talk.paper_id = proposal.paper_id
            else:
                tx.add(Talk(guild_id=choice.guild_id, session_id=session_id, paper_id=proposal.paper_id))
        choice.session_id = session_id
        await tx.flush()

    # what the outbox says of it

    async def _result(self, tx: Tx, post: Post, _now: datetime) -> Card | Drop:
        choice = await choices.get(tx, post.guild_id, post.data["choice"])
        proposal = await proposals.get(tx, post.guild_id, choice.proposal_id) if choice else None
        paper = await stored_papers.get(tx, proposal.paper_id) if proposal else None
        if choice is None or proposal is None or paper is None:
            return Drop("the choice was taken back")
        settings = await self._settings.of(tx, post.guild_id)
        view = await sessions.get(tx, post.guild_id, choice.session_id) if choice.session_id else None
        offers = await presenters.of_proposal(tx, choice.proposal_id)
        return cards.result(
            paper, choice, view, wants_presenter=settings.group.presenter_first, offers=offers
        )

    async def _nothing(self, _tx: Tx, _post: Post, _now: datetime) -> Card:
        return cards.nothing_at_deadline()


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0
