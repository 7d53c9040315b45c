"""The group's topics, and where a paper would go, as cards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.cards.base import Button, Card, Field, action, clip, count, plain
from bot.cards.digest_settings import place_name
from bot.sources.text import readable
from bot.topics.router import Match
from bot.topics.taxonomy import Topic

_NEAR = 3


def listed(topics: Sequence[Topic], *, own: bool) -> Card:
    """All topics of a server, area by area."""
    fields = []
    for area in dict.fromkeys(topic.area for topic in topics):
        rows = [_row(topic) for topic in topics if topic.area == area]
        fields.append(Field(plain(area, 200) or "Topics", clip("\n".join(rows), 1000)))
    source = "this server's own" if own else "those of the config file"
    silent = [topic.name for topic in topics if topic.channel and not topic.categories]
    note = (
        f"\n⚠️ Without a category nothing is fetched for: {plain(', '.join(silent), 300)}." if silent else ""
    )
    return Card(
        title=count(len(topics), "topic"),
        text=f"They are {source}. `/topics phrases` shows what finds a topic's papers, `/topics try` where a paper "
        f"would go and why.{note}",
        fields=tuple(fields),
    )


def _row(topic: Topic) -> str:
    found = count(len(topic.phrases), "phrase")
    return f"`{topic.key}` **{plain(topic.name, 80)}** → {place_name(topic.channel)} · {found}"


def changed(topic: Topic, *, new: bool) -> Card:
    """A topic as it is now."""
    rows = (
        f"papers go to {place_name(topic.channel)}",
        f"categories: {plain(', '.join(topic.categories)) or 'none, so nothing is fetched for it'}",
        f"area: {plain(topic.area)}",
        *([f"about: {plain(topic.description, 300)}"] if topic.description else []),
        f"{count(len(topic.phrases), 'phrase')}: change them with `/topics phrases`",
    )
    return Card(
        title="Added" if new else "Changed",
        text=f"`{topic.key}` **{plain(topic.name, 80)}**\n" + "\n".join(f"- {row}" for row in rows),
        tone="good" if topic.categories and topic.phrases else "warn",
    )


def sent_to(channel: str, topics: Sequence[Topic]) -> Card:
    """Where the papers of all topics go from now on."""
    names = ", ".join(topic.name for topic in topics)
    return Card(
        title="Digests come",
        text=f"Papers of {count(len(topics), 'topic')} go to {place_name(channel)}: {plain(names, 600)}.\n"
        "`/digest settings` says when; `/topics channel` sends a topic elsewhere.",
        buttons=(Button("Is the channel there?", action("setup_look")),),
        tone="good",
    )


def removed(topic: Topic) -> Card:
    return Card(
        title="Removed", text=f"`{topic.key}` **{plain(topic.name, 80)}** is no topic any more.", tone="good"
    )


def phrases(topic: Topic, *, changed: bool = False) -> Card:
    """The phrases that find a topic's papers."""
    shown = plain(", ".join(topic.phrases), 3500)
    about = f"*{plain(topic.description, 400)}*\n" if topic.description else ""
    return Card(
        title=plain(f"{topic.key} · {topic.name}"),
        text=about + (shown or "It has no phrases yet: add some with `/topics phrases add:`."),
        footer="Matched word by word, whatever the case, plural or ending.",
        tone="good" if changed else "plain",
    )


def tried(
    title: str, matches: Sequence[Match], scores: Mapping[str, float], topics: Mapping[str, Topic]
) -> Card:
    """Where a paper would go, and why."""
    rows = [
        f"**{plain(topic.name, 80)}** → {place_name(topic.channel)} · {match.score:.0%}\n"
        f"-# because of {plain(', '.join(match.reasons), 250) or 'the whole of its words'}"
        for match in matches
        if (topic := topics.get(match.topic_key))
    ]
    there = {match.topic_key for match in matches}
    near = sorted(
        ((score, key) for key, score in scores.items() if key not in there and key in topics), reverse=True
    )
    missed = ", ".join(f"{plain(topics[key].name, 60)} {score:.0%}" for score, key in near[:_NEAR])
    parts = rows or ["No topic of this group: it would not be in the digest."]
    if missed:
        parts.append(f"Nearly: {missed}.")
    return Card(title=clip(readable(title), 200), text="\n".join(parts), tone="good" if rows else "plain")
