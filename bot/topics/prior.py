"""What was learned beforehand: how common words are in the field, and what they say about the shipped topics.

Two text files beside this one, both made by tools/train_topics.py, both to be read by eye:

* `background.txt`: how rare stems and phrases are, from which any taxonomy's phrases get their weight;
* `prior.txt`: a small linear model for the shipped topics: for every gram a letter a topic, `.` for nothing,
  `a` … `z` for, `A` … `Z` against.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from bot.topics.lexicon import Gram
from bot.topics.taxonomy import Topic, shipped

_UNHEARD = 7.0
_NEXT_WORD = 0.6
_MOST = 6.0
_KEEPS_ITS_MEANING = 0.5


@dataclass(frozen=True, slots=True)
class Background:
    """How rare grams are in the field: ln(papers / papers that have it)."""

    known: Mapping[Gram, float]

    def rarity(self, gram: Gram) -> float:
        """About 0 (in every paper) to 9 (never seen); an unknown gram is judged by its words, rarest first."""
        if gram in self.known:
            return self.known[gram]
        words = sorted((self.known.get((word,), _UNHEARD) for word in gram), reverse=True)
        return min(_MOST, sum(value * _NEXT_WORD**place for place, value in enumerate(words)))


@dataclass(frozen=True, slots=True)
class Prior:
    """A linear model in centilogits: `bias` + `phrase` × rarity of each own phrase + `weights` of each gram.

    What stands in the abstract counts once, in the title twice, in both three times. All tuples follow `keys`.
    """

    keys: tuple[str, ...]
    bias: tuple[int, ...]
    phrase: tuple[int, ...]
    weights: Mapping[Gram, tuple[int, ...]]

    def lane(self, topic: Topic) -> int | None:
        """The place of `topic` in the model, or None when the group has made something else of that key."""
        known = shipped().get(topic.key)
        if topic.key not in self.keys or known is None:
            return None
        kept = len(set(known.phrases) & set(topic.phrases))
        return self.keys.index(topic.key) if kept >= _KEEPS_ITS_MEANING * len(known.phrases) else None


_NOTHING = "."


_SIZES = [0, *(step * (step + 8) // 4 for step in range(1, 27))]
_MARKS = {
    chr(first + step): sign * size for sign, first in ((1, 96), (-1, 64)) for step, size in enumerate(_SIZES)
}
_MEANING = {mark: size for mark, size in _MARKS.items() if size} | {_NOTHING: 0}


def letter(centilogits: float) -> str:
    """The character nearest to a weight: fine steps near nothing, coarse ones up to 221 centilogits."""
    return min(_MEANING, key=lambda mark: (abs(_MEANING[mark] - centilogits), mark))


def _rows(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, _, rest = line.partition("\t")
            yield name, rest


def parse_background(text: str) -> Background:
    """Read `background.txt`: a line a rarity, then the grams that have it, with commas between."""
    return Background(
        {tuple(gram.split()): float(rarity) for rarity, grams in _rows(text) for gram in grams.split(",")}
    )


def parse_prior(text: str) -> Prior:
    """Read `prior.txt`: the lines topics, bias and phrase, then a gram and its letters a line."""
    rows = list(_rows(text))
    head = dict(rows[:3])
    return Prior(
        keys=tuple(head["topics"].split()),
        bias=_numbers(head["bias"]),
        phrase=_numbers(head["phrase"]),
        weights={tuple(gram.split()): tuple(_MEANING[mark] for mark in marks) for gram, marks in rows[3:]},
    )


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split()))


def _read(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text("utf-8")


@cache
def background() -> Background:
    """The background that comes with the bot."""
    return parse_background(_read("background.txt"))


@cache
def shipped_prior() -> Prior:
    """The model that comes with the bot, for the shipped topics."""
    return parse_prior(_read("prior.txt"))
