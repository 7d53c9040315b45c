"""What the source tests share: real samples if they lie beside the checkout, self-made answers, a time of our own."""

from __future__ import annotations

import asyncio
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

SAMPLES = Path(__file__).resolve().parents[2].parent / "shared" / "arxiv-samples"

_ATOM, _ARXIV, _DC = (
    "http://www.w3.org/2005/Atom",
    "http://arxiv.org/schemas/atom",
    "http://purl.org/dc/elements/1.1/",
)
_OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"

for prefix, uri in {"": _ATOM, "arxiv": _ARXIV, "dc": _DC, "opensearch": _OPENSEARCH}.items():
    ET.register_namespace(
        prefix, uri
    )  # as arXiv writes them: feedparser names unknown elements by their prefix


def sample(name: str) -> bytes:
    """The bytes of a real answer of arXiv; skips the test where the samples are absent."""
    path = SAMPLES / "feeds" / name
    if not path.exists():
        pytest.skip(f"real arXiv answers are not beside this checkout ({path} is absent)")
    return path.read_bytes()


def atom_feed(*items: dict[str, str], title: str = "cs.LG updates on arXiv.org", subtitle: str = "") -> bytes:
    """A daily feed as rss.arxiv.org/atom writes it; items may set id, title, abstract, type, creator, categories."""
    feed = ET.Element(f"{{{_ATOM}}}feed")
    _add(feed, _ATOM, "title", title)
    _add(feed, _ATOM, "subtitle", subtitle)
    _add(feed, _ATOM, "updated", "2026-06-10T04:00:19.866337+00:00")
    for item in items:
        entry = ET.SubElement(feed, f"{{{_ATOM}}}entry")
        versioned, kind = item.get("id", "2606.00001v1"), item.get("type", "new")
        _add(entry, _ATOM, "id", f"oai:arXiv.org:{versioned}")
        _add(entry, _ATOM, "title", item.get("title", "A title"))
        abstract = item.get("abstract", "An abstract.")
        _add(entry, _ATOM, "summary", f"arXiv:{versioned} Announce Type: {kind} \nAbstract: {abstract}")
        for category in item.get("categories", "cs.LG stat.ML").split():
            ET.SubElement(entry, f"{{{_ATOM}}}category", {"term": category})
        _add(entry, _ATOM, "published", "2026-06-10T00:00:00-04:00")
        _add(entry, _ARXIV, "announce_type", kind)
        _add(entry, _DC, "creator", item.get("creator", "Ada Lovelace, Emmy Noether"))
    return ET.tostring(feed, encoding="utf-8", xml_declaration=True)


def rss_feed(*items: dict[str, str], title: str = "cs.LG updates on arXiv.org") -> bytes:
    """The same day in arXiv's RSS 2.0."""
    rss = ET.Element("rss", {"version": "2.0"})
    channel = ET.SubElement(rss, "channel")
    ET.SubElement(channel, "title").text = title
    ET.SubElement(channel, "lastBuildDate").text = "Wed, 10 Jun 2026 04:00:19 +0000"
    for item in items:
        entry = ET.SubElement(channel, "item")
        versioned, kind = item.get("id", "2606.00001v1"), item.get("type", "new")
        ET.SubElement(entry, "title").text = item.get("title", "A title")
        abstract = item.get("abstract", "An abstract.")
        ET.SubElement(
            entry, "description"
        ).text = f"arXiv:{versioned} Announce Type: {kind} \nAbstract: {abstract}"
        ET.SubElement(entry, "guid").text = f"oai:arXiv.org:{versioned}"
        ET.SubElement(entry, "category").text = "cs.LG"
        ET.SubElement(entry, "pubDate").text = "Wed, 10 Jun 2026 00:00:00 -0400"
        _add(entry, _ARXIV, "announce_type", kind)
        _add(entry, _DC, "creator", item.get("creator", "Ada Lovelace"))
    return ET.tostring(rss, encoding="utf-8", xml_declaration=True)


def api_answer(
    *ids: str, total: int | None = None, title: str = "A title", summary: str = "An abstract."
) -> bytes:
    """An answer of the query API in its present form with one entry an id (with version)."""
    feed = ET.Element(f"{{{_ATOM}}}feed")
    _add(feed, _ATOM, "title", "arXiv Query")
    _add(feed, _OPENSEARCH, "totalResults", str(len(ids) if total is None else total))
    _add(feed, _OPENSEARCH, "startIndex", "0")
    for versioned in ids:
        entry = ET.SubElement(feed, f"{{{_ATOM}}}entry")
        _add(entry, _ATOM, "id", f"http://arxiv.org/abs/{versioned}")
        _add(entry, _ATOM, "title", title)
        _add(entry, _ATOM, "summary", summary)
        _add(entry, _ATOM, "published", "2026-06-09T17:59:37Z")
        ET.SubElement(entry, f"{{{_ATOM}}}category", {"term": "cs.LG"})
        _add(ET.SubElement(entry, f"{{{_ATOM}}}author"), _ATOM, "name", "Ada Lovelace")
    return ET.tostring(feed, encoding="utf-8", xml_declaration=True)


def _add(parent: ET.Element, namespace: str, name: str, text: str) -> None:
    ET.SubElement(parent, f"{{{namespace}}}{name}").text = text


class OwnTime:
    """Seconds that pass only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        until = self.now + seconds
        await asyncio.sleep(0)
        self.now = max(self.now, until)
