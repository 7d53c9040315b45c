"""What Discord's client does before anything is sent: which commands a person is offered, and which options it takes.

A person cannot do what their client would not let them do; `CannotDo` says so, and it is a bug of the story if raised.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.rehearsal import permissions, uploads, wire
from bot.rehearsal.commands import SLASH, SUBCOMMAND, SUBCOMMAND_GROUP
from bot.rehearsal.errors import JSON
from bot.rehearsal.flags import Permission
from bot.rehearsal.models import Channel, Command, Guild, Message, Role, User
from bot.rehearsal.world import World

_STRING, _INTEGER, _BOOLEAN, _USER, _CHANNEL, _ROLE, _MENTIONABLE, _NUMBER, _ATTACHMENT = range(3, 12)


class CannotDo(Exception):
    """A real client would not let a person do this."""


def offered(world: World, user: User, channel: Channel) -> list[Command]:
    """The commands this person may use in this channel: a server's own hide global ones of the same name."""
    if not world.permissions(user, channel) & Permission.USE_APPLICATION_COMMANDS:
        return []
    guild = world.guild_of(channel)
    if guild and world.bot.id not in guild.members:
        return []
    context = 0 if guild else 1
    found: dict[tuple[int, str], Command] = {}
    for command in sorted(world.commands.values(), key=lambda item: item.guild_id is not None):
        if command.guild_id not in {None, channel.guild_id}:
            continue
        contexts = command.body["contexts"]
        if contexts is not None and context not in contexts:
            continue
        if guild is None and not command.body["dm_permission"]:
            continue
        if guild is None or _allowed(guild, user, command):
            found[command.kind, command.name] = command
    return list(found.values())


def _allowed(guild: Guild, user: User, command: Command) -> bool:
    """`default_member_permissions`: all of them, or for "0" administrators alone."""
    needed = command.body["default_member_permissions"]
    if needed is None:
        return True
    have = permissions.in_guild(guild, guild.members[user.id])
    if have == permissions.ALL:
        return True
    return needed != "0" and not int(needed) & ~int(have)


def find(world: World, user: User, channel: Channel, name: str, kind: int = SLASH) -> Command:
    """The command of that name, as this person would find it in their client."""
    for command in offered(world, user, channel):
        if (command.kind, command.name) == (kind, name):
            return command
    known = sorted(command.name for command in offered(world, user, channel) if command.kind == kind)
    raise CannotDo(
        f"{user.username} is offered no command {name!r} there; only: {', '.join(known) or 'none'}"
    )


@dataclass
class Filled:
    """Options as the client sends them, with the objects that their ids stand for."""

    world: World
    guild: Guild | None
    options: list[JSON] = field(default_factory=list)
    resolved: JSON = field(default_factory=dict)

    def data(self, command: Command) -> JSON:
        """The interaction's data."""
        data: JSON = {"id": str(command.id), "name": command.name, "type": command.kind}
        if command.guild_id:
            data["guild_id"] = str(command.guild_id)
        if self.options:
            data["options"] = self.options
        return data | ({"resolved": self.resolved} if self.resolved else {})

    def note(self, kind: str, number: int, data: JSON) -> str:
        """Put an object among the resolved ones; gives its id as text."""
        self.resolved.setdefault(kind, {})[str(number)] = data
        return str(number)

    def person(self, user: User) -> str:
        """A user, and their membership if they have one."""
        member = self.guild.members.get(user.id) if self.guild else None
        if member and self.guild:
            bits = permissions.in_guild(self.guild, member)
            self.note(
                "members", user.id, wire.member(member, with_user=False) | {"permissions": str(bits.value)}
            )
        return self.note("users", user.id, wire.user(user))


def fill(
    world: World,
    guild: Guild | None,
    command: Command,
    path: list[str],
    given: Mapping[str, Any],
    *,
    focused: str | None = None,
) -> Filled:
    """Check and encode `given` for a command and its sub-command `path`, as the client does.

    With `focused` (autocomplete) required options may still be missing.
    """
    filled = Filled(world, guild)
    declared, wrappers = _descend(command, path)
    names = {option["name"] for option in declared}
    if unknown := sorted(set(given) - names):
        raise CannotDo(
            f"/{command.name} has no option {', '.join(unknown)}; it has: {', '.join(sorted(names))}"
        )
    for option in declared:
        value = given.get(option["name"])
        if value is None:
            if option.get("required") and focused is None:
                raise CannotDo(f"/{command.name} needs the option {option['name']!r}")
            continue
        encoded: JSON = {"name": option["name"], "type": option["type"]}
        typing = option["name"] == focused
        encoded["value"] = value if typing else _encode(filled, option, value)
        if typing:
            encoded["focused"] = True
        filled.options.append(encoded)
    for wrapper in reversed(wrappers):
        outer: JSON = {"name": wrapper["name"], "type": wrapper["type"], "options": filled.options}
        filled.options = [outer]
    return filled


