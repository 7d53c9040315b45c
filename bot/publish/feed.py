"""The sessions as an Atom feed (RFC 4287), for those who read feeds. Pure."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from bot.publish.markup import Html, el, html, joined, web_link, xml
from bot.publish.record import Record, Session, Talk
from bot.publish.schedule import who_speaks

#: How many sessions a feed holds: those that changed last.
ENTRIES = 50
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_STATES = {"planned": "", "held": "", "cancelled": "Cancelled: "}


def feed(record: Record, base: str = "") -> bytes:
    """The feed. A session is one entry for ever, updated whenever something of it changes, as when a recording comes.

    `base` is the site's own address with a slash at its end; without it links lead on from the feed's own.
    """
    latest = sorted(record.sessions, key=lambda one: (one.updated, one.when.start, one.number), reverse=True)[
        :ENTRIES
    ]
    whole = xml(
        "feed",
        xml("id", _urn(record.uid or record.group)),
        xml("title", record.group),
        xml("updated", _time(latest[0].updated if latest else _NEVER)),
        xml("author", xml("name", record.group)),
        xml("link", rel="self", type="application/atom+xml", href=f"{base}feed.xml") if base else None,
        xml("link", rel="alternate", type="text/html", href=base or "index.html"),
        xml("generator", "reading-group-bot"),
        [_entry(session, record, base) for session in latest],
        xmlns="http://www.w3.org/2005/Atom",
    )
    return f'<?xml version="1.0" encoding="utf-8"?>\n{whole}\n'.encode()


def _entry(session: Session, record: Record, base: str) -> Html:
    page = f"talks/{session.talks[0].number}.html" if session.talks else "index.html"
    topics = dict.fromkeys(topic.name for talk in session.talks for topic in talk.topics)
    names = dict.fromkeys(person.name for talk in session.talks for person in talk.speakers)
    return xml(
        "entry",
        xml("id", _urn(session.uid)),
        xml("title", f"{_STATES[session.state]}{session.title}"),
        xml("updated", _time(session.updated)),
        xml("link", rel="alternate", type="text/html", href=f"{base}{page}"),
        [xml("author", xml("name", name)) for name in names],
        [xml("category", term=name) for name in topics],
        xml("content", str(_content(session, record)), type="html"),
    )


def _content(session: Session, record: Record) -> Html:
    return html(
        el("p", _STATES[session.state], session.when.words(record.zones)),
        [_talk(talk, several=len(session.talks) > 1) for talk in session.talks],
        el("p", f"{record.place}.") if session.state == "planned" else None,
    )


def _talk(talk: Talk, *, several: bool) -> Html:
    links = [("Recording", talk.recording), ("Slides", talk.slides), ("Notes", talk.notes)]
    links += [(f"Paper: {paper.title}", paper.url) for paper in talk.papers]
    abstract = talk.abstract or next((paper.abstract for paper in talk.papers), "")
    return html(
        el("p", el("strong", talk.title)) if several else None,
        el("p", who_speaks(talk)) if talk.speakers else None,
        [el("p", part) for part in abstract.split("\n\n") if part],
        el(
            "p", joined(" · ", [el("a", name, href=safe) for name, link in links if (safe := web_link(link))])
        ),
    )


def _urn(uid: str) -> str:
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, uid)}"


def _time(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
