"""The bytes the arXiv double answers: the query API's Atom of 2026, the daily Atom of rss.arxiv.org. Pure."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from xml.sax.saxutils import escape, quoteattr

from bot.rehearsal.arxiv_library import EASTERN, ArxivPaper

_HEAD = "<?xml version='1.0' encoding='UTF-8'?>\n"
_API = (
    '<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" '
    'xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom">\n'
)
_FEED = (
    '<feed xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns="http://www.w3.org/2005/Atom" xml:lang="en-us">\n'
)


def api_page(
    hits: Sequence[tuple[ArxivPaper, int]],
    *,
    search_query: str,
    id_list: str,
    start: int,
    max_results: int,
    total: int,
    now: datetime,
) -> bytes:
    """One page of the query API: each hit is a paper and the version asked for; `total` counts all pages."""
    asked = f"search_query={search_query}&id_list={id_list}&start={start}&max_results={max_results}"
    link = f"search_query={search_query}&start={start}&max_results={max_results}&id_list={id_list}"
    digest = (
        urlsafe_b64encode(hashlib.sha1(asked.encode(), usedforsecurity=False).digest()).decode().rstrip("=")
    )
    return _document(
        _API,
        _line("id", f"https://arxiv.org/api/{digest}"),
        _line("title", f"arXiv Query: {asked}"),
        _line("updated", _z(now)),
        f'  <link href={quoteattr(f"https://arxiv.org/api/query?{link}")} type="application/atom+xml"/>\n',
        *_counts(max_results, total, start),
        *(_api_entry(paper, version) for paper, version in hits),
    )


def api_error(message: str, now: datetime) -> bytes:
    """The feed that comes with HTTP 400: one entry titled Error."""
    where = f"https://arxiv.org/api/errors#{message.replace(' ', '_')}"
    return _document(
        _API,
        _line("id", "https://arxiv.org/"),
        _line("title", "arXiv Search Results"),
        _line("updated", _z(now)),
        *_counts(1, 1, 0),
        "  <entry>\n",
        _line("id", where, 4),
        _line("title", "Error", 4),
        _line("updated", _z(now), 4),
        f'    <link href={quoteattr(where)} rel="alternate" type="text/html"/>\n',
        _line("summary", message, 4),
        "    <author>\n      <name>arXiv api core</name>\n    </author>\n  </entry>\n",
    )


def daily_feed(category: str, items: Iterable[tuple[ArxivPaper, str]], *, day: date, now: datetime) -> bytes:
    """The Atom feed of `category` (several joined by `+`) on an Eastern `day`: papers and announce types."""
    return _document(
        _FEED,
        *_feed_head(f"{category} updates on arXiv.org", category, now),
        _line("subtitle", f"{category} updates on the arXiv.org e-print archive."),
        *(_feed_entry(paper, kind, day, now) for paper, kind in items),
    )


def feed_error(category: str, message: str, now: datetime) -> bytes:
    """The feed that comes with HTTP 400 for a category that arXiv does not have."""
    title = f"Feed error for query: http://rss.arxiv.org/atom/{category}"
    return _document(_FEED, *_feed_head(title, category, now), _line("subtitle", message))


def _api_entry(paper: ArxivPaper, version: int) -> str:
    name = f"{paper.id}v{version}"
    pdf = f"https://arxiv.org/pdf/{name}"
    updated = paper.published if version == 1 else paper.updated or paper.published
    optional = {
        "arxiv:comment": paper.comment,
        "arxiv:journal_ref": paper.journal_ref,
        "arxiv:doi": paper.doi,
    }
    return "".join(
        (
            "  <entry>\n",
            _line("id", f"http://arxiv.org/abs/{name}", 4),  # http here, https in the links: arXiv's way
            _line("title", paper.title, 4),
            _line("updated", _z(updated), 4),
            f'    <link href="https://arxiv.org/abs/{name}" rel="alternate" type="text/html"/>\n',
            f'    <link href="{pdf}" rel="related" type="application/pdf" title="pdf"/>\n',
            _line("summary", paper.abstract, 4),
            *(
                f'    <category term={quoteattr(term)} scheme="http://arxiv.org/schemas/atom"/>\n'
                for term in paper.categories
            ),
            _line("published", _z(paper.published), 4),
            *(_line(tag, text, 4) for tag, text in optional.items() if text),
            f"    <arxiv:primary_category term={quoteattr(paper.categories[0])}/>\n",
            *(f"    <author>\n      <name>{escape(name)}</name>\n    </author>\n" for name in paper.authors),
            "  </entry>\n",
        )
    )


def _feed_entry(paper: ArxivPaper, kind: str, day: date, now: datetime) -> str:
    midnight = datetime(day.year, day.month, day.day, tzinfo=EASTERN)
    name = f"{paper.id}v{paper.version}"
    optional = {"arxiv:DOI": paper.doi, "arxiv:journal_reference": paper.journal_ref}
    return "".join(
        (
            "  <entry>\n",
            _line("id", f"oai:arXiv.org:{name}", 4),
            _line("title", paper.title, 4),
            _line("updated", now.isoformat(), 4),
            f'    <link href="https://arxiv.org/abs/{paper.id}" rel="alternate" type="text/html"/>\n',
            _line("summary", f"arXiv:{name} Announce Type: {kind} \nAbstract: {paper.abstract}", 4),
            *(f"    <category term={quoteattr(term)}/>\n" for term in paper.categories),
            _line("published", midnight.isoformat(), 4),
            _line("arxiv:announce_type", kind, 4),
            _line("dc:rights", paper.license, 4),
            *(_line(tag, text, 4) for tag, text in optional.items() if text),
            _line("dc:creator", ", ".join(paper.authors), 4),
            "  </entry>\n",
        )
    )


def _feed_head(title: str, category: str, now: datetime) -> tuple[str, ...]:
    where = f"http://rss.arxiv.org/atom/{category}"
    return (
        _line("id", where),
        _line("title", title),
        _line("updated", now.isoformat()),
        f'  <link href={quoteattr(where)} rel="self" type="application/atom+xml"/>\n',
    )


def _counts(per_page: int, total: int, start: int) -> tuple[str, ...]:
    return (
        _line("opensearch:itemsPerPage", str(per_page)),
        _line("opensearch:totalResults", str(total)),
        _line("opensearch:startIndex", str(start)),
    )


def _document(root: str, *parts: str) -> bytes:
    return (_HEAD + root + "".join(parts) + "</feed>").encode()


def _line(tag: str, text: str, indent: int = 2) -> str:
    return f"{' ' * indent}<{tag}>{escape(text)}</{tag}>\n"


def _z(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")
