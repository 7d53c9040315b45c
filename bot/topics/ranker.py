"""The order of a day: best first for this group, each paper with the reason why."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from statistics import fmean, pstdev

from bot.topics.taste import Paper, Taste

_ENOUGH = 4.0
"""Likes at which the taste counts as much as the topics; at 20 it all but decides, at 1 it hardly speaks."""

_FRESH_DAYS = 10.0
"""A paper this old must be better than a fresh one by a whole standard deviation."""

SURPRISE_EVERY = 12
"""Every so many places stands a paper that did not earn it, so that the digest does not narrow."""

TOLD = 50
"""Places for which a reason is looked up: it costs more than the ranking, and nobody reads further."""

_CHANGE = "for a change"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A paper to be ranked: `topic` is its best topic's probability, `age` the days since arXiv announced it."""

    paper: Paper
    topic: float = 0.0
    age: float = 0.0


@dataclass(frozen=True, slots=True)
class Ranked:
    """A paper in its place. `score` compares papers of the same call; `reason` is a clause for people, or None."""

    paper: Paper
    score: float
    reason: str | None


def rank(
    candidates: Sequence[Candidate], taste: Taste, *, seed: str = "", surprises: bool = True
) -> list[Ranked]:
    """Order `candidates`, best first: by topic while the group is young, by its taste once it has voted.

    `seed` (the server and the date, say) decides which papers come as surprises: same seed, same order. Surprises
    stand on places 12, 24, … only, and only where enough papers follow to choose from.
    """
    trust = taste.votes**2 / (taste.votes**2 + _ENOUGH**2)
    topics = _standard([candidate.topic for candidate in candidates])
    likings = _standard([taste.liking(candidate.paper) for candidate in candidates])
    ranked = [
        Ranked(candidate.paper, (1 - trust) * topic + trust * liking - candidate.age / _FRESH_DAYS, None)
        for candidate, topic, liking in zip(candidates, topics, likings, strict=True)
    ]
    ranked.sort(key=lambda entry: (-entry.score, entry.paper.id))
    if surprises and taste.votes > 0:
        ranked = _surprise(ranked, seed)
    told = [replace(entry, reason=entry.reason or taste.score(entry.paper)[1]) for entry in ranked[:TOLD]]
    return told + ranked[TOLD:]


def _standard(values: Sequence[float]) -> list[float]:
    """The values in standard deviations from their mean, so that topics and taste can be added."""
    spread = pstdev(values) if values else 0.0
    return [(value - fmean(values)) / spread for value in values] if spread else [0.0] * len(values)


def _surprise(ranked: list[Ranked], seed: str) -> list[Ranked]:
    ordered = list(ranked)
    for place in range(SURPRISE_EVERY - 1, len(ordered) - SURPRISE_EVERY, SURPRISE_EVERY):
        at = min(range(place, len(ordered)), key=lambda at: _chance(seed, ordered[at].paper.id))
        chosen = ordered.pop(at)
        ordered.insert(place, replace(chosen, reason=_CHANGE))
    return ordered


def _chance(seed: str, name: str) -> bytes:
    return blake2b(f"{seed} {name}".encode(), digest_size=8).digest()
