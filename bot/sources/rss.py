"""arXiv's RSS 2.0 to the shape in which feedparser gives Atom, for groups whose `feed_url` is the RSS one.

feedparser itself takes the "<" of mathematics in RSS for markup and loses what follows, so the XML is read here.
"""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime
from typing import Any
from xml.etree import ElementTree as ET

import feedparser

from bot.sources.atom import clean_xml
from bot.sources.trouble import SourceTrouble

_ROOT = re.compile(rb"\s*(?:<\?xml[^>]*\?>\s*)?<rss\b")
_DC, _ARXIV = "{http://purl.org/dc/elements/1.1/}", "{http://arxiv.org/schemas/atom}"


def is_rss(body: bytes) -> bool:
    """Whether the bytes begin as RSS 2.0."""
    return _ROOT.match(body) is not None


def parse_rss(body: bytes) -> Any:
    """A document with `.feed` and `.entries` under feedparser's keys. Raises `SourceTrouble("garbled")`."""
    try:
        channel = ET.fromstring(clean_xml(body)).find("channel")  # noqa: S314 - no DTD comes through clean_xml
    except ET.ParseError as error:
        raise SourceTrouble("garbled", detail=f"cut off or damaged: {error}") from error
    if channel is None:
        raise SourceTrouble("garbled", detail="RSS without a channel")
    return feedparser.FeedParserDict(
        feed={
            "title": channel.findtext("title"),
            "subtitle": channel.findtext("description"),
            "updated_parsed": _instant(channel.findtext("lastBuildDate")),
            "ttl": channel.findtext("ttl"),
        },
        entries=[_item(item) for item in channel.iterfind("item")],
    )


def _item(item: ET.Element) -> dict[str, Any]:
    return {
        "id": item.findtext("guid"),
        "title": item.findtext("title"),
        "summary": item.findtext("description"),
        "author": item.findtext(f"{_DC}creator"),
        "tags": [{"term": category.text} for category in item.iterfind("category")],
        "published_parsed": _instant(item.findtext("pubDate")),
        "arxiv_announce_type": item.findtext(f"{_ARXIV}announce_type"),
        "arxiv_doi": item.findtext(f"{_ARXIV}DOI"),
        "arxiv_journal_reference": item.findtext(f"{_ARXIV}journal_reference"),
    }


def _instant(text: str | None) -> Any:
    try:
        return parsedate_to_datetime(text or "").utctimetuple()
    except ValueError:  # the dates tell nothing that is acted on
        return None
