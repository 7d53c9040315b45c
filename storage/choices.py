"""Choices of the past, who voted then, and deadlines."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select

from storage.database import Tx
from storage.shards import CLAIM
from storage.tables import Choice, ChoiceVoter, Deadline, Proposal


async def note(tx: Tx, choice: Choice, *, voters: Collection[int], served: Collection[int]) -> None:
    """Remember a choice and whose votes counted."""
    tx.add(choice)
    await tx.flush()
    tx.add_all(
        ChoiceVoter(choice_id=choice.choice_id, user_id=user, guild_id=choice.guild_id, served=user in served)
        for user in sorted(voters)
    )
    await tx.flush()


async def rounds(tx: Tx, guild_id: int) -> list[tuple[frozenset[int], frozenset[int]]]:
    """Everybody who voted at each choice of a server, and those who were served, oldest first."""
    found: dict[int, tuple[set[int], set[int]]] = {}
    rows = await tx.execute(
        select(ChoiceVoter.choice_id, ChoiceVoter.user_id, ChoiceVoter.served)
        .where(ChoiceVoter.guild_id == guild_id)
        .order_by(ChoiceVoter.choice_id)
    )
    for choice_id, user_id, served in rows:
        voters, happy = found.setdefault(choice_id, (set(), set()))
        voters.add(user_id)
        if served:
            happy.add(user_id)
    return [(frozenset(voters), frozenset(happy)) for voters, happy in found.values()]


async def last_served(tx: Tx, guild_id: int) -> dict[int, datetime]:
    """When each voter last had a paper chosen that they had voted for; who never had is left out."""
    rows = await tx.execute(
        select(ChoiceVoter.user_id, func.max(Choice.chosen_at))
        .join(Choice, Choice.choice_id == ChoiceVoter.choice_id)
        .where(ChoiceVoter.guild_id == guild_id, ChoiceVoter.served.is_(True))
        .group_by(ChoiceVoter.user_id)
    )
    return {row[0]: row[1] for row in rows if row[1] is not None}


async def get(tx: Tx, guild_id: int, choice_id: int) -> Choice | None:
    choice = await tx.get(Choice, choice_id)
    return choice if choice is not None and choice.guild_id == guild_id else None


async def votes_of(tx: Tx, guild_id: int) -> dict[str, int]:
    """How many votes each paper of a server had when it was last chosen, by its id."""
    rows = await tx.execute(
        select(Proposal.paper_id, Choice.votes)
        .join(Proposal, Proposal.proposal_id == Choice.proposal_id)
        .where(Choice.guild_id == guild_id)
        .order_by(Choice.chosen_at, Choice.choice_id)
    )
    return {paper_id: votes for paper_id, votes in rows}  # noqa: C416 - rows are no pairs to mypy


async def of_proposal(tx: Tx, proposal_id: int) -> Sequence[Choice]:
    rows = await tx.scalars(
        select(Choice).where(Choice.proposal_id == proposal_id).order_by(Choice.chosen_at, Choice.choice_id)
    )
    return rows.all()


async def during(tx: Tx, proposal: Proposal) -> Sequence[Choice]:
    """The choices of other papers by votes while a proposal was open."""
    query = select(Choice).where(
        Choice.guild_id == proposal.guild_id,
        Choice.proposal_id != proposal.proposal_id,
        Choice.way.in_(("fair", "approval")),
        Choice.chosen_at >= (proposal.opened_at or proposal.created_at),
    )
    if proposal.closed_at is not None:
        query = query.where(Choice.chosen_at <= proposal.closed_at)
    return (await tx.scalars(query.order_by(Choice.chosen_at, Choice.choice_id))).all()


async def waiting(tx: Tx) -> Sequence[Choice]:
    """Chosen papers that have no session yet, over all servers, oldest first."""
    rows = await tx.scalars(
        select(Choice)
        .join(Proposal, Proposal.proposal_id == Choice.proposal_id)
        .where(Choice.session_id.is_(None), Proposal.state == "chosen")
        .order_by(Choice.choice_id)
    )
    return rows.all()


async def set_deadline(tx: Tx, deadline: Deadline) -> None:
    await tx.merge(deadline)


async def drop_deadline(tx: Tx, guild_id: int) -> None:
    await tx.execute(delete(Deadline).where(Deadline.guild_id == guild_id))


async def deadline(tx: Tx, guild_id: int) -> Deadline | None:
    return await tx.get(Deadline, guild_id)


async def claim_deadline(tx: Tx, guild_id: int) -> Deadline | None:
    """A deadline to be kept in this transaction; None when it is gone, or another process keeps it."""
    return await tx.get(Deadline, guild_id, with_for_update=CLAIM)


async def next_deadline(tx: Tx) -> Deadline | None:
    found: Deadline | None = await tx.scalar(
        select(Deadline).order_by(Deadline.at, Deadline.guild_id).limit(1)
    )
    return found
