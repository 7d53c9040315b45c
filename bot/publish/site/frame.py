"""What all pages share: the head with its metadata, the way around, the foot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from bot.publish.markup import Child, Html, el, html, joined, json_script
from bot.publish.site.shelf import Shelf

#: Nothing but the site's own files, and nothing that somebody smuggled into a page.
POLICY = (
    "default-src 'none'; style-src 'self' file:; script-src 'self' file:; img-src 'self' file:; "
    "base-uri 'none'; form-action 'self'"  # "file:" is for whoever opens the pages in a folder
)
#: Every page can be reached from these.
SECTIONS = (("index.html", "Upcoming"), ("archive.html", "Archive"), ("topics.html", "Topics"),
            ("speakers.html", "Speakers"), ("about.html", "About"))  # fmt: skip
DATA = (("talks.json", "JSON"), ("talks.csv", "CSV"), ("bibliography.bib", "BibTeX"))
_SUMMARY = 200


@dataclass(frozen=True, slots=True)
class Here:
    """A page while it is made: where it is on the site, and of which shelf it tells."""

    shelf: Shelf
    path: str

    def to(self, target: str) -> str:
        """The way from here to another page or file, the same on any host and in any folder."""
        return "../" * self.path.count("/") + target

    def link(self, target: str, *label: Child, class_: str = "") -> Html:
        return el("a", *label, href=self.to(target), class_=class_)

    @property
    def address(self) -> str:
        """The page's own address in full; nothing when the site's is not known."""
        return address(self.shelf.base, self.path)


def address(base: str, path: str) -> str:
    """The address of a page in full, on a site at `base`; nothing without one."""
    return base + path.removesuffix("index.html") if base else ""


def page(
    here: Here,
    *content: Child,
    title: str = "",
    section: str = "",
    summary: str = "",
    kind: str = "website",
    data: Sequence[dict[str, Any]] = (),
) -> bytes:
    """A whole page. `title` is its own, without the group's name; `section` the one of SECTIONS that it belongs to;
    `data` what schema.org calls the things on it.
    """
    group = here.shelf.record.group
    full = f"{title} · {group}" if title else group
    head = el(
        "head",
        _START,
        el("title", full),
        _about(here, title or group, summary, kind),
        _once(here, "files", _files),
        [json_script({"@context": "https://schema.org", **one}, kind="application/ld+json") for one in data],
    )
    body = el(
        "body",
        _SKIP,
        _top(here, section) if here.path == section else _once(here, section, partial(_top, section=section)),
        el("main", *content, id="content"),
        _once(here, "foot", _foot),
        data_root=here.to("") or "./",
    )
    return f"<!DOCTYPE html>\n{el('html', head, body, lang='en')}\n".encode()


_START = html(
    el("meta", charset="utf-8"),
    el("meta", http_equiv="Content-Security-Policy", content=POLICY),
    el("meta", name="viewport", content="width=device-width, initial-scale=1"),
    el("meta", name="color-scheme", content="light dark"),
)
_SKIP = el("a", "To the content", class_="skip", href="#content")


def _once(here: Here, what: str, make: Callable[[Here], Html]) -> Html:
    """What is the same on all pages of a folder."""
    key = (what, here.to(""))
    if key not in here.shelf.kept:
        here.shelf.kept[key] = make(here)
    return here.shelf.kept[key]


def _files(here: Here) -> Html:
    group, feed = here.shelf.record.group, here.to("feed.xml")
    return html(
        el("link", rel="stylesheet", href=here.to("style.css")),
        el("link", rel="icon", href=here.to("icon.svg"), type="image/svg+xml"),
        el("link", rel="alternate", type="application/atom+xml", title=group, href=feed),
        el("script", src=here.to("site.js"), defer=True),
    )


def _about(here: Here, title: str, summary: str, kind: str) -> Html:
    """What others show of the page when somebody links to it (Open Graph)."""
    said = shortened(summary, _SUMMARY)
    told = {
        "og:title": title, "og:type": kind, "og:site_name": here.shelf.record.group,
        "og:description": said, "og:url": here.address,
    }  # fmt: skip
    return html(
        el("meta", name="description", content=said) if said else None,
        [el("meta", property=name, content=value) for name, value in told.items() if value],
        el("link", rel="canonical", href=here.address) if here.address else None,
    )


def _top(here: Here, section: str) -> Html:
    def way(path: str, name: str) -> Html:
        current = "page" if path == here.path else "true" if path == section else ""
        return el("li", el("a", name, href=here.to(path), aria_current=current))

    return el(
        "header",
        here.link("index.html", here.shelf.record.group, class_="group")
        if here.path != "index.html"
        else None,
        el("nav", el("ul", [way(*one) for one in SECTIONS]), aria_label="Sections"),
        class_="top",
    )


def _foot(here: Here) -> Html:
    calendar, feed = here.link("calendar.ics", "calendar", class_="calendar"), here.link("feed.xml", "feed")
    return el(
        "footer",
        el("p", "Subscribe: ", calendar, " · ", feed),
        el("p", "Take along: ", joined(" · ", [here.link(path, name) for path, name in DATA])),
        el("p", f"Times are those of {here.shelf.record.zone} where nothing else is said."),
    )


def shortened(text: str, length: int) -> str:
    """Text on one line, cut between words."""
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[: length - 1].rpartition(' ')[0] or line[: length - 1]}…"
