"""Works that arXiv does not have: the form that asks for them, and the question whether one is another."""

from __future__ import annotations

from bot.cards.base import Button, Card, Field, action, clip, member, names, plain, stamp
from bot.cards.forms import Form, Input
from bot.cards.papers import is_arxiv, links_of, title_of
from storage.tables import Paper, Proposal

TITLE_LIMIT, AUTHORS_LIMIT, LINK_LIMIT, WHY_LIMIT = 300, 1000, 500, 500


def form(link: str, *, why: str, topic: str) -> Form:
    """Asks for what arXiv would have told."""
    return Form(
        "Propose a work from elsewhere",
        action("work_told", clip(topic, 80)),
        (
            Input("title", "Title", required=True, limit=TITLE_LIMIT),
            Input(
                "authors", "Authors", hint="In order, separated by commas", required=True, limit=AUTHORS_LIMIT
            ),
            Input("link", "Link or DOI", value=link, required=True, limit=LINK_LIMIT),
            Input("abstract", "Abstract", hint="May be left out", long=True),
            Input("why", "Why the group should read it", value=why, hint="May be left out", limit=WHY_LIMIT),
        ),
    )


def likely(said: Paper, known: Paper, proposal: Proposal | None, question: int) -> Card:
    """A work is nearly what the group has, or arXiv: is it the same?"""
    where = ""
    if proposal is not None:
        where = f"\nProposed here by {member(proposal.proposer_id)} on {stamp(proposal.created_at, 'D')}."
    return Card(
        title="Is it the same work?",
        text="They look alike. One work is one paper here, so that its votes are not split. Nothing is posted yet.",
        fields=(
            Field("You propose", _work(said)),
            Field("I know", _work(known) + where),
        ),
        buttons=(
            Button("Yes, the same", action=action("work_same", question), style="success"),
            Button("No, another work", action=action("work_other", question)),
        ),
        tone="warn",
    )


def _work(paper: Paper) -> str:
    authors = f"\n*{plain(names(paper.authors, 4), 200)}*" if paper.authors else ""
    return f"**{plain(title_of(paper), 250)}**{authors}\n{links_of(paper)}"


def same_as(paper: Paper) -> str:
    """Said with the answer when a work turned out to be one that is known by another name."""
    what = (
        f"arXiv has it as {paper.paper_id}"
        if is_arxiv(paper.paper_id)
        else "the group has it by another name"
    )
    return f"It is the same work: {what}."
