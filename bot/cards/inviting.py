"""An invitation to a speaker from outside: what the organiser sees, the mail, and the dates as a calendar file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.cards.base import Attachment, Card, clip, flat, plain
from bot.cards.times import wall
from bot.publish.calendar import CalendarEvent, to_ics
from bot.when import day_words, local, zone_abbreviation
from storage.sessions import SessionView
from storage.tables import Session, Speaker

#: Hours at which nobody likes to speak.
_NIGHT = (*range(7), 22, 23)


def their_time(instant: datetime, zone: str) -> str:
    """An instant as a speaker's clock and calendar show it: "02:30, Tuesday 17 March 2026 (ACDT)"."""
    there = local(instant, zone)
    return f"{there:%H:%M}, {day_words(there)} ({zone_abbreviation(instant, zone)})"


def invitation(speaker: Speaker, free: Sequence[SessionView], group: str, now: datetime) -> Card:
    """`/invite`: the draft, with the mail and the dates attached. `speaker.zone` is known."""
    zone = speaker.zone or "UTC"
    name = plain(f"{speaker.name}, {speaker.affiliation}" if speaker.affiliation else speaker.name, 200)
    lines = [_line(view.session, zone) for view in free]
    mail = mail_text(speaker, [view.session for view in free], group)
    to = f"To: {plain(speaker.contact, 200)}\n" if speaker.contact else ""
    return Card(
        title="An invitation to copy",
        text=clip(
            f"**{name}** lives in {zone}. Free dates, as they are there:\n" + "\n".join(lines)
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


def _line(session: Session, zone: str) -> str:
    night = " 🌙 at night for them" if local(session.starts_at, zone).hour in _NIGHT else ""
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
            f"we are {flat(group)} and would be glad if you gave a talk at one of our online sessions.",
            f"A session lasts {' or '.join(map(str, lengths))} minutes, discussion included.",
            "",
            f"These dates are free. The times are yours, in {zone}:",
            "",
            *slots,
            "",
            "They are attached as a calendar file, too. Which one would suit you?",
            "If none does, please tell us what would.",
            "For the announcement we need a title, an abstract, and your affiliation as it is to appear.",
            "",
            "Kind regards,",
            f"the organisers of {flat(group)}",
            "",
        ]
    )


def _event(session: Session, group: str, now: datetime) -> CalendarEvent:
    return CalendarEvent(
        uid=f"offer-{session.guild_id}-{session.session_id}@reading-group-bot",
        sequence=session.version,
        start=session.starts_at,
        zone=session.zone,
        minutes=session.minutes,
        title=f"Offered: talk at {flat(group)}",
        updated=now,
    )
