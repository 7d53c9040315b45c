"""Text to words: the one place that decides what counts as the same word.

Everything here is plain ASCII, lower case and cheap: a day of arXiv is a thousand abstracts, and each is cut into words once.
"""

import re
import unicodedata

ABSTRACT_LIMIT = 1600
"""Characters of an abstract that are read: arXiv's own limit is 1,920, and the last sentences rarely name the topic."""

_FOLD = {c: (c + 32 if 65 <= c <= 90 else c if 97 <= c <= 122 or 48 <= c <= 57 else 32) for c in range(128)}
_TABLE = bytes(_FOLD.get(c, 32) for c in range(256))
_ACCENTS = re.compile("[\u0300-\u036f]")
_LETTERS = str.maketrans({"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"})

_ENDINGS = (
    ("isation", "iz"), ("ization", "iz"), ("ising", "iz"), ("izing", "iz"), ("ised", "iz"), ("ized", "iz"),
    ("iser", "iz"), ("izer", "iz"), ("ise", "iz"), ("ize", "iz"), ("iour", "ior"), ("ation", ""), ("ating", ""),
    ("ated", ""), ("ate", ""), ("ing", ""), ("ed", ""), ("e", ""),
)  # fmt: skip
_SHORTEST_STEM = 3


def words(text: str) -> list[str]:
    """Cut `text` into lower-case ASCII words and numbers; hyphens, TeX and punctuation separate, accents fall away."""
    if not text.isascii():
        text = _ACCENTS.sub("", unicodedata.normalize("NFKD", text.translate(_LETTERS)))
    return text.encode("ascii", "replace").translate(_TABLE).decode("ascii").split()


def stem(word: str) -> str:
    """Cut a word of `words` to the part it shares with its plural, its -ing, -ed and -ation forms and its British spelling."""
    if len(word) > _SHORTEST_STEM and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-3] + "y" if word.endswith("ies") and len(word) > 5 else word[:-1]
    word = word.replace("parametri", "parameteri")
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word[: -len(ending)] + instead
    return word


def readings(phrase: str) -> list[tuple[str, ...]]:
    """All ways to find `phrase` in a text, as stems: a hyphen may be a space there, or nothing ("fine-tuning", "finetuning").

    An empty list means that the phrase has no letter or digit to look for.
    """
    apart = tuple(map(stem, words(phrase)))
    joined = tuple(map(stem, words(re.sub(r"(?<=\w)[-‐‑](?=\w)", "", phrase))))
    return [reading for reading in dict.fromkeys((apart, joined)) if reading]
