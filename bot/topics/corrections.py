"""What a group teaches its router: papers that it filed, and the topics it filed them under.

A few labels must not spoil what thousands taught. So a correction starts from the router's own opinion, and it is
only used when it proved itself: learned on one half of the labels, it must foretell the other half clearly better
than the router did alone, and the other way round. The result is a router again, as fast as before.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp, log1p

from bot.topics.lexicon import Gram
from bot.topics.prior import Background, background
from bot.topics.router import IN_TITLE, Router
from bot.topics.words import ABSTRACT_LIMIT, stems

NEWEST = 600
"""Labels that are learned from, the last ones given: tastes move, and a label costs some 20 milliseconds."""

_GAIN = 0.01
"""The part of the router's error that a correction must take away on labels it has not seen."""
_RARE = 1.5
_SCALE = 1 / 30
_ROUNDS = 4
_RATE = 0.3
_SETTLED = 0.01

Shift = dict[Gram, float]
"""What a word adds for one topic, for a unit of feature."""


@dataclass(frozen=True, slots=True)
class Label:
    """A paper that belongs to `topics` (keys) and to no other, as somebody in the group said."""

    title: str
    abstract: str
    topics: frozenset[str]
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Case:
    """A label as it is learned from: features, and for every topic the router's logit and the truth."""

    features: tuple[tuple[Gram, float], ...]
    logits: tuple[float, ...]
    truth: tuple[bool, ...]


def taught(router: Router, labels: Sequence[Label], *, rarity: Background | None = None) -> Router:
    """`router` as corrected by `labels`, oldest first; the same router when they teach it nothing. Deterministic."""
    rarity = rarity or background()
    cases = [_case(router, label, rarity) for label in labels[-NEWEST:]]
    halves = cases[::2], cases[1::2]
    before = _error((), halves[0]) + _error((), halves[1])
    after = _error(_learn(halves[0]), halves[1]) + _error(_learn(halves[1]), halves[0])
    if after >= before * (1 - _GAIN):
        return router
    rows: dict[Gram, list[int]] = {}
    for at, shift in enumerate(_learn(cases)):
        for gram, weight in shift.items():
            rows.setdefault(gram, [0] * len(router.topics))[at] = round(
                100 * weight * _SCALE * rarity.rarity(gram)
            )
    return router.shifted({gram: row for gram, row in rows.items() if any(row)})


def _case(router: Router, label: Label, rarity: Background) -> _Case:
    title, abstract = set(stems(label.title)), set(stems(label.abstract[:ABSTRACT_LIMIT]))
    features = tuple(
        ((word,), _SCALE * value * (1 + IN_TITLE * (word in title)))
        for word in sorted(title | abstract)
        if (value := rarity.rarity((word,))) >= _RARE
    )
    logits = router.logits(label.title, label.abstract, label.categories)
    truth = tuple(topic.key in label.topics for topic in router.topics)
    return _Case(features, tuple(logit / 100 for logit in logits), truth)


def _learn(cases: Sequence[_Case]) -> list[Shift]:
    """Logistic regression, for every topic, on what the router did not know yet."""
    shifts: list[Shift] = [{} for _ in (cases[0].logits if cases else ())]
    for _ in range(_ROUNDS):
        for case in cases:
            for at, shift in enumerate(shifts):
                step = _RATE * (case.truth[at] - _sure(case.logits[at] + _says(shift, case)))
                if abs(step) > _SETTLED:
                    for gram, value in case.features:
                        shift[gram] = shift.get(gram, 0.0) + step * value
    return shifts


def _says(shift: Shift, case: _Case) -> float:
    return sum([shift[gram] * value for gram, value in case.features if gram in shift]) if shift else 0.0


def _sure(logit: float) -> float:
    return 1 / (1 + exp(-max(-30.0, min(30.0, logit))))


def _error(shifts: Sequence[Shift], cases: Iterable[_Case]) -> float:
    """The surprise (log loss) at the truth of `cases`."""
    total = 0.0
    for case in cases:
        for at, (logit, true) in enumerate(zip(case.logits, case.truth, strict=True)):
            now = logit + (_says(shifts[at], case) if shifts else 0.0)
            total += log1p(exp(max(-30.0, min(30.0, -now if true else now))))
    return total
