"""Proposing a paper, and the standing of what was proposed."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.cards import Card
from bot.cards import papers as cards
from bot.cards import shelf as shelf_cards
from bot.cards.base import plain
from bot.clock import Clock
from bot.config import ServerSettings
from bot.log import event
from bot.services.ballots import Ballots
from bot.services.outbox import Outbox
from bot.services.papers import Papers, Routers
from bot.services.people import Actor, Refused
from bot.services.settings import SettingsService
from bot.services.shelf import Shelf
from bot.services.upkeep import topic_key
from bot.sources import ArxivId, NotAnArxivId, SourceTrouble, parse
from storage import outbox as stored_posts
from storage import papers as stored_papers
from storage import proposals
from storage.database import Database, Tx, wake
from storage.tables import Paper, Post, Proposal, Wish

log = logging.getLogger(__name__)

#: How long arXiv may take to serve a paper that it announced (FIELD b25: hours to days), and how often it is asked.
WISH_LIFE = timedelta(days=3)
WISH_PAUSES = (timedelta(minutes=10), timedelta(minutes=30), timedelta(hours=1), timedelta(hours=3))
#: A request to propose that its own process has not finished by then was cut off, and is taken up by the timer.
WISH_GRACE = timedelta(minutes=2)
WHY_LIMIT = 500


@dataclass(frozen=True)
class Asked:
    """A proposal that is noted and needs an answer of arXiv, or `done`: one that needs nothing more."""

    arxiv_id: ArxivId
    wish_id: int = 0
    done: Card | None = None


class Proposals:
    """From a link to a ballot."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: SettingsService,
        outbox: Outbox,
        papers: Papers,
        routers: Routers,
        ballots: Ballots,
        shelf: Shelf,
    ) -> None:
        self._database, self._clock, self._settings = database, clock, settings
        self._outbox, self._papers, self._routers, self._ballots = outbox, papers, routers, ballots
        self._shelf = shelf
        outbox.says("wish_failed", self._wish_failed)

    # what people do

    async def propose(
        self,
        actor: Actor,
        text: str,
        *,
        why: str | None = None,
        topic: str | None = None,
        again: bool = False,
    ) -> Card:
        """Put a paper forward: note the wish, look the paper up, put its ballot on the way; the answer says where.

        One that was read here is only taken `again` when somebody says so.
        Raises Refused when `text` names no paper of arXiv, or `topic` is none of the group's.
        """
        asked = await self.ask(actor, text, why=why, topic=topic, again=again)
        return asked.done or await self.fulfil(actor, asked)

    async def propose_anyway(self, actor: Actor, text: str) -> Card:
        """Put a paper forward that the group has read."""
        return await self.propose(actor, text, again=True)

    async def from_message(self, actor: Actor, text: str) -> Card:
        """Put forward what a message names; of several papers, ask which. Raises Refused when it names none."""
        named = await self._shelf.several(text)
        if not named:
            raise Refused(
                "I see no paper in this message: no arXiv number, and no link to arXiv, alphaXiv, Hugging Face or a "
                "DOI of arXiv. `/propose` takes one directly."
            )
        return await self.propose(actor, named[0][0]) if len(named) == 1 else shelf_cards.several(named)

    async def from_choice(self, actor: Actor, _arguments: str, values: Sequence[str]) -> Card:
        """Put forward which of several papers was chosen."""
        return await self.propose(actor, values[0] if values else "")

    async def ask(
        self, actor: Actor, text: str, *, why: str | None, topic: str | None, again: bool = False
    ) -> Asked:
        """Note that somebody wants a paper proposed. It survives whatever happens next.

        Raises Refused when `text` names no arXiv paper or `topic` is none of the group's.
        """
        try:
            arxiv_id = parse(text)
        except NotAnArxivId as error:
            raise Refused(plain(str(error), 1000)) from None
        if why is not None and len(why) > WHY_LIMIT:
            raise Refused(
                f"`why` has {len(why)} characters; at most {WHY_LIMIT} fit on a ballot. Please shorten it."
            )
        if not again and (read := await self._shelf.read_before(actor.guild_id, arxiv_id.bare)):
            return Asked(arxiv_id, done=shelf_cards.read_before(*read))
        async with self._database.transaction() as tx:
            settings = await self._settings.of(tx, actor.guild_id)
            key = topic_key(settings, topic)
            if await proposals.of_paper(tx, actor.guild_id, arxiv_id.bare):
                wish_id = 0
            else:
                wish = await self._wish(tx, actor, arxiv_id.bare, why, key)
                wish_id = wish.wish_id
        if not wish_id:
            return Asked(arxiv_id, done=await self._answer(actor, arxiv_id.bare, new=False))
        event(
            log, "proposal.asked", wish=wish_id, guild=actor.guild_id, user=actor.user_id, paper=arxiv_id.bare
        )
        return Asked(arxiv_id, wish_id)

    async def fulfil(self, actor: Actor, asked: Asked) -> Card:
        """Look the paper up and put its ballot on the way; the answer says where it is.

        Raises Refused when arXiv has no such paper. When arXiv is away, or may not serve it yet, the wish is kept.
        """
        paper_id = asked.arxiv_id.bare
        try:
            found = await self._papers.look_up([paper_id])
        except SourceTrouble as trouble:
            await self._keep(asked.wish_id)
            return cards.wished(paper_id, trouble.sentence)
        if paper_id not in found:
            if not may_still_come(asked.arxiv_id, self._clock.now()):
                async with self._database.transaction() as tx:
                    await proposals.grant(tx, asked.wish_id)
                raise Refused(
                    f"arXiv has no paper **{plain(paper_id)}**. Please check the number; a link works, too."
                )
            await self._keep(asked.wish_id)
            return cards.wished(paper_id, f"arXiv does not serve **{plain(paper_id)}** yet.")
        async with self._database.transaction() as tx:
            post = await self._propose(tx, asked.wish_id, late=False)
        return await self._answer(actor, paper_id, new=post is not None)

    async def topic_choices(self, guild_id: int, typed: str) -> list[tuple[str, str]]:
        """The group's topics whose name or key contains what was typed: (key, name), at most 25."""
        topics = (await self._settings.read(guild_id)).topics
        typed = typed.strip().casefold()
        found = [t for t in topics if typed in t.name.casefold() or typed == t.key.casefold()]
        return [(topic.key[:100], topic.name[:100]) for topic in found[:25]]

    # timed: wishes that wait for arXiv

    async def take_up(self) -> None:
        """At the start: what the process before this one was asked for and did not finish is due at once."""
        async with self._database.transaction() as tx:
            await proposals.take_up(tx, now=self._clock.now())

    async def next_due(self) -> datetime | None:
        async with self._database.reading() as tx:
            return await proposals.next_wish_at(tx)

    async def run_due(self, now: datetime) -> None:
        """Ask arXiv again for what waits, all in one request."""
        async with self._database.reading() as tx:
            wishes = await proposals.wishes_due(tx, now)
        if not wishes:
            return
        found, answered = dict[str, Paper](), True
        try:
            found = await self._papers.look_up(list(dict.fromkeys(wish.paper_id for wish in wishes)))
        except SourceTrouble as trouble:
            event(log, "wishes.postponed", logging.WARNING, wishes=len(wishes), cause=trouble.sentence)
            answered = False
        for wish in wishes:
            hopeless = answered and not may_still_come(ArxivId(wish.paper_id), wish.created_at)
            async with self._database.transaction() as tx:
                if wish.paper_id in found:
                    await self._propose(tx, wish.wish_id, late=True)
                elif hopeless or now - wish.created_at > WISH_LIFE:
                    await self._give_up(tx, wish)
                else:
                    pause = WISH_PAUSES[min(wish.attempts, len(WISH_PAUSES) - 1)]
                    await proposals.postpone(tx, [wish.wish_id], until=self._clock.now() + pause)

    # within a transaction

    async def _wish(self, tx: Tx, actor: Actor, paper_id: str, why: str | None, topic: str | None) -> Wish:
        now = self._clock.now()
        known = await proposals.wish_of(tx, actor.guild_id, paper_id)
        if known is not None:  # asked before, and arXiv was away: the first to ask stays its proposer
            known.next_try_at = now + WISH_GRACE
            return known
        wish = Wish(
            guild_id=actor.guild_id, paper_id=paper_id, user_id=actor.user_id, why=why or None, topic=topic,
            created_at=now, next_try_at=now + WISH_GRACE,
        )  # fmt: skip
        tx.add(wish)
        await tx.flush()
        wake(tx)
        return wish

    async def _propose(self, tx: Tx, wish_id: int, *, late: bool) -> Post | None:
        """Turn a wish into a proposal and its ballot. None when another request did so first."""
        wish = await tx.get(Wish, wish_id)
        if wish is None:
            return None
        await proposals.grant(tx, wish_id)
        if await proposals.of_paper(tx, wish.guild_id, wish.paper_id):
            return None
        settings = await self._settings.of(tx, wish.guild_id)
        paper = await stored_papers.get(tx, wish.paper_id)
        assert paper is not None  # noqa: S101 - looked up by the caller
        proposal = Proposal(
            guild_id=wish.guild_id, paper_id=wish.paper_id, proposer_id=wish.user_id, created_at=self._clock.now(),
            why=wish.why, topic=wish.topic or self._guess(settings, paper), topic_chosen=wish.topic is not None,
        )  # fmt: skip
        tx.add(proposal)
        await tx.flush()
        event(
            log, "proposal.made", proposal=proposal.proposal_id, guild=wish.guild_id, user=wish.user_id,
            paper=wish.paper_id, topic=proposal.topic,
        )  # fmt: skip
        return await self._ballots.post(tx, proposal, settings, ping=late)

    async def _give_up(self, tx: Tx, wish: Wish) -> None:
        await proposals.grant(tx, wish.wish_id)
        await self._outbox.put(
            tx,
            key=f"wish:{wish.wish_id}:failed",
            guild_id=wish.guild_id,
            place=f"user:{wish.user_id}",
            kind="wish_failed",
            data={"paper": wish.paper_id, "asked_at": wish.created_at.isoformat()},
            expires_at=self._clock.now() + timedelta(days=2),
        )

    def _guess(self, settings: ServerSettings, paper: Paper) -> str | None:
        matches = self._routers.of(settings.topics).route(paper.title, paper.abstract, paper.categories)
        return matches[0].topic_key if matches else None

    async def _keep(self, wish_id: int) -> None:
        async with self._database.transaction() as tx:
            await proposals.postpone(tx, [wish_id], until=self._clock.now() + WISH_PAUSES[0])
            wake(tx)

    async def _answer(self, actor: Actor, paper_id: str, *, new: bool) -> Card:
        """Where the ballot is; a person waits some seconds for one that is on its way."""
        async with self._database.reading() as tx:
            proposal = await proposals.of_paper(tx, actor.guild_id, paper_id)
            post = await stored_posts.by_key(tx, _ballot_key(proposal)) if proposal else None
        if post is not None:
            await self._outbox.wait_sent(post.post_id, seconds=8)
        async with self._database.reading() as tx:
            paper = await stored_papers.get(tx, paper_id)
            known = await self._shelf.known(tx, actor.guild_id, paper) if paper else None
        if known is None or known.proposal is None:
            raise Refused("This paper was proposed a moment ago and is gone again. Please try once more.")
        if known.proposal.state != "open":
            return shelf_cards.closed_before(known)
        say = cards.proposed if new else cards.proposed_before
        card = say(known.paper, known.proposal, channel_id=known.proposal.ballot_channel_id)
        return shelf_cards.with_related(card, known) if new else card

    # what the outbox says of it

    async def _wish_failed(self, _tx: Tx, post: Post, _now: datetime) -> Card:
        return cards.wish_failed(post.data["paper"], datetime.fromisoformat(post.data["asked_at"]))


def _ballot_key(proposal: Proposal) -> str:
    return f"proposal:{proposal.proposal_id}:ballot"


def may_still_come(arxiv_id: ArxivId, now: datetime) -> bool:
    """Whether arXiv may serve an id later that it does not serve now: one of this month or the last (FIELD b25).

    Ids are numbered by month of submission in US Eastern time; the day's slack covers the zones.
    """
    if not arxiv_id.bare[:4].isdigit():
        return False
    soon, ago = now + timedelta(days=1), now - timedelta(days=32)
    return arxiv_id.bare[:4] in {f"{soon:%y%m}", f"{now:%y%m}", f"{ago:%y%m}"}
