"""When: what people type for a time, what a wall time means, and how a time is said in several zones."""

from bot.when.holidays import Conference, is_country, public_holiday
from bot.when.leads import Lead, parse_lead
from bot.when.lines import Shift, time_line, unusual_gap
from bot.when.quiet import Quiet
from bot.when.reading import NotAWhen
from bot.when.typed import Moment, parse_when
from bot.when.zones import (
    ABBREVIATIONS,
    MONTHS,
    WEEKDAYS,
    Resolution,
    closest_zones,
    day_words,
    is_zone,
    local,
    resolve_wall,
    zone_abbreviation,
)

__all__ = [
    "ABBREVIATIONS",
    "MONTHS",
    "WEEKDAYS",
    "Conference",
    "Lead",
    "Moment",
    "NotAWhen",
    "Quiet",
    "Resolution",
    "Shift",
    "closest_zones",
    "day_words",
    "is_country",
    "is_zone",
    "local",
    "parse_lead",
    "parse_when",
    "public_holiday",
    "resolve_wall",
    "time_line",
    "unusual_gap",
    "zone_abbreviation",
]
