"""The world the bot lives in: servers, people, channels, and everything that was said. Plain state, no network.

What can be done to it lives in the modules beside this one, one per noun (`messages`, `reactions`, `threads`,
`events`, `commands`, `interactions`, `guilds`); each takes the world first and the acting user second, and raises
`DiscordError` where Discord refuses.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.clock import Clock
from bot.rehearsal import permissions, wire
from bot.rehearsal.errors import JSON, Refusal
from bot.rehearsal.flags import ChannelKind, Permission
from bot.rehearsal.models import (
    Channel,
    Command,
    Guild,
    Interaction,
    Member,
    Message,
    User,
)

_EPOCH = datetime(2015, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Event:
    """Something that happened, named and worded as the gateway does.

    `to_bot` says whether the bot may hear of it at all; `guarded` that its content needs the MESSAGE_CONTENT intent.
    """

    name: str
    data: JSON
    guild_id: int | None = None
    channel_id: int | None = None
    to_bot: bool = True
    guarded: bool = False

    def brief(self) -> JSON:
        """The event without its contents, for those who will look for themselves."""
        ids = {"guild_id": self.guild_id, "channel_id": self.channel_id}
        return {"type": self.name, "id": self.data.get("id") or self.data.get("message_id")} | {
            key: str(value) if value else None for key, value in ids.items()
        }


Listener = Callable[[Event], None]


class World:
    """All state. `message_content` and `members_intent` are the privileged intents that the bot's owner switched on."""

    def __init__(
        self,
        clock: Clock,
        *,
        bot_name: str = "reading-group",
        message_content: bool = False,
        members_intent: bool = False,
    ) -> None:
        self.clock = clock
        self.message_content = message_content
        self.members_intent = members_intent
        self.nonce_memory = timedelta(seconds=180)
        self.patience = 3.0  # real seconds that a person waits for the first answer
        self.new_dms_left: int | None = None  # how many DMs the bot may still open before 40003
        self.files_url = "http://127.0.0.1/attachments"
        self.began = clock.now()
        self._last_id = 0
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.commands: dict[int, Command] = {}
        self.command_creates: list[tuple[int | None, datetime]] = []
        self.interactions: dict[int, Interaction] = {}
        self.nonces: dict[tuple[int, str], tuple[Message, datetime]] = {}
        self.files: dict[tuple[int, str], bytes] = {}
        self._listeners: list[Listener] = []
        self.bot = self.add_user(bot_name, bot=True)
        self.owner = self.add_user("bot-owner")

    # -- time and ids

    def now(self) -> datetime:
        """The present, aware, in UTC."""
        return self.clock.now()

    def snowflake(self) -> int:
        """A new id: later ones are greater, and it tells its time as Discord's ids do."""
        milliseconds = (self.now() - _EPOCH) // timedelta(milliseconds=1)
        self._last_id = max(self._last_id + 1, milliseconds << 22)
        return self._last_id

    # -- telling others

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with every event from now on; the answer takes it off again."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def subscribe(self, callback: Callable[[JSON], None]) -> Callable[[], None]:
        """As `listen`, with small plain dicts: type, id, guild_id, channel_id (strings or None)."""
        return self.listen(lambda event: callback(event.brief()))

    def emit(
        self,
        name: str,
        data: JSON,
        *,
        guild: Guild | None = None,
        channel: Channel | None = None,
        secret: bool = False,
        guarded: bool = False,
    ) -> None:
        """Tell everybody. The bot hears it unless it is `secret` or in a place that it cannot see."""
        seen = not secret
        if channel is not None:
            guild = self.guild_of(channel)
            seen = seen and self.sees(self.bot, channel)
        elif guild is not None:
            seen = seen and self.bot.id in guild.members
        event = Event(
            name,
            data,
            guild.id if guild else None,
            channel.id if channel else None,
            to_bot=seen,
            guarded=guarded,
        )
        for listener in tuple(self._listeners):
            listener(event)

    # -- looking things up, with Discord's refusals

    def user(self, user_id: int) -> User:
        """An account, or 10013."""
        if user_id not in self.users:
            raise Refusal.UNKNOWN_USER.error()
        return self.users[user_id]

    def guild(self, user: User, guild_id: int) -> Guild:
        """A server that `user` is in, or 10004."""
        guild = self.guilds.get(guild_id)
        if guild is None or user.id not in guild.members:
            raise Refusal.UNKNOWN_GUILD.error()
        return guild

    def channel(self, user: User, channel_id: int) -> Channel:
        """A channel that `user` may see: 10003 if there is none, 50001 if it is hidden from them."""
        channel = self.channels.get(channel_id)
        if channel is None:
            raise Refusal.UNKNOWN_CHANNEL.error()
        if not self.sees(user, channel):
            raise Refusal.MISSING_ACCESS.error()
        self._doze(channel)
        return channel

    def _doze(self, channel: Channel) -> None:
        """Archive a thread in which nothing was said for as long as it was told to wait."""
        state = channel.thread
        if state is None or state.archived:
            return
        spoken = max((message.created_at for message in channel.log.values()), default=state.created_at)
        awake = max(spoken, state.archive_changed_at or spoken)
        if self.now() - awake >= timedelta(minutes=state.auto_archive):
            state.archived, state.archive_changed_at = True, self.now()
            self.emit("THREAD_UPDATE", wire.channel(self, channel), channel=channel)

    def message(self, user: User, channel_id: int, message_id: int) -> Message:
        """A message in a channel that `user` may see, or 10008. Ephemeral ones are nobody's to find this way."""
        message = self.channel(user, channel_id).log.get(message_id)
        if message is None or message.ephemeral:
            raise Refusal.UNKNOWN_MESSAGE.error()
        return message

    def guild_of(self, channel: Channel) -> Guild | None:
        """The channel's server; None for a DM."""
        return self.guilds[channel.guild_id] if channel.guild_id else None

    def member_of(self, channel: Channel, user: User) -> Member | None:
        """The user's membership in the channel's server; None in DMs and for those who left."""
        guild = self.guild_of(channel)
        return guild.members.get(user.id) if guild else None

    # -- permissions

    def permissions(self, user: User, channel: Channel) -> Permission:
        """What a user may do in a channel; nothing if they are not in its server or DM."""
        guild = self.guild_of(channel)
        if guild is None:
            inside = user is self.bot or user is channel.recipient
            return permissions.DM_PERMISSIONS if inside else permissions.NONE
        member = guild.members.get(user.id)
        return permissions.in_channel(guild, member, channel) if member else permissions.NONE

    def sees(self, user: User, channel: Channel) -> bool:
        """Whether the channel exists for this user."""
        return bool(self.permissions(user, channel) & Permission.VIEW_CHANNEL)

    def require(self, user: User, channel: Channel, needed: Permission) -> None:
        """Raise 50013 unless the user has all these permissions in the channel."""
        if needed & ~self.permissions(user, channel):
            raise Refusal.MISSING_PERMISSIONS.error()

    def require_in_guild(self, user: User, guild: Guild, needed: Permission) -> None:
        """As `require`, for what is asked of the server as a whole."""
        if needed & ~permissions.in_guild(guild, guild.members[user.id]):
            raise Refusal.MISSING_PERMISSIONS.error()

    def content_guarded(self, message: Message) -> bool:
        """Whether the bot needs the MESSAGE_CONTENT intent to read this."""
        channel = self.channels[message.channel_id]
        own = message.author is self.bot or self.bot in message.mentions
        return not own and channel.kind is not ChannelKind.DM

    # -- people and private channels

    def add_user(self, username: str, *, bot: bool = False, global_name: str | None = None) -> User:
        """A new account; people's shown name defaults to the capitalised username."""
        shown = global_name or (None if bot else username.capitalize())
        user = User(self.snowflake(), username, shown, bot=bot)
        self.users[user.id] = user
        return user

    def dm(self, user: User) -> Channel:
        """The private channel between the bot and `user`, opened if need be."""
        for channel in self.channels.values():
            if channel.recipient is user:
                return channel
        channel = Channel(self.snowflake(), ChannelKind.DM, recipient=user)
        self.channels[channel.id] = channel
        self.emit("CHANNEL_CREATE", wire.channel(self, channel), secret=True)
        return channel
