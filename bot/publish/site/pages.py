"""The pages of the site but those of talks, each a function from what it tells to its bytes."""

from __future__ import annotations

from itertools import groupby

from bot.publish.markup import Html, el, html, joined, slug
from bot.publish.record import Session, Topic
from bot.publish.site import parts, things
from bot.publish.site.frame import Here, page
from bot.publish.site.shelf import Given, Person, talk_page, topic_page, year_page

_LATELY, _FIRST_PAGE = 5, 60
_WITH_LETTERS = 40
_NAMED = (
    "Speakers are named with their talks. Who would rather not be says so to the bot with /privacy on the group’s "
    "Discord, or to an organiser. How to join, who came, and who voted for what is never published."
)


def home(here: Here) -> bytes:
    """What comes, what was lately, and how to hear of it."""
    record, shelf = here.shelf.record, here.shelf
    first, more = next(iter(shelf.coming), None), shelf.coming[1:]
    about = next((block for block in parts.written(record.about) if block.startswith("<p>")), None)
    return page(
        here,
        el("h1", record.group),
        about and el("div", about, el("p", here.link("about.html", "About the group")), class_="lead"),
        el("h2", "Next"),
        _next(here, first) if first else el("p", "Nothing is planned yet.", class_="none"),
        [el("h2", "After that"), el("ol", [_later(here, session) for session in more], class_="talks")]
        if more
        else None,
        [el("h2", "Lately"), parts.rows(here, shelf.held[:_LATELY])] if shelf.held else None,
        el("p", here.link("archive.html", f"All {parts.count(len(shelf.held), 'talk')}"))
        if len(shelf.held) > _LATELY
        else None,
        el("h2", "Hear of it"),
        el(
            "p",
            here.link("calendar.ics", "Subscribe to the calendar", class_="button calendar"),
            " ",
            here.link("feed.xml", "Follow the feed", class_="button"),
        ),
        el("p", f"{record.place}."),
        section="index.html",
        summary=record.about,
        data=[things.event(here, session, talk) for session in shelf.coming for talk in session.talks],
    )  # fmt: skip


def _next(here: Here, session: Session) -> Html:
    """The next session, large."""
    return el(
        "article",
        parts.tile(session.when),
        el(
            "div",
            _called_off(session),
            el("p", parts.time_of(session, here.shelf.record.zones), class_="when"),
            [
                html(
                    el("h3", here.link(talk_page(talk), talk.title)),
                    el("p", parts.speakers(here, talk) or "Speaker to be announced", class_="who"),
                    parts.chips(here, talk),
                )
                for talk in session.talks
            ]
            or el("h3", session.title),
        ),
        class_="next",
    )


def _later(here: Here, session: Session) -> Html:
    titles = [
        html(
            here.link(talk_page(talk), talk.title, class_="title"),
            el("p", joined(", ", parts.names_of(talk))) if talk.speakers else None,
        )
        for talk in session.talks
    ]
    return el(
        "li",
        parts.day(session.when),
        el("div", _called_off(session), titles or el("span", session.title, class_="title")),
    )


def _called_off(session: Session) -> Html | None:
    return el("p", "Cancelled", class_="off") if session.state == "cancelled" else None


def archive(here: Here) -> bytes:
    """All talks: a search, the latest years, and the way to the others."""
    shelf = here.shelf
    shown: list[Html] = []
    seen = 0
    for year, talks in shelf.years.items():
        if shown and seen + len(talks) > _FIRST_PAGE:
            break
        seen += len(talks)
        shown.append(
            html(el("h2", here.link(year_page(year), f"{year}")), parts.rows(here, talks, with_year=False))
        )
    return page(
        here,
        el("h1", "Archive"),
        el("p", f"{parts.count(len(shelf.held), 'talk')} so far.")
        if shelf.held
        else el("p", "No talks yet."),
        _search() if shelf.held else None,
        el("div", _years(here), shown, elsewhere(here), id="browse"),
        title="Archive",
        section="archive.html",
        summary=f"All talks of {shelf.record.group}.",
    )


def _search() -> Html:
    """Only the script can search; without it the field is not shown."""
    return el(
        "form",
        el("label", "Search by words, speaker, topic or year", for_="q"),
        el("input", type="search", id="q", name="q", autocomplete="off", spellcheck="false"),
        el("p", role="status", id="found"),
        el("ol", class_="talks", id="results"),
        role="search",
        id="search",
        hidden=True,
    )


