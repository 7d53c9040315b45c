"""When arXiv announces papers: days of the feeds, holidays, and which day a submission belongs to. Pure.

arXiv announces on Sunday to Thursday at 20:00 US Eastern; the feeds follow at Eastern midnight, so that their days are
Monday to Friday (info.arxiv.org/help/availability.html). A *feed day* is the Eastern date of a feed with papers.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

EASTERN = ZoneInfo("America/New_York")

#: Evenings on which nothing is announced, by year, as arXiv publishes them (info.arxiv.org/help/holidays.html).
#: A year that is not here has none that we know of: ids decide whether there is news, the table only explains.
HOLIDAYS: dict[int, frozenset[date]] = {
    2026: frozenset(
        date.fromisoformat(f"2026-{day}")
        for day in ("01-01", "01-19", "06-19", "07-03", "09-07", "11-26", "12-25", "12-29", "12-31")
    ),
}
_DEADLINE = time(14, 0)
_SATURDAY = 5
_ONE = timedelta(days=1)


def eastern_day(instant: datetime) -> date:
    """The date in New York at an aware instant: the date that a feed fetched then bears."""
    return instant.astimezone(EASTERN).date()


def is_feed_day(day: date) -> bool:
    """Whether the feeds of `day` should have papers: Monday to Friday, unless the evening before was a holiday."""
    return day.weekday() < _SATURDAY and not is_holiday(day - _ONE)


def is_weekend(day: date) -> bool:
    """Whether it is a Saturday or a Sunday: the feeds' own `skipDays`."""
    return day.weekday() >= _SATURDAY


def is_holiday(evening: date) -> bool:
    """Whether arXiv has said that it announces nothing on that evening."""
    return evening in HOLIDAYS.get(evening.year, frozenset())


def next_feed_day(day: date) -> date:
    """The first feed day after `day`."""
    return next(feed_days_after(day))


def feed_days_after(day: date) -> Iterator[date]:
    """All feed days after `day`, without end."""
    while True:
        day += _ONE
        if is_feed_day(day):
            yield day


def feed_days_between(first: date, end: date) -> list[date]:
    """The feed days after `first` and before `end`."""
    found: list[date] = []
    for day in feed_days_after(first):
        if day >= end:
            return found
        found.append(day)
    return found


def feed_day_of(submitted: datetime) -> date:
    """The feed day that brings a paper submitted at an aware instant, if moderation does not hold it up.

    What comes before 14:00 Eastern is announced the same evening and in the feed of the day after.
    """
    local = submitted.astimezone(EASTERN)
    evening = local.date() if local.time() < _DEADLINE else local.date() + _ONE
    # Sunday evening announces what came before Friday's deadline; all that comes until Monday's waits for Monday.
    if is_weekend(local.date()) or (local.weekday() == 4 and local.time() >= _DEADLINE):
        evening = local.date() + timedelta(days=7 - local.weekday())
    return next_feed_day(evening)


def submission_window(first: date, last: date) -> tuple[datetime, datetime]:
    """From when to when the papers of the feed days `first` to `last` were submitted; aware UTC."""
    return _closed_before(_feed_day_before(first)), _closed_before(last)


def _feed_day_before(day: date) -> date:
    day -= _ONE
    while not is_feed_day(day):
        day -= _ONE
    return day


def _closed_before(day: date) -> datetime:
    """The deadline of the papers in the feed of `day`: 14:00 on the day before, on Friday for a Monday."""
    back = 3 if day.weekday() == 0 else 1
    return datetime.combine(day - timedelta(days=back), _DEADLINE, EASTERN).astimezone(UTC)
