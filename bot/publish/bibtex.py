"""Papers, and talks without one, as BibTeX entries. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import count

from bot.publish.markup import fit, web_link
from bot.publish.record import Paper, Record, Session, Talk

_SPECIAL = re.compile(r"([&%#_])")
#: Without one of these a text is as safe as it is.
_RISKY = re.compile(r"[&%#_${}\\]")
_WORD = re.compile(r"[^\W_]+")
_SMALL = frozenset(
    ("a", "an", "the", "on", "of", "for", "in", "to", "and", "with", "is", "are", "from", "by", "at")
)


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry. `key` is what it is cited by, which several may share until they stand in one file."""

    key: str
    body: str

    def __str__(self) -> str:
        return f"@misc{{{self.key},\n{self.body}\n}}"


def bibtex(
    *,
    key: str,
    title: str,
    authors: Sequence[str],
    published: date | None,
    category: str | None = None,
    doi: str | None = None,
    journal: str | None = None,
    link: str | None = None,
) -> Entry:
    """A paper. `key` is a bare arXiv id, or one of ours with a colon in it for a work that arXiv does not have.

    TeX in `title` stays as its authors wrote it.
    """
    fields = {}
    if ":" not in key:
        fields = {"eprint": key, "archivePrefix": "arXiv", "primaryClass": category or ""}
    fields |= {"doi": _bare(doi or ""), "note": _safe(journal or "")}
    fields["url"] = web_link(link or f"https://arxiv.org/abs/{key}")
    return _entry(title, authors, published, fields)


@lru_cache(maxsize=4096)
def entry(paper: Paper) -> Entry:
    """A paper of the record."""
    return bibtex(
        key=paper.key,
        title=paper.tex or paper.title,
        authors=paper.authors,
        published=paper.published,
        category=paper.category,
        doi=paper.doi,
        journal=paper.journal,
        link=paper.url,
    )


def bibliography(record: Record) -> bytes:
    """Every paper that was read, once, and every talk without a paper, in the order of the sessions; a file."""
    works = _works(record)
    return together(
        entry(work) if isinstance(work, Paper) else _talk(session, work, record.group)
        for session, work in works
    )


def together(entries: Iterable[Entry]) -> bytes:
    """Entries as one file; works that would be cited alike are told apart by letters, in their order."""
    used = set[str]()
    lines = []
    for one in entries:
        key = next(key for n in count() if (key := one.key + _letters(n)) not in used)
        used.add(key)
        lines.append(f"{replace(one, key=key)}\n\n")
    return "".join(lines).encode()


def _talk(session: Session, talk: Talk, group: str) -> Entry:
    names = [person.name for person in talk.speakers if person.named]
    told = {"howpublished": f"Talk, {_safe(group)}", "url": web_link(talk.recording or talk.slides)}
    return _entry(talk.title, names, session.when.day, told)


def _works(record: Record) -> Iterator[tuple[Session, Paper | Talk]]:
    """What was read or told, each with the first session in which it was."""
    seen = set[str]()
    for session in record.sessions:
        for talk in session.talks if session.state == "held" else ():
            for paper in talk.papers:
                if paper.key not in seen:
                    seen.add(paper.key)
                    yield session, paper
            if not talk.papers:
                yield session, talk


def _letters(number: int) -> str:
    """Nothing, "a", "b", … "z", "aa" …"""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters


def _entry(title: str, authors: Sequence[str], published: date | None, others: dict[str, str]) -> Entry:
    names = (f"{{{name}}}" if " and " in name else name for name in map(_safe, authors))
    fields = {
        "title": f"{{{_safe(title)}}}",
        "author": " and ".join(names),
        "year": str(published.year) if published else "",
        **others,
    }
    body = ",\n".join([f"  {name:<13} = {{{value}}}" for name, value in fields.items() if value])
    return Entry(_cite_key(title, authors, published), body)


def _cite_key(title: str, authors: Sequence[str], published: date | None) -> str:
    """What people cite it by: last name of the first author, year, first word of the title that says something."""
    name = _ascii(authors[0].split()[-1]) if authors and authors[0].split() else "anonymous"
    words = (word for word in map(_ascii, _WORD.findall(title)) if word and word not in _SMALL)
    return f"{name}{published.year if published else ''}{next(words, '')}"


def _ascii(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return "".join(_WORD.findall(bare))


def _safe(text: str) -> str:
    """Characters that BibTeX would take for something else; formulas, and braces that pair, stay."""
    line = " ".join(fit(text).split())
    if not _RISKY.search(line):
        return line
    parts = re.split(r"(\$[^$]*\$)", line)
    escaped = "".join(part if part.startswith("$") else _SPECIAL.sub(r"\\\1", part) for part in parts)
    whole = escaped if _pairs(escaped) else escaped.replace("{", "(").replace("}", ")")
    return whole.rstrip("\\")  # which would take the end of the field along


def _pairs(text: str) -> bool:
    """Whether every brace is closed after it was opened."""
    if "{" not in text and "}" not in text:
        return True
    depth = 0
    for character in text:
        depth += (character == "{") - (character == "}")
        if depth < 0:
            return False
    return depth == 0


def _bare(text: str) -> str:
    """An identifier without what could end its field."""
    return re.sub(r"[{}\\\s]", "", text)
