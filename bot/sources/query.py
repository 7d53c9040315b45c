"""arXiv's query API: the address to ask for papers by id, and the reading of its answers. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from bot.sources.atom import instant_of, parse_atom, terms_of, text_of
from bot.sources.entry import Entry
from bot.sources.identifiers import NotAnArxivId, parse
from bot.sources.tex import readable
from bot.sources.trouble import SourceTrouble, trouble_with

PAGE = 500  # papers a page of a search: arXiv allows 2,000 and then often answers late or not at all
ALIKE = 10  # papers of a title: who looks for one work needs no more
BATCH = 100  # ids a request: well under arXiv's 2,000, and an address of some 1,300 characters


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the `total` papers that a question has for an answer."""

    entries: tuple[Entry, ...]
    total: int


def id_list_url(api_url: str, ids: Sequence[str]) -> str:
    """The address that asks for these bare ids, at most `BATCH` of them.

    `max_results` is always given, since without it arXiv answers with ten whatever was asked.
    """
    if not 1 <= len(ids) <= BATCH:
        raise ValueError(f"1 to {BATCH} ids a request, not {len(ids)}")
    return f"{api_url}?{urlencode({'id_list': ','.join(ids), 'max_results': len(ids)}, safe=',/')}"


def search_url(
    api_url: str, categories: Sequence[str], since: datetime, until: datetime, *, start: int = 0
) -> str:
    """The address of one page of the papers in any of `categories` submitted in [since, until), oldest first."""
    wanted = " OR ".join(f"cat:{category}" for category in categories)
    first, last = (instant.astimezone(UTC) for instant in (since, until - timedelta(minutes=1)))
    query = f"({wanted}) AND submittedDate:[{first:%Y%m%d%H%M} TO {last:%Y%m%d%H%M}]"
    asked = {
        "search_query": query, "start": start, "max_results": PAGE, "sortBy": "submittedDate",
        "sortOrder": "ascending",
    }  # fmt: skip
    return f"{api_url}?{urlencode(asked)}"


def title_url(api_url: str, words: Sequence[str]) -> str:
    """The address that asks for the papers with all these words in their title, the most fitting ones first."""
    query = " AND ".join(f"ti:{word}" for word in words)
    return f"{api_url}?{urlencode({'search_query': query, 'start': 0, 'max_results': ALIKE})}"


def parse_query(body: bytes, status: int = 200) -> list[Entry]:
    """The papers in an answer of the query API; see `parse_page`."""
    return list(parse_page(body, status).entries)


def parse_page(body: bytes, status: int = 200) -> Page:
    """One page of an answer of the query API, of any of its formats (2016 to 2026).

    No entry is a valid answer: arXiv has no such paper. Raises `SourceTrouble`: "bad_request" for an error
    entry (with status 200 until 2025), "garbled" for what is not a whole and plausible answer, and as the
    status says.
    """
    if trouble := trouble_with(status, body):
        raise trouble
    document = parse_atom(body)
    entries = [_entry(item) for item in document.entries]
    if status == HTTPStatus.BAD_REQUEST:
        raise SourceTrouble("bad_request", detail=f"HTTP 400, {text_of(document.feed, 'title')}")
    total, start = (_number(document.feed, f"opensearch_{name}") for name in ("totalresults", "startindex"))
    if total > start and not entries:
        raise SourceTrouble("garbled", detail=f"{total} results announced, none given")
    return Page(tuple(entries), max(total, start + len(entries)))


def _entry(item: Mapping[str, Any]) -> Entry:
    place, title = text_of(item, "id"), text_of(item, "title")
    if "/api/errors" in place:
        raise SourceTrouble("bad_request", detail=text_of(item, "summary") or title)
    try:
        arxiv_id = parse(place)
    except NotAnArxivId as error:
        raise SourceTrouble("garbled", detail=f"an entry without a usable id: {place!r}") from error
    if not title:
        raise SourceTrouble("garbled", detail=f"{arxiv_id} without a title")
    categories = terms_of(item)
    primary = text_of(item.get("arxiv_primary_category") or {}, "term") or next(iter(categories), "")
    return Entry(
        arxiv_id=arxiv_id.bare,
        version=arxiv_id.version,
        title=title,
        authors=tuple(
            name for author in item.get("authors") or () if (name := readable(text_of(author, "name")))
        ),
        abstract=text_of(item, "summary"),
        categories=categories,
        primary_category=primary,
        published=instant_of(item, "published"),
        updated=instant_of(item, "updated"),
        doi=text_of(item, "arxiv_doi") or None,
        journal_ref=text_of(item, "arxiv_journal_ref") or None,
        comment=text_of(item, "arxiv_comment") or None,
    )


def _number(feed: Mapping[str, Any], key: str) -> int:
    text = text_of(feed, key)
    return int(text) if text.isdecimal() else 0
