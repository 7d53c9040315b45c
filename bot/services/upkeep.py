"""What becomes of a proposal after it was made: edited, withdrawn, retired, brought back."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from bot.cards import Card, Form
from bot.cards import shelf as cards
from bot.cards.base import plain
from bot.cards.papers import ballot_place
from bot.clock import Clock
from bot.config import ServerSettings
from bot.log import event
from bot.services.ballots import Ballots
from bot.services.outbox import Outbox
from bot.services.people import Actor, Refused
from bot.services.settings import SettingsService
from storage import proposals, votes
from storage.database import Database, Tx
from storage.tables import Post, Proposal

log = logging.getLogger(__name__)


class Upkeep:
    """Changes proposals."""

    def __init__(
        self, database: Database, clock: Clock, settings: SettingsService, outbox: Outbox, ballots: Ballots
    ) -> None:
        self._database, self._clock, self._settings = database, clock, settings
        self._outbox, self._ballots = outbox, ballots

    async def edit(self, actor: Actor, number: str) -> Form:
        """The form to edit a proposal with. Raises Refused for somebody whose it is not."""
        async with self._database.reading() as tx:
            settings = await self._settings.of(tx, actor.guild_id)
            proposal = await self._mine(tx, actor, settings, number)
        return cards.edit_form(proposal, [topic.key for topic in settings.topics])

    async def edited(self, actor: Actor, number: str, said: Mapping[str, str]) -> Card:
        """Take what was filled in. Raises Refused when the group has no such topic."""
        async with self._database.transaction() as tx:
            settings = await self._settings.of(tx, actor.guild_id)
            proposal = await self._mine(tx, actor, settings, number)
            proposal.why = said.get("why", "")[:500] or None
            topic = topic_key(settings, said.get("topic"))
            if topic != proposal.topic:  # somebody corrects where it was filed: the router learns from that
                proposal.topic, proposal.topic_chosen = topic, topic is not None
            await self._ballots.change(tx, proposal)
        event(log, "proposal.edited", proposal=proposal.proposal_id, guild=actor.guild_id, by=actor.user_id)
        return cards.done("Changed. The ballot says so in a moment.")

    async def withdraw(self, actor: Actor, number: str) -> Card:
        """Take one's own proposal back."""
        return await self._close(actor, number, "withdrawn")

    async def retire(self, actor: Actor, number: str) -> Card:
        """An organiser lets a proposal go."""
        return await self._close(actor, number, "retired")

    async def _close(self, actor: Actor, number: str, state: str) -> Card:
        async with self._database.transaction() as tx:
            settings = await self._settings.of(tx, actor.guild_id)
            proposal = await self._mine(tx, actor, settings, number)
            if state == "retired":
                actor.must_organise(settings, "retire proposals")
            elif proposal.proposer_id != actor.user_id:
                raise Refused("Only its proposer can withdraw it. Organisers can retire it.")
            proposal.state, proposal.closed_at = state, self._clock.now()
            await self._ballots.change(tx, proposal)
        event(log, f"proposal.{state}", proposal=proposal.proposal_id, guild=actor.guild_id, by=actor.user_id)
        return cards.done(
            f"It is {state}. Its votes are kept: `/propose` with the same paper brings it back."
        )

    async def reopen(self, actor: Actor, number: str) -> Card:
        """Bring a closed proposal back with its votes; or one that was chosen, to be read again, without them."""
        async with self._database.transaction() as tx:
            settings = await self._settings.of(tx, actor.guild_id)
            proposal = await proposals.get(tx, actor.guild_id, _number(number))
            if proposal is None:
                raise Refused("There is no such proposal here.")
            if proposal.state == "open":
                raise Refused(f"It is open already. {ballot_place(proposal, None)}")
            if proposal.state == "retired":
                actor.must_organise(settings, "bring back what organisers retired")
            post = await self._reopened(tx, actor, proposal, settings)
        await self._outbox.wait_sent(post.post_id, seconds=8)
        async with self._database.reading() as tx:
            fresh = await proposals.get(tx, actor.guild_id, proposal.proposal_id)
        event(log, "proposal.reopened", proposal=proposal.proposal_id, guild=actor.guild_id, by=actor.user_id)
        return cards.done(f"It is open again. {ballot_place(fresh or proposal, None)}")

    async def _reopened(self, tx: Tx, actor: Actor, proposal: Proposal, settings: ServerSettings) -> Post:
        """Open again, on a new ballot: the old one may be years up the channel."""
        if proposal.state == "chosen":
            await votes.clear(tx, proposal.proposal_id)
            proposal.proposer_id = actor.user_id
        else:
            await votes.carry(tx, proposal.proposal_id)
        proposal.state, proposal.opened_at, proposal.closed_at = "open", self._clock.now(), None
        return await self._ballots.post(tx, proposal, settings, ping=False)

    async def _mine(self, tx: Tx, actor: Actor, settings: ServerSettings, number: str) -> Proposal:
        proposal = await proposals.get(tx, actor.guild_id, _number(number))
        if proposal is None or proposal.state != "open":
            raise Refused("This proposal is not open any more. `/proposals` shows those that are.")
        if proposal.proposer_id != actor.user_id:
            actor.must_organise(settings, "change what somebody else proposed")
        return proposal


def topic_key(settings: ServerSettings, topic: str | None) -> str | None:
    """The key of a topic given by key or name. Raises Refused when the group has none such."""
    if not topic or not topic.strip():
        return None
    for known in settings.topics:
        if topic.strip().casefold() in (known.key.casefold(), known.name.casefold()):
            return known.key
    raise Refused(
        f"The group has no topic “{plain(topic, 80)}”. Leave it out, or choose one from the list as you type."
    )


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0
