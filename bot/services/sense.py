"""Calendar sense: whether a session would fall on a public holiday, or into a week in which people are elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.config import ServerSettings
from bot.when import day_words, local, public_holiday


async def remarks(instant: datetime, zone: str, settings: ServerSettings) -> tuple[str, ...]:
    """What an organiser should know of the day of an instant, in sentences; mostly nothing."""
    day, found = local(instant, zone).date(), []
    country = settings.group.country
    # off the loop: the first look at a country's holidays loads a large library
    if country and (holiday := await asyncio.to_thread(public_holiday, day, country)):
        found.append(f"{day_words(day)} is a public holiday in {country}: {holiday}.")
    found += [
        f"{day_words(day)} falls into {conference.name} ({day_words(conference.first, year=False)} to "
        f"{day_words(conference.last, year=False)})."
        for conference in settings.conferences
        if conference.first <= day <= conference.last
    ]
    return tuple(found)


async def of_many(instants: Sequence[datetime], zone: str, settings: ServerSettings) -> list[str]:
    """The same for the next dates of a series, in order: those of a year, and at most ten sentences."""
    near = [instant for instant in instants if instant < instants[0] + timedelta(days=366)]
    return [line for instant in near for line in await remarks(instant, zone, settings)][:10]
