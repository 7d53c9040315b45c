"""Papers that were read, from a bibliography in BibTeX. Pure."""

from __future__ import annotations

import re
from functools import partial

from bot.publish.past import LONGEST_TEXT, LONGEST_TITLE, Incoming, Unread, taken
from bot.publish.past.days import Unreadable, read_day
from bot.publish.record import Paper

#: Fields that say when a paper was read here; biblatex knows `eventdate` and `urldate`.
READ = ("eventdate", "read", "readdate", "date-read", "urldate")
_ENTRY = re.compile(r"@\s*([A-Za-z]+)\s*[{(]")
_FIELD = re.compile(r"\s*,?\s*([A-Za-z][\w-]*)\s*=\s*", re.ASCII)
_BARE = re.compile(r"[^\s,{}\"#]+")
_ARXIV = re.compile(r"arxiv", re.IGNORECASE)
_NUMBER = re.compile(r"\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7}")
_SKIPPED = ("comment", "string", "preamble")


def read(text: str, day: str = "") -> list[Incoming | Unread]:
    """The entries of a bibliography, each a paper that was read on the day it says, or else on `day`."""
    found: list[Incoming | Unread] = []
    at = 0
    while entry := _ENTRY.search(text, at):
        where = f"line {text.count(chr(10), 0, entry.start()) + 1}"
        try:
            at, fields = _fields(text, entry.end())
        except Unreadable as error:
            found.append(Unread(where, str(error)))
            at = entry.end()
            continue
        if entry[1].casefold() not in _SKIPPED:
            found.append(taken(where, partial(_talk, where, fields, day)))
    return found


def _fields(text: str, at: int) -> tuple[int, dict[str, str]]:
    """(Where the entry ends, its fields), from after its opening brace."""
    fields: dict[str, str] = {}
    key = re.compile(r"\s*[^\s,{}=]*\s*(?=[,})])").match(text, at)
    at = key.end() if key else at
    while field := _FIELD.match(text, at):
        parts = []
        at = field.end()
        while True:
            at, part = _value(text, at)
            parts.append(part)
            joined = re.compile(r"\s*#\s*").match(text, at)
            if not joined:
                break
            at = joined.end()
        fields.setdefault(field[1].casefold(), "".join(parts).strip())
    return at, fields


def _value(text: str, at: int) -> tuple[int, str]:
    if text[at : at + 1] not in ("{", '"'):
        bare = _BARE.match(text, at)
        return (bare.end(), bare[0]) if bare else (at + 1, "")
    quoted, depth, start = text[at] == '"', 0, at + 1
    for place in range(start, len(text)):
        sign = text[place]
        if sign == "\\" or text[place - 1] == "\\":
            continue
        if depth == 0 and sign == ('"' if quoted else "}"):
            return place + 1, re.sub(r"\s+", " ", text[start:place])
        depth += (sign == "{") - (sign == "}")
    raise Unreadable("a brace or a quotation mark is not closed")


def _talk(where: str, fields: dict[str, str], day: str) -> Incoming:
    title = _plain(fields.get("title", ""))
    if not title:
        raise Unreadable("it has no title")
    said = next((fields[name] for name in READ if fields.get(name)), day)
    if not said:
        raise Unreadable(
            "it does not say when it was read: add `eventdate`, or give a day, month or year with --day"
        )
    wall, _ = read_day(said)
    named = _named(fields)
    authors = tuple(_name(one) for one in re.split(r"\s+and\s+", fields.get("author", "")) if one)
    about = Paper(
        key=named, title=title[:LONGEST_TITLE], tex=fields["title"], authors=authors,
        abstract=_plain(fields.get("abstract", ""))[:LONGEST_TEXT], doi=fields.get("doi", ""),
        url=fields.get("url", ""),
    )  # fmt: skip
    if named:
        return Incoming(where, wall, papers=(about,))
    # What nothing names is no paper of ours: it is a talk by its title, that says who wrote it.
    by = f"By {', '.join(authors).rstrip('.')}." if authors else ""
    return Incoming(where, wall, title=about.title, abstract="\n\n".join(filter(None, (by, about.abstract))))


def _named(fields: dict[str, str]) -> str:
    """What names the work: its arXiv id, its DOI, its page."""
    eprint = fields.get("eprint", "")
    arxiv = _ARXIV.search(
        fields.get("archiveprefix", "") + fields.get("eprinttype", "") + fields.get("journal", "")
    )
    number = _NUMBER.search(eprint or fields.get("journal", ""))
    if number and (arxiv or eprint):
        return number[0]
    return fields.get("arxivid") or fields.get("doi") or fields.get("url") or ""


def _name(author: str) -> str:
    """From "Last, First", as people say it."""
    last, comma, first = _plain(author).partition(",")
    return f"{first.strip()} {last.strip()}" if comma else last.strip()


def _plain(tex: str) -> str:
    """Without the braces that only keep capitals; formulas and commands stay for whoever shows it."""
    if "\\" in tex or tex.count("$") % 2:
        return tex
    parts = tex.split("$")
    parts[::2] = [re.sub(r"[{}]", "", part) for part in parts[::2]]
    return "$".join(parts).strip()
