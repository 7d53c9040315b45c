"""The day in a typed text, read without its time of day. English and German."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from bot.when.reading import FORMS, NotAWhen, Notes
from bot.when.zones import WEEKDAYS, day_words

_WEEKDAY = re.compile(
    r"\b(?:(mo|mon|monday|montag)|(di|tue|tues|tuesday|dienstag)|(mi|wed|weds|wednesday|mittwoch)"
    r"|(do|thu|thur|thurs|thursday|donnerstag)|(fr|fri|friday|freitag)|(sa|sat|saturday|samstag|sonnabend)"
    r"|(so|sun|sunday|sonntag))\b\.?"
)
_NEXT = re.compile(r"next|nächste[nrsm]?")
_COMING = re.compile(r"|this|coming|diese[nrsm]?|kommende[nrsm]?")
_FILLERS = re.compile(r"[,;]|(?<!\w)(?:@|-|–)(?!\w)|\b(?:at|um|on|am|the|den|dem|der)\b")
_WEEKS = re.compile(r"week|woche|fortnight")
_VAGUE = re.compile(
    r"(?:next|this|coming|nächste\w*|diese\w*|kommende\w*) (?:week|month|year|woche|monat|jahr)"
)
_SPELLINGS = {"naechste": "nächste", "uebermorgen": "übermorgen", "maerz": "märz", "tonight": "today"}

# dateparser skips words that it has no use for ("3 days after tomorrow" is tomorrow to it), so it only gets
# phrases of these shapes; which words are months, numbers and days is for it to know.
_NUMBER = (
    r"(?:\d{1,4}|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve"
    r"|eine[mr]|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|zwölf)"
)
_DAYS = rf"{_NUMBER} ?(?:days?|weeks?|fortnights?|months?|tage?n?|wochen?|monate?n?)"
_HOURS = rf"{_NUMBER} ?(?:h|hours?|hrs?|m|mins?|minutes?|stunden?|minuten?)"
_RELATIVE = re.compile(
    rf"[^\W\d]+|day (?:after tomorrow|before yesterday)|(?:next|nächste) (?:week|woche)"
    rf"|in {_DAYS}(?: (?:and |und )?{_DAYS})?|{_DAYS} (?:from now|ago)|vor {_DAYS}"
)
_SPAN = re.compile(rf"in {_HOURS}(?: (?:and |und )?{_HOURS})?|{_HOURS} (?:from now|ago)|vor {_HOURS}")
_MONTH = r"(?:jan|jän|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)[^\W\d]*\.?"
_NAMED = re.compile(
    rf"(?P<first>\d{{1,2}}(?:st|nd|rd|th|\.)? ?(?:of )?{_MONTH})(?: (?P<year>\d{{4}}|\d\d))?"
    rf"|{_MONTH} \d{{1,2}}(?:st|nd|rd|th|\.)?(?: (?P<last>\d{{4}}))?"
)

_YEAR_FIRST = re.compile(r"(?P<y>\d{4})([-/.])(?P<m>\d{1,2})\2(?P<d>\d{1,2})")
_DOTTED = re.compile(r"(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.?(?:\s?(?P<y>\d{4}|\d\d))?")
_SLASHED = re.compile(r"(?P<d>\d{1,2})([/-])(?P<m>\d{1,2})(?:\2(?P<y>\d{4}|\d\d))?")
_MONTHS_IN_A_YEAR = 12
_HALF_A_YEAR = timedelta(days=183)


def read_day(text: str, today: date, *, time_is_over: bool, notes: Notes) -> date:
    """The day that a casefolded `text` without its time of day means.

    `time_is_over` tells whether the time of day lies behind us today: then "Monday", said on a Monday, is the
    next one.
    """
    for spelling, right in _SPELLINGS.items():
        text = text.replace(spelling, right)
    words = _words(_FILLERS.sub(" ", text))
    named = list(_WEEKDAY.finditer(words))
    if len(named) > 1:
        raise NotAWhen(f"There are two weekdays in that. {FORMS}")
    if not named:
        return _read_date(words, today, notes) if words else _today_or_tomorrow(today, time_is_over, notes)
    weekday = (named[0].lastindex or 1) - 1
    rest = _words(words[: named[0].start()] + " " + words[named[0].end() :])
    if _NEXT.fullmatch(rest) or _COMING.fullmatch(rest):
        return _coming(
            weekday, today, after_today=bool(_NEXT.fullmatch(rest)) or time_is_over, said=rest, notes=notes
        )
    if rest.endswith(" from"):
        coming = _coming(weekday, today, after_today=time_is_over, said="", notes=notes)
        return _from_words(f"in {rest.removesuffix(' from')}", coming, notes)
    if _WEEKS.search(rest):
        return _weekday_of_week(weekday, rest, today, notes)
    day = _read_date(rest, today, notes)
    if day.weekday() != weekday:
        raise NotAWhen(f"The date is {day_words(day)}, no {WEEKDAYS[weekday]}. Which of the two is meant?")
    return day


def _words(text: str) -> str:
    return " ".join(text.split())


def _today_or_tomorrow(today: date, time_is_over: bool, notes: Notes) -> date:  # noqa: FBT001 - one caller, beside it
    day = today + timedelta(days=time_is_over)
    notes.doubt(
        f"No day was given; it was read as {'tomorrow' if time_is_over else 'today'}, {day_words(day)}."
    )
    return day


def _coming(weekday: int, today: date, *, after_today: bool, said: str, notes: Notes) -> date:
    ahead = (weekday - today.weekday()) % 7
    if not ahead and after_today:
        ahead = 7
    day = today + timedelta(days=ahead)
    same_week = day.isocalendar()[:2] == today.isocalendar()[:2]
    if (_NEXT.fullmatch(said) and same_week) or not ahead:
        notes.doubt(f"“{f'{said} {WEEKDAYS[weekday]}'.strip()}” was read as {day_words(day)}.")
    return day


def _weekday_of_week(weekday: int, rest: str, today: date, notes: Notes) -> date:
    """The Monday of the calendar week that the rest of "Monday in two weeks" falls into."""
    near = _from_words(rest, today, notes)
    day = near + timedelta(days=weekday - near.weekday())
    if not _VAGUE.fullmatch(rest):
        notes.doubt(f"“{WEEKDAYS[weekday]} {rest}” was read as {day_words(day)}.")
    return day


def _read_date(words: str, today: date, notes: Notes) -> date:
    if match := _YEAR_FIRST.fullmatch(words) or _DOTTED.fullmatch(words):
        return _numbered(int(match["d"]), int(match["m"]), match["y"], today, notes)
    if match := _SLASHED.fullmatch(words):
        return _slashed(match, today, notes)
    if _VAGUE.fullmatch(words):
        raise NotAWhen(f"On which day, “{words}”? {FORMS}")
    return _from_words(words, today, notes)


def _slashed(match: re.Match[str], today: date, notes: Notes) -> date:
    """12/07 is 12 July to some and December 7 to others; only where one number is no month is it clear."""
    first, second = int(match["d"]), int(match["m"])
    if second > _MONTHS_IN_A_YEAR >= first:
        return _numbered(second, first, match["y"], today, notes)
    day = _numbered(first, second, match["y"], today, notes)
    if first != second and first <= _MONTHS_IN_A_YEAR:
        notes.doubt(
            f"“{match[0]}” was read day first, as {day_words(day)}; 2026-12-07 would be clear to all."
        )
    return day


def _numbered(day: int, month: int, year: str | None, today: date, notes: Notes) -> date:
    """The date; without a year the first such date from today on (29 February may be years away)."""
    years = [int(year) + (2000 if len(year) == 2 else 0)] if year else range(today.year, today.year + 9)
    for candidate in years:
        try:
            found = date(candidate, month, day)
        except ValueError:
            continue
        if year or found >= today:
            if not year:
                _doubt_far_year(found, today, notes)
            return found
    raise NotAWhen(f"There is no day {day}.{month}.{year or ''} in the calendar. {FORMS}")


def _doubt_far_year(day: date, today: date, notes: Notes) -> None:
    """A year that was not given is guessed to be the coming one; far off, another may have been meant."""
    if day - today > _HALF_A_YEAR:
        notes.doubt(f"No year was given; {day.year} was taken.")
    elif day.year != today.year:
        notes.remark(f"No year was given; {day.year} was taken.")


def _from_words(words: str, today: date, notes: Notes) -> date:
    """A date in words ("7th of December", "in zwei Wochen")."""
    midnight = datetime.combine(today, time())
    read = named = None
    if _RELATIVE.fullmatch(words):
        read = _dateparser(words, midnight, "relative-time")
    elif named := _NAMED.fullmatch(words):
        if named["year"] and len(named["year"]) == 2:
            words = f"{named['first']} 20{named['year']}"
        # From the last second of yesterday on, a date without a year may still be today.
        read = _dateparser(words, midnight - timedelta(seconds=1), "absolute-time")
    if read is None or read.tzinfo is not None:
        raise NotAWhen(f"I could not read “{words}” as a day. {FORMS}")
    if named and not (named["year"] or named["last"]):
        _doubt_far_year(read.date(), today, notes)
    return read.date()


def read_span(text: str, start: datetime) -> datetime | None:
    """The UTC moment that "in 3 hours" means from an aware `start`; None when `text` is no such phrase."""
    words = text.replace("half an hour", "30 minutes").replace("einer halben stunde", "30 minuten")
    if not _SPAN.fullmatch(words):
        return None
    read = _dateparser(words, start.astimezone(UTC).replace(tzinfo=None), "relative-time")
    return read.replace(tzinfo=UTC) if read else None


def _dateparser(words: str, base: datetime, parser: str) -> datetime | None:
    # Late, because importing it takes 0.4 s and 26 MB that a start can do without.
    from dateparser.date import DateDataParser

    settings: dict[str, Any] = {
        "PARSERS": [parser],
        "RELATIVE_BASE": base,
        "PREFER_DATES_FROM": "future",
        "REQUIRE_PARTS": ["day", "month"],  # or "5" is the fifth of this month
    }
    try:
        read: datetime | None = (
            DateDataParser(languages=["en", "de"], settings=settings).get_date_data(words).date_obj
        )
    except OverflowError:
        return None
    return read
