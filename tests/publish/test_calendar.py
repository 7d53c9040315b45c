"""Our calendar file, read by parsers that are not ours: `icalendar` for the whole, dateutil for VTIMEZONE alone."""

import dataclasses
import io
from datetime import UTC, date, datetime, timedelta, tzinfo
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import icalendar
import pytest
from dateutil.tz import tzical
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.publish.calendar import CalendarEvent, add_links, to_ics
from bot.publish.vtimezone import vtimezone
from bot.when import local, resolve_wall
from tests.time.strategies import instants, zones

BERLIN = "Europe/Berlin"
TALK = CalendarEvent(
    uid="session-42@example.org",
    sequence=3,
    start=datetime(2026, 3, 16, 16, 0, tzinfo=UTC),
    zone=BERLIN,
    minutes=90,
    title="Procedural Pretraining: Warming Up Language Models with Abstract Data",
    updated=datetime(2026, 3, 1, 8, 30, tzinfo=UTC),
    description="Liangze Jiang; Zachary Shinnick\nEPFL, Adelaide",
    location="#reading-group",
    url="https://example.org/sessions/42?a=1,2;b",
)


def parsed(*events: CalendarEvent) -> list[icalendar.Event]:
    return list(icalendar.Calendar.from_ical(to_ics(events, name="Group")).walk("VEVENT"))


def span(event: icalendar.Event) -> tuple[datetime, datetime]:
    """Start and end in UTC: in their zone, Python finds no time that comes twice equal to any other."""
    return event.start.astimezone(UTC), event.end.astimezone(UTC)


def described_zone(zone: str, *starts: datetime) -> tzinfo | None:
    """The zone as one knows it who has nothing but our file for events at these starts."""
    events = [dataclasses.replace(TALK, uid=str(n), start=start, zone=zone) for n, start in enumerate(starts)]
    return tzical(io.StringIO(to_ics(events, name="Group").decode())).get(zone)


def at(text: str, zone: str = BERLIN) -> datetime:
    return resolve_wall(datetime.fromisoformat(text), zone)[0]


def test_another_parser_reads_what_we_wrote() -> None:
    (event,) = parsed(TALK)
    assert event["UID"] == TALK.uid
    assert event["SEQUENCE"] == 3
    assert span(event) == (TALK.start, TALK.end)
    assert event["DTSTART"].params["TZID"] == BERLIN
    assert event["SUMMARY"] == TALK.title
    assert event["DESCRIPTION"] == TALK.description
    assert event["LOCATION"] == TALK.location
    assert event["URL"] == TALK.url
    assert event["STATUS"] == "CONFIRMED"
    assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt == TALK.updated


def test_the_calendar_has_the_groups_name_and_what_the_standard_asks_for() -> None:
    calendar = icalendar.Calendar.from_ical(to_ics([TALK], name="Theory and practice"))
    assert calendar.calendar_name == "Theory and practice"
    assert calendar["VERSION"] == "2.0"
    assert calendar["PRODID"]
    assert [zone["TZID"] for zone in calendar.walk("VTIMEZONE")] == [BERLIN]


def test_a_cancelled_session_stays_as_cancelled() -> None:
    (event,) = parsed(dataclasses.replace(TALK, cancelled=True, sequence=4))
    assert (event["STATUS"], event["SEQUENCE"], event["UID"]) == ("CANCELLED", 4, TALK.uid)


def test_a_session_of_which_only_the_day_is_known_takes_that_day() -> None:
    (event,) = parsed(dataclasses.replace(TALK, all_day=True, start=datetime(2023, 5, 4, 12, tzinfo=UTC)))
    assert event["DTSTART"].dt == date(2023, 5, 4)
    assert event.end == date(2023, 5, 5)
    assert b"VTIMEZONE" not in to_ics([dataclasses.replace(TALK, all_day=True)], name="Group")


def test_the_same_events_give_the_same_bytes_in_any_order() -> None:
    events = [dataclasses.replace(TALK, uid=f"{n}@example.org") for n in range(3)]
    assert to_ics(events, name="Group") == to_ics(reversed(events), name="Group")


def test_an_empty_schedule_is_a_calendar_too() -> None:
    assert not icalendar.Calendar.from_ical(to_ics([], name="Group")).walk("VEVENT")


AROUND_CHANGES = [
    (wall, zone)
    for zone, changes in {
        BERLIN: ("2026-03-29", "2026-10-25", "2027-03-28", "2027-10-31"),
        "America/New_York": ("2026-03-08", "2026-11-01"),
        "Australia/Adelaide": ("2026-04-05", "2026-10-04"),
        "Australia/Lord_Howe": ("2026-04-05", "2026-10-04"),
        "Africa/Casablanca": ("2026-02-15", "2026-03-22"),
        "America/Sao_Paulo": ("2026-06-01",),
        "Asia/Almaty": ("2024-03-01",),  # the only change in decades
    }.items()
    for change in changes
    for days in (-1, 0, 1)
    for wall in (f"{datetime.fromisoformat(change) + timedelta(days=days):%Y-%m-%d} 17:00",)
]


@pytest.mark.parametrize(("wall", "zone"), AROUND_CHANGES)
def test_instants_are_right_on_both_sides_of_each_clock_change(wall: str, zone: str) -> None:
    (event,) = parsed(dataclasses.replace(TALK, start=at(wall, zone), zone=zone))
    assert span(event)[0] == at(wall, zone)
    assert local(event.start, zone) == datetime.fromisoformat(wall)


