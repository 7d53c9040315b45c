"""The schedule for people's calendars: an iCalendar file (RFC 5545) and links that add one event. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

from bot.publish.vtimezone import vtimezone
from bot.when import local, resolve_wall

_LINE_OCTETS = 75
LINK_LENGTH = 512  # of a link button (Discord, component reference)
_LONGEST_URL = 200
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_CONTINUATION = 0b10000000  # how a byte within a UTF-8 character begins


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """One session. `uid` never changes; `sequence` rises with each change that calendars must follow.

    `start` and `updated` are aware instants, `zone` the IANA zone in which the start is meant. All of it
    is for the public: no join link.
    """

    uid: str
    sequence: int
    start: datetime
    zone: str
    minutes: int
    title: str
    updated: datetime
    description: str = ""
    location: str = ""
    url: str = ""
    cancelled: bool = False
    tentative: bool = False  # offered, and not agreed yet
    all_day: bool = False  # only the day is known, that of `start` in UTC

    @property
    def end(self) -> datetime:
        """When it is over: `minutes` of real time after the start, in UTC."""
        return self.start.astimezone(UTC) + timedelta(minutes=self.minutes)


def to_ics(events: Iterable[CalendarEvent], *, name: str) -> bytes:
    """The events as one calendar called `name`, ready to be a file. The same events give the same bytes.

    Times carry TZID with a VTIMEZONE, so that calendars show them in the zone they are meant in. DTSTAMP is
    the last change (RFC 5545, 3.8.7.2, for a calendar without METHOD). Cancelled events stay, as CANCELLED.
    """
    events = sorted(events, key=lambda event: (event.start, event.uid))
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//reading-group-bot//schedule//EN",
        "CALSCALE:GREGORIAN",
        f"NAME:{_text(name)}",
        f"X-WR-CALNAME:{_text(name)}",
        *_zones(events),
        *(line for event in events for line in _event(event)),
        "END:VCALENDAR",
    ]
    return b"".join(_fold(line) for line in lines)


def add_links(event: CalendarEvent) -> tuple[str, str]:
    """Links that open a new event, filled in, in Google Calendar and in Outlook; at most 512 characters each.

    The description stays behind, and a long title is shortened, since a Discord button holds no longer link.
    """
    start, end = event.start.astimezone(UTC), event.end
    page = event.url if len(quote(event.url, safe="")) <= _LONGEST_URL else ""
    google = {
        "action": "TEMPLATE",
        "dates": f"{_basic(start)}Z/{_basic(end)}Z",
        "ctz": event.zone,
        "details": page,
    }
    outlook = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "startdt": f"{start:%Y-%m-%dT%H:%M:%SZ}",
        "enddt": f"{end:%Y-%m-%dT%H:%M:%SZ}",
        "body": page,
    }
    return (
        _link("https://calendar.google.com/calendar/render", google, "text", event.title),
        _link("https://outlook.live.com/calendar/0/deeplink/compose", outlook, "subject", event.title),
    )


def webcal(address: str) -> str:
    """The address of a calendar as calendars of the desk take it for one to subscribe to."""
    return f"webcal://{address.partition('://')[2]}"


def subscriptions(address: str, name: str) -> list[tuple[str, str]]:
    """(Label, link) for each calendar of the web that subscribes by a link to the calendar at an address."""
    google = {"cid": webcal(address)}
    outlook = {"url": address, "name": name}
    return [
        ("Subscribe in Google", f"https://calendar.google.com/calendar/render?{urlencode(google)}"),
        ("Subscribe in Outlook", f"https://outlook.live.com/calendar/0/addfromweb?{urlencode(outlook)}"),
    ]


def _link(base: str, query: dict[str, str], key: str, title: str) -> str:
    """`base` with the query and as much of the title as fits."""
    link = ""
    for length in range(len(title), -1, -1):
        shown = title if length == len(title) else title[:length].rstrip() + "…"
        link = f"{base}?{urlencode({**query, key: shown}, errors='replace')}"
        if len(link) <= LINK_LENGTH:
            break
    return link


def _zones(events: Sequence[CalendarEvent]) -> Iterator[str]:
    """A VTIMEZONE for each zone used, right for the years used."""
    timed = [event for event in events if not event.all_day]
    for zone in sorted({event.zone for event in timed} - {"UTC"}):
        used = [event for event in timed if event.zone == zone]
        yield from vtimezone(zone, used[0].start, max(event.end for event in used))


def _event(event: CalendarEvent) -> Iterator[str]:
    stamp = f"{_basic(event.updated.astimezone(UTC))}Z"
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(event.uid)}"
    yield f"DTSTAMP:{stamp}"
    yield f"LAST-MODIFIED:{stamp}"
    yield f"SEQUENCE:{event.sequence}"
    if event.all_day:  # and lasts that one day (RFC 5545, 3.6.1)
        yield f"DTSTART;VALUE=DATE:{event.start.astimezone(UTC):%Y%m%d}"
    else:
        yield f"DTSTART{_time(event.start, event.zone)}"
        yield f"DTEND{_time(event.end, event.zone)}"
    yield f"SUMMARY:{_text(event.title)}"
    if event.description:
        yield f"DESCRIPTION:{_text(event.description)}"
    if event.location:
        yield f"LOCATION:{_text(event.location)}"
    if event.url:
        yield f"URL:{_CONTROLS.sub('', ''.join(event.url.split()))}"
    yield f"STATUS:{'CANCELLED' if event.cancelled else 'TENTATIVE' if event.tentative else 'CONFIRMED'}"
    yield "END:VEVENT"


def _time(instant: datetime, zone: str) -> str:
    """An instant as wall time in its zone; in UTC when clocks show it twice and this is the second time."""
    wall = local(instant, zone)
    if zone == "UTC" or resolve_wall(wall, zone)[0] != instant:
        return f":{_basic(instant.astimezone(UTC))}Z"
    return f";TZID={zone}:{_basic(wall)}"


def _basic(time: datetime) -> str:
    return f"{time:%Y%m%dT%H%M%S}"


def _text(value: str) -> str:
    """A TEXT value (RFC 5545, 3.3.11): separators and line breaks escaped, no control characters."""
    if not value.isprintable():
        value = _CONTROLS.sub("", "\n".join(value.splitlines()))
    return value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _fold(line: str) -> bytes:
    """The line in UTF-8, folded to 75 octets (RFC 5545, 3.1), never within a character, with its end."""
    octets = line.encode(errors="replace")
    if len(octets) <= _LINE_OCTETS:
        return octets + b"\r\n"
    start, folded = 0, []
    while start < len(octets):
        end = min(len(octets), start + _LINE_OCTETS - (start > 0))  # the space that continues a line counts
        while end < len(octets) and octets[end] & 0b11000000 == _CONTINUATION:
            end -= 1
        folded.append(octets[start:end])
        start = end
    return b"\r\n ".join(folded) + b"\r\n"
