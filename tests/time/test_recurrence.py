import json
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.recurrence import LAST, Rule
from bot.when import local, resolve_wall
from tests.time.strategies import dates, times, zones

BERLIN = "Europe/Berlin"
EVERY_OTHER_MONDAY = Rule(weekday=0, at=time(17), zone=BERLIN, start=date(2026, 3, 16), every=2)

rules = st.builds(
    Rule,
    weekday=st.integers(0, 6),
    at=times,
    zone=zones,
    start=dates,
    minutes=st.integers(1, 24 * 60),
    every=st.integers(1, 5),
    nth=st.sampled_from((None, 1, 2, 3, 4, 5, LAST)),
)


def keys(rule: Rule, after: str, until: str) -> list[str]:
    window = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (after, until))
    return [occurrence.key for occurrence in rule.occurrences(*window)]


def walked(rule: Rule, last: date) -> list[date]:
    """The rule's days by brute force: every day is looked at."""
    days, months = [], set()
    for n in range((last - rule.start).days + 1):
        day = rule.start + timedelta(days=n)
        if day.weekday() != rule.weekday:
            continue
        month = day.year * 12 + day.month
        if rule.nth is None:
            if not days or (day - days[0]).days % (7 * rule.every) == 0:
                days.append(day)
        elif (
            ((day + timedelta(days=7)).month != day.month)
            if rule.nth == LAST
            else ((day.day + 6) // 7 == rule.nth)
        ):
            first = min(months, default=month)
            if (month - first) % rule.every == 0:
                months.add(month)
                days.append(day)
    return days


@settings(deadline=None)
@given(rules, st.integers(0, 2000), st.integers(0, 1500))
def test_occurrences_are_those_of_a_walk_through_the_calendar(rule: Rule, skip: int, length: int) -> None:
    after = datetime.combine(rule.start + timedelta(days=skip - 200), time(), UTC)
    until = after + timedelta(days=length)
    expected = []
    for day in walked(rule, until.date() + timedelta(days=2)):
        instant, kind = resolve_wall(datetime.combine(day, rule.at), rule.zone)
        if after < instant <= until:
            expected.append((day.isoformat(), instant, kind))
    found = list(rule.occurrences(after, until))
    assert [(o.key, o.instant, o.kind) for o in found] == expected


@settings(deadline=None)
@given(rules)
def test_the_wall_time_stays_and_time_goes_on(rule: Rule) -> None:
    start = datetime.combine(rule.start, time(), UTC) - timedelta(days=2)
    found = list(islice(rule.occurrences(start, start + timedelta(days=1000)), 120))
    assert all(o.wall.time() == rule.at and o.key == o.wall.date().isoformat() for o in found)
    assert all(local(o.instant, rule.zone) == o.wall for o in found if o.kind != "gap")
    assert all(earlier.instant < later.instant for earlier, later in pairwise(found))


@settings(deadline=None)
@given(rules, st.integers(0, 400))
def test_planning_in_two_steps_loses_and_doubles_nothing(rule: Rule, days: int) -> None:
    start = datetime.combine(rule.start, time(), UTC) - timedelta(days=2)
    middle, end = start + timedelta(days=days), start + timedelta(days=400)
    steps = [*rule.occurrences(start, middle), *rule.occurrences(middle, end)]
    assert steps == list(rule.occurrences(start, end))


@given(rules)
def test_a_rule_survives_json(rule: Rule) -> None:
    assert Rule.from_dict(json.loads(json.dumps(rule.to_dict()))) == rule


def test_the_groups_three_talks_are_on_its_rhythm() -> None:
    assert keys(EVERY_OTHER_MONDAY, "2026-03-01", "2026-05-01") == [
        "2026-03-16", "2026-03-30", "2026-04-13", "2026-04-27",
    ]  # fmt: skip


def test_the_wall_time_holds_over_the_clock_change() -> None:
    window = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
    assert [o.instant.hour for o in EVERY_OTHER_MONDAY.occurrences(*window)] == [16, 15]


def test_an_occurrence_that_clocks_jump_over_or_show_twice_says_so() -> None:
    sundays = Rule(weekday=6, at=time(2, 30), zone=BERLIN, start=date(2026, 1, 4))
    year = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    special = {o.key: o.kind for o in sundays.occurrences(*year) if o.kind != "exact"}
    assert special == {"2026-03-29": "gap", "2026-10-25": "fold"}


def test_a_day_that_a_zone_left_out_is_met_the_day_after() -> None:
    fridays = Rule(weekday=4, at=time(17), zone="Pacific/Apia", start=date(2011, 12, 1))
    midnight = datetime(2011, 12, 30, 10, tzinfo=UTC)  # the 31st begins; Samoa had no 30 December 2011
    first = next(fridays.occurrences(midnight, midnight + timedelta(days=2)))
    assert (first.key, first.kind) == ("2011-12-30", "gap")
    assert local(first.instant, "Pacific/Apia") == datetime.fromisoformat("2011-12-31 17:00")


def test_clocks_that_go_back_into_yesterday_lose_nothing() -> None:
    # At 00:01 it was 23:01 again: a quarter of an hour later, the midnight that was is still "tomorrow".
    sundays = Rule(weekday=6, at=time(0), zone="America/St_Johns", start=date(2010, 10, 1))
    assert keys(sundays, "2010-11-05 00:00", "2010-11-07 02:45") == ["2010-11-07"]


def test_months_without_a_fifth_monday_are_left_out() -> None:
    rule = Rule(weekday=0, at=time(17), zone=BERLIN, start=date(2026, 1, 1), nth=5)
    assert keys(rule, "2026-01-01", "2026-12-31") == ["2026-03-30", "2026-06-29", "2026-08-31", "2026-11-30"]


def test_the_last_friday_until_a_day() -> None:
    rule = Rule(
        weekday=4, at=time(17), zone=BERLIN, start=date(2026, 1, 1), nth=LAST, until=date(2026, 3, 27)
    )
    assert keys(rule, "2026-01-01", "2026-12-31") == ["2026-01-30", "2026-02-27", "2026-03-27"]


def test_every_other_month_counts_from_the_first_meeting() -> None:
    rule = Rule(weekday=0, at=time(17), zone=BERLIN, start=date(2026, 3, 20), nth=2, every=2)
    assert keys(rule, "2026-01-01", "2026-09-01") == ["2026-04-13", "2026-06-08", "2026-08-10"]


@pytest.mark.parametrize(
    ("rhythm", "words"),
    [
        ({}, "every Monday, 17:00 Europe/Berlin"),
        ({"every": 2}, "every other Monday, 17:00 Europe/Berlin"),
        ({"every": 3}, "every 3 weeks on Monday, 17:00 Europe/Berlin"),
        ({"nth": 2}, "the second Monday of every month, 17:00 Europe/Berlin"),
        ({"nth": LAST, "every": 2}, "the last Monday of every other month, 17:00 Europe/Berlin"),
        ({"nth": 1, "every": 3}, "the first Monday of every 3 months, 17:00 Europe/Berlin"),
        ({"nth": 5}, "the fifth Monday of every month that has one, 17:00 Europe/Berlin"),
        ({"until": date(2027, 6, 30)}, "every Monday, 17:00 Europe/Berlin, until 30 June 2027"),
    ],
)
def test_a_rule_says_itself(rhythm: dict[str, Any], words: str) -> None:
    assert Rule(weekday=0, at=time(17), zone=BERLIN, start=date(2026, 1, 1), **rhythm).describe() == words


@pytest.mark.parametrize(
    "wrong",
    [
        {"weekday": 7},
        {"zone": "Europe/Berln"},
        {"minutes": 0},
        {"minutes": 1441},
        {"every": 0},
        {"every": 53},
        {"nth": 0},
        {"nth": 6},
        {"until": date(2025, 12, 31)},
    ],
)
def test_a_rule_without_sense_is_refused(wrong: dict[str, Any]) -> None:
    sound = {"weekday": 0, "at": time(17), "zone": BERLIN, "start": date(2026, 1, 1)}
    with pytest.raises(ValueError, match=r"\.$"):
        Rule(**{**sound, **wrong})
