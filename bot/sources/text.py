"""Abstracts for people in a hurry: readable, shortened at a sentence, or told by the one sentence that tells most.

Extractive throughout: what comes out are the authors' own sentences, never ours.
"""

from __future__ import annotations

import re
from itertools import pairwise

from bot.sources.symbols import words
from bot.sources.tex import readable

__all__ = ["first_sentences", "gist", "may_be_withdrawn", "readable", "sentences"]

_STOP = re.compile(r"[.!?…][\"'”’)\]]*(?:(?=\s+[\"'“‘(\[$\\]*[^\W_])|(?<=[a-z]{3}\.)(?=[A-Z][a-z]*\s))")
_NEVER_LAST = words("""
    e.g i.e cf vs fig figs eq eqs eqn sec secs sect ch no nos vol pp tab thm lem prop cor def ref refs approx resp dr
    prof mr mrs ms st ca viz wrt w.r.t a.k.a aka incl esp dept univ
""")
_SELDOM_LAST = words("al etc inc ltd jr sr u.s")  # last only where a new sentence clearly begins
_OPENERS = words("""
    a all although an and as at both but by each for from here hence how however if in instead it its many moreover
    most motivated on one our recent recently since some specifically such that the their then there these they this
    those thus to today two under unlike using we what when where whereas while with yet
""")

_WORD = re.compile(r"[^\W\d_][\w-]+")
_DULL = _OPENERS | words("via is are of not can be or towards toward approach method methods new based")

# What speaks for and against a sentence, with its weight.
_WE = r"\b(?:we|this (?:paper|work|article|study|survey|letter|thesis))\s+(?:\w+\s+){0,2}?"
_RESULT = """show prove propose introduce present develop demonstrate establish find derive reveal design build
    construct devise formulate contribute discover identify release benchmark"""
_TOPIC = """study studies investigate analyze analyse consider explore addresses address examine provide describe
    argue ask review characterize revisit extend offer"""
_CUES = [
    (re.compile(pattern, re.IGNORECASE), weight)
    for pattern, weight in (
        (rf"{_WE}(?:{'|'.join(_RESULT.split())})s?\b", 3.0),
        (rf"{_WE}(?:{'|'.join(_TOPIC.split())})s?\b", 2.0),
        (r"\b(?:is|are|was|were) (?:proposed|introduced|presented|developed|shown)\b", 1.0),
        (r"\b(?:in this (?:paper|work|article)|our (?:main )?(?:result|contribution|key))", 1.0),
        (r"https?://|github|\b(?:code|data\w*|models?|page) (?:is|are|will be)\b.*\bavailable", -8.0),
        (r"\b(?:extensive|numerical|empirical)\w*\s+(?:experiment|evaluation|result|stud)", -1.5),
        (r"^(?:however|moreover|additionally|furthermore|also|finally|further|second|third|besides)\b", -1.5),
        (r"^(?:it|they|these|those|such|this (?!paper|work|article|study|survey))", -1.0),
    )
]
_TITLE_WEIGHT = 3.0
_SHORT, _LONG, _LENGTH_WEIGHT = 50, 320, -1.5  # characters


def sentences(text: str) -> list[str]:
    """The sentences of a text in order, without the white space between them."""
    cuts = [0, *(stop.end() for stop in _STOP.finditer(text) if _ends(text, stop)), len(text)]
    pieces = (text[start:end].strip() for start, end in pairwise(cuts))
    return [piece for piece in pieces if piece]


def first_sentences(text: str, limit: int) -> str:
    """The beginning of `text` in at most `limit` characters: whole sentences, as many as fit.

    If not even one fits it is cut between words, and then only it ends in "…".
    """
    text = text.strip()
    if len(text) <= limit:
        return text
    ends = [stop.end() for stop in _STOP.finditer(text) if stop.end() <= limit and _ends(text, stop)]
    if ends:
        return text[: ends[-1]]
    if limit < 1:
        return ""
    words_that_fit, space, _ = text[:limit].rpartition(" ")
    return f"{(words_that_fit if space else text[: limit - 1]).rstrip(' ,;:.–—-(')}…"


def gist(abstract: str, title: str) -> str:
    """The one sentence of the abstract, readable, that says what the paper does; "" without an abstract."""
    named = _content_words(readable(title))
    return max(sentences(readable(abstract)), key=lambda sentence: _score(sentence, named), default="")


#: arXiv has no flag for it: its authors say so in the comment, and often in place of the abstract.
_GONE = r"(?:withdrawn|retracted)"
_IN_COMMENT = re.compile(
    rf"^\W*(?:paper |article )?{_GONE}\b|\b(?:been|is|was|are|being)(?: \w+)? {_GONE}\b"
    rf"|\b{_GONE} (?:by|due|because|since|as)\b",
    re.IGNORECASE,
)
_FOR_ABSTRACT = re.compile(rf"^\W*(?:(?:this|the)(?: \w+){{1,4}} )?{_GONE}\b", re.IGNORECASE)


def may_be_withdrawn(comment: str | None, abstract: str) -> bool:
    """Whether a paper's comment, or what stands in place of its abstract, reads as if it was withdrawn."""
    return bool(_IN_COMMENT.search(comment or "") or _FOR_ABSTRACT.match(abstract))


def _ends(text: str, stop: re.Match[str]) -> bool:
    """Whether a stop ends a sentence there, and not an abbreviation, an initial, or a number in a list."""
    following = re.compile(r"\W*(\w+)").match(text, stop.end())
    first = following[1] if following else ""
    if first[:1].islower():
        return False
    if stop[0][0] != "." or stop[0][-1] in "\"'”’":
        return True
    before = text[: stop.start()].split()
    last = before[-1].lstrip("([{\"'“‘").lower() if before else ""
    if last in _NEVER_LAST or (last.isdecimal() and (len(before) == 1 or before[-2][-1] in ".:;?!")):
        return False
    unclear = (len(last) == 1 and last.isalpha()) or last in _SELDOM_LAST or not text[stop.end()].isspace()
    return first.lower() in _OPENERS if unclear else True


def _content_words(text: str) -> frozenset[str]:
    return frozenset(word.lower().removesuffix("s") for word in _WORD.findall(text)) - _DULL


def _score(sentence: str, named: frozenset[str]) -> float:
    score = sum(weight for pattern, weight in _CUES if pattern.search(sentence))
    if named:
        score += _TITLE_WEIGHT * len(named & _content_words(sentence)) / len(named)
    return score if _SHORT <= len(sentence) <= _LONG else score + _LENGTH_WEIGHT
