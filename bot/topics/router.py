"""Which topics a paper belongs to: several, one or none, each with a probability and what spoke for it."""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from math import exp, log
from operator import add

from bot.topics.lexicon import Gram, Lanes, Lexicon
from bot.topics.prior import Background, Prior, background
from bot.topics.taxonomy import Topic
from bot.topics.words import read, readings

MATCH = 0.2
"""A paper goes to a topic from this probability on: where micro-F1 is best on labelled papers."""

IN_TITLE = 2
"""How often what stands in the title counts, on top of the once that it counts anywhere."""

_REASONS = 5
_PHRASE, _BIAS, _CATEGORY = 27, -400, 10
"""Centilogits of a topic about which nothing was learned: a unit of rarity, to begin with, one of its categories."""
_FEW, _ALONE = 10, 270
"""A topic with so few phrases means every one of them: each makes a match alone, in the abstract, too."""
_FAINT, _SURE = -300, 250
"""Centilogits that are not worth telling (5%), and the most that words can prove (92%): labels err too."""
_LIKELY = round(100 * log(MATCH / (1 - MATCH)))


@dataclass(frozen=True, slots=True)
class Match:
    """A paper belongs to `topic_key` with probability `score` (0 to 1) because of `reasons`, weightiest first."""

    topic_key: str
    score: float
    reasons: tuple[str, ...]


class Router:
    """Routes papers to `topics`: by their phrases, and where `prior` knows a topic, by what was learned of it too.

    Building takes some tens of milliseconds, a paper then some tens of microseconds.
    """

    def __init__(
        self, topics: Sequence[Topic], prior: Prior | None = None, *, rarity: Background | None = None
    ) -> None:
        self.topics = tuple(topics)
        self._lanes = Lanes(len(self.topics))
        rarity = rarity or background()
        known = {
            at: lane
            for at, topic in enumerate(self.topics)
            if prior and (lane := prior.lane(topic)) is not None
        }
        weights = _learned(prior, known, len(self.topics)) if prior else {}
        start, spelling = [_BIAS] * len(self.topics), dict[Gram, str]()
        for at, topic in enumerate(self.topics):
            unit = _PHRASE
            if prior and at in known:
                start[at], unit = prior.bias[known[at]], prior.phrase[known[at]]
            ways = {gram: phrase for phrase in topic.phrases for gram in readings(phrase)}
            least = _ALONE if at not in known and len(topic.phrases) <= _FEW else 0
            for gram in ways:
                weight = max(round(unit * rarity.rarity(gram)), least)
                weights.setdefault(gram, [0] * len(self.topics))[at] += weight
            spelling |= ways
        self._start = self._lanes.pack(start)
        self._categories = self._favours(known)
        self._weigh(weights, spelling)

    def _weigh(self, weights: Mapping[Gram, Sequence[int]], spelling: Mapping[Gram, str]) -> None:
        self._lexicon = Lexicon(weights)
        self._spelling = spelling
        marks = self._lexicon.marks
        self._rows = {marks[gram]: row for gram, row in weights.items()}
        self._told = {mark: spelling.get(gram) or " ".join(gram) for gram, mark in marks.items()}
        self._packed = {mark: self._lanes.pack(row) for mark, row in self._rows.items()}

    def shifted(self, shifts: Mapping[Gram, Sequence[int]]) -> "Router":
        """A router that weighs grams differently: `shifts` adds centilogits, one a topic, in their order."""
        weights = {gram: self._rows[mark] for gram, mark in self._lexicon.marks.items()}
        none = [0] * len(self.topics)
        weights |= {gram: [*map(add, weights.get(gram, none), shift)] for gram, shift in shifts.items()}
        other = copy(self)
        other._weigh(weights, self._spelling)  # noqa: SLF001 - a copy of ourselves
        return other

    def route(self, title: str, abstract: str, categories: Sequence[str] = ()) -> list[Match]:
        """The topics of a paper, most probable first; an empty list when it has none."""
        in_title, found = self._lexicon.find(read(title, abstract))
        likely = self._lanes.above(self._add(in_title, found, categories), _LIKELY)
        likely.sort(key=lambda pair: (-pair[1], pair[0]))
        return [
            Match(self.topics[at].key, _sure(logit), self._reasons(at, in_title, found))
            for at, logit in likely
        ]

    def scores(self, title: str, abstract: str, categories: Sequence[str] = ()) -> dict[str, float]:
        """The probability of every topic that has more than 5%, by key. Cheaper than `route`: no reasons."""
        total = self._add(*self._lexicon.find(read(title, abstract)), categories)
        return {self.topics[at].key: _sure(logit) for at, logit in self._lanes.above(total, _FAINT)}

    def logits(self, title: str, abstract: str, categories: Sequence[str] = ()) -> list[int]:
        """What speaks for each topic, in their order, in centilogits: 0 is even, 100 is 73%."""
        return self._lanes.unpack(self._add(*self._lexicon.find(read(title, abstract)), categories))

    def _favours(self, known: Mapping[int, int]) -> dict[str, int]:
        """What a paper's category adds, packed: only for topics about which nothing better was learned."""
        rows: dict[str, list[int]] = {}
        for at, topic in enumerate(self.topics):
            for category in topic.categories if at not in known else ():
                rows.setdefault(category, [0] * len(self.topics))[at] = _CATEGORY
        return {category: self._lanes.pack(row) for category, row in rows.items()}

    def _add(self, in_title: set[int], found: set[int], categories: Sequence[str]) -> int:
        weigh = self._packed.__getitem__
        total = self._start + sum(map(weigh, found)) + IN_TITLE * sum(map(weigh, in_title))
        if self._categories:
            total += sum(self._categories.get(category, 0) for category in categories)
        return total

    def _reasons(self, at: int, in_title: set[int], found: set[int]) -> tuple[str, ...]:
        """What spoke for the topic: phrases as the group spelt them, else the stems that counted."""
        spoke = [
            (-row[at] * (1 + IN_TITLE * (mark in in_title)), self._told[mark])
            for mark in found
            if (row := self._rows[mark])[at] > 0
        ]
        return tuple(dict.fromkeys(name for _, name in sorted(spoke)))[:_REASONS]


def _learned(prior: Prior, known: Mapping[int, int], width: int) -> dict[Gram, list[int]]:
    """The learned weights, by gram, in the order of the group's topics."""
    weights: dict[Gram, list[int]] = {}
    for gram, learned in prior.weights.items() if known else ():
        row = weights[gram] = [0] * width
        for at, lane in known.items():
            row[at] = learned[lane]
    return weights


def _sure(logit: int) -> float:
    return 1 / (1 + exp(-min(logit, _SURE) / 100))
