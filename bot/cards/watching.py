"""What arXiv changed of a paper that the group votes on or is to read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.cards.base import Card, clip, count, jump, link, plain, stamp
from bot.cards.papers import abs_url, title_of
from storage.tables import Paper, Proposal, Session

SHOWN = 10


@dataclass(frozen=True)
class News:
    """What is new of a paper: its version, where it was `was`, or that it may have been withdrawn."""

    paper: Paper
    was: int
    now: int
    withdrawn: bool
    proposal: Proposal | None = None
    session: Session | None = None


def told(news: Sequence[News]) -> Card:
    """Told to a proposer, a presenter or the organisers: what arXiv changed in the last week."""
    lines = [_line(one) for one in news[:SHOWN]]
    if len(news) > SHOWN:
        lines.append(f"… and {count(len(news) - SHOWN, 'paper')} more.")
    bad = any(one.withdrawn for one in news)
    return Card(
        title="A paper may have been withdrawn" if bad and len(news) == 1 else "News of papers from arXiv",
        text="\n\n".join(lines),
        tone="warn" if bad else "paper",
    )


def _line(one: News) -> str:
    lines = [f"**{link(clip(title_of(one.paper), 200), abs_url(one.paper.paper_id))}**"]
    if one.withdrawn:
        lines.append(f"⚠️ It may have been withdrawn. {withdrawal(one.paper)}")
    if one.now > one.was:
        since = f" of {stamp(one.paper.updated_at, 'D')}" if one.paper.updated_at else ""
        lines.append(f"Version {one.now}{since} has taken the place of version {one.was}.")
    if one.session is not None:
        lines.append(f"It is read {stamp(one.session.starts_at, 'F')}.")
    elif one.proposal is not None and one.proposal.state == "open":
        lines.append("You proposed it" + _ballot(one.proposal) + ".")
    else:
        lines.append("It is chosen, and has no date yet.")
    return "\n".join(lines)


def _ballot(proposal: Proposal) -> str:
    if proposal.ballot_lost or not (proposal.ballot_channel_id and proposal.ballot_message_id):
        return ""
    place = jump(proposal.guild_id, proposal.ballot_channel_id, proposal.ballot_message_id)
    return f": [its ballot]({place})"


def withdrawal(paper: Paper) -> str:
    """What its authors say of it."""
    said = paper.comment or paper.abstract
    return f"Its authors say: “{plain(said, 300)}”" if said else ""


def since_proposed(paper: Paper, proposal: Proposal) -> str:
    """What a ballot says of a paper that changed after it was proposed; "" when it did not."""
    if not paper.version or paper.updated_at is None or paper.updated_at <= proposal.created_at:
        return ""
    return f"Version {paper.version}, of {stamp(paper.updated_at, 'D')}: newer than this ballot."
