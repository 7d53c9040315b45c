"""config.toml as frozen, typed settings.

One table of keys (`KEYS`) says for each key its default, how it is read, whether a server's organisers may set it for
their server, and what it is for. The same table reads the file, checks `/settings set`, and is held against
`config.example.toml` by a test. Every error names the key and the cure.
"""

from __future__ import annotations

import difflib
import ipaddress
import os
import re
import stat
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bot.topics.taxonomy import Topic, shipped
from bot.when import Lead, closest_zones, is_zone, parse_lead

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CUSTOM_EMOJI = re.compile(r"<?a?:?(\w{2,32}):(\d{15,20})>?")


class ConfigError(Exception):
    """What is wrong with the configuration; `problems` holds one sentence each, naming the key and the cure."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Discord:
    api_url: str
    gateway_url: str
    token_file: str | None


@dataclass(frozen=True)
class Storage:
    url: str


@dataclass(frozen=True)
class Arxiv:
    api_url: str
    feed_url: str
    min_interval: float  # seconds
    contact: str | None
    timeout: float  # seconds


@dataclass(frozen=True)
class Log:
    level: str
    format: str


@dataclass(frozen=True)
class Group:
    name: str
    timezone: str
    organiser_role: str
    announcement_channel: str
    proposal_channel: str
    vote_emoji: str
    session_minutes: int


@dataclass(frozen=True)
class Reminders:
    before: tuple[Lead, ...]


@dataclass(frozen=True)
class Digest:
    at: time
    days: frozenset[int]  # Monday is 0
    max_papers: int


@dataclass(frozen=True)
class ServerSettings:
    """What holds for one server: built-in default < config.toml < what its organisers set."""

    group: Group
    reminders: Reminders
    digest: Digest
    topics: tuple[Topic, ...]


@dataclass(frozen=True)
class Key:
    """One setting: its default as it would stand in the file, its reader, and what it is for."""

    default: Any
    read: Callable[[Any], Any]
    about: str
    per_server: bool = False


def _text(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)  # a bare Discord id
    if not isinstance(value, str) or not value.strip():
        raise ValueError("must be a text in quotes and not empty")
    return value.strip()


def _optional_text(value: Any) -> str | None:
    return None if value is None or value == "" else _text(value)


def _place(value: Any) -> str:
    """A channel or role: its name, `#name`, `@name`, a mention or its id; kept as a bare name or a digit string."""
    text = _text(value)
    mention = re.fullmatch(r"<(?:#|@&)(\d+)>", text)
    bare = mention[1] if mention else text.removeprefix("#").removeprefix("@").strip()
    if not bare:
        raise ValueError('must name a channel or role, such as "proposals" or its id')
    return bare


def _zone(value: Any) -> str:
    name = _text(value)
    if not is_zone(name):
        near = closest_zones(name)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise ValueError(f'"{name}" is not an IANA time zone such as "Europe/Berlin".{hint}')
    return name


def _emoji(value: Any) -> str:
    text = _text(value)
    custom = CUSTOM_EMOJI.fullmatch(text)
    if custom:
        return f"{custom[1]}:{custom[2]}"
    if len(text) > 16 or re.search(r"[\sA-Za-z<>:]", text) or text.isdigit():
        raise ValueError(
            f'"{text}" is not an emoji. Give one emoji such as "👍", or a custom one as "<:name:id>"'
        )
    return text


def _whole(low: int, high: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if isinstance(value, str) and re.fullmatch(r"-?\d{1,9}", value.strip()):
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return value

    return read


def _seconds(low: float, high: float) -> Callable[[Any], float]:
    def read(value: Any) -> float:
        if not isinstance(value, (int, float)) or isinstance(value, bool) or not low <= value <= high:
            raise ValueError(f"must be a number of seconds from {low:g} to {high:g}")
        return float(value)

    return read


def _one_of(*allowed: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        text = _text(value).lower()
        if text not in allowed:
            raise ValueError("must be one of " + ", ".join(f'"{a}"' for a in allowed))
        return text

    return read


def _list(value: Any, example: str) -> list[Any]:
    if isinstance(value, str):  # `/settings set` gives "7d, 1d"
        value = [part.strip() for part in value.split(",") if part.strip()]
    if not isinstance(value, list):
        raise ValueError(f"must be a list such as {example}")  # noqa: TRY004 - readers raise ValueError alike
    return value


def _leads(value: Any) -> tuple[Lead, ...]:
    leads = {
        lead.key: lead for lead in (parse_lead(_text(item)) for item in _list(value, '["7d", "1d", "1h"]'))
    }
    if len(leads) > 8:
        raise ValueError("may name at most 8 lead times")
    return tuple(leads.values())


def _clock_time(value: Any) -> time:
    if isinstance(value, time):
        return value
    match = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", _text(value))
    if not match:
        raise ValueError('must be a time of day such as "08:30"')
    return time(int(match[1]), int(match[2]))


def _days(value: Any) -> frozenset[int]:
    found = set()
    for item in _list(value, '["mon", "tue"]'):
        day = _text(item).lower()[:3]
        if day not in WEEKDAYS:
            raise ValueError(f'"{item}" is not a weekday; use ' + ", ".join(WEEKDAYS))
        found.add(WEEKDAYS.index(day))
    return frozenset(found)


def is_loopback(host: str | None) -> bool:
    """Whether a host name or address is this machine itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def _discord_url(*schemes: str) -> Callable[[Any], str]:
    """Tokens go to Discord over TLS, or to loopback, and nowhere else."""

    def read(value: Any) -> str:
        text = _text(value)
        url = urlsplit(text)
        host = url.hostname or ""
        plain, tls = schemes
        ours = host == "discord.com" or host.endswith((".discord.com", ".discord.gg")) or host == "discord.gg"
        if url.scheme == tls and ours and url.port in (None, 443):
            return text.rstrip("/")
        if url.scheme in schemes and is_loopback(host):
            return text.rstrip("/")
        raise ValueError(
            f"would send the token to {host or 'nowhere'}; use {tls}://…discord.com, or {plain}:// on loopback"
        )

    return read


