"""What cards say of 17:00 in Berlin in the weeks in which clocks are unusually far apart, word for word."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from bot.cards.news import mind_the_clock
from bot.cards.sessions import Around, announcement
from bot.cards.times import unusual
from bot.when import resolve_wall
from tests.cards.samples import view

GOLDEN = Path(__file__).with_name("gap_weeks.txt")
BERLIN = "Europe/Berlin"
ZONES = ("America/New_York", "America/Los_Angeles", "Australia/Adelaide")
DAYS = [(3, day) for day in range(8, 29)] + [(10, day) for day in range(25, 32)]


def said(month: int, day: int) -> str:
    """The announcement's "When", line by line, and what the notice a week before says."""
    start = resolve_wall(datetime(2026, month, day, 17, 0), BERLIN)[0]  # noqa: DTZ001
    meeting = view(starts_at=start, zone=BERLIN, wall_time=f"2026-{month:02}-{day:02}T17:00", minutes=60)
    around = Around(zones=ZONES)
    (when, *_) = announcement(meeting, around).fields
    notice = mind_the_clock(meeting, unusual(start, BERLIN, ZONES), around)
    return " | ".join([*when.value.splitlines(), notice.text, *notice.fields[0].value.splitlines()])


def test_every_day_of_the_gap_weeks_is_told_word_for_word() -> None:
    assert [said(month, day) for month, day in DAYS] == GOLDEN.read_text("utf-8").splitlines()


def test_one_city_is_named_where_its_area_does_not_shift_as_one() -> None:
    start = resolve_wall(datetime(2026, 3, 16, 17, 0), BERLIN)[0]  # noqa: DTZ001
    zones = ("America/New_York", "America/Sao_Paulo")
    assert unusual(start, BERLIN, zones) == ["New York: one hour later than usual by your clock"]
