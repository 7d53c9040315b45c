"""Papers, and talks without one, as BibTeX entries. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date
from functools import lru_cache
from itertools import count

from bot.publish.markup import fit, web_link
from bot.publish.record import Paper, Record, Session, Talk

_SPECIAL = re.compile(r"([&%#_])")
_WORD = re.compile(r"[^\W_]+")
_SMALL = frozenset(
    ("a", "an", "the", "on", "of", "for", "in", "to", "and", "with", "is", "are", "from", "by", "at")
)


def bibtex(
    *,
    key: str,
    title: str,
    authors: list[str],
    published: date | None,
    category: str | None = None,
    doi: str | None = None,
    journal: str | None = None,
    link: str | None = None,
    suffix: str = "",
) -> str:
    """One entry. `key` is a bare arXiv id, or one of ours with a colon in it for a work that arXiv does not have.

    TeX in `title` stays as its authors wrote it. `suffix` tells works apart that would be cited alike.
    """
    fields = _named(title, authors, published)
    if ":" not in key:
        fields |= {"eprint": key, "archivePrefix": "arXiv", "primaryClass": category or ""}
    fields |= {"doi": _bare(doi or ""), "note": _safe(journal or "")}
    fields["url"] = web_link(link or f"https://arxiv.org/abs/{key}")
    return _entry(cite_key(title, authors, published) + suffix, fields)


@lru_cache(maxsize=4096)
def entry(paper: Paper, suffix: str = "") -> str:
    """A paper of the record."""
    return bibtex(
        key=paper.key,
        title=paper.tex or paper.title,
        authors=list(paper.authors),
        published=paper.published,
        category=paper.category,
        doi=paper.doi,
        journal=paper.journal,
        link=paper.url,
        suffix=suffix,
    )


def bibliography(record: Record) -> bytes:
    """Every paper that was read, once, and every talk without a paper, in the order of the sessions; a file."""
    suffix = suffixes()
    entries = []
    for session, work in _works(record):
        if isinstance(work, Paper):
            key = cite_key(work.tex or work.title, list(work.authors), work.published)
            entries.append(entry(work, suffix(key)))
        else:
            names = [person.name for person in work.speakers if person.named]
            fields = _named(work.title, names, session.when.day)
            fields |= {
                "howpublished": f"Talk, {_safe(record.group)}",
                "url": web_link(work.recording or work.slides),
            }
            key = cite_key(work.title, names, session.when.day)
            entries.append(_entry(key + suffix(key), fields))
    return "".join(f"{one}\n\n" for one in entries).encode()


def suffixes() -> Callable[[str], str]:
    """For the keys of one file, in its order: what to put after each so that none comes twice."""
    used = set[str]()

    def suffix(key: str) -> str:
        free = next(letters for n in count() if key + (letters := _letters(n)) not in used)
        used.add(key + free)
        return free

    return suffix


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


def _named(title: str, authors: list[str], published: date | None) -> dict[str, str]:
    names = (f"{{{name}}}" if " and " in name else name for name in map(_safe, authors))
    return {
        "title": f"{{{_safe(title)}}}",
        "author": " and ".join(names),
        "year": str(published.year) if published else "",
    }


def _entry(key: str, fields: dict[str, str]) -> str:
    body = ",\n".join(f"  {name:<13} = {{{value}}}" for name, value in fields.items() if value)
    return f"@misc{{{key},\n{body}\n}}"


def cite_key(title: str, authors: list[str], published: date | None) -> str:
    """What people cite it by: last name of the first author, year, first word of the title that says something."""
    name = _ascii(authors[0].split()[-1]) if authors and authors[0].split() else "anonymous"
    words = [word for word in map(_ascii, _WORD.findall(title)) if word and word not in _SMALL]
    return f"{name}{published.year if published else ''}{words[0] if words else ''}"


def _ascii(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return "".join(_WORD.findall(bare))


def _safe(text: str) -> str:
    """Characters that BibTeX would take for something else; formulas, and braces that pair, stay."""
    parts = re.split(r"(\$[^$]*\$)", " ".join(fit(text).split()))
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
