"""arXiv's `search_query`, as far as a reading group needs it. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from bot.rehearsal.arxiv_library import ArxivPaper


def search(papers: Iterable[ArxivPaper], query: str) -> list[ArxivPaper]:
    """The papers that match `ti: au: abs: co: jr: cat: id: all: submittedDate:[…]` with AND, OR, ANDNOT, ().

    An empty query matches all. Raises ValueError where it cannot be read.
    """
    if not query:
        return list(papers)
    matches = _Query(query).read()
    return [paper for paper in papers if matches(paper)]


Test = Callable[[ArxivPaper], bool]
_TOKEN = re.compile(r'\s*(\(|\)|(?:\w+:)?(?:"[^"]*"|\[[^\]]*\]|[^\s()"]+))')
_FIELDS: dict[str, Callable[[ArxivPaper], str]] = {
    "ti": lambda paper: paper.title,
    "au": lambda paper: " ".join(paper.authors),
    "abs": lambda paper: paper.abstract,
    "co": lambda paper: paper.comment or "",
    "jr": lambda paper: paper.journal_ref or "",
    "all": lambda paper: " ".join((paper.title, *paper.authors, paper.abstract, *paper.categories)),
}


class _Query:
    """A reader of arXiv's query language; operators bind equally, from the left, as arXiv's do."""

    def __init__(self, text: str) -> None:
        self._tokens = [found[1] for found in _TOKEN.finditer(text)]

    def read(self) -> Test:
        test = self._group()
        if self._tokens:
            raise ValueError(f"unexpected {self._tokens[0]!r}")
        return test

    def _group(self) -> Test:
        test = self._one()
        while self._tokens and self._tokens[0] != ")":
            word = self._tokens.pop(0) if self._tokens[0] in ("AND", "OR", "ANDNOT") else "OR"
            test = _join(word, test, self._one())
        return test

    def _one(self) -> Test:
        if not self._tokens:
            raise ValueError("the query ends too early")
        word = self._tokens.pop(0)
        if word != "(":
            return _term(word)
        inner = self._group()
        if not self._tokens or self._tokens.pop(0) != ")":
            raise ValueError("a bracket is not closed")
        return inner


def _join(word: str, left: Test, right: Test) -> Test:
    if word == "AND":
        return lambda paper: left(paper) and right(paper)
    if word == "OR":
        return lambda paper: left(paper) or right(paper)
    return lambda paper: left(paper) and not right(paper)


def _term(word: str) -> Test:
    name, colon, value = word.partition(":")
    field, wanted = (name, value) if colon else ("all", word)
    wanted = wanted.strip('"').lower()
    if field == "cat":
        return lambda paper: any(
            wanted.rstrip(".*") in (c.lower(), c.lower().split(".")[0]) for c in paper.categories
        )
    if field == "id":
        return lambda paper: paper.id == wanted
    if field in ("submittedDate", "lastUpdatedDate"):
        return _between(field, wanted)
    if field not in _FIELDS:
        raise ValueError(f"unknown field {field!r}")
    text = _FIELDS[field]
    # A word is found as a whole word, a phrase as it stands.
    pattern = re.compile(rf"(?<!\w){re.escape(wanted)}(?!\w)")
    return lambda paper: bool(pattern.search(text(paper).lower()))


def _between(field: str, wanted: str) -> Test:
    found = re.fullmatch(r"\[(\d{8,14}) to (\d{8,14})\]", wanted)
    if not found:
        raise ValueError(f"{field} takes [YYYYMMDDhhmm TO YYYYMMDDhhmm]")
    first, last = found[1].ljust(14, "0"), found[2].ljust(14, "9")

    def inside(paper: ArxivPaper) -> bool:
        instant = paper.published if field == "submittedDate" else paper.updated or paper.published
        return first <= instant.strftime("%Y%m%d%H%M%S") <= last

    return inside
