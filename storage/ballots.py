"""Ballots: which show something else than the ledger, and which nobody votes on any more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from storage.database import Tx
from storage.tables import Proposal, Volunteer, Vote
from storage.votes import Rules, counting


async def totals(tx: Tx, guild_id: int, rules: Rules) -> dict[int, int]:
    """How many votes count for each open proposal of a server that has any."""
    votes = counting(guild_id, rules).subquery()
    rows = await tx.execute(select(votes.c.proposal_id, func.count()).group_by(votes.c.proposal_id))
    return {row[0]: row[1] for row in rows}


async def total(tx: Tx, proposal: Proposal, rules: Rules) -> int:
    """How many votes count for one proposal."""
    votes = counting(proposal.guild_id, rules, state=proposal.state).subquery()
    query = select(func.count()).select_from(votes).where(votes.c.proposal_id == proposal.proposal_id)
    return await tx.scalar(query) or 0


async def offers(tx: Tx, guild_id: int) -> dict[int, list[int]]:
    """Who would present, by proposal, the first to say so first."""
    rows = await tx.execute(
        select(Volunteer.proposal_id, Volunteer.user_id)
        .where(Volunteer.guild_id == guild_id, Volunteer.proposal_id.is_not(None))
        .order_by(Volunteer.noted_at, Volunteer.volunteer_id)
    )
    found: dict[int, list[int]] = {}
    for proposal_id, user_id in rows:
        assert proposal_id is not None  # noqa: S101 - by the query
        found.setdefault(proposal_id, []).append(user_id)
    return found


async def standing(tx: Tx, guild_id: int) -> Sequence[Proposal]:
    """A server's open proposals whose ballot stands somewhere."""
    rows = await tx.scalars(
        select(Proposal)
        .where(
            Proposal.guild_id == guild_id,
            Proposal.state == "open",
            Proposal.ballot_message_id.is_not(None),
            Proposal.ballot_lost.is_(False),
        )
        .order_by(Proposal.proposal_id)
    )
    return rows.all()


async def quiet_since(tx: Tx, guild_id: int, before: datetime) -> Sequence[Proposal]:
    """A server's open proposals whose last vote, or opening, was before that."""
    last = (
        select(Vote.proposal_id, func.max(Vote.noted_at).label("at"))
        .where(Vote.guild_id == guild_id)
        .group_by(Vote.proposal_id)
        .subquery()
    )
    rows = await tx.scalars(
        select(Proposal)
        .outerjoin(last, last.c.proposal_id == Proposal.proposal_id)
        .where(
            Proposal.guild_id == guild_id,
            Proposal.state == "open",
            func.coalesce(Proposal.opened_at, Proposal.created_at) < before,
            (last.c.at.is_(None)) | (last.c.at < before),
        )
        .order_by(Proposal.proposal_id)
    )
    return rows.all()
