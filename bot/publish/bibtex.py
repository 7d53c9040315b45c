"""A paper as a BibTeX entry. Pure."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime

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
    published: datetime | None,
    category: str | None = None,
    doi: str | None = None,
    journal: str | None = None,
    link: str | None = None,
) -> str:
    """One entry. `key` is a bare arXiv id, or one of ours with a colon in it for a work that arXiv does not have.

    TeX in `title` stays as its authors wrote it.
    """
    fields = {"title": f"{{{_safe(title)}}}", "author": " and ".join(_safe(author) for author in authors)}
    if published:
        fields["year"] = str(published.year)
    if ":" not in key:
        fields |= {"eprint": key, "archivePrefix": "arXiv"}
        if category:
            fields["primaryClass"] = category
    if doi:
        fields["doi"] = doi
    if journal:
        fields["note"] = _safe(journal)
    fields["url"] = link or f"https://arxiv.org/abs/{key}"
    body = ",\n".join(f"  {name:<13} = {{{value}}}" for name, value in fields.items() if value)
    return f"@misc{{{cite_key(title, authors, published)},\n{body}\n}}"


def cite_key(title: str, authors: list[str], published: datetime | None) -> str:
    """What people cite it by: last name of the first author, year, first word of the title that says something."""
    name = _ascii(authors[0].split()[-1]) if authors and authors[0].split() else "anonymous"
    words = [word for word in map(_ascii, _WORD.findall(title)) if word and word not in _SMALL]
    return f"{name}{published.year if published else ''}{words[0] if words else ''}"


def _ascii(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return "".join(_WORD.findall(bare))


def _safe(text: str) -> str:
    """Characters that BibTeX would take for something else; formulas, and braces that pair, stay."""
    parts = re.split(r"(\$[^$]*\$)", " ".join(text.split()))
    escaped = "".join(part if part.startswith("$") else _SPECIAL.sub(r"\\\1", part) for part in parts)
    balanced = escaped.count("{") == escaped.count("}")
    return escaped if balanced else escaped.replace("{", "(").replace("}", ")")
