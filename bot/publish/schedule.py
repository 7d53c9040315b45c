"""A record as a calendar: what subscribers of the schedule see. Pure."""

from __future__ import annotations

from bot.publish.calendar import CalendarEvent, to_ics
from bot.publish.record import DAY, Record, Session, Talk


def schedule(record: Record, base: str = "") -> bytes:
    """All sessions whose day is known as an iCalendar file, cancelled ones too. `base` as for the site."""
    events = [
        event_of(session, record.place, base) for session in record.sessions if len(session.when.wall) >= DAY
    ]
    return to_ics(events, name=record.group)


def event_of(session: Session, place: str = "", base: str = "") -> CalendarEvent:
    """A session for calendars, with the address of its first talk's page, or of its paper."""
    first = session.talks[0] if session.talks else None
    page = f"{base}talks/{first.number}.html" if first and base else ""
    papers = [paper.url for talk in session.talks for paper in talk.papers if paper.url]
    return CalendarEvent(
        uid=session.uid,
        sequence=session.sequence,
        start=session.when.start,
        zone=session.when.zone,
        minutes=session.when.minutes,
        title=session.title,
        updated=session.updated,
        description="\n\n".join(part for talk in session.talks for part in _words(talk) if part),
        location=place,
        url=page or next(iter(papers), ""),
        cancelled=session.state == "cancelled",
        all_day=not session.when.exact,
    )


def _words(talk: Talk) -> tuple[str, str]:
    return who_speaks(talk), talk.abstract or next((paper.abstract for paper in talk.papers), "")


def who_speaks(talk: Talk) -> str:
    """Names with affiliations: "Ada Lovelace (London); Emmy Noether"."""
    return "; ".join(
        f"{person.name} ({person.affiliation})" if person.affiliation else person.name
        for person in talk.speakers
    )