def test_a_year_of_a_series_keeps_its_wall_time() -> None:
    starts = [at(f"{datetime(2026, 1, 5) + timedelta(weeks=2 * n):%Y-%m-%d} 17:00") for n in range(26)]  # noqa: DTZ001
    events = parsed(*(dataclasses.replace(TALK, uid=str(n), start=start) for n, start in enumerate(starts)))
    assert [span(event)[0] for event in events] == starts
    assert {event.start.hour for event in events} == {17}


@settings(deadline=None)
@given(zones, st.lists(instants, min_size=1, max_size=3), st.integers(1, 1440))
def test_any_zone_and_instant_survives_the_way_through_the_file(
    zone: str, starts: list[datetime], minutes: int
) -> None:
    events = [
        dataclasses.replace(TALK, uid=str(n), start=s, zone=zone, minutes=minutes)
        for n, s in enumerate(starts)
    ]
    found = {event["UID"]: event for event in parsed(*events)}
    for event in events:
        assert span(found[event.uid]) == (event.start, event.end)


@settings(deadline=None)
@given(zones.filter(lambda zone: zone != "UTC"), instants, st.integers(0, 800), st.data())
def test_our_zone_description_alone_is_right_for_the_time_it_is_used(
    zone: str, first: datetime, days: int, data: st.DataObject
) -> None:
    """With zones of their own, calendars would not notice that ours is wrong; dateutil knows only what we wrote."""
    last = first + timedelta(days=days)
    described = described_zone(zone, first, last)
    between = first + timedelta(minutes=15 * data.draw(st.integers(0, days * 96)))
    for instant in (first, between, last, last + timedelta(minutes=TALK.minutes)):
        wall = local(instant, zone)
        if resolve_wall(wall, zone) == (instant, "exact"):
            assert (
                wall.replace(tzinfo=described).utcoffset() == instant.astimezone(ZoneInfo(zone)).utcoffset()
            )


def test_a_change_is_written_as_the_wall_time_before_it() -> None:
    assert vtimezone(BERLIN, TALK.start, TALK.end) == [
        "BEGIN:VTIMEZONE",
        "TZID:Europe/Berlin",
        "BEGIN:DAYLIGHT",
        "DTSTART:20250330T020000",
        "RDATE:20260329T020000",
        "RDATE:20270328T020000",
        "TZNAME:CEST",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0200",
        "END:DAYLIGHT",
        "BEGIN:STANDARD",
        "DTSTART:20251026T030000",
        "RDATE:20261025T030000",
        "TZNAME:CET",
        "TZOFFSETFROM:+0200",
        "TZOFFSETTO:+0100",
        "END:STANDARD",
        "END:VTIMEZONE",
    ]


@pytest.mark.parametrize(("wall", "zone"), AROUND_CHANGES)
def test_our_zone_description_changes_clocks_at_the_right_minute(wall: str, zone: str) -> None:
    described = described_zone(zone, at(wall, zone))
    start = at(wall, zone).replace(hour=0, minute=0)
    for minutes in range(0, 24 * 60, 10):
        instant = start + timedelta(minutes=minutes)
        if resolve_wall(local(instant, zone), zone) == (instant, "exact"):
            assert local(instant, zone).replace(tzinfo=described).astimezone(UTC) == instant


def test_the_second_pass_of_an_hour_that_comes_twice_is_written_in_utc() -> None:
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)  # 02:30 in Berlin for the second time
    for start in (second - timedelta(hours=1), second):
        (event,) = parsed(dataclasses.replace(TALK, start=start, minutes=60))
        assert span(event) == (start, start + timedelta(hours=1))


CONTROLS = {chr(n) for n in range(32)} - {"\t", "\n"} | {"\x7f"}
texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=300)


@given(texts, texts)
@example("x" * 300, "ü" * 300)
def test_any_text_is_folded_by_the_rules_and_read_back(title: str, description: str) -> None:
    event = dataclasses.replace(TALK, title=title, description=description)
    octets = to_ics([event], name=title)
    lines = octets.split(b"\r\n")
    assert lines.pop() == b""
    assert all(len(line) <= 75 and not set(line) & set(range(32)) - {9} for line in lines)
    assert [line.decode() for line in lines]  # no character is torn apart
    (found,) = parsed(event)
    assert found["SUMMARY"].splitlines() == printable(title).splitlines()
    assert found.get("DESCRIPTION", "").splitlines() == printable(description).splitlines()


def printable(text: str) -> str:
    return "".join(character for character in "\n".join(text.splitlines()) if character not in CONTROLS)


def query(link: str) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(link).query).items()}


def test_the_links_fill_in_the_event() -> None:
    google, outlook = add_links(TALK)
    assert query(google) == {
        "action": "TEMPLATE",
        "text": TALK.title,
        "dates": "20260316T160000Z/20260316T173000Z",
        "ctz": BERLIN,
        "details": TALK.url,
    }
    assert query(outlook) == {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": TALK.title,
        "startdt": "2026-03-16T16:00:00Z",
        "enddt": "2026-03-16T17:30:00Z",
        "body": TALK.url,
    }


@given(st.text(max_size=300), st.integers(0, 400))
def test_the_links_fit_a_button(title: str, length: int) -> None:
    event = dataclasses.replace(TALK, title=title, url="https://example.org/" + "ü" * length)
    assert all(len(link) <= 512 for link in add_links(event))


def test_a_long_title_is_shortened_and_says_so() -> None:
    google, _ = add_links(dataclasses.replace(TALK, title="Über Größe " * 30))
    assert query(google)["text"].startswith("Über Größe Über Größe")
    assert query(google)["text"].endswith("…")