def _web_url(value: Any) -> str:
    text = _text(value)
    url = urlsplit(text)
    if url.scheme not in ("http", "https") or not url.hostname:
        raise ValueError("must be a web address starting with https://")
    return text


def _feed_url(value: Any) -> str:
    text = _web_url(value)
    if "{category}" not in text:
        raise ValueError('must contain {category}, as in "https://rss.arxiv.org/atom/{category}"')
    return text


def _database_url(value: Any) -> str:
    text = _text(value)
    if not re.match(r"sqlite\+aiosqlite:///.", text):
        raise ValueError('must look like "sqlite+aiosqlite:///data/bot.db"')
    return text


KEYS: dict[str, Key] = {
    "discord.api_url": Key(
        "https://discord.com/api/v10", _discord_url("http", "https"), "Discord's HTTP API."
    ),
    "discord.gateway_url": Key("wss://gateway.discord.gg", _discord_url("ws", "wss"), "Discord's gateway."),
    "discord.token_file": Key(
        None, _optional_text, "A file that holds the bot's token, if DISCORD_TOKEN is not set."
    ),
    "storage.url": Key("sqlite+aiosqlite:///data/bot.db", _database_url, "Where the state lives."),
    "arxiv.api_url": Key("https://export.arxiv.org/api/query", _web_url, "arXiv's query API."),
    "arxiv.feed_url": Key(
        "https://rss.arxiv.org/atom/{category}", _feed_url, "arXiv's Atom feed of a category."
    ),
    "arxiv.min_interval": Key(
        3.0, _seconds(0, 3600), "Seconds between two requests to arXiv, over all uses together."
    ),
    "arxiv.contact": Key(None, _optional_text, "A mail address or web page that arXiv can complain to."),
    "arxiv.timeout": Key(15.0, _seconds(0.1, 300), "Seconds until a request to arXiv is given up."),
    "log.level": Key("info", _one_of("debug", "info", "warning", "error"), "How much the log says."),
    "log.format": Key("text", _one_of("text", "json"), "One line an event, for people or for machines."),
    "group.name": Key(
        "Reading group", _text, "What the group is called in cards and calendars.", per_server=True
    ),
    "group.timezone": Key("Europe/Berlin", _zone, "The group's IANA time zone.", per_server=True),
    "group.organiser_role": Key("Organiser", _place, "The role whose members organise.", per_server=True),
    "group.announcement_channel": Key(
        "announcements", _place, "Where sessions and reminders go.", per_server=True
    ),
    "group.proposal_channel": Key("proposals", _place, "Where ballots go.", per_server=True),
    "group.vote_emoji": Key("👍", _emoji, "The reaction that is a vote.", per_server=True),
    "group.session_minutes": Key(60, _whole(5, 24 * 60), "How long a session lasts.", per_server=True),
    "reminders.before": Key(
        ["7d", "1d", "1h"], _leads, "How long before a session to remind.", per_server=True
    ),
    "digest.at": Key("08:30", _clock_time, "When digests go out, in the group's zone.", per_server=True),
    "digest.days": Key(["mon", "tue", "wed", "thu", "fri"], _days, "On which weekdays.", per_server=True),
    "digest.max_papers": Key(
        20, _whole(1, 100), "Papers a channel gets on one day at most.", per_server=True
    ),
}


