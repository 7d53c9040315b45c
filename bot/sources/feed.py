"""The daily feeds: an answer of rss.arxiv.org to a day's announcements. Pure. Atom is meant, RSS is understood."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, cast

from bot.sources.atom import instant_of, parse_atom, terms_of, text_of
from bot.sources.entry import AnnounceType, Entry
from bot.sources.http import UNCONDITIONAL, Validators
from bot.sources.identifiers import NotAnArxivId, parse
from bot.sources.rss import is_rss, parse_rss
from bot.sources.tex import readable
from bot.sources.trouble import SourceTrouble, trouble_with

MOST_ENTRIES = 2000  # arXiv cuts a feed there, the new papers first: ask for single categories

_OAI = re.compile(r"oai:arxiv\.org:(?P<id>\S+)", re.IGNORECASE)
_PREAMBLE = re.compile(r"arXiv:\S+ Announce Type: (?P<type>\S+) (?:Abstract: )?", re.IGNORECASE)
_IS_DAILY = re.compile(r"updates on arxiv", re.IGNORECASE)
_ANNOUNCE_TYPES = ("new", "cross", "replace", "replace-cross")
_SUFFIXES = frozenset({"jr", "jr.", "sr", "sr.", "ii", "iii", "iv"})


@dataclass(frozen=True, slots=True)
class FeedDay:
    """One category's announcements. An empty one is a quiet day; a broken answer never becomes one.

    `title` is as the feed has it ("cs.LG updates on arXiv.org"). `raw_ids` are as announced, with versions,
    and tell one batch from the next; dates do not, since yesterday's batch is served with today's.
    `built` is when arXiv made the file, `announced` the batch's date at Eastern midnight; both UTC. `ttl` is how
    long arXiv asks not to be asked again, where it says so; `validators` are for asking whether it has changed.
    """

    title: str
    entries: tuple[Entry, ...]
    raw_ids: tuple[str, ...]
    built: datetime | None = None
    announced: datetime | None = None
    ttl: timedelta | None = None
    validators: Validators = UNCONDITIONAL

    @property
    def full(self) -> bool:
        """Whether the feed has reached arXiv's limit, so that papers may be missing."""
        return len(self.entries) >= MOST_ENTRIES


def parse_feed(body: bytes, status: int = 200, content_type: str | None = None) -> FeedDay:
    """The announcements in an answer of rss.arxiv.org.

    Raises `SourceTrouble`: "bad_request" for arXiv's error feed (no such category), "garbled" for what is not
    a whole feed (HTML, a file cut off, entries without id or title), and as the status says.
    """
    if trouble := trouble_with(status, body):
        raise trouble
    if content_type and "html" in content_type.lower():
        raise SourceTrouble("garbled", detail=f"content type {content_type}")
    document = parse_rss(body) if is_rss(body) else parse_atom(body)
    title = text_of(document.feed, "title")
    if status == HTTPStatus.BAD_REQUEST or title.lower().startswith("feed error"):
        raise SourceTrouble("bad_request", detail=f"{title} {text_of(document.feed, 'subtitle')}")
    if not document.entries and not _IS_DAILY.search(title):
        raise SourceTrouble("garbled", detail=f"empty, and not a daily feed: {title!r}")
    return FeedDay(
        title=title,
        entries=tuple(_entry(item) for item in document.entries),
        raw_ids=tuple(text_of(item, "id") for item in document.entries),
        built=instant_of(document.feed, "updated"),
        announced=max(
            filter(None, (instant_of(item, "published") for item in document.entries)), default=None
        ),
        ttl=_minutes(text_of(document.feed, "ttl")),
    )


def _minutes(text: str) -> timedelta | None:
    """RSS's `ttl`; more than a day would make us miss one, whatever the file says."""
    return timedelta(minutes=min(int(text), 24 * 60)) if text.isascii() and text.isdecimal() else None


def split_authors(creator: str) -> tuple[str, ...]:
    """The names in the feed's one line of authors: without affiliations, TeX accents made letters."""
    flat = creator
    while (less := re.sub(r"\s*\([^()]*\)", "", flat)) != flat:  # from the innermost brackets outwards
        flat = less
    names: list[str] = []
    for part in (readable(piece.strip()) for piece in flat.split(",")):
        if part.lower() in _SUFFIXES and names:
            names[-1] += f", {part}"
        elif part:
            names.append(part)
    return tuple(names)


def _entry(item: Mapping[str, Any]) -> Entry:
    place, title = text_of(item, "id"), text_of(item, "title")
    summary, categories = text_of(item, "summary"), terms_of(item)
    try:
        match = _OAI.fullmatch(place)
        arxiv_id = parse(match["id"] if match else "")
    except NotAnArxivId as error:
        raise SourceTrouble("garbled", detail=f"an entry without a usable id: {place!r}") from error
    if not title:
        raise SourceTrouble("garbled", detail=f"{arxiv_id} without a title")
    preamble = _PREAMBLE.match(summary)
    announced_as = text_of(item, "arxiv_announce_type") or (preamble["type"] if preamble else "")
    return Entry(
        arxiv_id=arxiv_id.bare,
        version=arxiv_id.version,
        title=title,
        authors=split_authors(text_of(item, "author")),
        abstract=summary[preamble.end() :] if preamble else summary,
        categories=categories,
        primary_category=next(iter(categories), ""),
        doi=text_of(item, "arxiv_doi") or None,
        journal_ref=text_of(item, "arxiv_journal_reference") or None,
        announce_type=cast("AnnounceType", announced_as) if announced_as in _ANNOUNCE_TYPES else None,
    )
