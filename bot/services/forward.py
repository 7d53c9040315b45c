"""From a known paper to its proposal and ballot, and the answer that says where it is."""

from __future__ import annotations

import logging
from dataclasses import replace

from bot.cards import Card
from bot.cards import papers as cards
from bot.cards import shelf as shelf_cards
from bot.clock import Clock
from bot.config import ServerSettings
from bot.log import event
from bot.services.ballots import Ballots, key_of
from bot.services.outbox import Outbox
from bot.services.papers import Routers
from bot.services.people import Actor, Refused
from bot.services.settings import SettingsService
from bot.services.shelf import Shelf
from bot.sources.text import may_be_withdrawn
from storage import outbox as stored_posts
from storage import papers, proposals, watches
from storage.database import Database, Tx
from storage.tables import Paper, Post, Proposal

log = logging.getLogger(__name__)


class Forward:
    """Puts papers forward."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: SettingsService,
        outbox: Outbox,
        routers: Routers,
        ballots: Ballots,
        shelf: Shelf,
    ) -> None:
        self._database, self._clock, self._settings, self._outbox = database, clock, settings, outbox
        self._routers, self._ballots, self._shelf = routers, ballots, shelf

    async def had(self, actor: Actor, paper_id: str) -> Card | None:
        """That the group has read a paper, or will, without a proposal; None when it has not."""
        read = await self._shelf.read_before(actor.guild_id, paper_id)
        return shelf_cards.read_before(*read) if read else None

    async def put(
        self,
        tx: Tx,
        guild_id: int,
        user_id: int,
        paper: Paper,
        *,
        why: str | None,
        topic: str | None,
        late: bool = False,
    ) -> Post | None:
        """Make a proposal and put its ballot on the way; None when the paper has been proposed here.

        Of a `late` one its proposer is told: they asked for it some time ago.
        """
        if await proposals.of_paper(tx, guild_id, paper.paper_id):
            return None
        settings = await self._settings.of(tx, guild_id)
        proposal = Proposal(
            guild_id=guild_id, paper_id=paper.paper_id, proposer_id=user_id, created_at=self._clock.now(),
            why=why or None, topic=topic or self._guess(settings, paper), topic_chosen=topic is not None,
        )  # fmt: skip
        tx.add(proposal)
        await tx.flush()
        if paper.told_in is None:
            withdrawn = may_be_withdrawn(paper.comment, paper.abstract)
            await watches.begin(tx, guild_id, paper, withdrawn=withdrawn)
        event(
            log, "proposal.made", proposal=proposal.proposal_id, guild=guild_id, user=user_id,
            paper=paper.paper_id, topic=proposal.topic,
        )  # fmt: skip
        return await self._ballots.post(tx, proposal, settings, ping=late)

    async def changed(self, tx: Tx, proposal: Proposal) -> None:
        """What is proposed is known better now: its ballot is to say so."""
        await self._ballots.change(tx, proposal)

    async def answer(self, actor: Actor, paper_id: str, *, new: bool, note: str = "") -> Card:
        """Where the ballot is; a person waits some seconds for one that is on its way."""
        async with self._database.reading() as tx:
            proposal = await proposals.of_paper(tx, actor.guild_id, paper_id)
            post = await stored_posts.by_key(tx, key_of(proposal)) if proposal else None
        if post is not None:
            await self._outbox.wait_sent(post.post_id, seconds=8)
        async with self._database.reading() as tx:
            paper = await papers.get(tx, paper_id)
            known = await self._shelf.known(tx, actor.guild_id, paper) if paper else None
        if known is None or known.proposal is None:
            raise Refused("This paper was proposed a moment ago and is gone again. Please try once more.")
        if known.proposal.state != "open":
            card = shelf_cards.closed_before(known)
        elif new:
            channel_id = known.proposal.ballot_channel_id
            card = shelf_cards.with_related(
                cards.proposed(known.paper, known.proposal, channel_id=channel_id), known
            )
        else:
            card = cards.proposed_before(
                known.paper, known.proposal, channel_id=known.proposal.ballot_channel_id
            )
        return replace(card, text=f"{card.text}\n{note}") if note else card

    def _guess(self, settings: ServerSettings, paper: Paper) -> str | None:
        matches = self._routers.of(settings.topics).route(paper.title, paper.abstract, paper.categories)
        return matches[0].topic_key if matches else None
