"""The page of a talk: the one that people link to, so its path never changes."""

from __future__ import annotations

from bot.publish.bibtex import entry
from bot.publish.calendar import add_links
from bot.publish.markup import Html, el, html, joined
from bot.publish.record import Paper, Session, Talk
from bot.publish.schedule import event_of
from bot.publish.site import parts, things
from bot.publish.site.frame import Here, page
from bot.publish.site.shelf import talk_page, year_page


def talk(here: Here, session: Session, one: Talk) -> bytes:
    """One talk, with all that is known of it."""
    abstract = parts.abstract_of(one)
    event = things.event(here, session, one)
    return page(
        here,
        el("p", _above(here, session), class_="above"),
        el("h1", one.title),
        el("p", parts.speakers(here, one) or "Speaker to be announced", class_="who"),
        el("p", parts.time_of(session, here.shelf.record.zones), class_="when"),
        _buttons(session, one),
        [el("h2", "Abstract"), el("div", parts.prose(abstract), class_="prose")] if abstract else None,
        [el("h2", "Papers" if len(one.papers) > 1 else "Paper"), [_paper(paper) for paper in one.papers]]
        if one.papers else None,
        [el("h2", "Topics"), parts.chips(here, one)] if one.topics else None,
        _numbers(session, one),
        _beside(here, session, one),
        _turn(here, one),
        title=one.title,
        section="index.html" if session.state == "planned" else "archive.html",
        summary="; ".join([session.when.date_words, *parts.names_of(one), abstract]),
        kind="article",
        data=[event],
    )  # fmt: skip


def _above(here: Here, session: Session) -> Html:
    if session.state == "cancelled":
        return el("span", "Cancelled", class_="off")
    if session.state == "planned":
        return here.link("index.html", "Upcoming")
    return html(
        here.link("archive.html", "Archive"),
        " › ",
        here.link(year_page(session.when.year), f"{session.when.year}"),
    )


def _buttons(session: Session, one: Talk) -> Html | None:
    links = [parts.outside(address, name, class_="button") for name, address in parts.materials(one)]
    if session.state == "planned" and session.when.exact:
        google, outlook = add_links(event_of(session))
        links += [
            parts.outside(google, "Add to Google", class_="button"),
            parts.outside(outlook, "Add to Outlook", class_="button"),
        ]
    return el("p", joined(" ", links), class_="buttons") if links else None


def _paper(paper: Paper) -> Html:
    known = [said for said in (paper.arxiv and f"arXiv:{paper.arxiv}", paper.journal) if said]
    return el(
        "div",
        el("p", parts.outside(paper.url, paper.title) or paper.title, class_="title"),
        el("p", joined(", ", paper.authors)) if paper.authors else None,
        el("p", joined(" · ", known), class_="has") if known else None,
        el("details", el("summary", "BibTeX"), el("pre", el("code", str(entry(paper))))),
        class_="paper",
    )


def _numbers(session: Session, one: Talk) -> Html | None:
    """Counts, and never who."""
    came = session.attendance.came
    said = [
        f"Chosen with {parts.count(one.votes, 'vote')}" if one.votes else "",
        f"{came} came" if came else "",
        parts.count(session.questions, "question") if session.questions else "",
    ]
    words = " · ".join(filter(None, said))
    return el("p", words, class_="numbers") if words and session.state == "held" else None


def _beside(here: Here, session: Session, one: Talk) -> Html | None:
    """The other talks of the same session."""
    others = [(session, other) for other in session.talks if other is not one]
    return html(el("h2", "In the same session"), parts.rows(here, others)) if others else None


def _turn(here: Here, one: Talk) -> Html | None:
    earlier, later = here.shelf.around(one)
    if earlier is None and later is None:
        return None
    return el(
        "nav",
        el("p", "← ", here.link(talk_page(earlier[1]), earlier[1].title), class_="back") if earlier else el("p"),
        el("p", here.link(talk_page(later[1]), later[1].title), " →", class_="on") if later else None,
        class_="turn",
        aria_label="Other talks",
    )  # fmt: skip
