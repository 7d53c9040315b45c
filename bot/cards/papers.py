"""Papers, ballots and the standing of proposals, as cards."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from bot.cards.base import (
    Button,
    Card,
    action,
    flat,
    jump,
    link,
    member,
    plain,
    stamp,
)
from bot.sources.text import readable
from storage.tables import Paper, Proposal

ABSTRACT = 900
SHOWN_PROPOSALS = 10


def abs_url(paper_id: str) -> str:
    return f"https://arxiv.org/abs/{paper_id}"


def is_arxiv(paper_id: str) -> bool:
    """Whether a key of ours is arXiv's: others say where they are from, "doi:…", "openreview:…", "url:…"."""
    return ":" not in paper_id


def url_of(paper: Paper) -> str:
    """The page of a paper."""
    if is_arxiv(paper.paper_id):
        return abs_url(paper.paper_id)
    return paper.link or ""


def title_of(paper: Paper) -> str:
    """A paper's title as people read it, on one line; never empty, as names and choices must not be."""
    return flat(readable(paper.title)) or "Untitled"


def links_of(paper: Paper) -> str:
    """Where a paper can be read."""
    if not is_arxiv(paper.paper_id):
        host = urlsplit(url_of(paper)).hostname or "the paper"
        return link(host.removeprefix("www."), url_of(paper))
    links = [f"[arXiv]({abs_url(paper.paper_id)})", f"[PDF](https://arxiv.org/pdf/{paper.paper_id})"]
    if "/" not in paper.paper_id:  # these two know only ids of the present scheme
        links.append(f"[HTML](https://arxiv.org/html/{paper.paper_id})")
        links.append(f"[alphaXiv](https://www.alphaxiv.org/abs/{paper.paper_id})")
    return " · ".join(links)


def shown_emoji(emoji: str) -> str:
    """An emoji as it is written in a message: a custom one needs its angle brackets."""
    return f"<:{emoji}>" if ":" in emoji else emoji


def proposed(paper: Paper, proposal: Proposal, *, channel_id: int | None) -> Card:
    """What the proposer is told."""
    where = ballot_place(proposal, channel_id)
    return Card(
        title="Proposed",
        text=f"**{plain(title_of(paper), 250)}**\n{where}\nYour proposal does not count as a vote: "
        "react to the ballot if you want to vote for it.",
        tone="good",
        buttons=_ballot_button(proposal),
    )


def proposed_before(paper: Paper, proposal: Proposal, *, channel_id: int | None) -> Card:
    """The paper is on the list already: the way to its ballot."""
    when = stamp(proposal.created_at, "D")
    return Card(
        title="This paper has been proposed already",
        text=f"**{plain(title_of(paper), 250)}**\n{member(proposal.proposer_id)} proposed it on {when}. "
        + ballot_place(proposal, channel_id),
        buttons=_ballot_button(proposal),
    )


def ballot_place(proposal: Proposal, channel_id: int | None) -> str:
    """A sentence that says where the ballot is, or will be."""
    if proposal.ballot_lost:
        return "Its ballot was deleted; its votes are still there."
    if proposal.ballot_message_id and proposal.ballot_channel_id:
        return (
            f"Its ballot: {jump(proposal.guild_id, proposal.ballot_channel_id, proposal.ballot_message_id)}"
        )
    place = f"<#{channel_id}>" if channel_id else "the proposal channel"
    return f"Its ballot appears in {place} as soon as Discord takes it."


def _ballot_button(proposal: Proposal) -> tuple[Button, ...]:
    if proposal.ballot_lost:
        return (Button("Post its ballot again", action=action("repost", proposal.proposal_id)),)
    if not (proposal.ballot_message_id and proposal.ballot_channel_id):
        return ()
    url = jump(proposal.guild_id, proposal.ballot_channel_id, proposal.ballot_message_id)
    return (Button("Go to the ballot", url=url),)


def wished(paper_id: str, cause: str) -> Card:
    """The proposal is kept until arXiv serves the paper."""
    return Card(
        title="Kept for later",
        text=f"{cause} I have noted your proposal of [{paper_id}]({abs_url(paper_id)}) and will ask again by myself; "
        "the ballot appears when arXiv answers. You need not do anything.",
        tone="warn",
    )


def wish_failed(paper_id: str, asked_at: datetime) -> Card:
    """Said to the proposer when a kept proposal is given up."""
    return Card(
        title=f"arXiv has no paper {paper_id}",
        text=f"You proposed [{paper_id}]({abs_url(paper_id)}) on {stamp(asked_at, 'D')}. arXiv could not say then "
        "whether there is such a paper; now it says that it knows none. Please check the number and propose it again "
        "with `/propose`.",
        tone="warn",
    )


def propose_button(paper: Paper, label: str) -> Button:
    return Button(label, action=action("propose", paper.paper_id))
