"""Meetings that repeat: a wall time in a zone and a rule, expanded to UTC one by one.

So clock changes cannot move them. What was moved or skipped is the caller's business, by an occurrence's
key.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from bot.when import MONTHS, WEEKDAYS, Resolution, is_zone, local, resolve_wall

LAST = -1

_DAY = timedelta(days=1)
_WEEK = timedelta(weeks=1)
_ORDINALS = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", LAST: "last"}
_FIFTH = 5
_LONGEST_MINUTES = 24 * 60
_MOST = 52


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One date of a rule.

    `key`, the planned local date as ISO text, names it also after it was moved. `wall` (naive) is what the
    rule says, `instant` (aware, UTC) when that is; `kind` is "gap" or "fold" if clocks change just then.
    """

    key: str
    wall: datetime
    instant: datetime
    kind: Resolution


@dataclass(frozen=True, slots=True)
class Rule:
    """Every `every`-th week on `weekday` (0 is Monday), or, with `nth`, that one of every `every`-th month.

    The count starts with the first fitting day from `start` on. `nth` is 1 to 5 or LAST; months without a
    fifth such weekday are left out. `until` is the last possible day. Raises ValueError, with a sentence for
    people, when it makes no sense.
    """

    weekday: int
    at: time
    zone: str
    start: date
    minutes: int = 60
    every: int = 1
    nth: int | None = None
    until: date | None = None

    def __post_init__(self) -> None:
        if self.weekday not in range(7):
            raise ValueError("A weekday is a number from 0, Monday, to 6, Sunday.")
        if not is_zone(self.zone):
            raise ValueError(f"There is no time zone “{self.zone}”.")
        if self.minutes not in range(1, _LONGEST_MINUTES + 1):
            raise ValueError("A session lasts from a minute to a day.")
        if self.every not in range(1, _MOST + 1):
            raise ValueError(f"A series repeats every 1 to {_MOST} weeks or months.")
        if self.nth is not None and self.nth not in _ORDINALS:
            raise ValueError("In a month it is the first to fifth or the last such day.")
        if self.until and self.until < self.start:
            raise ValueError("A series cannot end before it starts.")

    def occurrences(self, after: datetime, until: datetime) -> Iterator[Occurrence]:
        """The occurrences with `after` < instant ≤ `until` (both aware), in order, all at one wall time."""
        # A day of slack on both sides, since clocks also jump over midnights, and go back over them.
        for day in self._days(local(after, self.zone).date() - _DAY, local(until, self.zone).date() + _DAY):
            wall = datetime.combine(day, self.at)
            instant, kind = resolve_wall(wall, self.zone)
            if after < instant <= until:
                yield Occurrence(day.isoformat(), wall, instant, kind)

    def day_from(self, day: date) -> date:
        """The rule's first day that is not before `day`, whether or not it is over by then."""
        return next(found for found in self._all_days(day) if found >= day)

    def describe(self) -> str:
        """In words: "every other Monday, 17:00 Europe/Berlin"."""
        end = (
            f", until {self.until.day} {MONTHS[self.until.month - 1]} {self.until.year}" if self.until else ""
        )
        return f"{self._rhythm()}, {self.at:%H:%M} {self.zone}{end}"

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON; `from_dict` reads it back."""
        return {
            "weekday": self.weekday,
            "at": self.at.isoformat("minutes"),
            "zone": self.zone,
            "start": self.start.isoformat(),
            "minutes": self.minutes,
            "every": self.every,
            "nth": self.nth,
            "until": self.until.isoformat() if self.until else None,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Rule:
        """The rule that `to_dict` wrote. Raises KeyError, TypeError or ValueError for anything else."""
        return cls(
            weekday=data["weekday"],
            at=time.fromisoformat(data["at"]),
            zone=data["zone"],
            start=date.fromisoformat(data["start"]),
            minutes=data["minutes"],
            every=data["every"],
            nth=data["nth"],
            until=date.fromisoformat(data["until"]) if data["until"] else None,
        )

    def _rhythm(self) -> str:
        name = WEEKDAYS[self.weekday]
        if self.nth is None:
            return {1: f"every {name}", 2: f"every other {name}"}.get(
                self.every, f"every {self.every} weeks on {name}"
            )
        months = {1: "every month", 2: "every other month"}.get(self.every, f"every {self.every} months")
        return f"the {_ORDINALS[self.nth]} {name} of {months}{' that has one' if self.nth == _FIFTH else ''}"

    def _days(self, first: date, last: date) -> Iterator[date]:
        """The rule's days from `first` to `last`."""
        last = min(last, self.until or last)
        for day in self._all_days(first):
            if day > last:
                return
            if day >= first:
                yield day

    def _all_days(self, near: date) -> Iterator[date]:
        """The rule's days without end, from its first or one that is not much before `near`."""
        return self._weeks(near) if self.nth is None else self._months(near, self.nth)

    def _weeks(self, near: date) -> Iterator[date]:
        """The rule's days without end, from the last one not after `near`, or from its first."""
        anchor = self.start + (self.weekday - self.start.weekday()) % 7 * _DAY
        stride = self.every * _WEEK
        day = anchor + max(0, (near - anchor) // stride) * stride
        while True:
            yield day
            day += stride

    def _months(self, near: date, nth: int) -> Iterator[date]:
        month = self.start.year * 12 + self.start.month - 1
        while (anchor := _nth_of_month(month, self.weekday, nth)) is None or anchor < self.start:
            month += 1
        month += max(0, (near.year * 12 + near.month - 1 - month) // self.every) * self.every
        while True:
            if day := _nth_of_month(month, self.weekday, nth):
                yield day
            month += self.every


def occurrences(rules: Sequence[Rule], after: datetime, until: datetime) -> Iterator[Occurrence]:
    """The occurrences of rules that follow one another, each ending before the next begins, in order."""
    for rule in rules:
        yield from rule.occurrences(after, until)


def changed_from(rules: Sequence[Rule], day: date, rule: Rule) -> tuple[Rule, ...]:
    """`rules` up to the day before `day`, then `rule`; what was before stays as it was.

    Where `rule` keeps the rhythm it goes on counting from the old one's next day, so that every other Monday stays
    the same other Monday.
    """
    former = next((known for known in reversed(rules) if known.start <= day), rules[0])
    if (rule.weekday, rule.every, rule.nth) == (former.weekday, former.every, former.nth):
        day = former.day_from(day)
    return (*ended_before(rules, day), replace(rule, start=day))


def ended_before(rules: Sequence[Rule], day: date) -> tuple[Rule, ...]:
    """`rules` with nothing on or after `day`."""
    last = day - _DAY
    return tuple(replace(rule, until=min(rule.until or last, last)) for rule in rules if rule.start < day)


def _nth_of_month(month: int, weekday: int, nth: int) -> date | None:
    """The nth or last such weekday of a month, counted from year 0; None where there is no fifth."""
    first = date(month // 12, month % 12 + 1, 1)
    days = [first + (weekday - first.weekday()) % 7 * _DAY + n * _WEEK for n in range(_FIFTH)]
    days = [day for day in days if day.month == first.month]
    return days[LAST] if nth == LAST else days[nth - 1] if nth <= len(days) else None
