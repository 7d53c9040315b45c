"""Rules that follow one another: a change from a date on leaves what is before alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import available_timezones

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.recurrence import Rule, changed_from, ended_before, occurrences
from bot.when import is_zone, local

ZONES = sorted(zone for zone in available_timezones() if is_zone(zone))
DAYS = st.dates(date(2024, 1, 1), date(2039, 12, 31))


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    return Rule(
        weekday=draw(st.integers(0, 6)),
        at=draw(st.times()).replace(second=0, microsecond=0),
        zone=draw(st.sampled_from(ZONES)),
        start=draw(DAYS),
        every=draw(st.integers(1, 4)),
        nth=draw(st.sampled_from([None, 1, 2, 3, 4, -1])),
    )


def around(day: date, days: int = 400) -> tuple[datetime, datetime]:
    noon = datetime.combine(day, time(12), UTC)
    return noon - timedelta(days=days), noon + timedelta(days=days)


@settings(deadline=None)
@given(rules(), rules(), st.integers(0, 900))
def test_what_lies_before_a_change_stays_and_what_comes_after_follows_the_new_rule(
    old: Rule, new: Rule, days: int
) -> None:
    day = old.start + timedelta(days=days)
    changed = changed_from((old,), day, new)
    span = around(day)
    before = [o for o in occurrences((old,), *span) if o.key < day.isoformat()]
    found = list(occurrences(changed, *span))
    assert [o for o in found if o.key < day.isoformat()] == before
    after = [o for o in found if o.key >= day.isoformat()]
    assert all((o.wall.weekday(), o.wall.time()) == (new.weekday, new.at) for o in after)


@settings(deadline=None)
@given(rules(), DAYS, st.times())
def test_another_time_of_day_keeps_every_date(rule: Rule, day: date, clock: time) -> None:
    from dataclasses import replace

    changed = changed_from((rule,), day, replace(rule, at=clock.replace(second=0, microsecond=0)))
    span = around(max(day, rule.start))
    keys = [o.key for o in occurrences((rule,), *span)]
    # An instant within a day of the span's ends may fall in or out with its time of day.
    assert set(keys[1:-1]) <= {o.key for o in occurrences(changed, *span)}


@settings(deadline=None)
@given(rules(), st.integers(0, 900))
def test_nothing_comes_on_or_after_the_end(rule: Rule, days: int) -> None:
    day = rule.start + timedelta(days=days)
    kept = ended_before((rule,), day)
    assert all(o.key < day.isoformat() for o in occurrences(kept, *around(day)))


@settings(deadline=None)
@given(rules(), DAYS)
def test_the_wall_time_is_the_rules_for_years_unless_clocks_skip_it(rule: Rule, day: date) -> None:
    for found in occurrences((rule,), *around(day)):
        if found.kind == "gap":
            assert local(found.instant, rule.zone) != found.wall
        else:
            assert local(found.instant, rule.zone) == found.wall
