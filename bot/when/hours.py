"""The time of day and the zone in a typed text: each is taken out, and the rest handed back."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from bot.when.reading import FORMS, NotAWhen, Notes
from bot.when.zones import ABBREVIATIONS, closest_zones, is_zone

# Letters that name several zones in the world.
_CONTESTED = {"IST", "CST", "BST"}
_GERMAN = {"MEZ": "CET", "MESZ": "CEST"}

_IANA = re.compile(r"[\[(]?\b([A-Za-z]+(?:/[A-Za-z][\w+-]*)+)[\])]?")
_OFFSET = re.compile(r"[\[(]?\b(?:UTC|GMT)\s?([+\-−])(\d{1,2})(?::?([0-5]\d))?\b[\])]?", re.IGNORECASE)
_LETTERS = re.compile(r"[\[(]?\b([A-Za-z]{2,4})\b[\])]?")

_CLOCK = re.compile(
    r"""(?<![\d:./-])(?:
      (?P<hour12>\d{1,2})(?:[:.](?P<minute12>\d\d))?\s?(?P<half>[ap])(?:m\b|\.m\.)
    | (?P<hour>\d{1,2})(?:[:.](?P<minute>\d\d))?\s?
        (?:uhr|h|o['’]clock)(?![a-z])(?:\s?(?P<after>[0-5]\d)\b(?![.:/-]))?
    | (?P<hour24>\d{1,2}):(?P<minute24>\d\d)(?::\d\d)?(?![\d:])
    | (?:\b(?:at|um|gegen)\s|@\s?)(?P<bare>\d{1,2})(?![\w:]|[./-]\d|\s?(?:[ap]\.?m\b|uhr|h\b|o['’]cl))
    | \b(?:at\s)?(?P<noon>noon|midday|mittags?)\b
    | \b(?:at\s|um\s)?(?P<midnight>midnight|mitternacht)\b
    )""",
    re.VERBOSE,
)
_LATE = re.compile(r"\b(?:in the |this )?(?:evening|afternoon)\b|\b(?:abends?|nachmittags?)\b")
_EARLY = re.compile(r"\b(?:in the |this )?morning\b|\b(?:morgens|vormittags?|früh)\b")
_AFTERNOON = 12
_FARTHEST = timedelta(hours=14)
# A bare "at 5" before this hour is rarely meant for the night or the early morning.
_DAYBREAK = 8


def take_zone(text: str, home: str, now: datetime, notes: Notes) -> tuple[str, tzinfo]:
    """Take a named zone out of `text`: (the rest, the zone; that of `home` when none is named)."""
    if match := _OFFSET.search(text):
        return _without(text, match), _fixed(match)
    if match := _IANA.search(text):
        if not is_zone(match[1]):
            near = closest_zones(match[1], limit=1)
            cure = f" Did you mean {near[0]}?" if near else ""
            raise NotAWhen(f"I know no time zone “{match[1]}”.{cure}")
        return _without(text, match), ZoneInfo(match[1])
    for match in _LETTERS.finditer(text):
        written = _GERMAN.get(match[1].upper(), match[1].upper())
        last = not text[match.end() :].strip() and len(written) > 2
        zone = home if written in _names(ZoneInfo(home), now) else ABBREVIATIONS.get(written)
        if zone and (match[1].isupper() or last):  # in between, "ist" is a German word and "IST" a zone
            if written in _CONTESTED and zone != home:
                notes.doubt(f"“{match[1]}” is the name of several zones; it was read as that of {zone}.")
            return _without(text, match), ZoneInfo(zone)
    return text, ZoneInfo(home)


def _fixed(match: re.Match[str]) -> timezone:
    distance = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    if distance > _FARTHEST:
        raise NotAWhen(f"“{match[0].strip()}” is no time zone. {FORMS}")
    return timezone(distance if match[1] == "+" else -distance)


def doubt_season(text: str, instant: datetime, zone: ZoneInfo, notes: Notes) -> None:
    """Say so when `text` names the zone's winter time in summer ("11:00 EST" in July), or the reverse."""
    said = {_GERMAN.get(word.upper(), word.upper()) for word in re.findall(r"[A-Za-z]+", text)}
    actual = instant.astimezone(zone).tzname()
    if actual not in said:
        for wrong in sorted(said & _names(zone, instant)):
            notes.doubt(
                f"{zone} is on {actual} that day, not {wrong}; it was read as what clocks there show."
            )


def _names(zone: ZoneInfo, now: datetime) -> set[str | None]:
    """What the zone's time is called in the winter and in the summer of that year."""
    return {datetime(now.year, month, 1, tzinfo=zone).tzname() for month in (1, 7)}


def take_clock(text: str, notes: Notes) -> tuple[str, time | None]:
    """Take the time of day out of a casefolded `text`: (the rest, the time or None). Refuses two of them."""
    found = list(_CLOCK.finditer(text))
    if len(found) > 1:
        raise NotAWhen("There are two times of day in that; give only the start.")
    if not found:
        return text, None
    match = found[0]
    rest, late = _LATE.subn(" ", _without(text, match))
    rest, early = _EARLY.subn(" ", rest)
    hour, minute = _hour_and_minute(match, notes)
    if (late or "tonight" in rest) and hour < _AFTERNOON:
        hour += 12
    if match["bare"] and hour < _DAYBREAK and not early:
        notes.doubt(f"“{match[0].strip()}” was read as {hour:02}:00; write “{hour}pm” for the afternoon.")
    try:
        return rest, time(hour, minute)
    except ValueError:
        raise NotAWhen(f"“{match[0].strip()}” is no time of day. {FORMS}") from None


def _hour_and_minute(match: re.Match[str], notes: Notes) -> tuple[int, int]:
    if match["noon"]:
        return 12, 0
    if match["midnight"]:
        notes.doubt("Midnight was read as 00:00, the beginning of that day.")
        return 0, 0
    if not match["half"]:
        hour = match["hour"] or match["hour24"] or match["bare"]
        return int(hour), int(match["minute"] or match["after"] or match["minute24"] or 0)
    hour, minute = int(match["hour12"]), int(match["minute12"] or 0)
    if match["half"] == "a" and hour > _AFTERNOON:  # "17:30 am Montag": a German "on", not a morning
        return hour, minute
    if not 1 <= hour <= _AFTERNOON:
        raise NotAWhen(f"“{match[0].strip()}” is no time of day. {FORMS}")
    hour = hour % _AFTERNOON + (_AFTERNOON if match["half"] == "p" else 0)
    if hour in (0, _AFTERNOON):
        notes.doubt(f"“{match[0].strip()}” was read as {hour:02}:{minute:02}.")
    return hour, minute


def _without(text: str, match: re.Match[str]) -> str:
    return f"{text[: match.start()]} {text[match.end() :]}".strip()
