"""Finding thousands of phrases in a text at once, and adding up what they weigh.

Words become small numbers by one dictionary look-up each (the stem of a word is worked out once), and a walk over the
numbers finds phrases of any length. Weights for all topics travel together as *lanes* of one big integer: adding two such
integers adds all their lanes, which is the fastest sum of vectors that plain Python has.
"""

from collections.abc import Iterable, Mapping, Sequence
from struct import unpack

from bot.topics.words import stem

Gram = tuple[str, ...]
"""One or more stems in a row."""

_LANE = 32
_BIAS = 1 << (_LANE - 2)
_REMEMBERED = 30_000
"""Distinct words whose number is kept: about 3 MB. Then the memory starts afresh."""


def pack(values: Sequence[int]) -> int:
    """Put `values`, each well between ±2**30, in the lanes of one integer. A sum of packed numbers is the packed sum."""
    return sum(value << (_LANE * lane) for lane, value in enumerate(values))


def unpack_lanes(packed: int, width: int) -> list[int]:
    """Read `width` lanes of a sum of packed numbers."""
    biased = packed + (_BIAS * ((1 << (_LANE * width)) - 1) // ((1 << _LANE) - 1))
    return [value - _BIAS for value in unpack(f"<{width}I", biased.to_bytes(width * _LANE // 8, "little"))]


class _Numbers(dict[str, int]):
    """Word to number: positive when a longer phrase may begin with it, negative when not, 0 when no phrase has it."""

    def __init__(self, stems: Mapping[str, int]) -> None:
        super().__init__()
        self._stems = stems

    def __missing__(self, word: str) -> int:
        if len(self) >= _REMEMBERED:
            self.clear()
        self[word] = number = self._stems.get(stem(word), 0)
        return number


class Lexicon:
    """A fixed set of grams, each with the place it was given in `grams`: found in a list of words by their places."""

    def __init__(self, grams: Iterable[Gram]) -> None:
        self.grams = tuple(dict.fromkeys(grams))
        starts = {gram[0] for gram in self.grams if len(gram) > 1}
        stems: dict[str, int] = {}
        for gram in self.grams:
            for word in gram:
                stems.setdefault(word, len(stems) + 1 if word in starts else -len(stems) - 1)
        self._numbers = _Numbers(stems)
        self._alone: dict[int, int] = {}
        self._longer: dict[int, _Node] = {}
        for place, gram in enumerate(self.grams):
            first, *rest = (stems[word] for word in gram)
            if rest:
                self._longer.setdefault(first, _Node()).grow(rest, place)
            else:
                self._alone[first] = place

    def find(self, words: Iterable[str]) -> set[int]:
        """The places of all grams that occur in `words` (as `words.words` cuts them), however often they do."""
        numbers = list(map(self._numbers.__getitem__, words))
        found = {self._alone[number] for number in self._alone.keys() & numbers}
        numbers.append(0)
        for at, number in enumerate(numbers):
            if number > 0:
                node: _Node | None = self._longer[number]
                step = at
                while node is not None:
                    if node.place is not None:
                        found.add(node.place)
                    step += 1
                    node = node.next.get(numbers[step])
        return found


class _Node:
    """A stem within longer grams: what may follow it, and the place of the gram that ends here."""

    __slots__ = ("next", "place")

    def __init__(self) -> None:
        self.next: dict[int, _Node] = {}
        self.place: int | None = None

    def grow(self, numbers: Sequence[int], place: int) -> None:
        node = self
        for number in numbers:
            node = node.next.setdefault(number, _Node())
        node.place = place