def _read_topic(number: int, table: Any, problems: list[str]) -> Topic | None:
    where = f"topics[{number}]"
    if not isinstance(table, dict):
        problems.append(f"{where}: must be a [[topics]] table.")
        return None
    allowed = ("key", "name", "area", "channel", "categories", "phrases", "description")
    problems.extend(
        f"{where}.{name}: unknown key.{_suggest(name, allowed)}" for name in table if name not in allowed
    )
    values: dict[str, Any] = {}
    for name, read, needed in (
        ("key", _text, True), ("name", _text, True), ("area", _optional_text, False), ("channel", _place, False),
        ("categories", _texts, False), ("phrases", _texts, False), ("description", _optional_text, False),
    ):  # fmt: skip
        if name not in table:
            if needed:
                problems.append(f'{where}.{name}: is missing; add {name} = "…".')
            continue
        try:
            values[name] = read(table[name])
        except ValueError as error:
            problems.append(f"{where}.{name}: {error}.")
    if "key" not in values or "name" not in values:
        return None
    return Topic(
        key=values["key"],
        name=values["name"],
        area=values.get("area") or values["name"],
        channel=values.get("channel"),
        categories=values.get("categories", ()),
        phrases=values.get("phrases", ()),
        description=values.get("description") or "",
    )


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(_text(item) for item in _list(value, '["cs.LG", "stat.ML"]'))


def _suggest(name: str, allowed: Any) -> str:
    near = difflib.get_close_matches(name, list(allowed), n=1)
    return f" Did you mean {near[0]}?" if near else " Remove it."


def _read_topics(tables: Any, problems: list[str]) -> tuple[Topic, ...]:
    if tables is None:
        return tuple(shipped())
    if not isinstance(tables, list):
        problems.append("topics: must be [[topics]] tables, with two brackets.")
        return ()
    topics = [topic for n, table in enumerate(tables, 1) if (topic := _read_topic(n, table, problems))]
    keys = [topic.key for topic in topics]
    problems.extend(
        f'topics: the key "{key}" is used twice; give each topic its own.'
        for key in {k for k in keys if keys.count(k) > 1}
    )
    return tuple(topics)


@dataclass(frozen=True)
class Settings:
    """The whole configuration."""

    discord: Discord
    storage: Storage
    arxiv: Arxiv
    log: Log
    raw: Mapping[str, Any]  # "group.timezone" -> value as in the file
    topics: tuple[Topic, ...]

    def for_server(self, overrides: Mapping[str, Any] | None = None) -> ServerSettings:
        """What holds on a server whose organisers set `overrides` ("group.timezone" -> value).

        Raises ConfigError for an override that cannot be read.
        """
        problems: list[str] = []
        merged = {**self.raw, **(overrides or {})}
        values = _read_keys({name: merged[name] for name in merged if KEYS[name].per_server}, problems)
        if problems:
            raise ConfigError(problems)
        return ServerSettings(
            group=Group(**values["group"]),
            reminders=Reminders(**values["reminders"]),
            digest=Digest(**values["digest"]),
            topics=self.topics,
        )


