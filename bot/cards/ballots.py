"""Ballots, as cards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.cards.base import Card, Field, count, jump, member, names, plain
from bot.cards.papers import links_of, shown_emoji, title_of, url_of
from bot.cards.presenting import members
from bot.cards.watching import since_proposed, withdrawal
from bot.config import Group
from bot.sources.text import first_sentences, may_be_withdrawn, readable
from bot.topics.taxonomy import Topic
from storage.tables import Paper, Proposal

ABSTRACT = 900
#: How many of those who would present a ballot names.
NAMED = 5

#: What became of a proposal, as its ballot says it.
CLOSED = {
    "withdrawn": "Withdrawn by its proposer.",
    "retired": "Retired by the organisers.",
    "faded": "Gone for now: nobody had voted for it in a long time. Propose it again to bring it back.",
    "chosen": "Chosen: the group reads it.",
}


@dataclass(frozen=True)
class Tally:
    """The standing of a proposal: the votes that count, who would present, votes without a reaction to show them."""

    votes: int
    offers: tuple[int, ...] = ()
    carried: int = 0


def ballot(
    paper: Paper, proposal: Proposal, topics: Sequence[Topic], tally: Tally, *, group: Group, ping: bool
) -> Card:
    """The message that people vote on. With `ping` its proposer is told: it comes later than they asked for it."""
    fields = [
        Field("Standing", _standing(tally)),
        Field("Would present it", members(tally.offers, NAMED)) if tally.offers else None,
        Field("At arXiv", _at_arxiv(paper, proposal)) if _at_arxiv(paper, proposal) else None,
        Field("Why", plain(proposal.why, 1000)) if proposal.why else None,
        Field("Topics", " · ".join(plain(t.name) for t in topics) or "none of the group's", inline=True),
        Field("Categories", plain(", ".join(paper.categories), 200), inline=True)
        if paper.categories
        else None,
        Field("Read it", links_of(paper)),
    ]
    text = "\n\n".join(
        part
        for part in (
            f"*{plain(names(paper.authors), 400)}*" if paper.authors else "",
            plain(first_sentences(readable(paper.abstract), ABSTRACT)),
            _what_to_do(proposal, group),
        )
        if part
    )
    return Card(
        title=plain(title_of(paper), 250),
        url=url_of(paper),
        text=text,
        fields=tuple(field for field in fields if field),
        tone="paper" if proposal.state == "open" else "plain",
        pings=(proposal.proposer_id,) if ping and proposal.proposer_id else (),
    )


def _what_to_do(proposal: Proposal, group: Group) -> str:
    by = f"Proposed by {member(proposal.proposer_id)}."
    if proposal.state in CLOSED:
        return f"{by} **{CLOSED[proposal.state]}** Votes here do not count any more."
    vote = shown_emoji(proposal.ballot_emoji or group.vote_emoji)
    hand = shown_emoji(proposal.ballot_presenter_emoji or group.presenter_emoji)
    limits = []
    if group.vote_role:
        limits.append("Votes of one role count: " + plain(group.vote_role) + ".")
    if group.votes_per_member:
        limits.append(
            f"Of each member the {count(group.votes_per_member, 'oldest vote', 'oldest votes')} count."
        )
    if not group.own_votes:
        limits.append("Votes for one's own proposal do not count.")
    return " ".join([by, f"React with {vote} to vote for it, with {hand} if you would present it.", *limits])


def _at_arxiv(paper: Paper, proposal: Proposal) -> str:
    lines = [since_proposed(paper, proposal)]
    if may_be_withdrawn(paper.comment, paper.abstract):
        lines.append(f"⚠️ **It may have been withdrawn.** {withdrawal(paper)}")
    return "\n".join(line for line in lines if line)


def _standing(tally: Tally) -> str:
    parts = [f"**{count(tally.votes, 'vote')}**"]
    if tally.carried:
        parts.append(f"{tally.carried} of them from an earlier ballot")
    return " · ".join(parts)


def stands(proposal: Proposal) -> str:
    """Why a ballot is not posted again."""
    if not (proposal.ballot_channel_id and proposal.ballot_message_id):
        return "Its ballot is on its way already."
    place = jump(proposal.guild_id, proposal.ballot_channel_id, proposal.ballot_message_id)
    return f"Its ballot still stands: {place}. If it was deleted a moment ago, ask me again in a minute."


def posted_again(proposal: Proposal) -> Card:
    """Told to the person who asked for the ballot."""
    if not (proposal.ballot_channel_id and proposal.ballot_message_id):
        return Card(text="Its ballot appears as soon as Discord takes it. All votes stay.", tone="good")
    place = jump(proposal.guild_id, proposal.ballot_channel_id, proposal.ballot_message_id)
    return Card(text=f"Here is its new ballot: {place}. All votes stay.", tone="good")


def goodbye(papers: Sequence[Paper], days: int) -> Card:
    """Said when proposals go because nobody votes for them."""
    lines = [f"• {plain(title_of(paper), 150)}" for paper in papers[:10]]
    if len(papers) > 10:
        lines.append(f"• … and {len(papers) - 10} more")
    return Card(
        title=f"Goodbye to {count(len(papers), 'proposal')}",
        text=f"Nobody has voted for {'it' if len(papers) == 1 else 'them'} in {days} days:\n"
        + "\n".join(lines)
        + "\n\nWhoever misses one proposes it again with `/propose`: its votes are still there.",
    )
