"""Finding thousands of phrases in a text at once, and adding up what they weigh.

Words become small numbers by one dictionary look-up each (the stem of a word is worked out once), and a walk
over the numbers finds phrases of any length. Weights for all topics travel together as *lanes* of one big
integer: adding two such integers adds all their lanes, the fastest sum of vectors that plain Python has.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from struct import Struct

from bot.topics.words import TITLE_ENDS, stem

Gram = tuple[str, ...]
"""One or more stems in a row."""

_LANE = 32
_BIAS = 1 << (_LANE - 2)
_REMEMBERED = 30_000
"""Distinct words whose number is kept, some 3 MB; then the memory starts afresh."""


class Lanes:
    """Puts vectors of `width` numbers, each well between ±2**30, in one integer each; these add up like the vectors."""

    def __init__(self, width: int) -> None:
        self._bytes = width * _LANE // 8
        self._bias = self.pack([_BIAS] * width)
        self._unpack = Struct(f"<{width}I").unpack

    def pack(self, values: Sequence[int]) -> int:
        """One integer that carries `values`."""
        return sum(value << (_LANE * lane) for lane, value in enumerate(values))

    def unpack(self, packed: int) -> list[int]:
        """The vector that a sum of packed vectors carries."""
        return [value - _BIAS for value in self._raw(packed)]

    def above(self, packed: int, floor: int) -> list[tuple[int, int]]:
        """The lanes whose number is greater than `floor`, each with its number: quicker than all of them."""
        bar = floor + _BIAS
        return [(lane, value - _BIAS) for lane, value in enumerate(self._raw(packed)) if value > bar]

    def _raw(self, packed: int) -> tuple[int, ...]:
        return self._unpack((packed + self._bias).to_bytes(self._bytes, "little"))


class _Numbers(dict[str, int]):
    """Word to number: positive when a longer gram may begin with it, negative when not, 0 when no gram has it."""

    def __init__(self, of_stems: Mapping[str, int]) -> None:
        super().__init__()
        self._of_stems = of_stems

    def __missing__(self, word: str) -> int:
        if len(self) >= _REMEMBERED:
            self.clear()
        self[word] = number = self._of_stems.get(stem(word), 0)
        return number


class _Node:
    """A place inside longer grams: what may follow, and the mark of the gram that ends here (0: none does)."""

    __slots__ = ("mark", "next")

    def __init__(self) -> None:
        self.mark = 0
        self.next: dict[int, _Node] = {}


class Lexicon:
    """A fixed set of grams, found in texts by their marks: `marks` tells the mark of each gram."""

    def __init__(self, grams: Iterable[Gram]) -> None:
        grams = list(dict.fromkeys(grams))
        begin = {gram[0] for gram in grams if len(gram) > 1}
        order = sorted({word for gram in grams for word in gram}, key=lambda word: (word not in begin, word))
        numbers = {word: at if word in begin else -at for at, word in enumerate(order, 1)}
        self.marks: dict[Gram, int] = {}
        self._numbers = _Numbers(numbers)
        self._follow = [_Node().next for _ in range(len(begin) + 1)]
        for mark, gram in enumerate(grams, len(order) + 1):
            if len(gram) == 1:
                self.marks[gram] = numbers[gram[0]]
            else:
                self.marks[gram] = mark
                self._grow([numbers[word] for word in gram], mark)
        self._alone = {mark for gram, mark in self.marks.items() if len(gram) == 1}

    def _grow(self, numbers: Sequence[int], mark: int) -> None:
        node, follow = _Node(), self._follow[numbers[0]]
        for number in numbers[1:]:
            node = follow.setdefault(number, _Node())
            follow = node.next
        node.mark = mark

    def find(self, words: Sequence[str]) -> tuple[set[int], set[int]]:
        """The marks of all grams in a paper as `words.read` cut it: in its title, and anywhere; often is once."""
        title = words.index(TITLE_ENDS)
        numbers = list(map(self._numbers.__getitem__, words))
        found, in_title = self._alone.intersection(numbers), self._alone.intersection(numbers[:title])
        numbers.append(0)
        follow = self._follow
        for after, number in enumerate(numbers, 1):
            if number > 0 and numbers[after] in follow[number]:
                longer = set(self._from(numbers, after))
                found |= longer
                if after <= title:
                    in_title |= longer
        return in_title, found

    def _from(self, numbers: Sequence[int], after: int) -> Iterator[int]:
        """The marks of all longer grams whose second word is at `after`."""
        node: _Node | None = self._follow[numbers[after - 1]][numbers[after]]
        while node:
            if node.mark:
                yield node.mark
            after += 1
            node = node.next.get(numbers[after])
