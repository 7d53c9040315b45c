"""Which channels get their papers together, and when: a channel with days of its own alone, all others at once.

A round is named by its channel, as topics name it; the round of all others is named "".
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.config import ServerSettings
from bot.topics.taxonomy import Topic
from bot.when import resolve_wall

#: The round of all channels that have no days of their own.
REST = ""


def rounds(settings: ServerSettings) -> list[str]:
    """The names of a server's rounds."""
    own = [schedule.channel for schedule in settings.digest.channels]
    return [REST, *(name for name in own if any(topic.channel == name for topic in settings.topics))]


def round_of(settings: ServerSettings, channel: str) -> str:
    """The round in which a channel gets its papers."""
    return channel if channel in rounds(settings) else REST


def topics_of(settings: ServerSettings, name: str) -> Iterator[Topic]:
    """The topics whose papers a round brings."""
    return (t for t in settings.topics if t.channel and round_of(settings, t.channel) == name)


def categories_of(settings: ServerSettings, name: str = REST) -> set[str]:
    """The arXiv categories in which a round finds its papers; members who follow something get those of all."""
    topics = topics_of(settings, name) if name else (t for t in settings.topics if t.channel)
    return {category for topic in topics for category in topic.categories}


def next_time(settings: ServerSettings, name: str, after: datetime) -> tuple[date, datetime] | None:
    """The first day of a round whose hour lies after an instant, and that instant; None when it has no days.

    Keyed by local date: when clocks go back and 02:30 comes twice, it is still one day's digest.
    """
    zone, wanted = settings.group.timezone, settings.digest
    own = next((one for one in wanted.channels if one.channel == name), None)
    days, hour = (own.days, own.at or wanted.at) if own else (wanted.days, wanted.at)
    today = after.astimezone(ZoneInfo(zone)).date()
    for ahead in range(9):
        day = today + timedelta(days=ahead)
        if day.weekday() in days:
            at, _ = resolve_wall(datetime.combine(day, hour), zone)
            if at > after:
                return day, at
    return None
