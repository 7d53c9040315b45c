"""Which version of each paper a server has been told of, and which papers it is to be told of."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from storage.database import Tx
from storage.tables import Choice, Paper, Proposal, Session, Talk, Watch


@dataclass(frozen=True)
class Wanted:
    """A paper of arXiv that is open for votes, or to be read: chosen without a date yet, or in a planned session."""

    guild_id: int
    paper_id: str
    proposal: Proposal | None = None
    choice: Choice | None = None
    session: Session | None = None
    talk_id: int = 0


async def begin(tx: Tx, guild_id: int, paper: Paper, *, withdrawn: bool) -> Watch:
    """From now on a server is told what changes of a paper; what is known of it now is no news."""
    known = await tx.get(Watch, (guild_id, paper.paper_id))
    if known is None:
        known = Watch(
            guild_id=guild_id, paper_id=paper.paper_id, version=paper.version or 1, withdrawn=withdrawn
        )
        tx.add(known)
        await tx.flush()
    return known


async def wanted(tx: Tx) -> list[Wanted]:
    """What is to be watched, over all servers."""
    proposed = await tx.execute(
        select(Proposal, Choice)
        .join(Paper, Paper.paper_id == Proposal.paper_id)
        .outerjoin(Choice, Choice.proposal_id == Proposal.proposal_id)
        .where(Paper.told_in.is_(None), Proposal.state.in_(("open", "chosen")))
        .order_by(Proposal.proposal_id, Choice.choice_id)
    )
    latest = {proposal.proposal_id: (proposal, choice) for proposal, choice in proposed}
    found = [
        Wanted(proposal.guild_id, proposal.paper_id, proposal, choice)
        for proposal, choice in latest.values()
        if proposal.state == "open" or (choice is not None and choice.session_id is None)
    ]
    planned = await tx.execute(
        select(Session, Talk)
        .join(Talk, Talk.session_id == Session.session_id)
        .join(Paper, Paper.paper_id == Talk.paper_id)
        .where(Session.state == "planned", Paper.told_in.is_(None))
        .order_by(Session.session_id, Talk.talk_id)
    )
    found += [
        Wanted(session.guild_id, talk.paper_id, session=session, talk_id=talk.talk_id)
        for session, talk in planned
        if talk.paper_id
    ]
    return found
