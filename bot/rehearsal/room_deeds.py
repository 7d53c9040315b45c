"""What the page may ask for: each deed is done as the member the visitor acts as, and answers with plain data."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from bot.rehearsal import build, messages, moderation, palette, pins, reactions, wire_guilds
from bot.rehearsal import room_view as view
from bot.rehearsal.answers import Answer
from bot.rehearsal.errors import JSON
from bot.rehearsal.models import Channel, Message
from bot.rehearsal.palette import CannotDo
from bot.rehearsal.people import Person
from bot.rehearsal.room import Room, Visitor

_PAGE = 100
Deed = Callable[[Visitor, JSON], Awaitable[Any]]


class Deeds:
    """All deeds, by name: `{"do": "say", "channel": "…", "text": "…"}` is `say` below."""

    def __init__(self, room: Room) -> None:
        self._room, self._world, self._server = room, room.world, room.server
        self._modals: dict[str, Answer] = {}
        self._table: dict[str, Deed] = {
            name.removeprefix("do_"): getattr(self, name) for name in dir(self) if name.startswith("do_")
        }

    async def perform(self, visitor: Visitor, asked: JSON) -> Any:
        """Do what is asked. Raises what Discord, its client or the stage refuse, and CannotDo for unknown deeds."""
        deed = self._table.get(str(asked.get("do")))
        if deed is None:
            raise CannotDo(f"The room knows no deed {asked.get('do')!r}.")
        return await deed(visitor, asked)

    # -- looking

    async def do_view_as(self, visitor: Visitor, asked: JSON) -> None:
        """Go on as somebody else."""
        user = self._world.user(int(asked["user"]))
        if user.bot:
            raise CannotDo("The bot acts for itself.")
        visitor.me = user
        self._room.welcome(visitor)

    async def do_history(self, visitor: Visitor, asked: JSON) -> JSON:
        """A page of messages of a channel, before a message or the latest."""
        before = int(asked["before"]) if asked.get("before") else None
        return view.history(self._world, visitor.me, self._channel(visitor, asked), before, _PAGE)

    async def do_commands(self, visitor: Visitor, asked: JSON) -> list[JSON]:
        """The commands that the bot has registered and this member is offered here, of all kinds."""
        channel = self._channel(visitor, asked)
        return [
            wire_guilds.command(self._world, one) for one in palette.offered(self._world, visitor.me, channel)
        ]

    async def do_dm(self, visitor: Visitor, _asked: JSON) -> str:
        """Open the private channel with the bot; gives its id."""
        channel = self._world.dm(visitor.me)
        self._room.welcome(visitor)
        return str(channel.id)

    async def do_reactors(self, visitor: Visitor, asked: JSON) -> list[str]:
        """Who reacted with an emoji."""
        item = self._message(visitor, asked)
        reaction = item.reactions.get(asked["emoji"])
        ids = sorted(reaction.normal | reaction.burst) if reaction else []
        return [self._world.users[one].global_name or self._world.users[one].username for one in ids]

    # -- talking

    async def do_say(self, visitor: Visitor, asked: JSON) -> str:
        """Write a message; gives its id."""
        reply_to = self._message(visitor, asked) if asked.get("message") else None
        said = await self._person(visitor).say(
            self._channel(visitor, asked), asked["text"], reply_to=reply_to
        )
        return str(said.id)

    async def do_edit(self, visitor: Visitor, asked: JSON) -> None:
        """Change one's own message."""
        item = self._message(visitor, asked)
        messages.edit(self._world, visitor.me, item.channel_id, item.id, {"content": asked["text"]})

    async def do_delete(self, visitor: Visitor, asked: JSON) -> None:
        """Delete a message, or dismiss a private answer."""
        await self._person(visitor).delete(self._message(visitor, asked))

    async def do_pin(self, visitor: Visitor, asked: JSON) -> None:
        """Pin a message, or unpin it."""
        item = self._message(visitor, asked)
        pins.pin(self._world, visitor.me, item.channel_id, item.id, pinned=bool(asked.get("pinned", True)))

    async def do_react(self, visitor: Visitor, asked: JSON) -> None:
        """Add one's reaction, or take it back."""
        item, me = self._message(visitor, asked), visitor.me
        if asked.get("on", True):
            reactions.add(self._world, me, item.channel_id, item.id, asked["emoji"])
        else:
            reactions.remove(self._world, me, item.channel_id, item.id, asked["emoji"], me.id)

    async def do_attend(self, visitor: Visitor, asked: JSON) -> None:
        """Be interested in a native event, or no more."""
        guild = self._world.guild(visitor.me, int(asked["guild"]))
        event = guild.events.get(int(asked["event"]))
        if event is None:
            raise CannotDo("That event is gone.")
        await self._person(visitor).attend(event, interested=bool(asked.get("on", True)))

    # -- coming and going

    async def do_leave(self, visitor: Visitor, asked: JSON) -> None:
        """Leave a server; the visitor goes on as its owner, who cannot leave."""
        guild = self._world.guild(visitor.me, int(asked["guild"]))
        if visitor.me.id == guild.owner_id:
            raise CannotDo("The owner of a server cannot leave it.")
        await self._person(visitor).leave(guild)
        self._room.rehome(guild)

    async def do_remove(self, visitor: Visitor, asked: JSON) -> None:
        """Throw somebody out, with `ban` for good, as a moderator may."""
        guild, user = self._world.guild(visitor.me, int(asked["guild"])), self._world.user(int(asked["user"]))
        if user.id in {guild.owner_id, visitor.me.id}:
            raise CannotDo("Neither the owner nor oneself can be thrown out.")
        remove = moderation.ban if asked.get("ban") else moderation.kick
        remove(self._world, visitor.me, guild, user)
        self._room.rehome(guild)

    async def do_return(self, visitor: Visitor, asked: JSON) -> None:
        """Let somebody in (again); a ban is lifted first."""
        guild, user = self._world.guild(visitor.me, int(asked["guild"])), self._world.user(int(asked["user"]))
        moderation.unban(self._world, guild, user)
        if user is self._world.bot:
            build.invite_bot(self._world, guild)
        elif user.id not in guild.members:
            build.join(self._world, guild, user)

    async def do_close_dms(self, visitor: Visitor, asked: JSON) -> None:
        """Take no more private messages from the bot, or take them again."""
        self._person(visitor).close_dms(closed=bool(asked.get("closed", True)))
        self._room.welcome(visitor)

    # -- talking to the bot

    async def do_slash(self, visitor: Visitor, asked: JSON) -> JSON:
        """Use `/command [group] [sub]` with options by name."""
        options = {name: self._value(value) for name, value in (asked.get("options") or {}).items()}
        channel = self._channel(visitor, asked)
        answer = await self._person(visitor).slash(asked["command"], options, channel=channel)
        return self._answered(answer)

    async def do_complete(self, visitor: Visitor, asked: JSON) -> list[JSON]:
        """What the bot suggests for the option that is being typed."""
        options = {name: self._value(value) for name, value in (asked.get("options") or {}).items()}
        found = await self._person(visitor).autocomplete(
            asked["command"],
            options,
            option=asked["option"],
            typed=asked["typed"],
            channel=self._channel(visitor, asked),
        )
        return [{"name": choice.name, "value": choice.value} for choice in found]

    async def do_menu(self, visitor: Visitor, asked: JSON) -> JSON:
        """Use a command of the menu on a message or a person."""
        target: Message | Person
        if asked.get("message"):
            target = self._message(visitor, asked)
        else:
            target = Person(self._server, self._world.user(int(asked["user"])))
        channel = self._channel(visitor, asked)
        return self._answered(
            await self._person(visitor).context_menu(asked["command"], target, channel=channel)
        )

    async def do_press(self, visitor: Visitor, asked: JSON) -> JSON:
        """Press a button."""
        item = self._message(visitor, asked)
        return self._answered(await self._person(visitor).press(item, custom_id=asked["custom_id"]))

    async def do_choose(self, visitor: Visitor, asked: JSON) -> JSON:
        """Pick from a select."""
        item = self._message(visitor, asked)
        values = [self._value(value) for value in asked["values"]]
        return self._answered(await self._person(visitor).choose(item, values, custom_id=asked["custom_id"]))

    async def do_submit(self, visitor: Visitor, asked: JSON) -> JSON:
        """Send a form that an earlier deed opened."""
        modal = self._modals.get(str(asked["modal"]))
        if modal is None or modal.interaction.user is not visitor.me:
            raise CannotDo("That form is no longer open.")
        values = {name: self._value(value) for name, value in asked["values"].items()}
        answer = await self._person(visitor).submit(modal, values)
        self._modals.pop(str(asked["modal"]), None)
        return self._answered(answer)

    def _answered(self, answer: Answer) -> JSON:
        told: JSON = {"kind": answer.kind}
        if answer.kind == "modal":
            key = str(answer.interaction.id)
            self._modals[key] = answer
            told |= {"modal": key, "form": answer.modal}
        elif answer.interaction.original:
            told |= {"message": str(answer.message.id), "channel": str(answer.message.channel_id)}
        return told

    # -- time and trouble

    async def do_clock(self, _visitor: Visitor, asked: JSON) -> None:
        """Move the clock: `by` seconds, `to` an instant in ISO form, or to what is due `next`."""
        if self._room.advancing:
            raise CannotDo("The clock is already moving.")
        if asked.get("next"):
            target = await self._room.stage.next_due()
            if target is None:
                raise CannotDo("Nothing is armed, so nothing happens by itself.")
            target = max(target, self._world.now() + timedelta(seconds=1))  # what is overdue is due now
        elif asked.get("to"):
            target = datetime.fromisoformat(asked["to"])
        else:
            target = self._world.now() + timedelta(seconds=float(asked["by"]))
        if target.tzinfo is None or target <= self._world.now():
            raise CannotDo("The clock only goes forward.")
        self._room.advancing = True
        self._room.wake()
        try:
            await self._room.stage.advance_to(target)
        finally:
            self._room.advancing = False
            self._room.wake()

    async def do_trouble(self, _visitor: Visitor, asked: JSON) -> None:
        """Switch a trouble on or off."""
        await self._room.troubles.switch(str(asked["key"]), on=bool(asked.get("on", True)))
        self._room.wake()

    # -- finding things

    def _person(self, visitor: Visitor) -> Person:
        return Person(self._server, visitor.me)

    def _channel(self, visitor: Visitor, asked: JSON) -> Channel:
        return self._world.channel(visitor.me, int(asked["channel"]))

    def _message(self, visitor: Visitor, asked: JSON) -> Message:
        item = self._channel(visitor, asked).log.get(int(asked["message"]))
        if item is None or not view.shows(visitor.me, item):
            raise CannotDo("That message is gone.")
        return item

    def _value(self, value: Any) -> Any:
        """An option's value: plain, or `{"user" | "role" | "channel": id}`, or `{"file": name, "data": base64}`."""
        if not isinstance(value, dict):
            return value
        if "file" in value:
            return str(value["file"]), base64.b64decode(value["data"])
        if "user" in value:
            return self._world.user(int(value["user"]))
        if "channel" in value:
            return self._world.channels[int(value["channel"])]
        number = int(value["role"])
        return next(guild.roles[number] for guild in self._world.guilds.values() if number in guild.roles)