def _read_keys(raw: Mapping[str, Any], problems: list[str]) -> dict[str, dict[str, Any]]:
    """Read flat values into sections, filling in defaults; what cannot be read is added to `problems`."""
    sections: dict[str, dict[str, Any]] = {}
    for name, key in KEYS.items():
        section, _, short = name.partition(".")
        value = raw.get(name, key.default)
        try:
            sections.setdefault(section, {})[short] = key.read(value)
        except ValueError as error:
            problems.append(f"{name}: {str(error).rstrip('.')}.")
    return sections


def parse(tables: Mapping[str, Any]) -> Settings:
    """Read the tables of a TOML file. Raises ConfigError with every problem found, not only the first."""
    problems: list[str] = []
    known_sections = {name.partition(".")[0] for name in KEYS} | {"topics"}
    raw: dict[str, Any] = {}
    for section, table in tables.items():
        if section == "topics":
            continue
        if section not in known_sections:
            problems.append(f"[{section}]: unknown section.{_suggest(section, known_sections)}")
        elif not isinstance(table, dict):
            problems.append(f"{section}: must be a section [{section}].")
        else:
            raw.update({f"{section}.{short}": value for short, value in table.items()})
    for name in [name for name in raw if name not in KEYS]:
        problems.append(f"{name}: unknown key.{_suggest(name, KEYS)}")
        del raw[name]
    values = _read_keys(raw, problems)
    topics = _read_topics(tables.get("topics"), problems)
    if problems:
        raise ConfigError(problems)
    return Settings(
        discord=Discord(**values["discord"]),
        storage=Storage(**values["storage"]),
        arxiv=Arxiv(**values["arxiv"]),
        log=Log(**values["log"]),
        raw=raw,
        topics=topics,
    )


def load(path: Path) -> Settings:
    """Read a config file. Raises ConfigError when it is absent, is not TOML or holds a wrong value."""
    try:
        data = path.read_bytes()
    except OSError as error:
        cure = "Copy config.example.toml to it and edit it"
        raise ConfigError([f"{path}: cannot be read ({error.strerror}). {cure}."]) from None
    try:
        return parse(tomllib.loads(data.decode("utf-8-sig")))
    except UnicodeDecodeError:
        raise ConfigError([f"{path}: is not UTF-8 text. Save it as UTF-8."]) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            [f"{path}: is not valid TOML: {error}. Texts need quotes, lists need [ ]."]
        ) from None


def read_token(discord: Discord, environ: Mapping[str, str] = os.environ) -> str:
    """The bot's token from DISCORD_TOKEN or `discord.token_file`. Raises ConfigError with the cure."""
    token = environ.get("DISCORD_TOKEN", "").strip()
    if token:
        return _checked_token(token, "DISCORD_TOKEN")
    if not discord.token_file:
        raise ConfigError(
            [
                "discord.token_file: no token. Set the environment variable DISCORD_TOKEN, or name a file that has it."
            ]
        )
    path = Path(discord.token_file)
    try:
        token = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            [f"discord.token_file: {path} cannot be read ({type(error).__name__}). Check the path."]
        ) from None
    return _checked_token(token, "discord.token_file")


def is_open_to_others(path: Path) -> bool:
    """Whether other users of the machine can read a file that holds a secret (POSIX only)."""
    return os.name == "posix" and path.exists() and bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def _checked_token(token: str, source: str) -> str:
    """A token is one word of printable ASCII; what was wrong is said without showing it."""
    token = token.removeprefix("Bot ").strip()
    if not re.fullmatch(r"[!-~]+", token):
        raise ConfigError(
            [f"{source}: does not hold a token (one word). Copy it again from Discord's developer page."]
        )
    return token
