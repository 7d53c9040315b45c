"""What an invitation says, to the letter where it matters: the hour and the day where the speaker lives."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.cards.inviting import invitation, mail_text, their_time
from storage.sessions import SessionView
from storage.tables import Session, Speaker

START = datetime(2026, 3, 16, 16, 0, tzinfo=UTC)  # 17:00 in Berlin, a week in which America is ahead


def session() -> Session:
    found = Session(
        guild_id=1, starts_at=START, wall_time="2026-03-16T17:00", zone="Europe/Berlin", minutes=60,
        created_by=1, created_at=START, link="https://meet.example/secret",
    )  # fmt: skip
    found.session_id = 7
    return found


def speaker(contact: str | None = None) -> Speaker:
    return Speaker(
        guild_id=1, name="Jane *Doe*", affiliation="Adelaide", zone="Australia/Adelaide", contact=contact
    )


def test_a_time_is_told_with_the_weekday_there() -> None:
    assert their_time(START, "Australia/Adelaide") == "02:30, Tuesday 17 March 2026 (ACDT)"
    assert their_time(START, "America/New_York") == "12:00, Monday 16 March 2026 (EDT)"


def test_the_mail_has_both_times_and_no_private_link() -> None:
    mail = mail_text(speaker("jane@example.org"), [session()], "Efficient ML")
    assert "02:30, Tuesday 17 March 2026 (ACDT); for us Mon 16 March 2026, 17:00 CET" in mail
    assert "Dear Jane *Doe*," in mail
    assert "meet.example" not in mail
    assert "jane@example.org" not in mail


def test_the_calendar_file_has_the_dates_and_no_private_link() -> None:
    card = invitation(speaker(), [SessionView(session(), ())], "Efficient ML", START)
    calendar = card.attachments[1].data.decode()
    assert "DTSTART;TZID=Europe/Berlin:20260316T170000" in calendar
    assert "meet.example" not in calendar
    assert "Jane \\*Doe\\*" in card.text
