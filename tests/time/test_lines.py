"""The time lines that the group's own page got wrong, and the weeks in which that happens."""

from datetime import date, datetime

import pytest

from bot.when import resolve_wall, time_line, unusual_gap

BERLIN = "Europe/Berlin"
OTHERS = ("America/New_York", "America/Los_Angeles", "Australia/Adelaide", "UTC")

WINTER = "17:00 CET · 11:00 EST · 08:00 PST · 02:30 ACDT {} · 16:00 UTC"
AMERICA_CHANGED = "17:00 CET · 12:00 EDT · 09:00 PDT · 02:30 ACDT {} · 16:00 UTC"
EUROPE_CHANGED = "17:00 CEST · 11:00 EDT · 08:00 PDT · 01:30 ACDT {} · 15:00 UTC"
SUMMER = "17:00 CEST · 11:00 EDT · 08:00 PDT · 00:30 ACST {} · 15:00 UTC"

LINES = {
    (2026, 3, 7): WINTER,
    **{(2026, 3, day): AMERICA_CHANGED for day in range(8, 29)},
    (2026, 3, 29): EUROPE_CHANGED,
    (2026, 4, 13): SUMMER,
    (2026, 10, 24): EUROPE_CHANGED,
    **{(2026, 10, day): AMERICA_CHANGED for day in range(25, 32)},
    (2026, 11, 1): WINTER,
}
WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
MONTHS = {3: "March", 4: "April", 10: "October", 11: "November"}


def five_pm(day: tuple[int, int, int]) -> datetime:
    return resolve_wall(datetime(*day, 17, 0), BERLIN)[0]  # noqa: DTZ001


@pytest.mark.parametrize("day", LINES)
def test_the_time_line_is_right_around_the_clock_changes(day: tuple[int, int, int]) -> None:
    year, month, number = day
    here = date(*day).weekday()
    clocks = LINES[day].format(WEEKDAYS[(here + 1) % 7])
    line = time_line(five_pm(day), OTHERS, home=BERLIN)
    assert line == f"{WEEKDAYS[here]} {number} {MONTHS[month]} {year}, {clocks}"


def test_the_sixteenth_of_march_word_for_word() -> None:
    line = time_line(five_pm((2026, 3, 16)), ["America/New_York", "America/Los_Angeles", "UTC"], home=BERLIN)
    assert line == "Mon 16 March 2026, 17:00 CET · 12:00 EDT · 09:00 PDT · 16:00 UTC"


def test_zones_that_say_the_same_are_said_once() -> None:
    line = time_line(five_pm((2026, 3, 16)), [BERLIN, "Europe/Paris", "Europe/Rome"], home=BERLIN)
    assert line == "Mon 16 March 2026, 17:00 CET"


def test_the_day_before_is_named_too() -> None:
    instant = resolve_wall(datetime(2026, 3, 16, 3, 0), BERLIN)[0]  # noqa: DTZ001
    line = time_line(instant, ["America/Los_Angeles"], home=BERLIN)
    assert line == "Mon 16 March 2026, 03:00 CET · 19:00 PDT Sun"


def warnings(day: tuple[int, int, int], home: str = BERLIN) -> dict[str, str]:
    return {shift.zone: shift.words for shift in unusual_gap(five_pm(day), home, OTHERS)}


@pytest.mark.parametrize("day", [(2026, 3, 8), (2026, 3, 16), (2026, 3, 28), (2026, 10, 25), (2026, 10, 31)])
def test_in_the_gap_weeks_the_americas_are_warned(day: tuple[int, int, int]) -> None:
    assert warnings(day) == {
        "America/New_York": "one hour later than usual",
        "America/Los_Angeles": "one hour later than usual",
    }


@pytest.mark.parametrize("day", [(2026, 1, 12), (2026, 3, 7), (2026, 4, 13), (2026, 7, 6), (2026, 11, 1)])
def test_in_the_other_weeks_nobody_is_warned(day: tuple[int, int, int]) -> None:
    assert warnings(day) == {}


def test_across_the_equator_two_distances_are_usual_and_the_weeks_between_are_not() -> None:
    assert warnings((2026, 3, 30)) == {"Australia/Adelaide": "one hour earlier than usual"}
    assert warnings((2026, 10, 19)) == {"Australia/Adelaide": "one hour later than usual"}


def test_half_an_hour_is_said_in_minutes() -> None:
    # Lord Howe moves its clocks by half an hour, on Sydney's dates: no two clocks differ unusually there.
    instant = five_pm((2026, 10, 19))
    assert [s.words for s in unusual_gap(instant, BERLIN, ["Australia/Lord_Howe"])] == [
        "30 minutes later than usual"
    ]
