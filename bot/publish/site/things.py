"""What schema.org calls the things on a page: an event, its speakers, its paper, its recording."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.publish.markup import web_link
from bot.publish.record import Paper, Session, Speaker, Talk, When
from bot.publish.site.frame import Here, address
from bot.publish.site.parts import abstract_of
from bot.publish.site.shelf import talk_page

_STATES = {"planned": "EventScheduled", "held": "EventScheduled", "cancelled": "EventCancelled"}


def event(here: Here, session: Session, talk: Talk) -> dict[str, Any]:
    """A talk as an Event (https://schema.org/Event), without what is not known."""
    record = here.shelf.record
    page = address(here.shelf.base, talk_page(talk))
    start, end = _times(session.when)
    return _known({
        "@type": "Event",
        "name": talk.title,
        "description": abstract_of(talk),
        "startDate": start,
        "endDate": end,
        "eventStatus": f"https://schema.org/{_STATES[session.state]}",
        "eventAttendanceMode": "https://schema.org/OnlineEventAttendanceMode",
        "location": _known({"@type": "VirtualLocation", "name": record.place, "url": page}),
        "organizer": _known({"@type": "Organization", "name": record.group, "url": here.shelf.base}),
        "performer": [_person(speaker) for speaker in talk.speakers if speaker.named],
        "url": page,
        "workFeatured": [_article(paper) for paper in talk.papers],
        "recordedIn": _video(talk, session.when),
    })  # fmt: skip


def _times(when: When) -> tuple[str, str]:
    """Start and end as ISO 8601, in the zone they are meant in; only the date where no more is known."""
    if not when.exact:
        return when.wall, ""
    start = when.start.astimezone(ZoneInfo(when.zone))
    end = (when.start + timedelta(minutes=when.minutes)).astimezone(ZoneInfo(when.zone))
    return start.isoformat(), end.isoformat()


def _person(speaker: Speaker) -> dict[str, Any]:
    place = {"@type": "Organization", "name": speaker.affiliation} if speaker.affiliation else None
    return _known({"@type": "Person", "name": speaker.name, "affiliation": place})


def _article(paper: Paper) -> dict[str, Any]:
    return _known({
        "@type": "ScholarlyArticle",
        "name": paper.title,
        "author": [{"@type": "Person", "name": name} for name in paper.authors],
        "url": web_link(paper.url),
        "datePublished": paper.published.isoformat() if paper.published else "",
        "sameAs": f"https://doi.org/{paper.doi}" if paper.doi else "",
    })  # fmt: skip


def _video(talk: Talk, when: When) -> dict[str, Any] | None:
    url = web_link(talk.recording)
    if not url:
        return None
    return _known({
        "@type": "VideoObject",
        "name": talk.title,
        "description": abstract_of(talk) or talk.title,
        "uploadDate": when.wall[:10],
        "url": url,
    })  # fmt: skip


def _known(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value}
