"""Proposing what arXiv has: the wish is noted first, and kept when arXiv is away or does not serve the paper yet."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.cards import Card
from bot.cards import papers as cards
from bot.cards.base import plain
from bot.clock import Clock
from bot.log import event
from bot.services.forward import Forward
from bot.services.outbox import Outbox
from bot.services.papers import Papers
from bot.services.people import Actor, Refused
from bot.services.works import Works
from bot.sources import ArxivId, SourceTrouble
from storage import papers as stored_papers
from storage import proposals
from storage.database import Database, Tx, wake
from storage.tables import Paper, Post, Wish

log = logging.getLogger(__name__)

#: How long arXiv may take to serve a paper that it announced (FIELD b25: hours to days), and how often it is asked.
WISH_LIFE = timedelta(days=3)
WISH_PAUSES = (timedelta(minutes=10), timedelta(minutes=30), timedelta(hours=1), timedelta(hours=3))
#: When it does not answer at all, it is soon asked again, and ever more rarely.
AWAY_PAUSE = timedelta(minutes=1)
#: A request to propose that its own process has not finished by then was cut off, and is taken up by the timer.
WISH_GRACE = timedelta(minutes=2)


@dataclass(frozen=True)
class Asked:
    """A proposal that is noted and needs an answer of arXiv, or `done`: one that needs nothing more."""

    arxiv_id: ArxivId
    wish_id: int = 0
    done: Card | None = None


class Wishes:
    """From an arXiv number to a proposal, at once or when arXiv lets us."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        outbox: Outbox,
        papers: Papers,
        forward: Forward,
        works: Works,
    ) -> None:
        self._database, self._clock, self._outbox = database, clock, outbox
        self._papers, self._forward, self._works = papers, forward, works
        outbox.says("wish_failed", self._wish_failed)

    async def propose(
        self, actor: Actor, arxiv_id: ArxivId, *, why: str | None, topic: str | None, again: bool
    ) -> Card:
        """Note the wish, look the paper up, put its ballot on the way. Raises Refused when arXiv has no such paper."""
        asked = await self.ask(actor, arxiv_id, why=why, topic=topic, again=again)
        return asked.done or await self.fulfil(actor, asked)

    async def ask(
        self, actor: Actor, arxiv_id: ArxivId, *, why: str | None, topic: str | None, again: bool = False
    ) -> Asked:
        """Note that somebody wants a paper proposed (`topic` is a key). It survives whatever happens next."""
        if not again and (had := await self._forward.had(actor, arxiv_id.bare)):
            return Asked(arxiv_id, done=had)
        async with self._database.transaction() as tx:
            if await proposals.of_paper(tx, actor.guild_id, arxiv_id.bare):
                wish_id = 0
            else:
                wish_id = (await self._wish(tx, actor, arxiv_id.bare, why, topic)).wish_id
        if not wish_id:
            return Asked(arxiv_id, done=await self._forward.answer(actor, arxiv_id.bare, new=False))
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
            await self._keep(asked.wish_id, pause_after(trouble, 0))
            return cards.wished(paper_id, trouble.sentence)
        if paper_id not in found:
            if not may_still_come(asked.arxiv_id, self._clock.now()):
                async with self._database.transaction() as tx:
                    await proposals.grant(tx, asked.wish_id)
                raise Refused(
                    f"arXiv has no paper **{plain(paper_id)}**. Please check the number; a link works, too."
                )
            await self._keep(asked.wish_id, pause_after(None, 0))
            return cards.wished(paper_id, f"arXiv does not serve **{plain(paper_id)}** yet.")
        async with self._database.transaction() as tx:
            wish = await tx.get(Wish, asked.wish_id)
            twin = await self._works.join(tx, actor.guild_id, found[paper_id])
            if wish is not None and twin is not None:
                await proposals.grant(tx, asked.wish_id)
                return await self._works.ask(tx, actor, found[paper_id], twin, why=wish.why, topic=wish.topic)
            post = await self._grant(tx, asked.wish_id, late=False)
        return await self._forward.answer(actor, paper_id, new=post is not None)

    # timed

    async def take_up(self) -> None:
        """At the start: what the process before this one was asked for and did not finish is due at once."""
        async with self._database.transaction() as tx:
            await proposals.take_up(tx, now=self._clock.now())

    async def next_due(self, tx: Tx) -> datetime | None:
        return await proposals.next_wish_at(tx)

    async def run_due(self, now: datetime) -> None:
        """Ask arXiv again for what waits, all in one request."""
        async with self._database.reading() as tx:
            wishes = await proposals.wishes_due(tx, now)
        if not wishes:
            return
        found, away = dict[str, Paper](), None
        try:
            found = await self._papers.look_up(list(dict.fromkeys(wish.paper_id for wish in wishes)))
        except SourceTrouble as trouble:
            event(log, "wishes.postponed", logging.WARNING, wishes=len(wishes), cause=trouble.sentence)
            away = trouble
        for wish in wishes:
            hopeless = away is None and not may_still_come(ArxivId(wish.paper_id), wish.created_at)
            async with self._database.transaction() as tx:
                if await proposals.claim_wish(tx, wish.wish_id) is None:
                    continue
                if wish.paper_id in found:
                    await self._works.join(tx, wish.guild_id, found[wish.paper_id])
                    await self._grant(tx, wish.wish_id, late=True)
                elif hopeless or now - wish.created_at > WISH_LIFE:
                    await self._give_up(tx, wish)
                else:
                    until = self._clock.now() + pause_after(away, wish.attempts)
                    await proposals.postpone(tx, [wish.wish_id], until=until)

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

    async def _grant(self, tx: Tx, wish_id: int, *, late: bool) -> Post | None:
        """Turn a wish into a proposal and its ballot. None when another request did so first."""
        wish = await tx.get(Wish, wish_id)
        if wish is None:
            return None
        await proposals.grant(tx, wish_id)
        paper = await stored_papers.get(tx, wish.paper_id)
        assert paper is not None  # noqa: S101 - looked up by the caller
        return await self._forward.put(
            tx, wish.guild_id, wish.user_id, paper, why=wish.why, topic=wish.topic, late=late
        )

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

    async def _keep(self, wish_id: int, pause: timedelta) -> None:
        async with self._database.transaction() as tx:
            await proposals.postpone(tx, [wish_id], until=self._clock.now() + pause)
            wake(tx)

    # what the outbox says of it

    async def _wish_failed(self, _tx: Tx, post: Post, _now: datetime) -> Card:
        return cards.wish_failed(post.data["paper"], datetime.fromisoformat(post.data["asked_at"]))


def pause_after(away: SourceTrouble | None, attempts: int) -> timedelta:
    """How long until arXiv is asked again that has been asked so often: sooner, and not before it wants, when it is

    away; after `WISH_PAUSES` when it answers and does not have the paper.
    """
    if away is None:
        return WISH_PAUSES[min(attempts, len(WISH_PAUSES) - 1)]
    pause = min(AWAY_PAUSE * (1 << min(attempts, 8)), WISH_PAUSES[-1])
    return max(pause, timedelta(seconds=away.retry_after or 0))


def may_still_come(arxiv_id: ArxivId, now: datetime) -> bool:
    """Whether arXiv may serve an id later that it does not serve now: one of this month or the last (FIELD b25).

    Ids are numbered by month of submission in US Eastern time; the day's slack covers the zones.
    """
    if not arxiv_id.bare[:4].isdigit():
        return False
    soon, ago = now + timedelta(days=1), now - timedelta(days=32)
    return arxiv_id.bare[:4] in {f"{soon:%y%m}", f"{now:%y%m}", f"{ago:%y%m}"}
