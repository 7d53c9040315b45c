"""Atom bytes to a feedparser document that can be trusted, or `SourceTrouble`.

feedparser never fails: an HTML page, an empty body and half a file all come back as some feed. So what it
says is checked here, once, for the query API and for the daily feeds.
"""

from __future__ import annotations

import calendar
import io
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import feedparser

from bot.sources.trouble import SourceTrouble

_FORBIDDEN_CONTROLS = bytes(set(range(0x20)) - {0x09, 0x0A, 0x0D})
_FORBIDDEN_REFERENCES = re.compile(
    rb"&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01])|[xX]0*(?:[0-8bcBCeEfF]|1[0-9a-fA-F]));"
)
_HTML = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL)
_START = 2000  # bytes: the prologue of a document


def clean_xml(body: bytes) -> bytes:
    """The body, if it can be XML at all, without characters that XML forbids: one of them would lose a day.

    Raises `SourceTrouble("garbled")` for an empty body, an HTML page, plain text, or a document type.
    """
    start = body[:_START].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        raise SourceTrouble("garbled", detail="empty body")
    if _HTML.match(start):
        raise SourceTrouble("garbled", detail="an HTML page")
    if not start.startswith(b"<") or b"<!DOCTYPE" in start:  # no DTD: no entities that expand without end
        raise SourceTrouble("garbled", detail=f"not a feed: {start[:80]!r}")
    return _FORBIDDEN_REFERENCES.sub(b"", body.translate(None, _FORBIDDEN_CONTROLS))


def parse_atom(body: bytes) -> Any:
    """The feedparser document of well-formed Atom. Raises `SourceTrouble("garbled")` for everything else."""
    # A stream, since feedparser takes bytes or text for the name of a file or an address, and opens it.
    # Sanitising is for HTML; these texts are plain, and "a<b" in them is mathematics.
    document = feedparser.parse(io.BytesIO(clean_xml(body)), sanitize_html=False, resolve_relative_uris=False)
    if document.bozo:
        raise SourceTrouble("garbled", detail=f"cut off or damaged: {document.get('bozo_exception')}")
    if document.get("version") != "atom10":
        raise SourceTrouble("garbled", detail=f"not Atom but {document.get('version') or 'unknown'}")
    return document


def text_of(item: Mapping[str, Any], key: str) -> str:
    """A text element with its white space normalised; "" where absent."""
    return " ".join(str(item.get(key) or "").split())


def instant_of(item: Mapping[str, Any], key: str) -> datetime | None:
    """A date element in UTC; None where absent or unreadable."""
    name = f"{key}_parsed"
    parsed = item.get(name) if name in item else None  # "in" first: feedparser offers another date for it
    return None if parsed is None else datetime.fromtimestamp(calendar.timegm(parsed), UTC)


def terms_of(item: Mapping[str, Any]) -> tuple[str, ...]:
    """The categories, primary first where arXiv puts it there, each once."""
    terms = (str(tag.get("term") or "").strip() for tag in item.get("tags") or ())
    return tuple(dict.fromkeys(term for term in terms if term))
