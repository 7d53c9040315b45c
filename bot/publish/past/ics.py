"""Talks from a calendar file (RFC 5545). Where people met (LOCATION) is not read: it may hold how to join. Pure."""

from __future__ import annotations

import re
from functools import partial

from bot.publish.past import LONGEST_TEXT, LONGEST_TITLE, Incoming, Unread, taken
from bot.publish.past.days import Unreadable
from bot.publish.record import Paper

_PROPERTY = re.compile(r'([A-Za-z-]+)((?:;[A-Za-z-]+=(?:"[^"]*"|[^";:]*))*):(.*)', re.DOTALL)
_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d(Z?))?")
_DURATION = re.compile(r"P(?:T?(?:(\d+)H)?(?:(\d+)M)?)")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
#: How people join: lines of a description that hold it are left out.
_JOIN = re.compile(
    r"https?://\S*(?:zoom|meet\.google|teams\.microsoft|teams\.live|webex|bbb|jit\.si)|passcode|meeting id",
    re.IGNORECASE,
)

Properties = dict[str, tuple[str, str]]


def read(text: str) -> list[Incoming | Unread]:
    """The events of a calendar, each a talk; cancelled ones are left out."""
    found: list[Incoming | Unread] = []
    event: Properties | None = None
    began = depth = 0
    for number, line in _unfolded(text):
        if line == "BEGIN:VEVENT":
            event, began, depth = {}, number, 0
        elif event is None:
            continue
        elif line == "END:VEVENT":
            if event.get("STATUS", ("", ""))[1].upper() != "CANCELLED":
                found.append(taken(f"line {began}", partial(_talk, f"line {began}", event)))
            event = None
        elif line.startswith(("BEGIN:", "END:")):
            depth += 1 if line.startswith("BEGIN:") else -1
        elif not depth and (match := _PROPERTY.fullmatch(line)):
            event.setdefault(match[1].upper(), (match[2], match[3]))
    return found


def _unfolded(text: str) -> list[tuple[int, str]]:
    lines: list[tuple[int, str]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line[:1] in (" ", "\t") and lines:
            lines[-1] = (lines[-1][0], lines[-1][1] + line[1:])
        else:
            lines.append((number, line))
    return lines


def _talk(where: str, event: Properties) -> Incoming:
    if "RRULE" in event:
        raise Unreadable("it repeats; export single events")
    title = " ".join(_text(event, "SUMMARY").split())
    if not title:
        raise Unreadable("it has no title (SUMMARY)")
    wall, zone = _time(event, "DTSTART")
    kept = [line for line in _text(event, "DESCRIPTION").splitlines() if not _JOIN.search(line)]
    url = event.get("URL", ("", ""))[1].strip()
    return Incoming(
        where=where,
        wall=wall,
        zone=zone,
        title=title[:LONGEST_TITLE],
        abstract="\n".join(kept).strip()[:LONGEST_TEXT],
        papers=(Paper(url, ""),) if "arxiv.org" in url or "doi.org" in url else (),
        minutes=_minutes(event, wall),
    )


def _text(event: Properties, name: str) -> str:
    return _ESCAPED.sub(lambda one: "\n" if one[1] in "nN" else one[1], event.get(name, ("", ""))[1])


def _time(event: Properties, name: str) -> tuple[str, str]:
    parameters, value = event.get(name, ("", ""))
    found = _TIME.fullmatch(value.strip())
    if not found:
        raise Unreadable("it has no start (DTSTART)")
    day = f"{found[1]}-{found[2]}-{found[3]}"
    if found[4] is None:
        return day, ""
    zone = re.search(r';TZID="?([^";:]+)', parameters, re.IGNORECASE)
    return f"{day}T{found[4]}:{found[5]}", found[6] or (zone[1] if zone else "")


def _minutes(event: Properties, wall: str) -> int | None:
    """How long it lasted, where both ends stand in one zone, or its duration is told."""
    if duration := _DURATION.fullmatch(event.get("DURATION", ("", ""))[1]):
        return int(duration[1] or 0) * 60 + int(duration[2] or 0) or None
    if "DTEND" not in event or "T" not in wall:
        return None
    end, _ = _time(event, "DTEND")
    if end[:10] != wall[:10] or len(end) < len(wall):
        return None
    hours, minutes = (int(end[at : at + 2]) - int(wall[at : at + 2]) for at in (11, 14))
    return hours * 60 + minutes if hours * 60 + minutes > 0 else None
