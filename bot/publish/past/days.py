"""Days and times of the past as people noted them, read as exactly as they are known and never guessed. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Literal

from bot.when import MONTHS

Order = Literal["day first", "month first", "unsure"]

_GERMAN = ("januar", "februar", "märz", "april", "mai", "juni", "juli", "august", "september", "oktober", "november",
           "dezember")  # fmt: skip
_SHORT = {name[:3]: n for names in (MONTHS, _GERMAN) for n, name in enumerate(map(str.casefold, names), 1)}
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_ISO = re.compile(r"(\d{4})(?:[-/.](\d{1,2}))?(?:[-/.](\d{1,2}))?")
_DOTTED = re.compile(r"(\d{1,2})\.\s*(\d{1,2})\.\s*(\d{4})")
_DAY_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th|\.)?(?:\s+of)?\s+([^\W\d_]{3,})\.?,?\s+(\d{4})")
_MONTH_DAY = re.compile(r"([^\W\d_]{3,})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})")
_MONTH = re.compile(r"([^\W\d_]{3,})\.?,?\s+(\d{4})")
_WEEKDAY = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so)[^\W\d_]*\.?,?\s+(?=\d|[a-zä])")
_CLOCK = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?(?::\d{2})?\s*(am|pm|uhr|h)?")
_TAIL = re.compile(
    r"(?:\s*[@,]\s*|[ t]\s*)(\d{1,2}(?:[:.h]\d{2}(?::\d{2})?)?\s*(?:am|pm|uhr)?)\s*(z|utc|[+-]\d\d:?\d\d)?$"
)


class Unreadable(ValueError):
    """Not a date or a time; the message says what was expected."""


def order_of(texts: Iterable[str]) -> Order:
    """How the dates with slashes in a file are meant: one that can be read in one way only tells it of all."""
    pairs = [(int(found[1]), int(found[2])) for text in texts if (found := _SLASHED.match(text.strip()))]
    day_first, month_first = any(a > 12 for a, _ in pairs), any(b > 12 for _, b in pairs)
    if day_first == month_first:
        return "unsure"
    return "day first" if day_first else "month first"


def read_day(text: str, order: Order = "unsure") -> tuple[str, str]:
    """(The day, month or year in ISO 8601, what follows it: a time of day, if any). Raises Unreadable."""
    said = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    said = _WEEKDAY.sub("", said)
    for pattern, meant in ((_SLASHED, _slashed), (_DOTTED, _dotted), (_ISO, _iso), (_DAY_MONTH, _worded),
                           (_MONTH_DAY, _american), (_MONTH, _month)):  # fmt: skip
        if found := pattern.match(said):
            rest = said[found.end() :]
            if rest and not _TAIL.fullmatch(rest):
                continue
            return meant(found, order), rest
    raise Unreadable(f"“{text.strip()[:40]}” is no date; write it as 2023-05-04")


def read_clock(text: str) -> str:
    """A time of day as "17:00". Raises Unreadable."""
    said = " ".join(text.casefold().split()).lstrip("t@, ")
    found = _CLOCK.fullmatch(said)
    if found and (hour := _hour(int(found[1]), found[3])) < 24 and int(found[2] or 0) < 60:
        return f"{hour:02}:{found[2] or '00'}"
    raise Unreadable(f"“{text.strip()[:40]}” is no time of day; write it as 17:00")


def _hour(hour: int, half: str | None) -> int:
    """An hour of the day; 24 or more is none."""
    if half in ("am", "pm"):
        return hour % 12 + (12 if half == "pm" else 0) if 1 <= hour <= 12 else 99
    return hour


def split_tail(rest: str) -> tuple[str, str]:
    """What follows a day: (the time of day, its offset or "Z"), both empty where there is none."""
    found = _TAIL.fullmatch(rest)
    return (found[1], (found[2] or "").upper().replace("UTC", "Z")) if found else ("", "")


def _slashed(found: re.Match[str], order: Order) -> str:
    first, second, year = int(found[1]), int(found[2]), int(found[3])
    if order == "unsure" and first != second and first <= 12 and second <= 12:
        raise Unreadable(
            f"“{found[0]}” may be two days; write it as {year}-{second:02}-{first:02} or the other way round"
        )
    day_first = first > 12 or (second <= 12 and order != "month first")
    return _day(year, second if day_first else first, first if day_first else second)


def _iso(found: re.Match[str], _order: Order) -> str:
    year, month, day = found[1], found[2], found[3]
    if not month:
        return _day(int(year), 1, 1)[:4]
    return _day(int(year), int(month), int(day or 1))[: None if day else 7]


def _dotted(found: re.Match[str], _order: Order) -> str:
    return _day(int(found[3]), int(found[2]), int(found[1]))


def _worded(found: re.Match[str], _order: Order) -> str:
    return _day(int(found[3]), _month_number(found[2]), int(found[1]))


def _american(found: re.Match[str], _order: Order) -> str:
    return _day(int(found[3]), _month_number(found[1]), int(found[2]))


def _month(found: re.Match[str], _order: Order) -> str:
    return _day(int(found[2]), _month_number(found[1]), 1)[:7]


def _month_number(name: str) -> int:
    number = _SHORT.get(name[:3])
    known = number and any(months[number - 1].casefold().startswith(name) for months in (MONTHS, _GERMAN))
    if not number or not (known or len(name) == 4):  # "Sept"
        raise Unreadable(f"“{name}” is no month")
    return number


def _day(year: int, month: int, day: int) -> str:
    try:
        return date(year if 1900 <= year <= 2200 else 0, month, day).isoformat()
    except ValueError:
        raise Unreadable(f"there is no day {year}-{month:02}-{day:02}") from None


def noon(wall: str) -> datetime:
    """The instant (naive, UTC) by which a day, a month or a year is sorted."""
    return datetime.combine(date.fromisoformat((wall + "-01-01")[:10]), time(12))
