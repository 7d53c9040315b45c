"""People: what they can do to the bot and to each other, so that tests and the page read like stories.

alice = server.people["alice"]
answer = await alice.slash("/propose", channel="general", paper="2401.12345")
await alice.press(answer, label="Show me the ballot")
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from bot.rehearsal import (
    build,
    commands,
    events,
    forms,
    interactions,
    messages,
    moderation,
    palette,
    reactions,
)
from bot.rehearsal.answers import Answer, NoAnswer
from bot.rehearsal.errors import JSON
from bot.rehearsal.flags import ChannelKind
from bot.rehearsal.models import Channel, Guild, Interaction, Message, ScheduledEvent, User
from bot.rehearsal.palette import CannotDo

if TYPE_CHECKING:
    from bot.rehearsal.server import RehearsalServer

Place = Channel | str | None
On = Message | Answer


class Choice(NamedTuple):
    """A suggestion of an autocompleted option."""

    name: str
    value: Any


class People:
    """The people of the world, by username."""

    def __init__(self, server: RehearsalServer) -> None:
        self._server = server

    def __getitem__(self, username: str) -> Person:
        for user in self._server.world.users.values():
            if user.username == username and not user.bot:
                return Person(self._server, user)
        raise KeyError(username)

    def new(self, username: str) -> Person:
        """Somebody who has just made an account."""
        return Person(self._server, self._server.world.add_user(username))

    def __iter__(self) -> Iterator[Person]:
        return (Person(self._server, user) for user in self._server.world.users.values() if not user.bot)


class Person:
    """One person with a client. What Discord refuses raises `DiscordError`, what the client prevents `CannotDo`."""

    def __init__(self, server: RehearsalServer, user: User) -> None:
        self._server, self._world, self.user = server, server.world, user

    @property
    def id(self) -> int:
        """Their account's id."""
        return self.user.id

    @property
    def mention(self) -> str:
        """How a message names them."""
        return self.user.mention

    @property
    def inbox(self) -> list[Message]:
        """What stands in their private channel with the bot."""
        return self._world.dm(self.user).messages

    def place(self, channel: Place = None, guild: Guild | str | None = None) -> Channel:
        """The channel they mean; without a name the first text channel they see."""
        if isinstance(channel, Channel):
            return channel
        wanted = guild.name if isinstance(guild, Guild) else guild
        found = [
            entry
            for server in self._world.guilds.values()
            for entry in server.channels.values()
            if wanted in {None, server.name}
            and (entry.name == channel if channel else entry.kind is ChannelKind.TEXT)
            and self._world.sees(self.user, entry)
        ]
        servers = {entry.guild_id for entry in found}
        if not found or len(servers) > 1:
            raise CannotDo(
                f"{self.user.username} sees {len(servers)} servers with a channel {channel or 'to write in'}"
            )
        return found[0]

    # -- commands

    async def slash(
        self,
        command: str,
        options: Mapping[str, Any] | None = None,
        /,
        *,
        channel: Place = None,
        guild: Guild | str | None = None,
        **more: Any,
    ) -> Answer:
        """Use `/command [group] [sub-command]`; options by name (in the mapping where a name is taken already).

        Values: text, numbers, booleans, people, roles, channels, and `(name, bytes)` for a file.
        """
        where = self.place(channel, guild)
        name, *path = command.removeprefix("/").split()
        found = palette.find(self._world, self.user, where, name)
        given = {**(options or {}), **more}
        filled = palette.fill(self._world, self._world.guild_of(where), found, path, given)
        return await self._send(
            where, interactions.COMMAND, filled.data(found), command_name=" ".join([name, *path])
        )

    async def autocomplete(
        self,
        command: str,
        options: Mapping[str, Any] | None = None,
        /,
        *,
        option: str,
        typed: str,
        channel: Place = None,
        guild: Guild | str | None = None,
        **more: Any,
    ) -> list[Choice]:
        """What the bot suggests while `typed` stands in an option."""
        where = self.place(channel, guild)
        name, *path = command.removeprefix("/").split()
        found = palette.find(self._world, self.user, where, name)
        given = {**(options or {}), **more, option: typed}
        filled = palette.fill(self._world, self._world.guild_of(where), found, path, given, focused=option)
        answer = await self._send(where, interactions.AUTOCOMPLETE, filled.data(found), command_name=name)
        return [
            Choice(item["name"], item["value"]) for item in answer.interaction.payload.get("choices") or []
        ]

    async def context_menu(self, name: str, target: On | Person, *, channel: Place = None) -> Answer:
        """Use an entry of the menu that opens on a message or a person."""
        thing = target.user if isinstance(target, Person) else self._message(target)
        is_message = isinstance(thing, Message)
        where = self._world.channels[thing.channel_id] if isinstance(thing, Message) else self.place(channel)
        kind = commands.MESSAGE_MENU if is_message else commands.USER_MENU
        found = palette.find(self._world, self.user, where, name, kind)
        filled = palette.target(self._world, self._world.guild_of(where), thing)
        data = filled.data(found) | {"target_id": str(thing.id)}
        return await self._send(where, interactions.COMMAND, data, command_name=name)

    # -- buttons, selects, modals

    async def press(self, on: On, *, label: str | None = None, custom_id: str | None = None) -> Answer:
        """Press the button with that label or custom_id (either may be left out when there is only one button)."""
        message = self._message(on)
        button = forms.button(message, label, custom_id)
        return await self._component(message, button, {})

    async def choose(self, on: On, values: Any, *, custom_id: str | None = None) -> Answer:
        """Pick from a select: values or labels of a string select; people, roles or channels of the others."""
        message = self._message(on)
        where = self._world.channels[message.channel_id]
        select = forms.select(message, custom_id)
        picked = values if isinstance(values, list | tuple) else [values]
        return await self._component(message, select, forms.pick(self._world, where, select, list(picked)))

    async def submit(self, modal: Answer, values: Mapping[str, Any]) -> Answer:
        """Fill in and send the form that an answer opened; fields by custom_id or label."""
        data = forms.fill(modal.modal, values)
        cause = modal.interaction
        where = self._world.channels[cause.channel_id]
        return await self._send(
            where, interactions.MODAL_SUBMIT, data, source=cause.source_message, parent=cause
        )

    async def _component(self, message: Message, item: JSON, extra: JSON) -> Answer:
        data = {"custom_id": item["custom_id"], "component_type": item["type"], "id": item["id"]} | extra
        where = self._world.channels[message.channel_id]
        return await self._send(where, interactions.COMPONENT, data, source=message)

    def _message(self, on: On) -> Message:
        """The message meant, if this person sees it."""
        message = on.message if isinstance(on, Answer) else on
        channel = self._world.channels[message.channel_id]
        mine = not message.ephemeral or (message.interaction and message.interaction.user is self.user)
        if not mine or not self._world.sees(self.user, channel) or message.id not in channel.log:
            raise CannotDo(f"{self.user.username} does not see that message")
        return message

    async def _send(
        self,
        where: Channel,
        kind: int,
        data: JSON,
        *,
        command_name: str = "",
        source: Message | None = None,
        parent: Interaction | None = None,
    ) -> Answer:
        sent = interactions.send(
            self._world, self.user, where, kind, data, command_name=command_name, source=source, parent=parent
        )
        try:
            await self._server.until(lambda: sent.response is not None, self._world.patience)
        except TimeoutError:
            raise NoAnswer("The application did not respond") from None
        return Answer(self._server, sent)

    # -- talking

    async def say(
        self, channel: Place, text: str, *, guild: Guild | str | None = None, reply_to: Message | None = None
    ) -> Message:
        """Write in a channel."""
        body: JSON = {"content": text}
        if reply_to:
            body["message_reference"] = {"message_id": str(reply_to.id)}
        return messages.create(self._world, self.user, self.place(channel, guild).id, body)

    async def write_to_bot(self, text: str) -> Message:
        """Write to the bot in private."""
        return await self.say(self._world.dm(self.user), text)

    async def react(self, on: On, emoji: str, *, burst: bool = False) -> None:
        """React to a message."""
        message = self._message(on)
        reactions.add(self._world, self.user, message.channel_id, message.id, emoji, burst=burst)

    async def unreact(self, on: On, emoji: str, *, burst: bool = False) -> None:
        """Take one's reaction back."""
        message = self._message(on)
        reactions.remove(self._world, self.user, message.channel_id, message.id, emoji, self.id, burst=burst)

    async def delete(self, on: On) -> None:
        """Delete a message: one's own, or with the right to others'."""
        message = self._message(on)
        if message.ephemeral:
            messages.discard(self._world, message)
        else:
            messages.delete(self._world, self.user, message.channel_id, message.id)

    async def clear_reactions(self, on: On, emoji: str | None = None) -> None:
        """Remove everybody's reactions, of one emoji or all (moderators)."""
        message = self._message(on)
        reactions.clear(self._world, self.user, message.channel_id, message.id, emoji)

    # -- coming, going, minding

    async def join(self, guild: Guild) -> None:
        """Become a member."""
        build.join(self._world, guild, self.user)

    async def leave(self, guild: Guild) -> None:
        """Leave a server."""
        moderation.remove_member(self._world, guild, self.user)

    async def ban(self, guild: Guild, whom: Person) -> None:
        """Ban somebody (moderators)."""
        moderation.ban(self._world, self.user, guild, whom.user)

    def close_dms(self, *, closed: bool = True) -> None:
        """Take no more private messages from the bot (or take them again)."""
        self.user.dms_closed = closed

    async def attend(self, event: ScheduledEvent, *, interested: bool = True) -> None:
        """Mark oneself as interested in a scheduled event, or no more."""
        events.subscribe(self._world, event, self.user, interested=interested)
