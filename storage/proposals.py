"""Proposals, and the wishes that wait to become one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update

from storage.database import Tx
from storage.shards import CLAIM
from storage.tables import Paper, Proposal, Wish
from storage.votes import Rules, counting


@dataclass(frozen=True)
class Standing:
    """A proposal with its paper and the number of its votes."""

    proposal: Proposal
    paper: Paper
    votes: int


async def get(tx: Tx, guild_id: int, proposal_id: int) -> Proposal | None:
    """A proposal, if it belongs to that server."""
    proposal = await tx.get(Proposal, proposal_id)
    return proposal if proposal is not None and proposal.guild_id == guild_id else None


async def of_paper(tx: Tx, guild_id: int, paper_id: str) -> Proposal | None:
    found: Proposal | None = await tx.scalar(
        select(Proposal).where(Proposal.guild_id == guild_id, Proposal.paper_id == paper_id)
    )
    return found


async def of_papers(tx: Tx, guild_id: int, paper_ids: Collection[str]) -> dict[str, Proposal]:
    """Those of `paper_ids` that were proposed on a server, by id."""
    rows = await tx.scalars(
        select(Proposal).where(Proposal.guild_id == guild_id, Proposal.paper_id.in_(paper_ids))
    )
    return {row.paper_id: row for row in rows}


async def topics_of(tx: Tx, guild_id: int) -> dict[str, str]:
    """The topic of each paper that was proposed on a server with one, by the paper's id."""
    rows = await tx.execute(
        select(Proposal.paper_id, Proposal.topic).where(
            Proposal.guild_id == guild_id, Proposal.topic.is_not(None)
        )
    )
    return {paper_id: topic for paper_id, topic in rows if topic}


async def standings(
    tx: Tx,
    guild_id: int,
    rules: Rules,
    *,
    state: str = "open",
    topic: str | None = None,
    by_age: bool = False,
    page: tuple[int, int] | None = None,
) -> Sequence[Standing]:
    """A server's proposals, most votes first (or `by_age`); of equals the older one first.

    Of one `topic` only, if given; and of `page` (how many to skip, how many to give) only.
    """
    counting_votes = counting(guild_id, rules, state=state).subquery()
    totals = (
        select(counting_votes.c.proposal_id, func.count().label("votes"))
        .group_by(counting_votes.c.proposal_id)
        .subquery()
    )
    votes = func.coalesce(totals.c.votes, 0)
    order = (Proposal.created_at, Proposal.proposal_id)
    query = (
        select(Proposal, Paper, votes)
        .join(Paper, Paper.paper_id == Proposal.paper_id)
        .outerjoin(totals, totals.c.proposal_id == Proposal.proposal_id)
        .where(Proposal.guild_id == guild_id, Proposal.state == state)
        .order_by(*(order if by_age else (votes.desc(), *order)))
    )
    if topic is not None:
        query = query.where(Proposal.topic == topic)
    if page is not None:
        query = query.offset(page[0]).limit(page[1])
    rows = await tx.execute(query)
    return [Standing(proposal, paper, count) for proposal, paper, count in rows]


async def how_many(tx: Tx, guild_id: int, *, state: str = "open", topic: str | None = None) -> int:
    """How many proposals of a state a server has, of one topic or of all."""
    query = select(func.count()).where(Proposal.guild_id == guild_id, Proposal.state == state)
    return await tx.scalar(query.where(Proposal.topic == topic) if topic is not None else query) or 0


async def ballots(tx: Tx, *, message_ids: Collection[int]) -> dict[int, Proposal]:
    """Open proposals by the message of their ballot."""
    rows = await tx.scalars(
        select(Proposal).where(Proposal.ballot_message_id.in_(message_ids), Proposal.state == "open")
    )
    return {row.ballot_message_id: row for row in rows if row.ballot_message_id is not None}


async def open_ballots(tx: Tx) -> Sequence[Proposal]:
    """Every open proposal whose ballot stands somewhere, over all servers."""
    rows = await tx.scalars(
        select(Proposal)
        .where(
            Proposal.state == "open", Proposal.ballot_message_id.is_not(None), Proposal.ballot_lost.is_(False)
        )
        .order_by(Proposal.proposal_id)
    )
    return rows.all()


# wishes


async def wish_of(tx: Tx, guild_id: int, paper_id: str) -> Wish | None:
    found: Wish | None = await tx.scalar(
        select(Wish).where(Wish.guild_id == guild_id, Wish.paper_id == paper_id)
    )
    return found


async def wishes_due(tx: Tx, now: datetime, *, limit: int = 100) -> Sequence[Wish]:
    rows = await tx.scalars(
        select(Wish).where(Wish.next_try_at <= now).order_by(Wish.next_try_at, Wish.wish_id).limit(limit)
    )
    return rows.all()


async def claim_wish(tx: Tx, wish_id: int) -> Wish | None:
    """A wish to be dealt with in this transaction; None when it is gone, or another process deals with it."""
    return await tx.get(Wish, wish_id, with_for_update=CLAIM)


async def next_wish_at(tx: Tx) -> datetime | None:
    found: datetime | None = await tx.scalar(select(Wish.next_try_at).order_by(Wish.next_try_at).limit(1))
    return found


async def postpone(tx: Tx, wish_ids: Collection[int], *, until: datetime) -> None:
    """Try these wishes again at `until`."""
    await tx.execute(
        update(Wish).where(Wish.wish_id.in_(wish_ids)).values(next_try_at=until, attempts=Wish.attempts + 1)
    )


async def take_up(tx: Tx, *, now: datetime) -> None:
    """Make every wish due that was never tried to the end."""
    await tx.execute(update(Wish).where(Wish.attempts == 0, Wish.next_try_at > now).values(next_try_at=now))


async def grant(tx: Tx, wish_id: int) -> None:
    """A wish has become a proposal, or never will: drop it."""
    await tx.execute(delete(Wish).where(Wish.wish_id == wish_id))
