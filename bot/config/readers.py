"""Readers: each makes a typed value of what stands in the file or was typed, or raises ValueError with the cure."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any
from urllib.parse import unquote, urlsplit

from bot.publish.record import OutsideArchive
from bot.when import Lead, Quiet, closest_zones, is_country, is_zone, parse_lead

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CUSTOM_EMOJI = re.compile(r"<?a?:?(\w{2,32}):(\d{15,20})>?")
#: One emoji: a flag, a keycap, or signs that joiners hold together, each with a tone, a variant or tags of its own
#: (https://unicode.org/reports/tr51/#EBNF_and_Regex; which signs are emoji at all changes with each year's Unicode).
_FLAG, _KEYCAP = "[\U0001f1e6-\U0001f1ff]{2}", "[0-9#*]\ufe0f?\u20e3"
_SIGN = (
    "[^\\x00-\\x7f\\w\\s\u200b-\u203b\u20e3\ufe0f\ufeff\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff]"
    "(?:[\U0001f3fb-\U0001f3ff]|\ufe0f|[\U000e0020-\U000e007e]+\U000e007f)?"
)
_EMOJI = re.compile(f"{_FLAG}|{_KEYCAP}|[\u2139\u24c2]\ufe0f?|{_SIGN}(?:\u200d{_SIGN})*")


def text(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)  # a bare Discord id
    if not isinstance(value, str) or not value.strip():
        raise ValueError("must be a text in quotes and not empty")
    return value.strip()


def optional_text(value: Any) -> str | None:
    return None if value is None or value == "" else text(value)


def sentence(error: ValueError) -> str:
    """What a reader objects to, with a full stop if it has no end yet."""
    said = str(error)
    return said if said.endswith((".", "?")) else f"{said}."


def place(value: Any) -> str:
    """A channel or role: its name, `#name`, `@name`, a mention or its id; kept as a bare name or a digit string."""
    given = text(value)
    mention = re.fullmatch(r"<(?:#|@&)(\d+)>", given)
    bare = mention[1] if mention else given.removeprefix("#").removeprefix("@").strip()
    if not bare:
        raise ValueError('must name a channel or role, such as "proposals" or its id')
    return bare


def zone(value: Any) -> str:
    name = text(value)
    if not is_zone(name):
        near = closest_zones(name)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise ValueError(f'"{name}" is not an IANA time zone such as "Europe/Berlin".{hint}')
    return name


def zones(value: Any) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(zone(item) for item in listed(value, '["America/New_York", "UTC"]')))
    if len(found) > 8:
        raise ValueError("may name at most 8 time zones")
    return found


def optional_place(value: Any) -> str | None:
    return None if value in (None, "", "none") else place(value)


def country(value: Any) -> str | None:
    """A country, or one of its parts: "DE", "DE-BY"; none switches the look at holidays off."""
    if value in (None, "", "none"):
        return None
    code = text(value).upper()
    if not is_country(code):
        raise ValueError(
            f'"{code}" is no country whose holidays are known; use a code such as "DE" or "DE-BY"'
        )
    return code


def yes_or_no(value: Any) -> bool:
    word = str(value).strip().casefold()
    if word not in ("yes", "true", "on", "no", "false", "off"):
        raise ValueError("must be true or false")
    return word in ("yes", "true", "on")


def emoji(value: Any) -> str:
    given = text(value)
    custom = CUSTOM_EMOJI.fullmatch(given)
    if custom:
        return f"{custom[1]}:{custom[2]}"
    if not _EMOJI.fullmatch(given):
        raise ValueError(
            f'"{given}" is not an emoji. Give one emoji such as "👍", or a custom one as "<:name:id>"'
        )
    return given


def whole(low: int, high: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if isinstance(value, str) and re.fullmatch(r"-?\d{1,9}", value.strip()):
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return value

    return read


def seconds(low: float, high: float) -> Callable[[Any], float]:
    def read(value: Any) -> float:
        if not isinstance(value, (int, float)) or isinstance(value, bool) or not low <= value <= high:
            raise ValueError(f"must be a number of seconds from {low:g} to {high:g}")
        return float(value)

    return read


def one_of(*allowed: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        given = text(value).lower()
        if given not in allowed:
            raise ValueError("must be one of " + ", ".join(f'"{a}"' for a in allowed))
        return given

    return read


def listed(value: Any, example: str) -> list[Any]:
    if isinstance(value, str):  # `/settings set` gives "7d, 1d"
        value = [part.strip() for part in value.split(",") if part.strip()]
    if not isinstance(value, list):
        raise ValueError(f"must be a list such as {example}")  # noqa: TRY004 - readers raise ValueError alike
    return value


def lead(value: Any) -> Lead:
    """One lead time, such as "10d"."""
    return parse_lead(text(value))


def leads(value: Any) -> tuple[Lead, ...]:
    leads = {
        lead.key: lead for lead in (parse_lead(text(item)) for item in listed(value, '["7d", "1d", "1h"]'))
    }
    if len(leads) > 8:
        raise ValueError("may name at most 8 lead times")
    return tuple(leads.values())


def clock_time(value: Any) -> time:
    if isinstance(value, time):
        return value
    match = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", text(value))
    if not match:
        raise ValueError('must be a time of day such as "08:30"')
    return time(int(match[1]), int(match[2]))


def quiet(value: Any) -> Quiet | None:
    if value in (None, "", "none"):
        return None
    start, dash, end = text(value).replace("–", "-").partition("-")
    if not dash:
        raise ValueError('must be two times of day such as "22:00-07:00", or "none"')
    return Quiet(clock_time(start.strip()), clock_time(end.strip()))


#: What `/settings set` and `/digest settings` take for a list of weekdays.
_SHORTHANDS = {"daily": "mon, tue, wed, thu, fri", "weekly": "mon", "none": " "}


def days(value: Any) -> frozenset[int]:
    found = set()
    shorthand = _SHORTHANDS.get(value.strip().casefold()) if isinstance(value, str) else None
    for item in listed(shorthand or value, '["mon", "tue"]'):
        day = text(item).lower()[:3]
        if day not in WEEKDAYS:
            raise ValueError(f'"{item}" is not a weekday; use ' + ", ".join(WEEKDAYS))
        found.add(WEEKDAYS.index(day))
    return frozenset(found)


@dataclass(frozen=True)
class Schedule:
    """On which weekdays a channel gets its digest, and when, if not at the hour of all others."""

    channel: str
    days: frozenset[int]
    at: time | None = None

    def __str__(self) -> str:
        named = " ".join(WEEKDAYS[day] for day in sorted(self.days)) or "none"
        return f"{self.channel}: {named}" + (f" {self.at:%H:%M}" if self.at else "")


_SCHEDULE = '"theory: weekly" or "theory: mon thu 17:00"'


def schedules(value: Any) -> tuple[Schedule, ...]:
    """Digest days of single channels: a list of texts, or one text with semicolons between them."""
    items = value.split(";") if isinstance(value, str) else listed(value, '["theory: weekly"]')
    found = [_schedule(item) for item in items if not isinstance(item, str) or item.strip()]
    return tuple({schedule.channel: schedule for schedule in found}.values())


def _schedule(item: Any) -> Schedule:
    channel, colon, rest = text(item).rpartition(": ")
    *named, last = rest.replace(",", " ").split() or [""]
    at = clock_time(last) if ":" in last else None
    wanted = named if at else [*named, last]
    if not colon or not any(wanted):
        raise ValueError(f'"{item}" must name a channel and its days, such as {_SCHEDULE}')
    return Schedule(place(channel), days(wanted[0] if len(wanted) == 1 else wanted), at)


def is_loopback(host: str | None) -> bool:
    """Whether a host name or address is this machine itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def discord_url(*schemes: str) -> Callable[[Any], str]:
    """Tokens go to Discord over TLS, or to loopback, and nowhere else."""

    def read(value: Any) -> str:
        given = text(value)
        url = urlsplit(given)
        host = url.hostname or ""
        plain, tls = schemes
        ours = host == "discord.com" or host.endswith((".discord.com", ".discord.gg")) or host == "discord.gg"
        if url.scheme == tls and ours and url.port in (None, 443):
            return given.rstrip("/")
        if url.scheme in schemes and is_loopback(host):
            return given.rstrip("/")
        raise ValueError(
            f"would send the token to {host or 'nowhere'}; use {tls}://…discord.com, or {plain}:// on loopback"
        )

    return read


