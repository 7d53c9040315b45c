"""How a series repeats: from what an organiser chooses to a rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from bot.cards.base import plain
from bot.config import ServerSettings
from bot.recurrence import LAST, Rule
from bot.services.people import Refused
from bot.when import Moment

T = TypeVar("T")

#: What repeats can be chosen: how they are called, every how many, and whether it is a weekday of the month.
REPEATS = {
    "1w": ("every week", 1, False),
    "2w": ("every other week", 2, False),
    "3w": ("every 3 weeks", 3, False),
    "4w": ("every 4 weeks", 4, False),
    "1m": ("the same weekday of every month (such as the 2nd Monday)", 1, True),
    "2m": ("the same weekday of every other month", 2, True),
    "last": ("the last such weekday of every month", 1, True),
}
_WORDS = {"weekly": "1w", "fortnightly": "2w", "every 2 weeks": "2w", "monthly": "1m", "every month": "1m"}


def read_repeat(text: str) -> str:
    """The key of REPEATS that somebody means who types how often. Raises Refused with what is understood."""
    typed = " ".join(text.casefold().split())
    known = {name: key for key, (name, _, _) in REPEATS.items()} | _WORDS | {key: key for key in REPEATS}
    if typed not in known:
        raise Refused(
            f"I do not know how often “{plain(typed, 60)}” is. Type `every week`, `every other week`, `every 3 weeks`, "
            "`every 4 weeks` or `every month` (the same weekday of it); `/series create` has more."
        )
    return known[typed]


@dataclass(frozen=True)
class SeriesPlan:
    """What an organiser says of a new series, as they typed it. `repeat` is a key of REPEATS."""

    first: str
    repeat: str
    until: str | None = None
    title: str | None = None
    minutes: int | None = None
    link: str | None = None
    reminders: str | None = None


@dataclass(frozen=True)
class SeriesEdit:
    """What is to be different from a date on (`starting`; now, if None). None: as it was."""

    starting: str | None = None
    weekday: int | None = None  # Monday is 0
    at: str | None = None
    repeat: str | None = None
    until: str | None = None
    minutes: int | None = None
    title: str | None = None
    link: str | None = None
    reminders: str | None = None


def first_rule(first: Moment, plan: SeriesPlan, until: date | None, settings: ServerSettings) -> Rule:
    """The rule of a new series. Raises Refused when it makes no sense."""
    wall = first.wall
    rule = sensible(
        lambda: Rule(
            weekday=wall.weekday(),
            at=wall.time(),
            zone=first.zone,
            start=wall.date(),
            minutes=plan.minutes or settings.group.session_minutes,
            until=until,
        )
    )
    return repeating(rule, plan.repeat, wall.date())


def repeating(rule: Rule, repeat: str, day: date) -> Rule:
    """The rule with another rhythm; in a month it is the weekday of `day`: its second Monday, say."""
    if repeat not in REPEATS:
        raise Refused("Choose how it repeats from the list.")
    _, every, monthly = REPEATS[repeat]
    nth = None if not monthly else LAST if repeat == "last" else (day.day - 1) // 7 + 1
    return sensible(lambda: replace(rule, every=every, nth=nth))


def sensible(make: Callable[[], T]) -> T:
    """What `make` makes; its ValueError, which is a sentence for people, becomes Refused."""
    try:
        return make()
    except ValueError as error:
        raise Refused(plain(str(error))) from None
