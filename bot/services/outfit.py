"""What a group needs on its Discord server: channels, roles, permissions; and making what is missing.

`python -m bot check` and `/setup` are two ways to see the same findings.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar

from bot.cards import Card, Form
from bot.cards import setup as cards
from bot.config import CUSTOM_EMOJI, Group, ServerSettings
from bot.log import event
from bot.services.people import Actor, Refused
from bot.services.settings import SettingsService
from storage import series
from storage.database import Database

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Permission:
    """A permission as Discord's settings call it, and what the bot wants it for."""

    words: str
    why: str


#: What a post needs, by discord.py's name.
NEEDED = {
    "view_channel": Permission("View Channel", "see the channels it speaks in"),
    "send_messages": Permission("Send Messages", "post ballots, announcements and digests"),
    "embed_links": Permission("Embed Links", "show them as cards"),
    "read_message_history": Permission(
        "Read Message History", "find a post whose reply was lost; read votes again"
    ),
    "add_reactions": Permission("Add Reactions", "put the first 👍 on a ballot"),
}
#: What is of use on the whole server besides: a thread and a native event for each session.
HELPFUL = {
    "create_public_threads": Permission("Create Public Threads", "open a thread for each session"),
    "send_messages_in_threads": Permission(
        "Send Messages in Threads", "bring questions and materials into it"
    ),
    "create_events": Permission("Create Events", "put sessions into Discord's own list of events"),
    "manage_events": Permission("Manage Events", "move and cancel them with the session"),
}

#: "fine"; "warning": worth knowing, exit 0; "trouble": stops the bot or hurts, exit 1; "config": exit 2.
Level = Literal["fine", "warning", "trouble", "config"]
MARKS = {"fine": "✔", "warning": "!", "trouble": "✘", "config": "✘"}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: a key of the configuration or a word for it, what was found, the cure if any.

    `make` is what `/setup` could make of it: "channel:<name>" or "role:<name>".
    """

    level: Level
    key: str
    what: str
    cure: str = ""
    server: str = ""
    make: str = ""

    def __str__(self) -> str:
        where = f"{self.server} · {self.key}" if self.server else self.key
        return " ".join(part for part in (MARKS[self.level], f"{where}:", self.what, self.cure) if part)


@dataclass(frozen=True)
class ChannelSeen:
    """A channel one can write in, and the permissions that the bot lacks there, in the words of Discord's settings."""

    id: int
    name: str
    lacking: tuple[str, ...]


@dataclass(frozen=True)
class RoleSeen:
    """A role; `pingable` by the bot."""

    id: int
    name: str
    pingable: bool


@dataclass(frozen=True)
class ServerSeen:
    """A server the bot is a member of."""

    id: int
    name: str
    channels: tuple[ChannelSeen, ...]
    roles: tuple[RoleSeen, ...]
    emoji_ids: frozenset[int]
    lacking: tuple[str, ...]  # of what is helpful on the whole server
    may_make: frozenset[str] = frozenset()  # "channel", "role"