def web_url(value: Any) -> str:
    given = text(value)
    url = urlsplit(given)
    if url.scheme not in ("http", "https") or not url.hostname or re.search(r"\s", given):
        raise ValueError("must be a web address starting with https://, without a blank in it")
    return given


def site_url(value: Any) -> str | None:
    """The address of a site; a folder, so that it ends in a slash."""
    if value in (None, "", "none"):
        return None
    url = urlsplit(web_url(value))
    if url.query or url.fragment:
        raise ValueError("must be an address without ? and #, such as https://example.org/group/")
    return web_url(value).rstrip("/") + "/"


def discord_id(value: Any) -> int | None:
    if value in (None, "", "none"):
        return None
    if not re.fullmatch(r"\d{15,20}", given := text(value)):
        raise ValueError("must be the id of a Discord server, 15 to 20 digits")
    return int(given)


def feed_url(value: Any) -> str:
    given = web_url(value)
    if "{category}" not in given:
        raise ValueError('must contain {category}, as in "https://rss.arxiv.org/atom/{category}"')
    return given


def database_url(value: Any) -> str:
    """Only its form; what it names is told apart in storage, and so is what is wrong with it. May hold a password."""
    given = text(value)
    if not re.match(r"(sqlite\+aiosqlite:///|postgresql\+asyncpg://).", given):
        raise ValueError(
            'must look like "sqlite+aiosqlite:///data/bot.db" or "postgresql+asyncpg://user@host/database"'
        )
    return given


