"""The arXiv digest of a channel, its lines one by one, and what is said about it, as cards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.cards.base import Button, Card, action, clip, count, flat, jump, link, plain
from bot.cards.forms import Option, Select
from bot.cards.papers import abs_url, propose_button, title_of
from bot.sources.text import gist, readable
from storage.tables import Paper, Proposal

#: Papers in one message. Discord gives five rows: the menu takes one, and in the other four of five buttons each paper
#: has two (Propose, 👍) beside "Show more".
PER_MESSAGE = 9
#: What one paper may take of the 4,096 characters of a description, and how it is shortened until it fits.
_ENTRY = 400
_LENGTHS = ((140, 70, 150), (140, 60, 90), (120, 50, 0), (70, 0, 0), (30, 0, 0))
_AUTHORS, _TOPIC = 3, 40


@dataclass(frozen=True)
class Line:
    """A paper in a digest, as it stands now. `late` is the day whose digest went out without it."""

    number: int
    paper: Paper
    topics: tuple[str, ...] = ()  # names, the best first
    reason: str | None = None
    late: date | None = None
    likes: int = 0
    proposal: Proposal | None = None
    colleagues: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Heading:
    """Which days a message is about; whether all of it comes late, or after a first part of the same day."""

    first: date
    last: date
    late: bool = False
    again: bool = False


def digest(heading: Heading, lines: Sequence[Line], *, left: int, out: int = 0, needed: int) -> Card:
    """One message of a channel's digest.

    `left` papers are behind "Show more", `out` more are nowhere; `needed` 👍 make a proposal.
    """
    promise = f"{count(needed, 'press', 'presses')} of 👍 make a proposal" if needed else "👍: read this"
    return Card(
        title=_title(heading),
        text="\n\n".join(_entry(line) for line in lines),
        footer=("Best first. " if len(lines) > 1 else "")
        + f"{promise}."
        + (f" {count(out, 'paper')} left out." if out else ""),
        tone="digest",
        selects=(_menu(lines),) if lines else (),
        buttons=(*(_propose(line) for line in lines), *(_like(line) for line in lines), *_more(lines, left)),
    )


def _title(heading: Heading) -> str:
    if heading.first == heading.last:
        days = day_name(heading.first)
    elif heading.first.month == heading.last.month:
        days = f"{heading.first.day}–{heading.last.day} {heading.last:%B}"
    else:
        days = f"{heading.first.day} {heading.first:%B} – {heading.last.day} {heading.last:%B}"
    if heading.late:
        return f"Late from {days}"
    return f"New on arXiv · {days}" + (" · more has come" if heading.again else "")


def day_name(day: date) -> str:
    """A day as people say it: "Tuesday 9 June"."""
    return f"{day:%A} {day.day} {day:%B}"


def thread_name(day: date) -> str:
    return f"More on arXiv · {day_name(day)}"


def _menu(lines: Sequence[Line]) -> Select:
    options = tuple(
        Option(
            label=clip(f"{line.number}. {title_of(line.paper)}", 100),
            value=line.paper.paper_id,
            about=clip(_authors(line), 100),
        )
        for line in lines
    )
    return Select(action("paper"), "Abstract · not for us …", options)


def _propose(line: Line) -> Button:
    return propose_button(line.paper, f"Propose {line.number}")


def _like(line: Line) -> Button:
    label = f"{line.number} (+{line.likes})" if line.likes else f"{line.number}"
    done = line.proposal is not None
    return Button(
        label,
        action=action("like", line.paper.paper_id),
        emoji="👍",
        style="success" if done else "secondary",
    )


def _more(lines: Sequence[Line], left: int) -> tuple[Button, ...]:
    if not left or not lines:
        return ()
    return (Button(f"Show {left} more", action=action("more_papers", lines[-1].paper.paper_id)),)


def _entry(line: Line) -> str:
    for lengths in _LENGTHS:
        entry = _entry_within(line, *lengths)
        if len(entry) <= _ENTRY:
            break
    return entry


def _entry_within(line: Line, title: int, words: int, sentence: int) -> str:
    heading = link(clip(title_of(line.paper), title), abs_url(line.paper.paper_id))
    about = [
        _authors_marked(line, words) if words else "",
        plain(line.topics[0], min(words, _TOPIC)) if line.topics else "",
    ]
    about += [plain(line.reason, words) if line.reason and words else ""]
    about += [f"late from {line.late:%A}" if line.late else "", _proposed(line)]
    rest = " · ".join(part for part in about if part)
    said = plain(gist(readable(line.paper.abstract), line.paper.title), sentence) if sentence else ""
    return "\n".join(
        part for part in (f"**{line.number}.** {heading}", f"-# {rest}" if rest else "", said) if part
    )


def _authors(line: Line) -> str:
    """The first authors, colleagues before all others, as plain text."""
    authors = sorted(map(flat, line.paper.authors), key=lambda name: name not in _flat(line.colleagues))
    more = len(authors) - _AUTHORS
    return ", ".join(authors[:_AUTHORS]) + (f" and {more} more" if more > 0 else "")


def _flat(names: frozenset[str]) -> frozenset[str]:
    return frozenset(map(flat, names))


def _authors_marked(line: Line, limit: int) -> str:
    shown = plain(_authors(line), limit)
    return f"⭐ **{shown}**" if line.colleagues else shown


def _proposed(line: Line) -> str:
    proposal = line.proposal
    if proposal is None:
        return ""
    if proposal.ballot_channel_id and proposal.ballot_message_id:
        where = jump(proposal.guild_id, proposal.ballot_channel_id, proposal.ballot_message_id)
        return f"[proposed]({where})"
    return "proposed"


def more(lines: Sequence[Line], *, left: int, day: date) -> Card:
    """A page of what a digest did not post, privately."""
    return Card(
        title=f"More of {day_name(day)}",
        text="\n\n".join(_entry(line) for line in lines),
        footer=f"{left} more after these." if left else "That is all of them.",
        tone="digest",
        selects=(_menu(lines),),
        buttons=(*(_like(line) for line in lines), *_more(lines, left)),
    )
