"""config.toml as frozen, typed settings.

One table of keys (`KEYS`) says for each key its default, how it is read, whether a server's organisers may set it for
their server, and what it is for. The same table reads the file, checks `/settings set`, and is held against
`config.example.toml` by a test. Every error names the key and the cure.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any

from bot.config import readers
from bot.config.problems import ConfigError
from bot.config.readers import CUSTOM_EMOJI, WEEKDAYS, Schedule, is_loopback
from bot.config.tables import read_conferences, read_topics, suggest
from bot.config.token import is_open_to_others, read_token
from bot.publish.record import OutsideArchive
from bot.topics.taxonomy import Topic
from bot.when import Conference, Lead, Quiet

__all__ = [
    "CUSTOM_EMOJI",
    "KEYS",
    "WEEKDAYS",
    "ConfigError",
    "Schedule",
    "ServerSettings",
    "Settings",
    "is_loopback",
    "is_open_to_others",
    "load",
    "parse",
    "read_token",
]


@dataclass(frozen=True)
class Discord:
    api_url: str
    gateway_url: str
    token_file: str | None
    shard_count: int = 1
    shards: tuple[int, ...] = ()  # those of this process; none: all


@dataclass(frozen=True)
class Storage:
    url: str
    backup_folder: str | None = None
    backups: int = 0  # how many are kept; 0: none is made


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
class Health:
    listen: tuple[str, int] | None


@dataclass(frozen=True)
class Group:
    name: str
    timezone: str
    organiser_role: str
    announcement_channel: str
    proposal_channel: str
    vote_emoji: str
    presenter_emoji: str
    vote_role: str | None  # who may vote; None is everybody
    votes_per_member: int  # 0 is any number
    own_votes: bool
    presenter_first: bool  # whether a chosen paper waits for somebody who would present it
    proposal_days: int  # until a proposal without a vote goes; 0 is never
    starved_after: int  # sessions without a paper of an area, until the organisers are told; 0 is never
    session_minutes: int
    organiser_channel: str | None
    quiet_hours: Quiet | None
    zones: tuple[str, ...]
    ping_role: str | None
    country: str | None
    announce_days: int
    archives: tuple[OutsideArchive, ...]  # where else talks of the group are kept
    about: str | None  # the group's own words, for its web site


@dataclass(frozen=True)
class Reminders:
    before: tuple[Lead, ...]
    presenter: tuple[Lead, ...]
    organisers: tuple[Lead, ...]


@dataclass(frozen=True)
class SessionRules:
    plan_ahead: Lead
    presenter_alert: Lead


@dataclass(frozen=True)
class Privacy:
    left_days: int
    answers_days: int  # 0: kept for ever


@dataclass(frozen=True)
class Site:
    listen: tuple[str, int] | None  # where the web site is served; None: nowhere
    base_url: str | None  # the address by which others reach it, with a slash at its end
    server: int | None  # whose site it is, where the bot serves several


@dataclass(frozen=True)
class Digest:
    at: time
    days: frozenset[int]  # Monday is 0
    max_papers: int
    per_topic: int
    cross: bool
    replacements: bool
    say_closed: bool
    likes_to_propose: int  # 0: never
    authors: tuple[str, ...]  # colleagues, whose papers are marked
    channels: tuple[Schedule, ...]  # those with days of their own


@dataclass(frozen=True)
class ServerSettings:
    """What holds for one server: built-in default < config.toml < what its organisers set."""

    group: Group
    reminders: Reminders
    digest: Digest
    sessions: SessionRules
    privacy: Privacy
    topics: tuple[Topic, ...]
    conferences: tuple[Conference, ...] = ()


@dataclass(frozen=True)
class Key:
    """One setting: its default as it would stand in the file, its reader, and what it is for."""

    default: Any
    read: Callable[[Any], Any]
    about: str
    per_server: bool = False


KEYS: dict[str, Key] = {
    "discord.api_url": Key(
        "https://discord.com/api/v10", readers.discord_url("http", "https"), "Discord's HTTP API."
    ),
    "discord.gateway_url": Key(
        "wss://gateway.discord.gg", readers.discord_url("ws", "wss"), "Discord's gateway."
    ),
    "discord.token_file": Key(
        None, readers.optional_text, "A file that holds the bot's token, if DISCORD_TOKEN is not set."
    ),
    "discord.shard_count": Key(1, readers.whole(1, 4096), "Into how many shards the servers are divided."),
    "discord.shards": Key([], readers.shards, "Which of the shards this process serves; none: all."),
    "storage.url": Key("sqlite+aiosqlite:///data/bot.db", readers.database_url, "Where the state lives."),
    "storage.backups": Key(7, readers.whole(0, 1000), "How many daily backups are kept; 0: none is made."),
    "storage.backup_folder": Key(
        None, readers.optional_text, "Where backups go; without it backups/ beside the database."
    ),
    "arxiv.api_url": Key("https://export.arxiv.org/api/query", readers.web_url, "arXiv's query API."),
    "arxiv.feed_url": Key(
        "https://rss.arxiv.org/atom/{category}", readers.feed_url, "arXiv's Atom feed of a category."
    ),
    "arxiv.min_interval": Key(
        3.0, readers.seconds(0, 3600), "Seconds between two requests to arXiv, over all uses together."
    ),
    "arxiv.contact": Key(
        None, readers.optional_text, "A mail address or web page that arXiv can complain to."
    ),
    "arxiv.timeout": Key(15.0, readers.seconds(0.1, 300), "Seconds until a request to arXiv is given up."),
    "log.level": Key("info", readers.one_of("debug", "info", "warning", "error"), "How much the log says."),
    "log.format": Key(
        "text", readers.one_of("text", "json"), "One line an event, for people or for machines."
    ),
    "health.listen": Key(
        None,
        readers.listen,
        "Where /healthz, /readyz and /metrics answer, such as 127.0.0.1:9464; none: nowhere.",
    ),
    "group.name": Key(
        "Reading group", readers.text, "What the group is called in cards and calendars.", per_server=True
    ),
    "group.timezone": Key("Europe/Berlin", readers.zone, "The group's IANA time zone.", per_server=True),
    "group.organiser_role": Key(
        "Organiser", readers.place, "The role whose members organise.", per_server=True
    ),
    "group.announcement_channel": Key(
        "announcements", readers.place, "Where sessions and reminders go.", per_server=True
    ),
    "group.proposal_channel": Key("proposals", readers.place, "Where ballots go.", per_server=True),
    "group.vote_emoji": Key("👍", readers.emoji, "The reaction that is a vote.", per_server=True),
    "group.presenter_emoji": Key(
        "🙋", readers.emoji, "The reaction that says: I would present this.", per_server=True
    ),
    "group.vote_role": Key(
        None,
        readers.optional_place,
        "The role whose members' votes count; none: everybody's.",
        per_server=True,
    ),
    "group.votes_per_member": Key(
        0,
        readers.whole(0, 1000),
        "How many votes of a member count, the oldest first; 0: all.",
        per_server=True,
    ),
    "group.own_votes": Key(
        "yes", readers.yes_or_no, "Whether a vote for one's own proposal counts.", per_server=True
    ),
    "group.presenter_first": Key(
        "no",
        readers.yes_or_no,
        "Whether a chosen paper gets its session only once somebody would present it.",
        per_server=True,
    ),
    "group.proposal_days": Key(
        120,
        readers.whole(0, 3650),
        "Days after which a proposal without a vote goes; 0: never.",
        per_server=True,
    ),
    "group.starved_after": Key(
        6,
        readers.whole(0, 100),
        "After how many sessions without a paper of an area organisers are told; 0: never.",
        per_server=True,
    ),
    "group.session_minutes": Key(60, readers.whole(5, 24 * 60), "How long a session lasts.", per_server=True),
    "group.zones": Key(
        ["America/New_York", "America/Los_Angeles", "UTC"],
        readers.zones,
        "In which zones, beside the group's own, times are told.",
        per_server=True,
    ),
    "group.ping_role": Key(
        None,
        readers.optional_place,
        "The role that is pinged when a session moves or is cancelled, and only then.",
        per_server=True,
    ),
    "group.country": Key(
        None, readers.country, "Planning onto a public holiday of this country says so.", per_server=True
    ),
    "group.organiser_channel": Key(
        None,
        readers.optional_place,
        "Where the organisers are told what needs them; without it, where they will see it.",
        per_server=True,
    ),
    "group.quiet_hours": Key(
        None,
        readers.quiet,
        'Hours in which what can wait is not said, such as "22:00-07:00".',
        per_server=True,
    ),
    "reminders.presenter": Key(
        ["7d", "2d"],
        readers.leads,
        "How long before to remind the presenter, by direct message.",
        per_server=True,
    ),
    "reminders.organisers": Key(
        ["3d", "1d"],
        readers.leads,
        "How long before to tell the organisers what a session lacks.",
        per_server=True,
    ),
    "group.announce_days": Key(
        14,
        readers.whole(1, 180),
        "How many days ahead sessions of a series are announced; others are at once.",
        per_server=True,
    ),
    "group.archives": Key(
        [],
        readers.archives,
        "Where else the group's talks are kept, shown with /archive: name, (years), address.",
        per_server=True,
    ),
    "group.about": Key(
        None,
        readers.optional_text,
        "What the group says of itself on its web site.",
        per_server=True,
    ),
    "site.listen": Key(
        None, readers.listen, "Where the web site is served: a port of this machine, or address:port."
    ),
    "site.base_url": Key(None, readers.site_url, "The web address of the site, where it has one."),
    "site.server": Key(
        None, readers.discord_id, "The server whose site it is, where the bot serves several."
    ),
    "reminders.before": Key(
        ["7d", "1d", "1h"], readers.leads, "How long before a session to remind.", per_server=True
    ),
    "sessions.plan_ahead": Key(
        "56d", readers.lead, "How far ahead the sessions of a series are planned.", per_server=True
    ),
    "sessions.presenter_alert": Key(
        "10d",
        readers.lead,
        "How long before a session without a presenter the organisers are told.",
        per_server=True,
    ),
    "privacy.left_days": Key(
        30,
        readers.whole(0, 3650),
        "Days after which a server's data are deleted when the bot was removed from it.",
        per_server=True,
    ),
    "privacy.answers_days": Key(
        365,
        readers.whole(0, 3650),
        "Days after a session until its answers and questions lose their names; 0: never.",
        per_server=True,
    ),
    "digest.at": Key(
        "08:30", readers.clock_time, "When digests go out, in the group's zone.", per_server=True
    ),
    "digest.days": Key(
        ["mon", "tue", "wed", "thu", "fri"], readers.days, "On which weekdays.", per_server=True
    ),
    "digest.channels": Key(
        [],
        readers.schedules,
        "Channels with days of their own, such as “theory: weekly; news: mon thu 17:00”.",
        per_server=True,
    ),
    "digest.max_papers": Key(
        9,
        readers.whole(1, 50),
        "Papers a channel gets on one day at most; the rest is behind “Show more”.",
        per_server=True,
    ),
    "digest.per_topic": Key(
        5, readers.whole(1, 50), "Papers of one topic among them at most.", per_server=True
    ),
    "digest.cross": Key(
        default=True,
        read=readers.yes_or_no,
        about="Whether cross-lists from other categories count as new.",
        per_server=True,
    ),
    "digest.replacements": Key(
        default=False,
        read=readers.yes_or_no,
        about="Whether new versions count, of papers never shown here.",
        per_server=True,
    ),
    "digest.say_closed": Key(
        default=False,
        read=readers.yes_or_no,
        about="Whether to say so when arXiv announces nothing for a holiday.",
        per_server=True,
    ),
    "digest.likes_to_propose": Key(
        3, readers.whole(0, 50), "How many 👍 on a line make it a proposal; 0: none do.", per_server=True
    ),
    "digest.authors": Key(
        [], readers.texts, "Colleagues: their papers are marked in the digest.", per_server=True
    ),
}


@dataclass(frozen=True)
class Settings:
    """The whole configuration."""

    discord: Discord
    storage: Storage
    arxiv: Arxiv
    log: Log
    health: Health
    site: Site
    raw: Mapping[str, Any]  # "group.timezone" -> value as in the file
    topics: tuple[Topic, ...]
    conferences: tuple[Conference, ...] = ()

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
            sessions=SessionRules(**values["sessions"]),
            privacy=Privacy(**values["privacy"]),
            topics=self.topics,
            conferences=self.conferences,
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
            problems.append(f"{name}: {readers.sentence(error)}")
    return sections


#: Sections that are lists of tables.
_TABLES = {"topics", "conferences"}


def parse(tables: Mapping[str, Any]) -> Settings:
    """Read the tables of a TOML file. Raises ConfigError with every problem found, not only the first."""
    problems: list[str] = []
    known_sections = {name.partition(".")[0] for name in KEYS} | _TABLES
    raw: dict[str, Any] = {}
    for section, table in tables.items():
        if section in _TABLES:
            continue
        if section not in known_sections:
            problems.append(f"[{section}]: unknown section.{suggest(section, known_sections)}")
        elif not isinstance(table, dict):
            problems.append(f"{section}: must be a section [{section}].")
        else:
            raw.update({f"{section}.{short}": value for short, value in table.items()})
    for name in [name for name in raw if name not in KEYS]:
        problems.append(f"{name}: unknown key.{suggest(name, KEYS)}")
        del raw[name]
    values = _read_keys(raw, problems)
    problems.extend(readers.impossible_shards(values["discord"]))
    topics = read_topics(tables.get("topics"), problems)
    conferences = read_conferences(tables.get("conferences", []), problems)
    if problems:
        raise ConfigError(problems)
    return Settings(
        discord=Discord(**values["discord"]),
        storage=Storage(**values["storage"]),
        arxiv=Arxiv(**values["arxiv"]),
        log=Log(**values["log"]),
        health=Health(**values["health"]),
        site=Site(**values["site"]),
        raw=raw,
        topics=topics,
        conferences=conferences,
    )


def load(path: Path, instead: Mapping[str, str | None] | None = None) -> Settings:
    """Read a config file; `instead` holds values from the command line, by key.

    Raises ConfigError when it is absent, is not TOML or holds a wrong value.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        cure = "Copy config.example.toml to it and edit it"
        raise ConfigError([f"{path}: cannot be read ({error.strerror}). {cure}."]) from None
    try:
        tables = tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ConfigError([f"{path}: is not UTF-8 text. Save it as UTF-8."]) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            [f"{path}: is not valid TOML: {error}. Texts need quotes, lists need [ ]."]
        ) from None
    for name, value in (instead or {}).items():
        section, _, short = name.partition(".")
        if value is not None:
            tables[section] = {**tables.get(section, {}), short: value}
    return parse(tables)