_ARCHIVE = re.compile(r"(?P<name>.+?)\s*(?:\((?P<years>[^()]*\d{4}[^()]*)\))?\s+(?P<url>https?://\S+)")


def archives(value: Any) -> tuple[OutsideArchive, ...]:
    """Archives elsewhere, each as "name (years) address"; in `/settings set` separated by semicolons."""
    rows = [part.strip() for part in value.split(";") if part.strip()] if isinstance(value, str) else value
    found = []
    for item in listed(
        [] if rows in (None, ["none"]) else rows, '["Older talks (2022–2025) https://example.org"]'
    ):
        row = _ARCHIVE.fullmatch(text(item))
        if row is None:
            raise ValueError(f'"{item}" is no archive such as "Older talks (2022–2025) https://example.org"')
        found.append(OutsideArchive(row["name"].rstrip(" ,:"), row["years"] or "", web_url(row["url"])))
    return tuple(found)


def password_in(url: str) -> str:
    """What the log must not show of a database's URL; "" when it holds no password."""
    return unquote(urlsplit(url).password or "")


def texts(value: Any) -> tuple[str, ...]:
    return tuple(text(item) for item in listed(value, '["cs.LG", "stat.ML"]'))


_LISTEN = re.compile(r"(?:([\w.:-]+|\[[\da-fA-F:.]+\]):)?(\d{1,5})")


def listen(value: Any) -> tuple[str, int] | None:
    """An address of this machine and a port; a port alone is on this machine alone."""
    if value is None:
        return None
    given = _LISTEN.fullmatch(text(value))
    if given is None or int(given[2]) > 65535:
        raise ValueError('must be an address and a port such as "127.0.0.1:9464"')
    return (given[1] or "127.0.0.1").strip("[]"), int(given[2])


def shards(value: Any) -> tuple[int, ...]:
    """Numbers of shards, the first one being 0."""
    numbers = listed(value, "[0, 1]")
    if not all(
        isinstance(number, int) and not isinstance(number, bool) and number >= 0 for number in numbers
    ):
        raise ValueError("must be a list of shards such as [0, 1]; the first is 0")
    return tuple(sorted(set(numbers)))


def impossible_shards(discord: Mapping[str, Any]) -> list[str]:
    """What is wrong with the shards of a process, if anything is."""
    count, given = discord.get("shard_count", 1), discord.get("shards", ())
    if all(shard < count for shard in given):
        return []
    return [
        f"discord.shards: there are {count} shards, 0 to {count - 1}. Correct it, or discord.shard_count."
    ]
