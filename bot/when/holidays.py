"""Days on which people are elsewhere: public holidays of a country, and conference weeks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

# The library is imported where it is used: it takes a fifth of a second that a start can do without.


@dataclass(frozen=True, slots=True)
class Conference:
    """A meeting that many of the group go to, from its `first` day to its `last`."""

    name: str
    first: date
    last: date


def is_country(code: str) -> bool:
    """Whether the public holidays of a country ("DE") or of a part of it ("DE-BY") are known."""
    from holidays import list_supported_countries

    country, _, part = code.partition("-")
    known = list_supported_countries(include_aliases=False)
    return country in known and (not part or part in known[country])


def public_holiday(day: date, code: str) -> str | None:
    """The name of the public holiday that a day is in a country or a part of it, in English where it has one."""
    from holidays import country_holidays

    country, _, part = code.partition("-")
    name = country_holidays(country, subdiv=part or None, years=day.year, language="en_US").get(day)
    return name or None
