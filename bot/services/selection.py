"""Which papers a server's digest shows, where and in which order. Pure: runs beside the event loop."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.config import Digest
from bot.topics.router import Router
from bot.topics.taxonomy import Topic
from storage.tables import Paper

#: What a day of waiting takes from a paper's score.
_STALE = 0.9
#: A paper is told to be of every topic that it fits nearly as well as the best one.
_TOLD = 3
#: Lines a channel keeps behind "Show more": after a long absence nobody reads further, and the rest is counted only.
KEPT = 100


@dataclass(frozen=True, slots=True)
class Candidate:
    """A paper that was announced on `day` and not shown yet; `late` when digests of that day went out without it."""

    paper: Paper
    day: date
    late: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A paper in a channel's digest. `topics` are keys, best first; `posted` or behind "Show more"."""

    paper: Paper
    day: date
    channel: str
    topics: tuple[str, ...]
    score: float
    reason: str | None = None
    late: bool = False
    posted: bool = True


#: Puts routed papers into the order that this group would like, with the reason; without one: as they fit the topics.
Ranking = Callable[[Sequence[Line]], Sequence[Line]]


def by_topic(lines: Sequence[Line]) -> Sequence[Line]:
    """The order of a group of which nothing is known."""
    return sorted(lines, key=lambda line: (-line.score, line.paper.paper_id))


def choose(
    candidates: Iterable[Candidate],
    topics: Sequence[Topic],
    router: Router,
    rank: Ranking,
    wanted: Digest,
    today: date,
) -> dict[str, list[Line]]:
    """Each channel's lines, best first; those over the caps come after the posted ones.

    A paper goes to the channel of its best topic that has one.
    """
    by_channel: dict[str, list[Line]] = {}
    with_channel = {topic.key: topic for topic in topics if topic.channel}
    for candidate in candidates:
        if line := _routed(candidate, with_channel, router, today):
            by_channel.setdefault(line.channel, []).append(line)
    return {channel: _capped(rank(by_topic(lines)), wanted) for channel, lines in by_channel.items()}


def kept(lines: Sequence[Line]) -> list[Line]:
    """The lines that can be seen: the posted ones, and so many after them."""
    posted = sum(line.posted for line in lines)
    return list(lines[: posted + KEPT])


def _routed(candidate: Candidate, topics: dict[str, Topic], router: Router, today: date) -> Line | None:
    paper = candidate.paper
    fitting = [
        (topic, match.score)
        for match in router.route(paper.title, paper.abstract, paper.categories)
        if (topic := topics.get(match.topic_key))
        and (not topic.categories or not set(topic.categories).isdisjoint(paper.categories))
    ]
    if not fitting:
        return None
    best, score = fitting[0]
    age = max((today - candidate.day).days, 0)
    return Line(
        paper=paper,
        day=candidate.day,
        channel=best.channel or "",
        topics=tuple(topic.key for topic, _ in fitting[:_TOLD]),
        score=score * _STALE**age,
        late=candidate.late,
    )


def _capped(lines: Sequence[Line], wanted: Digest) -> list[Line]:
    """The posted lines within the caps, then the others."""
    taken: Counter[str] = Counter()
    posted: list[Line] = []
    others: list[Line] = []
    for line in lines:
        if len(posted) < wanted.max_papers and taken[line.topics[0]] < wanted.per_topic:
            taken[line.topics[0]] += 1
            posted.append(line)
        else:
            others.append(replace(line, posted=False))
    return posted + others
