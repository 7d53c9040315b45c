"""What members pressed on the lines of digests, and what was learned of a server's taste from all they did."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select

from storage.database import Tx
from storage.tables import Paper, Proposal, Session, Talk, TasteState, Verdict, Vote

LIKE, DISLIKE = "like", "dislike"


@dataclass(frozen=True)
class Opinion:
    """What a group did with a paper: "read", "proposed", "voted" or "liked" it, or "disliked" it (turned it down)."""

    paper: Paper
    deed: str
    times: int
    at: datetime


async def note(tx: Tx, verdict: Verdict) -> None:
    """Note a verdict, in place of what the same member said before."""
    await tx.merge(verdict)


async def take_back(tx: Tx, guild_id: int, paper_id: str, user_id: int) -> None:
    await tx.execute(
        delete(Verdict).where(
            Verdict.guild_id == guild_id, Verdict.paper_id == paper_id, Verdict.user_id == user_id
        )
    )


async def likes(tx: Tx, guild_id: int, paper_ids: Collection[str]) -> dict[str, int]:
    """How many members pressed 👍 on each paper."""
    rows = await tx.execute(
        select(Verdict.paper_id, func.count())
        .where(Verdict.guild_id == guild_id, Verdict.verdict == LIKE, Verdict.paper_id.in_(paper_ids))
        .group_by(Verdict.paper_id)
    )
    return {row[0]: row[1] for row in rows}


async def opinions(tx: Tx, guild_id: int) -> Sequence[Opinion]:
    """All that a group did with papers, oldest first."""
    found: list[Opinion] = []
    votes = func.count(Vote.user_id)
    proposed = await tx.execute(
        select(Paper, Proposal.created_at, votes)
        .join(Proposal, Proposal.paper_id == Paper.paper_id)
        .outerjoin(Vote, Vote.proposal_id == Proposal.proposal_id)
        .where(Proposal.guild_id == guild_id)
        .group_by(Proposal.proposal_id, Paper.paper_id)
    )
    for paper, at, number in proposed:
        found.append(Opinion(paper, "voted" if number else "proposed", number + 1, at))
    read = await tx.execute(
        select(Paper, Session.starts_at)
        .join(Talk, Talk.paper_id == Paper.paper_id)
        .join(Session, Session.session_id == Talk.session_id)
        .where(Talk.guild_id == guild_id, Session.state != "cancelled")
    )
    found += [Opinion(paper, "read", 3, at) for paper, at in read]
    pressed = await tx.execute(
        select(Paper, Verdict.verdict, func.count(), func.max(Verdict.noted_at))
        .join(Verdict, Verdict.paper_id == Paper.paper_id)
        .where(Verdict.guild_id == guild_id)
        .group_by(Paper.paper_id, Verdict.verdict)
    )
    found += [Opinion(paper, f"{verdict}d", number, at) for paper, verdict, number, at in pressed]
    return sorted(found, key=lambda opinion: (opinion.at, opinion.paper.paper_id, opinion.deed))


async def filed(tx: Tx, guild_id: int, *, limit: int) -> Sequence[tuple[Paper, str]]:
    """Papers that members filed under a topic themselves, and its key; the latest `limit`, oldest first."""
    rows = await tx.execute(
        select(Paper, Proposal.topic)
        .join(Proposal, Proposal.paper_id == Paper.paper_id)
        .where(Proposal.guild_id == guild_id, Proposal.topic_chosen, Proposal.topic.is_not(None))
        .order_by(Proposal.created_at.desc())
        .limit(limit)
    )
    return [(paper, str(topic)) for paper, topic in rows][::-1]


async def papers_of(tx: Tx, paper_ids: Collection[str]) -> dict[str, Paper]:
    """Papers by id: those that nobody has an opinion on any more."""
    rows = await tx.scalars(select(Paper).where(Paper.paper_id.in_(paper_ids)))
    return {row.paper_id: row for row in rows}


async def taste(tx: Tx, guild_id: int) -> TasteState | None:
    return await tx.get(TasteState, guild_id)


async def save_taste(tx: Tx, row: TasteState) -> None:
    await tx.merge(row)
