"""What organisers hear of digests: what the next one would bring, and why one did not come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

from bot.cards.base import Card, clip, count, link, plain
from bot.cards.digests import day_name
from bot.cards.papers import abs_url, title_of
from storage.tables import Paper

_PREVIEWED = 5


class Placed(Protocol):
    """A line that a digest would have."""

    @property
    def paper(self) -> Paper: ...
    @property
    def topics(self) -> tuple[str, ...]: ...
    @property
    def reason(self) -> str | None: ...
    @property
    def posted(self) -> bool: ...


def preview(
    channels: Mapping[str, Sequence[Placed]], names: Mapping[str, str], troubles: Sequence[str]
) -> Card:
    """What the next digest would show in each channel."""
    parts = []
    for channel, lines in channels.items():
        posted = [line for line in lines if line.posted]
        shown = [
            f"{number}. {link(clip(title_of(line.paper), 90), abs_url(line.paper.paper_id))} "
            f"· {plain(names.get(line.topics[0], line.topics[0]), 40)}"
            for number, line in enumerate(posted[:_PREVIEWED], 1)
        ]
        behind = len(lines) - len(posted)
        rest = f"… {len(posted) - len(shown)} more" if len(posted) > len(shown) else ""
        rest += f"{', ' if rest else ''}{behind} behind “Show more”" if behind else ""
        parts.append(
            "\n".join([f"**#{plain(channel)}**: {count(len(posted), 'paper')}", *shown, rest]).strip()
        )
    text = "\n\n".join([*dict.fromkeys(troubles), *parts])
    return Card(
        title="The next digest, as far as arXiv has it",
        text=text or "Nothing new for this group's topics so far.",
        footer="Nothing was posted.",
        tone="digest",
    )


def made_now(papers: int, troubles: Sequence[str], lags: Sequence[str], silence: str | None) -> Card:
    """What came of asking for a digest out of turn."""
    if papers:
        said = f"{count(papers, 'new paper')} on the way to the topic channels."
    else:
        said = "There is nothing new for this group's topics."
    reasons = list(dict.fromkeys([*troubles, *(f"arXiv's feed of {lag}." for lag in lags)]))
    if (troubles or lags) and papers == 0:
        reasons.append("I ask again by myself today.")
    return Card(
        title="Digest", text="\n".join([said, *reasons, *([silence] if silence and not papers else [])]),
        tone="good" if papers else "plain",
    )  # fmt: skip


def failed(since: date, cause: str) -> Card:
    """Told to the organisers after the second day without an answer."""
    return Card(
        title="Two days without arXiv",
        text=f"I could not make the digest since {day_name(since)}. {plain(cause, 500)}\n"
        "I go on trying every day; what was missed comes in one digest when arXiv answers again.",
        tone="bad",
    )


def no_category(category: str) -> Card:
    """Told to the organisers once: a topic names a category that arXiv does not have."""
    return Card(
        title=f"arXiv knows no category “{plain(category)}”",
        text="One of the topics names it. Look for it with `/topics list` and mend it with `/topics edit`; "
        "the list of all is on https://arxiv.org/category_taxonomy.",
        tone="warn",
    )


def closed(reason: str) -> Card:
    return Card(title="No new papers today", text=reason, tone="digest")
