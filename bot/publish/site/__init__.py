"""A group's web site, made from its record: every file of it, by its path. Pure, and made only when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from importlib import resources

from bot.publish.bibtex import bibliography
from bot.publish.feed import feed
from bot.publish.markup import xml
from bot.publish.record import Record
from bot.publish.schedule import schedule
from bot.publish.site import pages
from bot.publish.site.frame import Here, address
from bot.publish.site.search import search
from bot.publish.site.shelf import Shelf, talk_page, topic_page, year_page
from bot.publish.site.talk import talk as talk_of
from bot.publish.talks import to_csv, to_json

#: The site as a mapping from paths ("talks/42.html") to what makes the file.
Site = Mapping[str, Callable[[], bytes]]


def site(record: Record, base: str = "") -> Site:
    """The site of a group. The same record gives the same bytes; links are relative, so that it works in any folder.

    `base` is the address at which it will be found, with a slash at its end, if that is known: only then pages can name
    their own, and there is a sitemap.
    """
    shelf = Shelf(record, base)
    made: dict[str, Callable[[], bytes]] = {}

    def add(path: str, make: Callable[..., bytes], *of: object) -> None:
        made[path] = partial(make, Here(shelf, path), *of)

    add("index.html", pages.home)
    add("archive.html", pages.archive)
    add("topics.html", pages.topics)
    add("speakers.html", pages.speakers)
    add("about.html", pages.about)
    for year in shelf.years:
        add(year_page(year), pages.year, year)
    for topic, talks in shelf.topics:
        add(topic_page(topic), pages.topic, topic, talks)
    for session in record.sessions:
        for talk in session.talks:
            add(talk_page(talk), talk_of, session, talk)
    if base:
        made["sitemap.xml"] = partial(_sitemap, base, list(made))
    return made | {
        "feed.xml": partial(feed, record, base),
        "calendar.ics": partial(schedule, record, base),
        "talks.json": partial(to_json, record),
        "upcoming.json": partial(to_json, record, state="planned"),
        "talks.csv": partial(to_csv, record),
        "bibliography.bib": partial(bibliography, record),
        "search.js": partial(search, shelf),
        **{name: partial(_shipped, name) for name in ("site.js", "style.css", "icon.svg")},
    }


def _shipped(name: str) -> bytes:
    return resources.files(__package__).joinpath(name).read_bytes()


def _sitemap(base: str, paths: list[str]) -> bytes:
    """Every page, for search engines (https://www.sitemaps.org/protocol.html)."""
    urls = [xml("url", xml("loc", address(base, path))) for path in paths]
    whole = xml("urlset", urls, xmlns="http://www.sitemaps.org/schemas/sitemap/0.9")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{whole}\n'.encode()
