"""The days of arXiv, held against its own rules and its list of holidays."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.calendar import (
    EASTERN,
    eastern_day,
    feed_day_of,
    feed_days_between,
    is_feed_day,
    next_feed_day,
    submission_window,
)

EPOCH = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("submitted", "announced"),
    [
        ("2026-06-04 13:59", "2026-06-05"),
        ("2026-06-04 14:01", "2026-06-08"),
        ("2026-06-05 13:59", "2026-06-08"),
        ("2026-06-05 14:01", "2026-06-09"),
        ("2026-06-07 23:00", "2026-06-09"),
        ("2026-06-08 15:00", "2026-06-10"),
        ("2026-11-26 10:00", "2026-11-30"),  # Thanksgiving: nothing on that evening
    ],
)
def test_a_submission_is_in_the_feed_after_its_deadline(submitted: str, announced: str) -> None:
    instant = datetime.fromisoformat(submitted).replace(tzinfo=EASTERN)
    assert feed_day_of(instant) == date.fromisoformat(announced)


def test_feeds_are_full_on_weekdays_but_not_after_a_holiday() -> None:
    assert [is_feed_day(date(2026, 6, day)) for day in range(1, 8)] == [True] * 5 + [False] * 2
    assert not is_feed_day(date(2026, 9, 8))  # the evening of Labor Day announces nothing
    assert next_feed_day(date(2026, 9, 7)) == date(2026, 9, 9)
    assert feed_days_between(date(2026, 6, 4), date(2026, 6, 9)) == [date(2026, 6, 5), date(2026, 6, 8)]


def test_the_day_is_new_yorks_while_clocks_differ_by_five_hours_and_by_six() -> None:
    assert eastern_day(datetime(2026, 3, 16, 3, 59, tzinfo=UTC)) == date(2026, 3, 15)  # summer time there
    assert eastern_day(datetime(2026, 3, 2, 4, 59, tzinfo=UTC)) == date(2026, 3, 1)
    assert eastern_day(datetime(2026, 3, 16, 4, 0, tzinfo=UTC)) == date(2026, 3, 16)


@given(st.integers(0, 700 * 24 * 60).map(lambda minutes: EPOCH + timedelta(minutes=minutes)))
def test_every_submission_lies_in_the_window_of_the_day_that_announces_it(instant: datetime) -> None:
    day = feed_day_of(instant)
    since, until = submission_window(day, day)
    assert is_feed_day(day)
    assert since - timedelta(hours=1) <= instant < until + timedelta(hours=1)
