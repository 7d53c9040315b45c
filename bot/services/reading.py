"""What people type, read into a moment, a day, a link, or a refusal in their words."""

from __future__ import annotations

import asyncio
import re
from datetime import date, datetime, time, timedelta

from bot.cards.base import plain
from bot.services.people import Refused
from bot.when import Moment, NotAWhen, parse_lead, parse_when

LINK_LIMIT = 1000
MOST_LEADS = 5
_OFF = ("off", "none", "never", "no")


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


def is_off(text: str) -> bool:
    """Whether somebody types that they want none."""
    return text.strip().casefold() in _OFF


def read_leads(text: str) -> list[str]:
    """Lead times, such as "1d, 1h", by their keys. Raises Refused."""
    try:
        keys = list(dict.fromkeys(parse_lead(part).key for part in text.split(",") if part.strip()))
    except ValueError as error:
        raise Refused(plain(str(error), 500)) from None
    if not 1 <= len(keys) <= MOST_LEADS:
        raise Refused(f"Give one to {MOST_LEADS} lead times, such as `1d, 1h`, or `off`.")
    return keys
