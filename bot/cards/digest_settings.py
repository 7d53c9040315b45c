"""What holds for a server's digest, as cards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.cards.base import Card, count, flat, plain, stamp
from bot.config import WEEKDAYS, ServerSettings
from bot.topics.taxonomy import Topic


def settings(settings: ServerSettings, due: datetime | None, *, changed: bool) -> Card:
    """When the digest comes and what is in it."""
    wanted = settings.digest
    kinds = ["new papers", *(["cross-lists"] if wanted.cross else [])]
    kinds += ["new versions"] if wanted.replacements else []
    needed = wanted.likes_to_propose
    rows = (
        f"**When:** {_days(wanted.days)} at {wanted.at:%H:%M} {flat(settings.group.timezone)}"
        + (f", next {stamp(due, 'R')}" if due else ""),
        *(
            f"**{place_name(own.channel)}:** {_days(own.days)} at {own.at or wanted.at:%H:%M}"
            for own in wanted.channels
        ),
        f"**What:** {', '.join(kinds)}",
        f"**How many:** {wanted.max_papers} papers a channel, {wanted.per_topic} of one topic",
        f"**👍:** {count(needed, 'press', 'presses')} of it make a proposal"
        if needed
        else "**👍:** proposes nothing",
        f"**On holidays:** {'I say that arXiv is closed' if wanted.say_closed else 'silence'}",
        f"**Colleagues:** {plain(', '.join(wanted.authors), 300) or 'none named'}",
    )
    return Card(
        title="The digest is now" if changed else "The digest",
        text="\n".join(rows),
        footer="Change it with the options of /digest settings; the rest with /settings set digest.…",
        tone="good" if changed else "digest",
    )


def _days(days: frozenset[int]) -> str:
    if days == frozenset(range(5)):
        return "daily (Monday to Friday)"
    return ", ".join(WEEKDAYS[day] for day in sorted(days)) or "never"


def place_name(channel: str | None) -> str:
    """A topic's channel, as a person sees it."""
    if not channel:
        return "nowhere"
    return f"<#{channel}>" if channel.isdigit() else f"#{plain(channel)}"


def topics(topics: Sequence[Topic], counts: Mapping[str, int], *, days: int) -> Card:
    """Which topics go where, channel by channel, and how many papers each had lately."""
    parts = []
    for channel in dict.fromkeys(topic.channel for topic in topics):
        rows = [
            f"- {plain(topic.name, 80)} · {counts.get(topic.key, 0)}"
            for topic in topics
            if topic.channel == channel
        ]
        parts.append("\n".join([f"**{place_name(channel)}**", *rows]))
    return Card(
        title="Where new papers go",
        text="\n".join(parts),
        footer=f"The numbers are papers of the last {days} days. /topics changes topics, /topics try explains.",
        tone="digest",
    )
