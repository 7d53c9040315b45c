"""Text to words: the one place that decides what counts as the same word.

Everything here is plain ASCII, lower case and cheap: a day of arXiv is a thousand abstracts, and each is cut once.
"""

import re
import unicodedata
from functools import lru_cache

ABSTRACT_LIMIT = 1000
"""Characters of an abstract that are read: the last sentences rarely name the topic, and cost time."""

_KEPT = b"abcdefghijklmnopqrstuvwxyz0123456789"
_PLAIN = (unicodedata.normalize("NFD", chr(code))[0].lower() for code in range(256))
_TABLE = bytes(ord(char) if char.isascii() and ord(char) in _KEPT else 32 for char in _PLAIN)

TITLE_ENDS = "|"
"""The word that stands between title and abstract. No text has it: there, a bar is a space."""

_HYPHEN = re.compile(r"(?<=\w)[-‐‑](?=\w)")

_ENDINGS = (
    ("isation", "iz"), ("ization", "iz"), ("ising", "iz"), ("izing", "iz"), ("ised", "iz"), ("ized", "iz"),
    ("ise", "iz"), ("ize", "iz"), ("iour", "ior"), ("ation", ""), ("ating", ""), ("ated", ""), ("ate", ""),
    ("ing", ""), ("ed", ""), ("e", ""),
)  # fmt: skip
_SHORTEST_STEM = 3
_SHORTEST_IES = 5


def read(title: str, abstract: str) -> list[str]:
    """The words of a paper's title, then `TITLE_ENDS`, then those of the abstract as far as it is read."""
    return f"{_plain(title)} {TITLE_ENDS} {_plain(abstract[:ABSTRACT_LIMIT])}".split()


def words(text: str) -> list[str]:
    """Cut `text` into lower-case ASCII words and numbers.

    Hyphens, TeX and punctuation separate words; accents of western Europe fall away, other alphabets are not read.
    """
    return _plain(text).split()


def _plain(text: str) -> str:
    return text.encode("latin-1", "replace").translate(_TABLE).decode("ascii")


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Cut a word to what it shares with its plural, its -ing, -ed and -ation forms and its British spelling."""
    root = word
    if len(root) > _SHORTEST_STEM and root.endswith("s") and not root.endswith(("ss", "us", "is")):
        root = root[:-3] + "y" if root.endswith("ies") and len(root) > _SHORTEST_IES else root[:-1]
    root = root.replace("parametri", "parameteri")
    for ending, instead in _ENDINGS:
        if root.endswith(ending) and len(root) - len(ending) >= _SHORTEST_STEM:
            return root[: -len(ending)] + instead
    return root


def stems(text: str) -> tuple[str, ...]:
    """The stems of the words of `text`, in their order."""
    return tuple(map(stem, words(text)))


def readings(phrase: str) -> list[tuple[str, ...]]:
    """All ways to find `phrase` in a text, as stems: where it has a hyphen, a text may have a space or nothing.

    An empty list means that the phrase has no letter or digit to look for.
    """
    apart, joined = stems(phrase), stems(_HYPHEN.sub("", phrase))
    return [reading for reading in dict.fromkeys((apart, joined)) if reading]
