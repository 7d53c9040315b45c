"""What people type, read into a moment, a day, a link, or a refusal in their words."""

from __future__ import annotations

import asyncio
import re
from datetime import date, datetime, time, timedelta

from bot.cards.base import plain
from bot.services.people import Refused
from bot.when import Moment, NotAWhen, parse_when

LINK_LIMIT = 1000


async def read_moment(text: str, zone: str, now: datetime) -> Moment:
    """A date and a time. Raises Refused with the forms that are understood.

    In a thread: the first date in words loads a parser, which takes a third of a second and 20 MB.
    """
    try:
        return await asyncio.to_thread(parse_when, text, zone=zone, now=now)
    except NotAWhen as error:
        raise Refused(plain(str(error), 1500)) from None


async def read_day(text: str, zone: str, now: datetime) -> date:
    """A day, by the calendar of `zone`; a time of day that comes with it counts for nothing. Raises Refused."""
    try:
        return (await asyncio.to_thread(parse_when, f"{text} 12:00", zone=zone, now=now)).wall.date()
    except NotAWhen:
        return (await read_moment(text, zone, now)).wall.date()


async def read_clock(text: str, zone: str, now: datetime) -> time:
    """A time of day, such as "17:00" or "5pm". Raises Refused."""
    tomorrow = (now + timedelta(days=1)).date()
    return (await read_moment(f"{tomorrow} {text}", zone, now)).wall.time()


def read_link(text: str, what: str) -> str | None:
    """A web address; None for nothing. Raises Refused."""
    address = text.strip()
    if not address:
        return None
    if len(address) > LINK_LIMIT or not re.fullmatch(r"https?://[^\s<>]+", address):
        raise Refused(
            f"{what} must be a web address that starts with https://, and no longer than {LINK_LIMIT}."
        )
    return address
