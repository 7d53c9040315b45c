"""Which topics a paper belongs to: several, one or none, each with a probability and the phrases that spoke for it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp

from bot.topics.lexicon import Gram, Lexicon, pack, unpack_lanes
from bot.topics.taxonomy import Topic
from bot.topics.words import ABSTRACT_LIMIT, readings, words

MATCH = 0.35
"""A paper goes to a topic from this probability on: near the best F1, which lies at half the F1 itself."""

_UNIT = 100
_WORDS_WEIGH = (0, 1.0, 2.0, 2.5, 3.0)
_PHRASES_AT, _PHRASES_SLOPE = 4.6, 0.9


@dataclass(frozen=True, slots=True)
class Match:
    """A paper belongs to `topic_key` with probability `score` (0 to 1), because of `reasons` (phrases, heaviest first)."""

    topic_key: str
    score: float
    reasons: tuple[str, ...]


class Prior:
    """What was learned from labelled papers."""


class Router:
    """Routes papers to `topics`, from their phrases alone or with a learned prior. Cheap to use, some 10 ms to build."""

    def __init__(self, topics: Sequence[Topic], prior: Prior | None = None) -> None:
        self._keys = tuple(topic.key for topic in topics)
        weights: dict[Gram, list[int]] = defaultdict(lambda: [0] * len(self._keys))
        self._phrases: dict[Gram, str] = {}
        for lane, topic in enumerate(topics):
            for phrase in topic.phrases:
                for gram in readings(phrase):
                    self._phrases.setdefault(gram, phrase)
                    weights[gram][lane] = round(_UNIT * _WORDS_WEIGH[min(len(gram), len(_WORDS_WEIGH) - 1)])
        self._lexicon = Lexicon(weights)
        self._weights = [weights[gram] for gram in self._lexicon.grams]
        self._packed = [pack(row) for row in self._weights]

    def route(self, title: str, abstract: str, categories: Sequence[str] = ()) -> list[Match]:
        """The topics of a paper, most probable first; an empty list when it has none."""
        in_title, found = self._read(title, abstract)
        matches = [
            Match(key, score, self._reasons(lane, found, in_title))
            for lane, (key, score) in enumerate(zip(self._keys, self._score(in_title, found), strict=True))
            if score >= MATCH
        ]
        return sorted(matches, key=lambda match: -match.score)

    def scores(self, title: str, abstract: str, categories: Sequence[str] = ()) -> dict[str, float]:
        """The probability of every topic, by key: for measuring and tuning."""
        return dict(zip(self._keys, self._score(*self._read(title, abstract)), strict=True))

    def _read(self, title: str, abstract: str) -> tuple[set[int], set[int]]:
        in_title = self._lexicon.find(words(title))
        return in_title, in_title | self._lexicon.find(words(abstract[:ABSTRACT_LIMIT]))

    def _score(self, in_title: Iterable[int], found: Iterable[int]) -> list[float]:
        weigh = self._packed.__getitem__
        total = sum(map(weigh, found)) + sum(map(weigh, in_title))
        return [
            1 / (1 + exp(_PHRASES_SLOPE * (_PHRASES_AT - raw / _UNIT)))
            for raw in unpack_lanes(total, len(self._keys))
        ]

    def _reasons(self, lane: int, found: Iterable[int], in_title: set[int]) -> tuple[str, ...]:
        speaking = [
            (
                self._weights[place][lane] * (1 + (place in in_title)),
                self._phrases[self._lexicon.grams[place]],
            )
            for place in found
            if self._weights[place][lane] > 0
        ]
        return tuple(
            dict.fromkeys(phrase for _, phrase in sorted(speaking, key=lambda pair: (-pair[0], pair[1])))
        )[:5]