def _descend(command: Command, path: list[str]) -> tuple[list[JSON], list[JSON]]:
    """The options of the sub-command that `path` leads to, and the (sub-)commands on the way."""
    options: list[JSON] = command.body.get("options", [])
    wrappers = []
    for step in path:
        inner = next(
            (o for o in options if o["name"] == step and o["type"] in {SUBCOMMAND, SUBCOMMAND_GROUP}), None
        )
        if inner is None:
            raise CannotDo(f"/{command.name} has no sub-command {step!r}")
        wrappers.append(inner)
        options = inner.get("options", [])
    if any(option["type"] in {SUBCOMMAND, SUBCOMMAND_GROUP} for option in options):
        raise CannotDo(f"/{command.name} wants one of: {', '.join(option['name'] for option in options)}")
    return options, wrappers


def _encode(filled: Filled, option: JSON, value: Any) -> Any:
    kind, name = option["type"], option["name"]
    if option.get("choices"):
        return _choice(option, value)
    if kind == _STRING:
        low, high = option.get("min_length") or 0, option.get("max_length") or 6000
        if not isinstance(value, str) or not max(1, low) <= len(value) <= high:
            raise CannotDo(
                f"option {name!r} takes a text of {max(1, low)} to {high} characters, not {value!r:.60}"
            )
        return value
    if kind in {_INTEGER, _NUMBER}:
        return _number(option, value)
    if kind == _BOOLEAN:
        if not isinstance(value, bool):
            raise CannotDo(f"option {name!r} takes true or false, not {value!r}")
        return value
    return _thing(filled, option, getattr(value, "user", value))


def _choice(option: JSON, value: Any) -> Any:
    for choice in option["choices"]:
        if value in (choice["name"], choice["value"]):
            return choice["value"]
    raise CannotDo(
        f"option {option['name']!r} offers {[c['name'] for c in option['choices']]}, not {value!r}"
    )


def _number(option: JSON, value: Any) -> Any:
    fits = isinstance(value, int) or (option["type"] == _NUMBER and isinstance(value, float))
    if isinstance(value, bool) or not fits:
        raise CannotDo(f"option {option['name']!r} takes a number, not {value!r}")
    low, high = option.get("min_value", -(2**53)), option.get("max_value", 2**53)
    if not low <= value <= high:
        raise CannotDo(f"option {option['name']!r} takes {low} to {high}, not {value}")
    return value


def _thing(filled: Filled, option: JSON, value: Any) -> str:
    """A person, channel, role or file."""
    kind = option["type"]
    if isinstance(value, User) and kind in {_USER, _MENTIONABLE}:
        return filled.person(value)
    if isinstance(value, Role) and kind in {_ROLE, _MENTIONABLE}:
        return filled.note("roles", value.id, wire.role(value))
    if isinstance(value, Channel) and kind == _CHANNEL:
        if option.get("channel_types") and value.kind not in option["channel_types"]:
            raise CannotDo(f"option {option['name']!r} takes no channel of that type")
        # the bot is told what it may do there, whether or not it can see the channel
        bits = filled.world.permissions(filled.world.bot, value)
        return filled.note(
            "channels", value.id, partial_channel(filled.world, value) | {"permissions": str(bits.value)}
        )
    if isinstance(value, tuple) and kind == _ATTACHMENT:
        name, content = value
        entry = uploads.attach(filled.world, {}, [(name, "application/octet-stream", content)])[0]
        return filled.note("attachments", int(entry["id"]), entry | {"ephemeral": True})
    raise CannotDo(f"option {option['name']!r} cannot be given {value!r}")


def partial_channel(world: World, channel: Channel) -> JSON:
    """A channel as it stands among resolved objects."""
    wanted = (
        "id",
        "name",
        "type",
        "parent_id",
        "flags",
        "thread_metadata",
        "last_message_id",
        "topic",
        "position",
        "nsfw",
    )
    return {key: value for key, value in wire.channel(world, channel).items() if key in wanted}


def target(world: World, guild: Guild | None, thing: Message | User) -> Filled:
    """What a context menu was opened on. A message comes whole: no intent is needed to read it."""
    filled = Filled(world, guild)
    if isinstance(thing, User):
        filled.person(thing)
    else:
        filled.note("messages", thing.id, wire.message(world, thing))
    return filled
