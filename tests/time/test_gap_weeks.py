"""What cards say of 17:00 in Berlin in the weeks in which clocks are unusually far apart, word for word."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from bot.cards.times import unusual, wall
from bot.when import resolve_wall

GOLDEN = Path(__file__).with_name("gap_weeks.txt")
BERLIN = "Europe/Berlin"
ZONES = ("America/New_York", "America/Los_Angeles", "Australia/Adelaide")
DAYS = [(3, day) for day in range(8, 29)] + [(10, day) for day in range(25, 32)]


def said(month: int, day: int) -> str:
    start = resolve_wall(datetime(2026, month, day, 17, 0), BERLIN)[0]  # noqa: DTZ001
    return " | ".join([wall(start, BERLIN, ZONES), *unusual(start, BERLIN, ZONES)])


def test_every_day_of_the_gap_weeks_is_told_word_for_word() -> None:
    assert [said(month, day) for month, day in DAYS] == GOLDEN.read_text("utf-8").splitlines()


def test_one_city_is_named_where_its_area_does_not_shift_as_one() -> None:
    start = resolve_wall(datetime(2026, 3, 16, 17, 0), BERLIN)[0]  # noqa: DTZ001
    zones = ("America/New_York", "America/Sao_Paulo")
    assert unusual(start, BERLIN, zones) == ["New York: one hour later than usual by your clock"]
