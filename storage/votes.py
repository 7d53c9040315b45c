"""Votes and raised hands: what Discord shows on the ballots, and which of it counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, delete, func, select, update

from storage import presenters
from storage.database import Tx
from storage.tables import Hand, Proposal, Volunteer, Vote

#: The mark of a vote that was cast on a ballot which is gone: no reaction shows it, and it stays.
CARRIED = "carried"

Marks = frozenset[str]
NONE: Marks = frozenset()


@dataclass(frozen=True)
class Rules:
    """Which votes count on a server: `own` ones for one's own proposal, and the `most` oldest of a member (0: all)."""

    own: bool = True
    most: int = 0


def counting(guild_id: int, rules: Rules, *, state: str = "open") -> Select[int, int]:
    """The votes that count among a server's proposals of a state, as (proposal_id, user_id)."""
    votes = (
        select(Vote.proposal_id, Vote.user_id)
        .join(Proposal, Proposal.proposal_id == Vote.proposal_id)
        .where(Proposal.guild_id == guild_id, Proposal.state == state, Vote.counts.is_(True))
    )
    if not rules.own:
        votes = votes.where(Vote.user_id != Proposal.proposer_id)
    if not rules.most:
        return votes
    place = func.row_number().over(partition_by=Vote.user_id, order_by=(Vote.noted_at, Vote.proposal_id))
    ranked = votes.add_columns(place.label("place")).subquery()
    return select(ranked.c.proposal_id, ranked.c.user_id).where(ranked.c.place <= rules.most)


async def supporters(tx: Tx, guild_id: int, rules: Rules) -> dict[int, set[int]]:
    """Whose votes count for each open proposal that has any."""
    found: dict[int, set[int]] = {}
    for proposal_id, user_id in await tx.execute(counting(guild_id, rules)):
        found.setdefault(proposal_id, set()).add(user_id)
    return found


async def voters(tx: Tx, proposal_id: int) -> set[int]:
    """Whose votes are in the ledger, whether they count or not."""
    return set(await tx.scalars(select(Vote.user_id).where(Vote.proposal_id == proposal_id)))


async def all_voters(tx: Tx, guild_id: int) -> set[int]:
    """Everybody with a vote for an open proposal of a server. Those who are forgotten are nobody: their votes stay."""
    return set(
        await tx.scalars(
            select(Vote.user_id)
            .join(Proposal, Proposal.proposal_id == Vote.proposal_id)
            .where(Proposal.guild_id == guild_id, Proposal.state == "open", Vote.user_id > 0)
            .distinct()
        )
    )


async def vote_marks(tx: Tx, proposal_id: int, users: Collection[int] | None = None) -> dict[int, Marks]:
    """The reactions that make the votes for a proposal, by voter; of `users` only, if given."""
    query = select(Vote.user_id, Vote.marks).where(Vote.proposal_id == proposal_id)
    if users is not None:
        query = query.where(Vote.user_id.in_(users))
    return {user: frozenset(marks.split()) for user, marks in await tx.execute(query)}


async def hand_marks(tx: Tx, proposal_id: int, users: Collection[int] | None = None) -> dict[int, Marks]:
    """The same of the raised hands."""
    query = select(Hand.user_id, Hand.marks).where(Hand.proposal_id == proposal_id)
    if users is not None:
        query = query.where(Hand.user_id.in_(users))
    return {user: frozenset(marks.split()) for user, marks in await tx.execute(query)}


async def marks_of(
    tx: Tx, proposal_ids: Collection[int]
) -> tuple[dict[int, dict[int, Marks]], dict[int, dict[int, Marks]]]:
    """The reactions that make the votes, and the raised hands, on some ballots: by proposal and person."""
    found: list[dict[int, dict[int, Marks]]] = []
    for table in (Vote, Hand):
        rows = await tx.execute(
            select(table.proposal_id, table.user_id, table.marks).where(table.proposal_id.in_(proposal_ids))
        )
        of: dict[int, dict[int, Marks]] = {}
        for proposal_id, user_id, marks in rows:
            of.setdefault(proposal_id, {})[user_id] = frozenset(marks.split())
        found.append(of)
    return found[0], found[1]


