"""A paper of a digest, privately: its abstract, and what is answered to whoever pressed 👍 or "not for us"."""

from __future__ import annotations

from bot.cards.base import Button, Card, action, count, plain
from bot.cards.digests import Line
from bot.cards.papers import abs_url, links_of, propose_button, title_of
from bot.sources.text import first_sentences, readable

_ABSTRACT = 3000


def paper(line: Line, *, needed: int) -> Card:
    """A line in full, privately: the abstract, why it is here, and what can be done with it."""
    paper = line.paper
    why = f"In the digest as **{plain(' · '.join(line.topics), 200)}**" if line.topics else ""
    why += f", {plain(line.reason, 150)}" if line.reason else ""
    parts = (
        f"*{plain(', '.join(paper.authors), 400)}*" if paper.authors else "",
        plain(first_sentences(readable(paper.abstract), _ABSTRACT)),
        f"-# {why}" if why else "",
        links_of(paper),
        _liked_so_far(line, needed),
    )
    return Card(
        title=plain(title_of(paper), 250),
        url=abs_url(paper.paper_id),
        text="\n\n".join(part for part in parts if part),
        tone="paper",
        buttons=(
            Button("Read this", action=action("like", paper.paper_id), emoji="👍"),
            propose_button(paper, "Propose it now"),
            Button("Not for us", action=action("not_for_us", paper.paper_id)),
        ),
    )


def _liked_so_far(line: Line, needed: int) -> str:
    if line.proposal is not None:
        return "It has been proposed already."
    if not line.likes:
        return ""
    missing = needed - line.likes
    rest = f"; {missing} more and it is a proposal" if missing > 0 else ""
    return f"{count(line.likes, 'member')} would read it{rest}."


def liked(line: Line, *, needed: int) -> Card:
    """Your 👍 counts."""
    title = f"**{plain(title_of(line.paper), 200)}**"
    if line.proposal is not None:
        said = "It has been proposed already: vote for it there, too."
    elif needed:
        said = f"👍 {line.likes} of {needed}. With {needed} it becomes a proposal."
    else:
        said = "Papers like it will come higher."
    return Card(text=f"{title}\n{said}", tone="good", buttons=_after(line))


def liked_by(number: int) -> str:
    """Why a paper was proposed that nobody proposed."""
    return f"{count(number, 'member')} marked it in the digest."


def disliked(line: Line) -> Card:
    return Card(
        text=f"**{plain(title_of(line.paper), 200)}**\nNoted. Papers like it will come lower in this server's digests.",
        buttons=_take_back(line),
    )


def taken_back(line: Line) -> Card:
    return Card(text=f"**{plain(title_of(line.paper), 200)}**\nTaken back.")


def _after(line: Line) -> tuple[Button, ...]:
    propose = () if line.proposal else (propose_button(line.paper, "Propose it now"),)
    return (*propose, *_take_back(line))


def _take_back(line: Line) -> tuple[Button, ...]:
    return (Button("Take it back", action=action("no_verdict", line.paper.paper_id)),)
