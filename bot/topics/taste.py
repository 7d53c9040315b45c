"""What this group likes: learned from what it proposed, voted for, read and turned down.

The taste is the mean of the liked papers less the mean of what else the group was shown (Rocchio, 1971), each term
damped so that no single word rules. It learns one paper at a time, and tells which liked paper another resembles.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import sqrt
from typing import Any

from bot.topics.prior import background
from bot.topics.words import ABSTRACT_LIMIT, stems

PROPOSED, VOTED, READ, TURNED_DOWN = 2.0, 1.0, 1.0, -1.0
"""What an act is worth: somebody proposed the paper, voted for it, read it, said "not for us"."""

_DISLIKE = 3.0
"""A paper turned down counts as this many that were merely shown."""
_MEMORIES, _TERMS_OF_A_MEMORY = 300, 14
_TERMS_KEPT = 12_000
_DAMPING = 0.7
_TITLE, _PAIR, _CATEGORY = 1.5, 0.5, 2.0
_SECOND_WORD, _RAREST_PAIR = 0.6, 6.0
_ALIKE = 0.12
"""From this likeness (cosine) on, a liked paper is named as the reason for another."""

Terms = dict[str, float]


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper as the taste sees it: its name, its title and a vector of length one. Made by `Paper.read`."""

    id: str
    title: str
    terms: tuple[str, ...]
    values: tuple[float, ...]

    @classmethod
    def read(cls, name: str, title: str, abstract: str, categories: Sequence[str] = ()) -> "Paper":
        """Weigh the stems of a paper by rarity, pairs of stems at half weight, and its categories."""
        terms: Terms = {f"in {category}": _CATEGORY for category in categories}
        for text, worth in ((title, _TITLE), (abstract[:ABSTRACT_LIMIT], 1.0)):
            for term, rarity in _weigh(stems(text)).items():
                terms[term] = terms.get(term, 0.0) + worth * rarity
        length = sqrt(sum(value * value for value in terms.values())) or 1.0
        return cls(name, title, tuple(terms), tuple(value / length for value in terms.values()))

    def pairs(self) -> Iterator[tuple[str, float]]:
        """Each term with its value."""
        return zip(self.terms, self.values, strict=True)


def _weigh(row: Sequence[str]) -> Terms:
    known = background()
    rarity = {word: known.rarity((word,)) for word in dict.fromkeys(row)}
    terms = dict(rarity)
    for one, two in pairwise(row):
        low, high = sorted((rarity[one], rarity[two]))
        terms[f"{one} {two}"] = _PAIR * min(_RAREST_PAIR, high + _SECOND_WORD * low)
    return terms


@dataclass(slots=True)
class _Pile:
    """Papers added up: their number, by worth, and the sum of their vectors. The faintest terms are let go."""

    weight: float = 0.0
    terms: Terms = field(default_factory=dict)

    def add(self, paper: Paper, weight: float) -> None:
        self.weight += weight
        for term, value in paper.pairs():
            self.terms[term] = self.terms.get(term, 0.0) + weight * value
        if len(self.terms) > 2 * _TERMS_KEPT:
            self.terms = _strongest(self.terms, _TERMS_KEPT)


def _strongest(terms: Terms, how_many: int) -> Terms:
    return dict(sorted(terms.items(), key=lambda pair: (-abs(pair[1]), pair[0]))[:how_many])


@dataclass(frozen=True, slots=True)
class _Memory:
    """A liked paper, as far as it is needed to say "because you read …"."""

    id: str
    title: str
    terms: Terms


class Taste:
    """A group's taste: taught with `see` and `learn`, asked with `score`, kept as JSON with `state`."""

    def __init__(self) -> None:
        self._liked, self._seen = _Pile(), _Pile()
        self._memories: list[_Memory] = []
        self._leaning: Terms | None = None

    @property
    def votes(self) -> float:
        """The worth of all likes so far."""
        return self._liked.weight

    def see(self, paper: Paper) -> None:
        """The paper was shown to the group: what is shown and not liked tells what is ordinary."""
        self._seen.add(paper, 1.0)
        self._leaning = None

    def learn(self, paper: Paper, worth: float) -> None:
        """The group did something with the paper: a positive `worth` is a like, a negative one a dislike."""
        if worth > 0:
            self._liked.add(paper, worth)
            self._forget(paper.id)
            memory = _Memory(paper.id, paper.title, _strongest(dict(paper.pairs()), _TERMS_OF_A_MEMORY))
            self._memories = [*self._memories[1 - _MEMORIES :], memory]
        else:
            self._seen.add(paper, -worth * _DISLIKE)
        self._leaning = None

    def unlearn(self, paper: Paper, worth: float) -> None:
        """Take back a `learn` of the same worth: a vote was withdrawn, or a member asked to be forgotten."""
        if worth > 0:
            self._liked.add(paper, -worth)
            self._forget(paper.id)
        else:
            self._seen.add(paper, worth * _DISLIKE)
        self._leaning = None

    def score(self, paper: Paper) -> tuple[float, str | None]:
        """How much the paper is to the group's taste (0 is indifferent), and why, where that can be said."""
        liking = self.liking(paper)
        return liking, self.because(paper) if liking > 0 else None

    def liking(self, paper: Paper) -> float:
        """The first half of `score`, which is the quick one."""
        lean = self._lean()
        return sum(value * lean.get(term, 0.0) for term, value in paper.pairs())

    def _forget(self, name: str) -> None:
        self._memories = [memory for memory in self._memories if memory.id != name]

    def _lean(self) -> Terms:
        """What each term is worth: its share in liked papers, less its share in shown ones, damped."""
        if self._leaning is None:
            lean: Terms = {}
            if self._liked.weight > 0:
                lean = {term: value / self._liked.weight for term, value in self._liked.terms.items()}
                if self._seen.weight > 0:
                    for term, value in self._seen.terms.items():
                        lean[term] = lean.get(term, 0.0) - value / self._seen.weight
            self._leaning = {
                term: abs(worth) ** _DAMPING * (1 if worth > 0 else -1) for term, worth in lean.items()
            }
        return self._leaning

    def because(self, paper: Paper) -> str | None:
        """A clause that names the liked paper that this one resembles most, if one does."""
        terms = dict(paper.pairs())
        near = (
            (sum(value * terms.get(term, 0.0) for term, value in memory.terms.items()), memory.title)
            for memory in self._memories
            if memory.id != paper.id
        )
        likeness, title = max(near, default=(0.0, ""))
        return f'because you read "{title}"' if likeness >= _ALIKE else None

    def state(self) -> dict[str, Any]:
        """The taste as plain JSON; `Taste.of` reads it back."""
        return {
            "liked": [self._liked.weight, _short(self._liked.terms)],
            "seen": [self._seen.weight, _short(self._seen.terms)],
            "memories": [[memory.id, memory.title, _short(memory.terms)] for memory in self._memories],
        }

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> "Taste":
        """The taste that `state` described."""
        taste = cls()
        taste._liked = _Pile(float(state["liked"][0]), dict(state["liked"][1]))
        taste._seen = _Pile(float(state["seen"][0]), dict(state["seen"][1]))
        taste._memories = [_Memory(name, title, dict(terms)) for name, title, terms in state["memories"]]
        return taste


def _short(terms: Terms) -> Terms:
    return {term: round(value, 4) for term, value in terms.items() if abs(value) >= 0.0001}
