"""An invitation to a speaker from outside: what the organiser sees, the mail, and the dates as a calendar file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.cards.base import Attachment, Card, clip, flat, plain
from bot.cards.times import wall
from bot.publish.calendar import CalendarEvent, to_ics
from bot.when import day_words, local, zone_abbreviation
from storage.sessions import SessionView
from storage.tables import Session, Speaker

#: Hours at which nobody likes to speak.
_NIGHT = (*range(7), 22, 23)
#: Hours at which one may ask people to meet.
_DAY = range(8, 21)


def their_time(instant: datetime, zone: str) -> str:
    """An instant as a speaker's clock and calendar show it: "02:30, Tuesday 17 March 2026 (ACDT)"."""
    there = local(instant, zone)
    return f"{there:%H:%M}, {day_words(there)} ({zone_abbreviation(instant, zone)})"


def invitation(speaker: Speaker, free: Sequence[SessionView], group: str, now: datetime) -> Card:
    """`/invite`: the draft, with the mail and the dates attached. `speaker.zone` is known."""
    zone = speaker.zone or "UTC"
    name = plain(f"{speaker.name}, {speaker.affiliation}" if speaker.affiliation else speaker.name, 200)
    lines = [_line(view.session, zone) for view in free]
    if all(_at_night(view.session, zone) for view in free):
        lines.append(_better(free[0].session, zone))
    mail = mail_text(speaker, [view.session for view in free], group)
    to = f"To: {plain(speaker.contact, 200)}\n" if speaker.contact else ""
    return Card(
        title="An invitation to copy",
        text=clip(
            f"**{name}**, by the clocks of {zone}. Free dates, as they are there:\n" + "\n".join(lines)
            + f"\n\n{to}The mail and a calendar file of these dates are attached. Nothing is sent by me.\n"
            f"When they accept: `/session assign speaker:{plain(speaker.name, 80)}`.",
            4000,
        ),
        tone="session",
        attachments=(
            Attachment("invitation.txt", mail.encode()),
            Attachment("dates.ics", to_ics([_event(view.session, group, now) for view in free], name=flat(group))),
        ),
    )  # fmt: skip


def _at_night(session: Session, zone: str) -> bool:
    return local(session.starts_at, zone).hour in _NIGHT


def _better(session: Session, zone: str) -> str:
    """Where every date is at night for them: the nearest hour that is none, here or there."""
    hour = local(session.starts_at, session.zone).hour
    shifts = sorted((timedelta(hours=other - hour) for other in _DAY), key=abs)
    by_day = (session.starts_at + shift for shift in shifts)
    fitting = next((instant for instant in by_day if local(instant, zone).hour in _DAY), None)
    if fitting is None:
        return "⚠️ Every date is at night for them, and no hour is by day both here and there."
    ours, theirs = local(fitting, session.zone), local(fitting, zone)
    return f"⚠️ Every date is at night for them. {ours:%H:%M} here would be {theirs:%H:%M} there: `/session plan`."


def _line(session: Session, zone: str) -> str:
    night = " 🌙 at night for them" if _at_night(session, zone) else ""
    ours = wall(session.starts_at, session.zone)
    return (
        f"- **{their_time(session.starts_at, zone)}**{night}\n-# {ours} here · session {session.session_id}"
    )


def mail_text(speaker: Speaker, free: Sequence[Session], group: str) -> str:
    """The mail, as plain text."""
    zone = speaker.zone or "UTC"
    lengths = sorted({session.minutes for session in free})
    slots = [
        f"  - {their_time(session.starts_at, zone)}; for us {wall(session.starts_at, session.zone)}"
        for session in free
    ]
    return "\n".join(
        [
            f"Subject: Invitation to speak at {flat(group)}",
            "",
            f"Dear {flat(speaker.name)},",
            "",
            _request(flat(group), lengths),
            "",
            f"These dates are free. The times are yours, by the clocks of {zone}:",
            "",
            *slots,
            "",
            *_NIGHTS * any(_at_night(session, zone) for session in free),
            "They are attached as a calendar file, too. If none of them suits you, please tell us what would.",
            "",
            "If you would like to come, please send us",
            "",
            "  - which date you choose,",
            "  - a title and an abstract,",
            "  - your affiliation, as it is to be announced,",
            "  - and whether we may record the talk.",
            "",
            "We then announce your talk and send you the link to join.",
            "",
            "Kind regards,",
            f"the organisers of {flat(group)}",
            "",
        ]
    )


def _request(group: str, lengths: Sequence[int]) -> str:
    return (
        f"we would be glad to hear you in {group}, a reading group that meets online. Would you give a talk about your "
        f"work? A session lasts {' or '.join(map(str, lengths))} minutes, with time for questions."
    )


_NIGHTS = ("We know that not all of these are at a good hour for you; other days and hours can be found.", "")


def _event(session: Session, group: str, now: datetime) -> CalendarEvent:
    return CalendarEvent(
        uid=f"offer-{session.guild_id}-{session.session_id}@reading-group-bot",
        sequence=session.version,
        start=session.starts_at,
        zone=session.zone,
        minutes=session.minutes,
        title=f"Offered: talk at {flat(group)}",
        updated=now,
        tentative=True,
    )
