from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.when import Lead, local, parse_lead, resolve_wall
from tests.time.strategies import instants, zones

BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("text", "key", "words", "label"),
    [
        ("7d", "7d", "in 7 days", "7 days before"),
        ("1w", "7d", "in 7 days", "7 days before"),
        ("2 weeks", "14d", "in 14 days", "14 days before"),
        ("1d", "1d", "tomorrow", "1 day before"),
        ("1 day before", "1d", "tomorrow", "1 day before"),
        ("24h", "24h", "in 24 hours", "24 hours before"),
        ("1h", "1h", "in 1 hour", "1 hour before"),
        ("60 min", "1h", "in 1 hour", "1 hour before"),
        ("90m", "90m", "in 90 minutes", "90 minutes before"),
        ("10 Minutes", "10m", "in 10 minutes", "10 minutes before"),
        ("0m", "0m", "now", "at the start"),
        ("the day before at 09:00", "d1@09:00", "tomorrow", "the day before at 09:00"),
        ("day before @ 9", "d1@09:00", "tomorrow", "the day before at 09:00"),
        ("2 days before at 18:30", "d2@18:30", "in 2 days", "2 days before at 18:30"),
        ("on the day at 8:00", "d0@08:00", "today", "on the day at 08:00"),
    ],
)
def test_a_lead_is_read_and_said(text: str, key: str, words: str, label: str) -> None:
    lead = parse_lead(text)
    assert (lead.key, lead.words, lead.label) == (key, words, label)
    assert parse_lead(key) == lead


@pytest.mark.parametrize(
    "text", ["", "soon", "7", "d", "-1d", "1.5h", "7 moons", "the day before", "500d", "9999999h"]
)
def test_what_is_no_lead_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match="Write it like “7d”"):
        parse_lead(text)


def test_the_day_before_at_no_time_of_day_is_refused() -> None:
    with pytest.raises(ValueError, match="names no time of day"):
        parse_lead("the day before at 25:00")


def berlin(text: str) -> datetime:
    return resolve_wall(datetime.fromisoformat(text), BERLIN)[0]


@pytest.mark.parametrize(
    ("lead", "session", "due"),
    [
        ("1d", "2026-03-29 17:00", "2026-03-28 17:00"),  # 23 hours: clocks go forward in between
        ("1d", "2026-10-25 17:00", "2026-10-24 17:00"),  # 25 hours
        ("24h", "2026-03-29 17:00", "2026-03-28 16:00"),
        ("1h", "2026-03-29 03:30", "2026-03-29 01:30"),
        ("7d", "2026-04-01 17:00", "2026-03-25 17:00"),
        ("1d", "2026-03-30 02:30", "2026-03-29 03:30"),  # 02:30 is jumped over
        ("1d", "2026-10-26 02:30", "2026-10-25 02:30"),
        ("the day before at 09:00", "2026-03-30 17:00", "2026-03-29 09:00"),
    ],
)
def test_days_keep_the_wall_time_and_hours_are_real(lead: str, session: str, due: str) -> None:
    assert parse_lead(lead).due(berlin(session), BERLIN) == berlin(due)


def test_the_day_is_that_of_the_sessions_zone() -> None:
    session = datetime(2026, 3, 16, 16, 0, tzinfo=UTC)  # 02:30 on the 17th in Adelaide
    due = parse_lead("the day before at 09:00").due(session, "Australia/Adelaide")
    assert local(due, "Australia/Adelaide") == datetime(2026, 3, 16, 9, 0)  # noqa: DTZ001


@given(st.integers(1, 30), instants, zones)
def test_days_before_are_about_that_many_days(days: int, instant: datetime, zone: str) -> None:
    due = Lead(days=days).due(instant, zone)
    assert due.tzinfo is UTC
    assert abs(instant - due - timedelta(days=days)) <= timedelta(hours=3)


@given(st.integers(0, 10_000), instants, zones)
def test_minutes_before_are_exactly_that_many(minutes: int, instant: datetime, zone: str) -> None:
    assert instant - Lead(minutes=minutes).due(instant, zone) == timedelta(minutes=minutes)
