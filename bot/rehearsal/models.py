"""What Discord remembers, as plain data. Times are aware and in UTC, ids are snowflakes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bot.rehearsal.errors import JSON
from bot.rehearsal.flags import ChannelKind, MessageFlag, MessageKind, Permission


@dataclass(eq=False)
class User:
    """An account: a person's or the bot's."""

    id: int
    username: str
    global_name: str | None
    bot: bool = False
    locale: str = "en-GB"
    dms_closed: bool = False

    @property
    def mention(self) -> str:
        """How a message names them."""
        return f"<@{self.id}>"


@dataclass(eq=False)
class Role:
    """A role of one server; the one whose id is the server's is @everyone."""

    id: int
    name: str
    permissions: Permission
    position: int
    color: int = 0
    mentionable: bool = False
    managed_by: int | None = None

    @property
    def mention(self) -> str:
        """How a message names it."""
        return f"<@&{self.id}>"


@dataclass
class Overwrite:
    """What a channel allows or denies to one role (kind 0) or member (kind 1)."""

    id: int
    kind: int
    allow: Permission
    deny: Permission


@dataclass
class ThreadState:
    """What makes a channel a thread. `auto_archive` is in minutes of silence."""

    owner_id: int
    created_at: datetime
    auto_archive: int
    archived: bool = False
    locked: bool = False
    archive_changed_at: datetime | None = None
    invitable: bool = True
    members: dict[int, datetime] = field(default_factory=dict)
    total_sent: int = 0


@dataclass(eq=False)
class Reaction:
    """Who reacted with one emoji, ordinarily and with a super-reaction."""

    emoji: str
    normal: set[int] = field(default_factory=set)
    burst: set[int] = field(default_factory=set)

    @property
    def count(self) -> int:
        """How many reactions, of both kinds."""
        return len(self.normal) + len(self.burst)


@dataclass(eq=False)
class Message:
    """A message. `nonce` is echoed once and not kept here; `notified` are the ids of those it pinged."""

    id: int
    channel_id: int
    author: User
    created_at: datetime
    content: str = ""
    embeds: list[JSON] = field(default_factory=list)
    components: list[JSON] = field(default_factory=list)
    attachments: list[JSON] = field(default_factory=list)
    kind: MessageKind = MessageKind.DEFAULT
    flags: MessageFlag = MessageFlag.NONE
    edited_at: datetime | None = None
    pinned_at: datetime | None = None
    mentions: list[User] = field(default_factory=list)
    mention_roles: list[int] = field(default_factory=list)
    mention_everyone: bool = False
    notified: frozenset[int] = frozenset()
    reactions: dict[str, Reaction] = field(default_factory=dict)
    reply_to: int | None = None
    webhook_id: int | None = None
    interaction: Interaction | None = None
    thread_id: int | None = None

    @property
    def ephemeral(self) -> bool:
        """Whether only one person sees it."""
        return MessageFlag.EPHEMERAL in self.flags

    @property
    def loading(self) -> bool:
        """Whether it still says "thinking…"."""
        return MessageFlag.LOADING in self.flags

    @property
    def text(self) -> str:
        """All that is to be read in it: content, then each embed's author, title, text, fields and footer."""
        parts = [self.content]
        for embed in self.embeds:
            parts += [
                embed.get("author", {}).get("name", ""),
                embed.get("title", ""),
                embed.get("description", ""),
            ]
            for entry in embed.get("fields", []):
                parts += [entry["name"], entry["value"]]
            parts.append(embed.get("footer", {}).get("text", ""))
        return "\n".join(part for part in parts if part)

    @property
    def buttons(self) -> list[JSON]:
        """Its components, without the rows around them."""
        return [item for row in self.components for item in row.get("components", [])]


@dataclass(eq=False)
class Channel:
    """A place for messages: of a server, a thread, or a DM between the bot and one person."""

    id: int
    kind: ChannelKind
    name: str = ""
    guild_id: int | None = None
    topic: str | None = None
    parent_id: int | None = None
    position: int = 0
    overwrites: dict[int, Overwrite] = field(default_factory=dict)
    log: dict[int, Message] = field(default_factory=dict)
    recipient: User | None = None
    thread: ThreadState | None = None
    tags: list[JSON] = field(default_factory=list)
    applied_tags: list[int] = field(default_factory=list)
    forum_post: bool = False
    extra: JSON = field(default_factory=dict)
    last_pin_at: datetime | None = None

    @property
    def mention(self) -> str:
        """How a message names it."""
        return f"<#{self.id}>"

    @property
    def messages(self) -> list[Message]:
        """What everybody in it can read, in order: no private answers, none that is still thinking."""
        return [message for message in self.log.values() if not message.ephemeral and not message.loading]

    @property
    def last(self) -> Message:
        """The latest of them; LookupError if nothing was said."""
        return self.messages[-1]


@dataclass(eq=False)
class Member:
    """A user in a server."""

    user: User
    guild_id: int
    joined_at: datetime
    role_ids: set[int] = field(default_factory=set)
    nick: str | None = None


@dataclass(eq=False)
class ScheduledEvent:
    """A server's scheduled event. Status: 1 scheduled, 2 active, 3 completed, 4 cancelled."""

    id: int
    guild_id: int
    creator: User
    name: str
    start: datetime
    end: datetime | None
    entity_type: int
    channel_id: int | None = None
    location: str | None = None
    description: str | None = None
    status: int = 1
    subscribers: dict[int, None] = field(default_factory=dict)


@dataclass(eq=False)
class Guild:
    """A server. Its threads are among its channels."""

    id: int
    name: str
    owner_id: int
    roles: dict[int, Role] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    events: dict[int, ScheduledEvent] = field(default_factory=dict)
    emojis: dict[int, str] = field(default_factory=dict)
    bans: dict[int, str | None] = field(default_factory=dict)
    locale: str = "en-GB"


@dataclass(eq=False)
class Command:
    """A registered application command; `body` is what the bot sent, filled with Discord's defaults."""

    id: int
    version: int
    guild_id: int | None
    body: JSON

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.body["name"])

    @property
    def kind(self) -> int:
        """1 slash, 2 user, 3 message."""
        return int(self.body["type"])


@dataclass(eq=False)
class Interaction:
    """Something a person did to the bot. `sent_at` is monotonic seconds: Discord's 3 s are real ones."""

    id: int
    token: str
    kind: int
    user: User
    guild_id: int | None
    channel_id: int
    data: JSON
    created_at: datetime
    sent_at: float
    command_name: str = ""
    source_message: Message | None = None
    parent: Interaction | None = None
    response: int | None = None
    answered_at: float | None = None
    payload: JSON = field(default_factory=dict)
    original: Message | None = None
    messages: list[Message] = field(default_factory=list)
