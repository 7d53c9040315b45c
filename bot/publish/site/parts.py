"""Parts of pages: a talk in a list, who speaks, what there is to see and to read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC

from bot.publish.markup import Html, el, fit, html, joined, web_link
from bot.publish.record import DAY, Session, Talk, When
from bot.publish.site.frame import Here
from bot.publish.site.shelf import Given, speaker_place, talk_page, topic_page
from bot.when import MONTHS, WEEKDAYS

_ADDRESS = re.compile(r"(https?://[^\s<>\"]*[^\s<>\".,;:!?)\]'])")


def outside(address: str, label: str, *, class_: str = "") -> Html | None:
    """A link that leaves the site, if the address is one."""
    safe = web_link(address)
    return el("a", label, href=safe, class_=class_, rel="noopener") if safe else None


def instant(when: When) -> str:
    """A time for machines, in UTC, as far as it is known."""
    return f"{when.start.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if when.exact else when.wall


def day(when: When, *, with_year: bool = True) -> Html:
    """The day of a talk in a list."""
    return el("time", short(when, with_year=with_year) or "·", datetime=when.wall[:DAY], class_="day")


def short(when: When, *, with_year: bool = True) -> str:
    """The day as far as it is known: "27 Apr 2026", "Apr 2026", "2026"; within its year "27 Apr", "Apr", nothing."""
    date = when.day
    words = [f"{date.day}"] * (len(when.wall) >= DAY) + [MONTHS[date.month - 1][:3]] * ("-" in when.wall)
    return " ".join([*words, *[f"{date.year}"] * with_year])


def tile(when: When) -> Html:
    """A day as on a wall calendar."""
    date = when.day
    return el(
        "div",
        el("span", WEEKDAYS[date.weekday()][:3] if len(when.wall) >= DAY else f"{date.year}"),
        el("b", f"{date.day}" if len(when.wall) >= DAY else "?"),
        el("span", MONTHS[date.month - 1][:3] if "-" in when.wall else ""),
        class_="tile",
        aria_hidden="true",
    )


def time_of(session: Session, zones: tuple[str, ...] = ()) -> Html:
    """When a session is, in words; the script adds what the reader's own clock will show."""
    when = session.when
    coming = session.state == "planned" and when.exact
    return el(
        "time",
        when.words(zones if coming else ()),
        datetime=instant(when),
        data_minutes=f"{when.minutes}" if coming else "",
    )


def speakers(here: Here, talk: Talk, *, linked: bool = True) -> Html:
    """Who speaks, each with what they belong to."""
    known = here.shelf.names if linked else frozenset[str]()
    return joined(
        "; ",
        [
            html(
                here.link(speaker_place(person), person.name)
                if person.named and person.name.casefold() in known
                else person.name,
                html(" ", el("span", f"({person.affiliation})", class_="place"))
                if person.affiliation
                else None,
            )
            for person in talk.speakers
        ],
    )


def materials(talk: Talk) -> list[tuple[str, str]]:
    """What is left of a talk, and where."""
    every = (("Recording", talk.recording), ("Slides", talk.slides), ("Notes", talk.notes))
    return [(name, address) for name, address in every if web_link(address)]


def row(here: Here, session: Session, talk: Talk, *, with_year: bool = True, under: str = "") -> Html:
    """A talk in a list; in that `under` a speaker's name only those who spoke with them are named."""
    there = ["upcoming"] * (session.state == "planned") + [name.lower() for name, _ in materials(talk)]
    names = [person.name for person in talk.speakers if person.name.casefold() != under.casefold()]
    return el(
        "li",
        day(session.when, with_year=with_year),
        el(
            "div",
            here.link(talk_page(talk), talk.title, class_="title"),
            el("p", "with " if under else None, joined(", ", names)) if names else None,
            el("p", joined(" · ", there), class_="has") if there else None,
        ),
    )


def rows(here: Here, talks: Iterable[Given], *, with_year: bool = True, under: str = "") -> Html:
    """Talks as a list."""
    return el("ol", [row(here, *one, with_year=with_year, under=under) for one in talks], class_="talks")


def chips(here: Here, talk: Talk) -> Html | None:
    """The topics of a talk."""
    known = here.shelf.topic_keys
    links = [
        here.link(topic_page(topic), topic.name) if topic.key.casefold() in known else html(topic.name)
        for topic in talk.topics
    ]
    return el("ul", [el("li", link) for link in links], class_="chips") if links else None


def prose(text: str) -> list[Html]:
    """Text from outside, a paragraph each."""
    return [el("p", part) for part in text.split("\n\n") if part.strip()]


def written(text: str) -> list[Html]:
    """A group's words on itself: a line is a paragraph, "- …" a point, "# …" a heading; addresses become links."""
    blocks: list[Html] = []
    points: list[Html] = []
    for line in [*(line.strip() for line in text.splitlines()), ""]:
        if line.startswith(("- ", "* ", "• ")):
            points.append(el("li", linked(line[2:])))
            continue
        if points:
            blocks.append(el("ul", points))
            points = []
        if line.startswith("# "):
            blocks.append(el("h2", line.lstrip("# ")))
        elif line:
            blocks.append(el("p", linked(line)))
    return blocks


def linked(text: str) -> Html:
    """Text in which web addresses can be followed."""
    return html(
        [(outside(part, part) or part) if n % 2 else part for n, part in enumerate(_ADDRESS.split(fit(text)))]
    )


def count(number: int, thing: str) -> str:
    """So many things: "1 talk", "2 talks"."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def abstract_of(talk: Talk) -> str:
    """What a talk is about: its own words, or its paper's."""
    return talk.abstract or next((paper.abstract for paper in talk.papers if paper.abstract), "")


def names_of(talk: Talk) -> Sequence[str]:
    return [person.name for person in talk.speakers]