def _years(here: Here) -> Html | None:
    years = here.shelf.years
    links = [
        el("li", here.link(year_page(year), f"{year}"), " ", el("small", f"{len(talks)}"))
        for year, talks in years.items()
    ]
    return el("nav", el("ul", links, class_="years"), aria_label="Years") if len(years) > 1 else None  # fmt: skip


def elsewhere(here: Here) -> Html | None:
    """Archives that others keep."""
    found = [
        el("li", parts.outside(one.url, one.name) or one.name, f" ({one.years})" if one.years else None)
        for one in here.shelf.record.archives
    ]
    return html(el("h2", "Earlier talks, elsewhere"), el("ul", found)) if found else None


def year(here: Here, number: int) -> bytes:
    """The talks of one year."""
    talks, years = here.shelf.years[number], list(here.shelf.years)
    place = years.index(number)
    older, newer = years[place + 1 : place + 2], years[max(place - 1, 0) : place]
    return page(
        here,
        el("h1", f"Talks of {number}"),
        parts.rows(here, talks, with_year=False),
        el(
            "nav",
            el("p", [here.link(year_page(one), f"← {one}") for one in older], class_="back"),
            el("p", [here.link(year_page(one), f"{one} →") for one in newer], class_="on"),
            class_="turn",
            aria_label="Other years",
        ),
        title=f"Talks of {number}",
        section="archive.html",
        summary=f"{parts.count(len(talks), 'talk')} of {here.shelf.record.group} in {number}.",
    )


def topics(here: Here) -> bytes:
    """All topics, by area."""
    areas = [
        html(el("h2", area), el("ul", [_topic_line(here, *one) for one in group], class_="topics"))
        for area, group in here.shelf.areas().items()
    ]
    return page(
        here,
        el("h1", "Topics"),
        areas or el("p", "No topics yet."),
        title="Topics",
        section="topics.html",
        summary=f"What {here.shelf.record.group} reads about.",
    )


def _topic_line(here: Here, topic: Topic, talks: list[Given]) -> Html:
    return el(
        "li",
        here.link(topic_page(topic), topic.name),
        " ",
        el("small", parts.count(len(talks), "talk")) if talks else None,
    )


def topic(here: Here, one: Topic, talks: list[Given]) -> bytes:
    """One topic and its talks."""
    said = one.description if one.description.rstrip(".") != one.name else ""
    return page(
        here,
        el("p", html(here.link("topics.html", "Topics"), f" › {one.area}" if one.area else None), class_="above"),
        el("h1", one.name),
        el("p", said, class_="lead") if said else None,
        parts.rows(here, talks) if talks else el("p", "No talk yet.", class_="none"),
        title=one.name,
        section="topics.html",
        summary=one.description or f"Talks on {one.name}.",
    )  # fmt: skip


def speakers(here: Here) -> bytes:
    """Everybody who speaks, with their talks."""
    people = here.shelf.people
    groups = [(letter, list(group)) for letter, group in groupby(people, lambda one: one.letter)]
    letters = len(people) >= _WITH_LETTERS
    many = f"{parts.count(len(people), 'speaker')}, by last name." if people else "No speakers yet."
    return page(
        here,
        el("h1", "Speakers"),
        el("p", many),
        _letters([letter for letter, _ in groups]) if letters else None,
        [
            html(
                el("h2", letter, id=_anchor(letter)) if letters else None,
                [_person(here, one, letters=letters) for one in group],
            )
            for letter, group in groups
        ],
        title="Speakers",
        section="speakers.html",
        summary=f"Who spoke at {here.shelf.record.group}.",
    )


def _letters(letters: list[str]) -> Html:
    links = [el("li", el("a", letter, href=f"#{_anchor(letter)}")) for letter in letters]
    return el("nav", el("ul", links, class_="years"), aria_label="Letters")


def _anchor(letter: str) -> str:
    return f"letter.{letter.lower()}"  # a slug has no dot, so no name can be the same


def _person(here: Here, person: Person, *, letters: bool) -> Html:
    return el(
        "section",
        el("h3" if letters else "h2", person.name),
        el("p", person.affiliation, class_="place") if person.affiliation else None,
        parts.rows(here, person.talks, under=person.name),
        id=slug(person.name),
        class_="person",
    )


def about(here: Here) -> bytes:
    """What the group says of itself, and what it is interested in."""
    record = here.shelf.record
    return page(
        here,
        el("h1", "About the group"),
        el("div", parts.written(record.about), class_="prose") if record.about else None,
        [el("h2", "Join"), el("p", f"{record.place}.")],
        elsewhere(here),
        el("h2", "Who is named here"),
        el("p", _NAMED),
        title="About",
        section="about.html",
        summary=record.about or f"About {record.group}.",
    )  # fmt: skip