class Named(Protocol):
    """Something of a server that has an id and a name: a channel, a role."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...


N = TypeVar("N", bound=Named)


def pick(things: Iterable[N], name: str) -> N | None:
    """The first of `things` with that id or, in whatever case, that name."""
    return next((t for t in things if str(t.id) == name or t.name.casefold() == name.casefold()), None)


def of_server(server: ServerSeen, here: ServerSettings) -> Iterator[Finding]:
    """Whether a server has the channels, roles and emoji that its settings name, and what may be done there."""
    yield from _channels(server, here)
    yield from _roles(server, here.group)
    if server.lacking:
        lacking = ", ".join(server.lacking)
        yield Finding(
            "warning", "permissions", f"the bot lacks {lacking}: sessions get no thread or no event.",
            "Server Settings, Roles: switch them on for the bot's role.", server.name,
        )  # fmt: skip
    custom = CUSTOM_EMOJI.fullmatch(here.group.vote_emoji)
    if custom and int(custom[2]) not in server.emoji_ids:
        yield Finding(
            "trouble", "group.vote_emoji", f":{custom[1]}: is not an emoji of this server, so not everybody can vote.",
            "Choose one of its own, or a usual one such as 👍: /settings set key:group.vote_emoji", server.name,
        )  # fmt: skip


def _channels(server: ServerSeen, here: ServerSettings) -> Iterator[Finding]:
    for key, name in (
        ("group.announcement_channel", here.group.announcement_channel),
        ("group.proposal_channel", here.group.proposal_channel),
        ("group.organiser_channel", here.group.organiser_channel),
    ):
        if name:
            yield _of_channel(server, key, name, _another(key))
    by_channel: dict[str, list[str]] = {}
    for topic in here.topics:
        if topic.channel:
            by_channel.setdefault(topic.channel, []).append(topic.key)
    for name, topics in by_channel.items():
        key = f"topics {', '.join(topics)}"
        yield _of_channel(server, key, name, "Create it, or name another channel for these topics.")


def _another(key: str) -> str:
    return f"Create it, or choose another: /settings set key:{key}"


def _of_channel(server: ServerSeen, key: str, name: str, cure: str) -> Finding:
    channel = pick(server.channels, name)
    if channel is None:
        make = "" if name.isdigit() else f"channel:{name}"
        return Finding("trouble", key, f"there is no channel #{name}.", cure, server.name, make)
    if channel.lacking:
        lacking = ", ".join(channel.lacking)
        cure = f"Edit Channel, Permissions: give the bot's role {lacking}."
        return Finding("trouble", key, f"in #{channel.name} the bot lacks {lacking}.", cure, server.name)
    return Finding("fine", key, f"#{channel.name}.", server=server.name)


def _roles(server: ServerSeen, group: Group) -> Iterator[Finding]:
    key = "group.organiser_role"
    if role := pick(server.roles, group.organiser_role):
        yield Finding("fine", key, f"@{role.name}.", server=server.name)
    else:
        what = f"there is no role @{group.organiser_role}; only members with Manage Server are organisers."
        make = "" if group.organiser_role.isdigit() else f"role:{group.organiser_role}"
        yield Finding("warning", key, what, _another(key), server.name, make)
    if not group.ping_role:
        return
    key = "group.ping_role"
    role = pick(server.roles, group.ping_role)
    if role is None:
        yield Finding("trouble", key, f"there is no role @{group.ping_role}.", _another(key), server.name)
    elif not role.pingable:
        cure = "Server Settings, Roles: allow anyone to @mention this role."
        yield Finding("trouble", key, f"the bot cannot ping @{role.name}.", cure, server.name)
    else:
        yield Finding("fine", key, f"@{role.name}.", server=server.name)


class Hands(Protocol):
    """Looks at a server, and makes channels and roles there."""

    async def look(self, guild_id: int) -> ServerSeen:
        """The server as it is. Raises Refused when Discord does not tell."""
        ...

    async def make(self, guild_id: int, what: str, name: str) -> None:
        """Make a "channel" or a "role". Raises Refused with the reason."""
        ...


class Outfit:
    """`/setup`: what is missing on this server, with a button for what can be made."""

    def __init__(self, database: Database, settings: SettingsService) -> None:
        self._database, self._settings = database, settings
        self._hands: Hands | None = None

    def open(self, hands: Hands) -> None:
        """Discord can be reached."""
        self._hands = hands

    async def show(self, actor: Actor, _: str = "") -> Card:
        """All findings. Raises Refused for members."""
        server, found = await self._look(actor)
        lines = [cards.Line(MARKS[each.level], each.key, each.what, each.cure) for each in found]
        makeable = {mark(each.make): each.make for each in found if _kind(each.make) in server.may_make}
        forbidden = {_kind(each.make) for each in found if each.make} - server.may_make
        return cards.setup(server.name, lines, makeable, sorted(forbidden))

    async def make(self, actor: Actor, wanted: str) -> Card:
        """Make what was found missing; `wanted` is from outside, and means nothing else."""
        _, found = await self._look(actor)
        make = next((each.make for each in found if each.make and mark(each.make) == wanted), None)
        if make is not None:
            assert self._hands is not None  # noqa: S101 - it has just looked
            what, _, name = make.partition(":")
            await self._hands.make(actor.guild_id, what, name)
            event(log, "setup.made", guild=actor.guild_id, by=actor.user_id, what=what, name=name)
        return await self.show(actor)

    async def form(self, actor: Actor, which: str) -> Form:
        """The form for a first series, or for where digests go. Raises Refused for members."""
        actor.must_organise(await self._settings.read(actor.guild_id), "set me up")
        return cards.series_form() if which == "series" else cards.topics_form()

    async def _look(self, actor: Actor) -> tuple[ServerSeen, list[Finding]]:
        settings = await self._settings.read(actor.guild_id)
        actor.must_organise(settings, "set me up")
        if self._hands is None:
            raise Refused("I am not connected to Discord yet. Please try again in a moment.")
        server = await self._hands.look(actor.guild_id)
        async with self._database.reading() as tx:
            repeats = await series.of_guild(tx, actor.guild_id, states=("active", "paused"))
        found = list(of_server(server, settings))
        if not any(topic.channel for topic in settings.topics):
            cure = "Give one its channel: /topics channel"
            found.append(
                Finding("warning", "topics", "no topic has a channel, so there are no digests.", cure)
            )
        if not repeats:
            found.append(Finding("warning", "series", "no meeting repeats yet.", "Make one: /series create"))
        return server, found


def mark(make: str) -> str:
    """A short name for something that can be made, for a button."""
    return hashlib.sha256(make.encode()).hexdigest()[:12]


def _kind(make: str) -> str:
    return make.partition(":")[0]
