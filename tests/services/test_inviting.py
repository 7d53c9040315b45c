"""What an invitation says, to the letter where it matters: the hour and the day where the speaker lives."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import icalendar
import pytest
from dateutil.tz import tzical

from bot.cards.inviting import invitation, mail_text, their_time
from bot.when import local, resolve_wall
from storage.sessions import SessionView
from storage.tables import Session, Speaker
from tests.publish.test_calendar import AROUND_CHANGES

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
    calendar = card.attachments[1].data
    assert b"meet.example" not in calendar
    (event,) = icalendar.Calendar.from_ical(calendar).walk("VEVENT")
    assert event["DTSTART"].params["TZID"] == "Europe/Berlin"
    assert (event["STATUS"], event["SUMMARY"]) == ("TENTATIVE", "Offered: talk at Efficient ML")
    assert "Jane \\*Doe\\*" in card.text


@pytest.mark.parametrize(("wall", "zone"), AROUND_CHANGES)
def test_other_calendars_read_the_offered_instants_on_both_sides_of_each_clock_change(
    wall: str, zone: str
) -> None:
    """Read by `icalendar` with its own knowledge of zones, and by dateutil with nothing but the file's."""
    start, _ = resolve_wall(datetime.fromisoformat(wall), zone)
    offered = session()
    offered.starts_at, offered.zone, offered.wall_time = start, zone, wall
    data = invitation(speaker(), [SessionView(offered, ())], "Efficient ML", START).attachments[1].data
    (event,) = icalendar.Calendar.from_ical(data).walk("VEVENT")
    assert event.start.astimezone(UTC) == start
    described = tzical(io.StringIO(data.decode())).get(zone)
    assert local(start, zone).replace(tzinfo=described).astimezone(UTC) == start


def test_where_every_date_is_at_night_for_them_an_hour_by_day_is_named() -> None:
    card = invitation(speaker(), [SessionView(session(), ())], "Efficient ML", START)
    assert "Every date is at night for them. 11:00 here would be 20:30 there" in card.text
    early = Speaker(guild_id=1, name="Jane", zone="America/New_York")
    assert "at night" not in invitation(early, [SessionView(session(), ())], "Efficient ML", START).text
