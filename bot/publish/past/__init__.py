"""Talks of the past, read from files that people kept: CSV, JSON, ICS and BibTeX. Pure.

`read` gives what stands in a file, place by place, and says of each what cannot be read. Nothing is guessed: a day
stays a day, a missing zone stays missing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.publish.past.days import Unreadable
from bot.publish.record import Paper, Speaker

__all__ = ["Incoming", "NotReadable", "Unread", "read"]

#: A longer title is none: mostly a quotation mark is missing, and rows flow together.
LONGEST_TITLE = 500
LONGEST_TEXT = 20_000


class NotReadable(Exception):
    """The file as a whole cannot be read; the message is a sentence with the cure."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A talk as a file tells it. `where` is its place in the file: "line 12".

    `wall` is as in `record.When`; `zone` is empty where the file names none; "Z" and "+02:00" are offsets. `papers` are
    what was read: the `key` of each is what names it, in any form; the rest of it may be empty. `session` is the
    meeting's own title.
    """

    where: str
    wall: str
    zone: str = ""
    title: str = ""
    speakers: tuple[Speaker, ...] = ()
    abstract: str = ""
    papers: tuple[Paper, ...] = ()
    topics: tuple[str, ...] = ()
    slides: str = ""
    recording: str = ""
    notes: str = ""
    minutes: int | None = None
    attendance: int | None = None
    session: str = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """What stands at a place of the file and cannot be taken, and why."""

    where: str
    why: str


def read(name: str, data: bytes, *, day: str = "") -> list[Incoming | Unread]:
    """The talks of a file, in its order. `day` is for papers of a bibliography that say no day: "2023", "2023-05-04".

    Raises NotReadable when the file is of no kind that is known, or broken.
    """
    from bot.publish.past import bib, ics, tables

    text = decoded(data)
    kind = name.rpartition(".")[2].casefold()
    head = text.lstrip()[:200]
    if kind == "json" or head[:1] in ("{", "["):
        return tables.from_json(text)
    if kind == "ics" or head.startswith("BEGIN:VCALENDAR"):
        return ics.read(text)
    if kind in ("bib", "bibtex") or head.startswith("@"):
        return bib.read(text, day)
    return tables.from_csv(text)


def taken(where: str, make: Callable[[], Incoming]) -> Incoming | Unread:
    """What `make` gives, or why it cannot."""
    try:
        return make()
    except Unreadable as error:
        return Unread(where, str(error))


def decoded(data: bytes) -> str:
    """Text of a file in whatever encoding spreadsheets write. Raises NotReadable for what is no text."""
    for mark, encoding in (
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
        (b"", "utf-8-sig"),
        (b"", "cp1252"),
    ):
        if data.startswith(mark):
            try:
                text = data.decode(encoding)
            except UnicodeDecodeError:
                continue
            if "\0" in text:
                break
            return text
    raise NotReadable("This is no text file. Save it as CSV (UTF-8), JSON, ICS or BibTeX.")
