"""What people type, read at one moment: Wednesday 25 November 2026, 10:00 in Berlin."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.when import Moment, NotAWhen, local, parse_when

BERLIN = "Europe/Berlin"
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def read(text: str, zone: str = BERLIN) -> Moment:
    return parse_when(text, zone=zone, now=NOW)


CLEAR = {
    # Discord's own
    "<t:1796659200>": "2026-12-07 17:00",
    " <t:1796659200:F> ": "2026-12-07 17:00",
    "at <t:1796659200:R>, please": "2026-12-07 17:00",
    # ISO 8601
    "2026-12-07 17:00": "2026-12-07 17:00",
    "2026-12-07T17:00": "2026-12-07 17:00",
    "2026-12-07T17:00:00+01:00": "2026-12-07 17:00",
    "2026-12-07T17:00+01:00[Europe/Berlin]": "2026-12-07 17:00",
    "2026-12-07T16:00Z": "2026-12-07 17:00",
    "20261207T160000Z": "2026-12-07 17:00",
    "2026-12-07 11:00:00-05:00": "2026-12-07 17:00",
    "2026/12/07 17:00": "2026-12-07 17:00",
    # with a zone
    "2026-12-07 17:00 Europe/Berlin": "2026-12-07 17:00",
    "2026-12-07 17:00 [Europe/Berlin]": "2026-12-07 17:00",
    "2026-12-07 17:00 CET": "2026-12-07 17:00",
    "7 dec 17:00 cet": "2026-12-07 17:00",
    "2026-12-07 11:00 EST": "2026-12-07 17:00",
    "2026-12-07 11:00 ET": "2026-12-07 17:00",
    "2026-12-07 11:00 America/New_York": "2026-12-07 17:00",
    "7 December 16:00 UTC": "2026-12-07 17:00",
    "7 December 18:00 UTC+2": "2026-12-07 17:00",
    "7 December 21:30 UTC+5:30": "2026-12-07 17:00",
    "2027-07-06 17:00 MESZ": "2027-07-06 17:00",
    "tomorrow 9:00 Asia/Tokyo": "2026-11-26 01:00",
    # dates in words
    "7. December 17:00": "2026-12-07 17:00",
    "7 December 17:00": "2026-12-07 17:00",
    "7 Dec 2026 5pm": "2026-12-07 17:00",
    "7 DEC 26 5 p.m.": "2026-12-07 17:00",
    "Dec 7, 17:00": "2026-12-07 17:00",
    "December 7th at 5 pm": "2026-12-07 17:00",
    "Dec 7 2026 17:00": "2026-12-07 17:00",
    "7th of December 2026, 17:00": "2026-12-07 17:00",
    "17:00 on 7 December": "2026-12-07 17:00",
    "5:30pm 7 Dec": "2026-12-07 17:30",
    "Mon 7 December 17:00": "2026-12-07 17:00",
    "Monday, 7 December 2026 17:00": "2026-12-07 17:00",
    "Monday, Dec 7 – 17:00": "2026-12-07 17:00",
    "25 November 17:00": "2026-11-25 17:00",
    "2 January 17:00": "2027-01-02 17:00",
    "７ December １７：００": "2026-12-07 17:00",
    # days that follow from today
    "next Monday 5pm": "2026-11-30 17:00",
    "next Wednesday 17:00": "2026-12-02 17:00",
    "Monday 17:00": "2026-11-30 17:00",
    "on Monday at 17:00": "2026-11-30 17:00",
    "5pm on Monday": "2026-11-30 17:00",
    "this Friday 5pm": "2026-11-27 17:00",
    "Wednesday 9am": "2026-12-02 09:00",
    "Monday next week 17:00": "2026-11-30 17:00",
    "a week from Monday 5pm": "2026-12-07 17:00",
    "today 18:30": "2026-11-25 18:30",
    "tonight at 8": "2026-11-25 20:00",
    "tomorrow at 9": "2026-11-26 09:00",
    "tomorrow evening at 8": "2026-11-26 20:00",
    "noon tomorrow": "2026-11-26 12:00",
    "day after tomorrow @ 10:15": "2026-11-27 10:15",
    "in two weeks 17:00": "2026-12-09 17:00",
    "in 3 days at 5pm": "2026-11-28 17:00",
    "in 2 weeks and 3 days 17:00": "2026-12-12 17:00",
    # spans
    "in 3 hours": "2026-11-25 13:00",
    "in 3 h": "2026-11-25 13:00",
    "in 90 minutes": "2026-11-25 11:30",
    "in half an hour": "2026-11-25 10:30",
    "in 1 hour and 30 minutes": "2026-11-25 11:30",
    "3 hours from now": "2026-11-25 13:00",
    # German
    "nächsten Montag 17 Uhr": "2026-11-30 17:00",
    "naechsten Montag 17 Uhr": "2026-11-30 17:00",
    "am Montag um 17 Uhr": "2026-11-30 17:00",
    "17:30 am Montag": "2026-11-30 17:30",
    "morgen 9 Uhr": "2026-11-26 09:00",
    "morgen abend um 8 Uhr": "2026-11-26 20:00",
    "übermorgen 10 Uhr": "2026-11-27 10:00",
    "7. Dezember 17:00": "2026-12-07 17:00",
    "17 Uhr 30 am 7. Dezember": "2026-12-07 17:30",
    "17.30 Uhr am 7.12.": "2026-12-07 17:30",
    "7.12.2026 17:00": "2026-12-07 17:00",
    "7.12.26 17:00": "2026-12-07 17:00",
    "07.12. 17:00": "2026-12-07 17:00",
    "Mo., 7.12. um 17:00 Uhr": "2026-12-07 17:00",
    "3. Maerz 17:00": "2027-03-03 17:00",
    "in zwei Wochen 17:00": "2026-12-09 17:00",
    "in 3 Stunden": "2026-11-25 13:00",
}


@pytest.mark.parametrize("text", CLEAR)
def test_a_clear_time_is_read(text: str) -> None:
    moment = read(text)
    assert f"{moment.wall:%Y-%m-%d %H:%M}" == CLEAR[text]
    assert moment.certain, moment.notes
    assert moment.instant == moment.wall.replace(tzinfo=ZoneInfo(BERLIN))
    assert moment.instant.tzinfo is UTC
    assert moment.zone == BERLIN


DOUBTFUL = {
    "12/07/2026 17:00": ("2026-07-12 17:00", "“12/07/2026” was read day first, as Sunday 12 July 2026"),
    "7/12 17:00": ("2026-12-07 17:00", "was read day first"),
    "next Friday 5pm": ("2026-11-27 17:00", "“next Friday” was read as Friday 27 November 2026."),
    "Wednesday 17:00": ("2026-11-25 17:00", "“Wednesday” was read as Wednesday 25 November 2026."),
    "Monday in two weeks 17:00": ("2026-12-07 17:00", "was read as Monday 7 December 2026."),
    "17:00": ("2026-11-25 17:00", "No day was given; it was read as today"),
    "9:00": ("2026-11-26 09:00", "No day was given; it was read as tomorrow"),
    "tomorrow at 5": ("2026-11-26 05:00", "“at 5” was read as 05:00; write “5pm” for the afternoon."),
    "7 Dec 12am": ("2026-12-07 00:00", "“12am” was read as 00:00."),
    "tomorrow midnight": ("2026-11-26 00:00", "the beginning of that day"),
    "1 June 17:00": ("2027-06-01 17:00", "No year was given; 2027 was taken."),
    "24 November 17:00": ("2027-11-24 17:00", "No year was given; 2027 was taken."),
    "29.2. 17:00": ("2028-02-29 17:00", "No year was given; 2028 was taken."),
    "yesterday 17:00": ("2026-11-24 17:00", "Tuesday 24 November 2026, 17:00 is in the past."),
    "today 9:00": ("2026-11-25 09:00", "is in the past"),
    "<t:1700000000>": ("2023-11-14 23:13", "is in the past"),
    "2036-12-07 17:00": ("2036-12-07 17:00", "is more than two years away"),
    "2027-03-28 02:30": (
        "2027-03-28 03:30",
        "jump over 02:30 on Sunday 28 March 2027; it was moved to 03:30.",
    ),
    "2027-10-31 02:30": ("2027-10-31 02:30", "show 02:30 twice on Sunday 31 October 2027; the first time"),
    "2027-07-06 17:00 CET": ("2027-07-06 17:00", "Europe/Berlin is on CEST that day, not CET"),
    "2027-07-06 11:00 EST": ("2027-07-06 17:00", "America/New_York is on EDT that day, not EST"),
    "7 December 21:30 IST": ("2026-12-07 17:00", "“IST” is the name of several zones"),
}


@pytest.mark.parametrize("text", DOUBTFUL)
def test_a_doubtful_time_says_how_it_was_read(text: str) -> None:
    wall, note = DOUBTFUL[text]
    moment = read(text)
    assert f"{moment.wall:%Y-%m-%d %H:%M}" == wall
    assert not moment.certain
    assert note in " ".join(moment.notes)


REFUSED = {
    "": "At what time?",
    "Monday": "At what time?",
    "tomorrow": "At what time?",
    "2026-12-07": "At what time?",
    "March 5": "At what time?",
    "next week 17:00": "On which day",
    "Tuesday 7 December 2026 17:00": "The date is Monday 7 December 2026, no Tuesday.",
    "mon tue 17:00": "two weekdays",
    "7 December 17:00 18:00": "two times of day",
    "<t:1796659200> <t:1796662800>": "two times",
    "25:00 tomorrow": "no time of day",
    "7 Dec 24:00": "no time of day",
    "7 Dec 13pm": "no time of day",
    "2026-12-07 17:00 Europe/Berln": "Did you mean Europe/Berlin?",
    "7 Dec 17:00 UTC+20": "no time zone",
    "2026-02-30 17:00": "There is no day",
    "2026-02-30T17:00Z": "not in the calendar",
    "31.4. 17:00": "There is no day",
    "<t:9999999999999>": "out of reach",
    "1900-01-01 17:00": "out of reach",
    "tomorrow 17:00" + " " * 300: "too long",
} | dict.fromkeys(
    (
        "5", "banana 5", "banana", "2026", "soon", "now or never", "1 2 3", "32 December 17:00", "30 February 17:00",
        "may the force 5pm", "sat on a mat at 5", "second paper 5pm", "meeting on Monday 5pm", "every Monday 17:00",
        "Mondays 17:00", "7 December or 8 December 17:00", "not 7 December 17:00", "7 December 17:00 sharp",
        "7 Dec 17:00 XYZ", "7 Dec 9:00-10:00", "7 Dec 5-6pm", "3 days after tomorrow 17:00", "first Monday 17:00",
        "the 7th 17:00", "7 26 December 17:00", "two 3 17:00", "in 1.5 weeks 17:00", "heute zwei Tage 17:00",
        "in 99999999999 days 17:00", "<t:abc>", "week 50 17:00",
    ),
    "Write a date and a time, such as",
)  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_what_names_no_single_moment_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(NotAWhen) as refusal:
        read(text)
    assert REFUSED[text] in str(refusal.value)


def test_a_time_in_another_zone_is_said_in_the_groups() -> None:
    moment = read("Dec 7, 17:00 PST")
    assert moment.wall == datetime(2026, 12, 8, 2, 0)  # noqa: DTZ001
    assert moment.notes == (
        "17:00 in America/Los_Angeles is 02:00 in Europe/Berlin, Tuesday 8 December 2026.",
    )


def test_an_abbreviation_is_the_groups_own_where_it_has_one() -> None:
    moment = read("7 December 17:00 CST", zone="Asia/Shanghai")
    assert moment.instant == datetime(2026, 12, 7, 9, 0, tzinfo=UTC)
    assert moment.certain


def test_tomorrow_is_the_groups_tomorrow() -> None:
    late = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)
    assert parse_when("tomorrow 9:00", zone=BERLIN, now=late).wall.day == 27
    assert parse_when("tomorrow 9:00", zone="America/New_York", now=late).wall.day == 26


def test_hours_from_now_are_real_hours_over_a_clock_change() -> None:
    before = datetime(2027, 3, 28, 0, 30, tzinfo=UTC)  # 01:30 in Berlin, half an hour before the change
    assert parse_when("in 3 hours", zone=BERLIN, now=before).instant == before + timedelta(hours=3)


WORDS = [
    "in",
    "a",
    "the",
    "next",
    "of",
    "2",
    "7",
    "7.",
    "12",
    "26",
    "2026",
    "monday",
    "fri",
    "december",
    "may",
    "week",
    "weeks",
    "days",
    "hours",
    "tomorrow",
    "today",
    "now",
    "ago",
    "from",
    "nächsten",
    "montag",
    "uhr",
    "um",
    "am",
    "at",
    "5pm",
    "17:00",
    "9",
    "cet",
    "EST",
    "utc+2",
    "Europe/Berlin",
    "/",
    ",",
    "<t:1>",
    "paper",
    "noon",
    "2026-12-07",
    "7.12.",
]


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)))
def test_whatever_is_typed_gives_a_sound_moment_or_a_refusal(text: str) -> None:
    try:
        moment = read(text)
    except NotAWhen:
        return
    assert local(moment.instant, BERLIN) == moment.wall
    assert moment.certain or moment.notes
    assert "noon" in text or any(character.isnumeric() for character in text)


def test_a_start_does_not_pay_for_the_date_parser() -> None:
    code = "import sys, bot.when; sys.exit('dateparser' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
