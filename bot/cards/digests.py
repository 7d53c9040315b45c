"""The arXiv digest of a channel, as a card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from bot.cards.base import Card, clip, count, link, names, plain
from bot.cards.papers import propose_button, title_of, url_of
from bot.sources.text import gist, readable
from bot.topics.taxonomy import Topic
from storage.tables import Paper

#: Papers in one message: two rows of buttons, and each paper keeps room for a sentence.
PER_MESSAGE = 10
#: What one paper may take of the 4,096 characters of a description, and how it is shortened until it fits.
_ENTRY = 400
_LENGTHS = ((140, 70, 150), (140, 60, 90), (120, 50, 0), (70, 0, 0), (30, 0, 0))


def digest(
    papers: Sequence[Paper], topic_of: Mapping[str, Topic | None], *, day: date, start: int, total: int
) -> Card:
    """One message of a channel's digest: `papers` are the numbers `start`, `start`+1, … of `total`."""
    lines = [
        _entry(number, paper, topic_of.get(paper.paper_id)) for number, paper in enumerate(papers, start)
    ]
    part = f" · {start}–{start + len(papers) - 1} of {total}" if total > len(papers) else ""
    return Card(
        title=f"New on arXiv · {day:%A} {day.day} {day:%B}{part}",
        text="\n".join(lines),
        footer=f"{count(total, 'paper')} for this channel, best first. Press a number to propose that paper.",
        tone="digest",
        buttons=tuple(
            propose_button(paper, f"Propose {number}") for number, paper in enumerate(papers, start)
        ),
    )


def _entry(number: int, paper: Paper, topic: Topic | None) -> str:
    for lengths in _LENGTHS:
        entry = _entry_within(number, paper, topic, *lengths)
        if len(entry) <= _ENTRY:
            break
    return entry


def _entry_within(
    number: int, paper: Paper, topic: Topic | None, title: int, authors: int, sentence: int
) -> str:
    heading = link(clip(title_of(paper), title), url_of(paper))
    about = [plain(names(paper.authors, 3), authors), plain(topic.name, authors) if topic else ""]
    rest = " · ".join(part for part in about if part)
    said = plain(gist(readable(paper.abstract), paper.title), sentence)
    return "\n".join(
        part for part in (f"**{number}.** {heading}", f"-# {rest}" if rest else "", said) if part
    )