async def mark_counts(tx: Tx) -> dict[int, Counter[str]]:
    """How many reactions of each kind the ledger knows on each open ballot, over all servers."""
    found: dict[int, Counter[str]] = {}
    for table in (Vote, Hand):
        rows = await tx.execute(
            select(table.proposal_id, table.marks, func.count())
            .join(Proposal, Proposal.proposal_id == table.proposal_id)
            .where(Proposal.state == "open")
            .group_by(table.proposal_id, table.marks)
        )
        for proposal_id, marks, number in rows:
            counter = found.setdefault(proposal_id, Counter())
            for mark in marks.split():
                if mark != CARRIED:
                    counter[mark] += number
    return found


async def set_votes(
    tx: Tx,
    proposal: Proposal,
    marks: Mapping[int, Marks],
    *,
    now: datetime,
    barred: Collection[int] = (),
) -> None:
    """Make the votes of some members what `marks` says; no marks, no vote. New ones of `barred` do not count."""
    rows = await tx.scalars(
        select(Vote).where(Vote.proposal_id == proposal.proposal_id, Vote.user_id.in_(marks.keys()))
    )
    known = {row.user_id: row for row in rows}
    for user, held in marks.items():
        text = " ".join(sorted(held))
        if user in known and not held:
            await tx.delete(known[user])
        elif user in known:
            known[user].marks = text
        elif held:
            tx.add(
                Vote(
                    proposal_id=proposal.proposal_id, user_id=user, guild_id=proposal.guild_id, noted_at=now,
                    marks=text, counts=user not in barred,
                )
            )  # fmt: skip
    await tx.flush()


async def set_hands(tx: Tx, proposal: Proposal, marks: Mapping[int, Marks], *, now: datetime) -> None:
    """Make the raised hands what `marks` says. A hand that goes up or down makes or unmakes a volunteer."""
    known = await hand_marks(tx, proposal.proposal_id, marks.keys())
    for user, held in marks.items():
        before = known.get(user, NONE)
        if held and not before:
            await presenters.volunteer(
                tx, guild_id=proposal.guild_id, user_id=user, now=now, proposal_id=proposal.proposal_id
            )
        elif before and not held:
            await presenters.withdraw(tx, user_id=user, proposal_id=proposal.proposal_id)
        if not held:
            await tx.execute(
                delete(Hand).where(Hand.proposal_id == proposal.proposal_id, Hand.user_id == user)
            )
        elif held != before:
            await tx.merge(
                Hand(
                    proposal_id=proposal.proposal_id, user_id=user, guild_id=proposal.guild_id,
                    marks=" ".join(sorted(held)),
                )
            )  # fmt: skip
    await tx.flush()


async def set_counts(tx: Tx, guild_id: int, users: Collection[int], *, counts: bool) -> int:
    """Have the votes of some members count, or not. How many votes that changed."""
    result = await tx.execute(
        update(Vote)
        .where(Vote.guild_id == guild_id, Vote.user_id.in_(users), Vote.counts.is_not(counts))
        .values(counts=counts)
    )
    return int(result.rowcount)  # type: ignore[attr-defined]


async def carry(tx: Tx, proposal_id: int) -> None:
    """The ballot is gone: its votes stay, though no reaction shows them; so do the volunteers."""
    await tx.execute(update(Vote).where(Vote.proposal_id == proposal_id).values(marks=CARRIED))
    await tx.execute(delete(Hand).where(Hand.proposal_id == proposal_id))


async def carried(tx: Tx, proposal_id: int) -> int:
    """How many votes for a proposal were carried over from an earlier ballot."""
    query = select(func.count()).where(Vote.proposal_id == proposal_id, Vote.marks == CARRIED)
    return await tx.scalar(query) or 0


async def clear(tx: Tx, proposal_id: int) -> None:
    """Forget the votes for a proposal, and who would present it."""
    await tx.execute(delete(Vote).where(Vote.proposal_id == proposal_id))
    await tx.execute(delete(Hand).where(Hand.proposal_id == proposal_id))
    await tx.execute(delete(Volunteer).where(Volunteer.proposal_id == proposal_id))
