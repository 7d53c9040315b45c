"""Registering application commands, under Discord's rules for names, options and counts."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from bot.rehearsal.errors import JSON, Form, Refusal
from bot.rehearsal.models import Command
from bot.rehearsal.world import World

SLASH, USER_MENU, MESSAGE_MENU = 1, 2, 3
SUBCOMMAND, SUBCOMMAND_GROUP, STRING = 1, 2, 3
_LIMITS = {SLASH: 100, USER_MENU: 15, MESSAGE_MENU: 15}
_CREATES_A_DAY = 200
_TOTAL = 8000
_NAME = re.compile(r"[-_'\w\u0900-\u097f\u0e00-\u0e7f]{1,32}")
_COUNTED = {3, 4, 10}


def listed(world: World, guild_id: int | None) -> list[Command]:
    """The global commands, or those of one server."""
    return [command for command in world.commands.values() if command.guild_id == guild_id]


def get(world: World, guild_id: int | None, command_id: int) -> Command:
    """One command, or 10063."""
    command = world.commands.get(command_id)
    if command is None or command.guild_id != guild_id:
        raise Refusal.UNKNOWN_COMMAND.error()
    return command


def upsert(world: World, guild_id: int | None, body: JSON) -> tuple[Command, bool]:
    """Create a command, or overwrite the one of that name and kind; the second value tells whether it is new."""
    form = Form()
    _check(form, "", body)
    form.check()
    kind = body.get("type") or SLASH
    same = [c for c in listed(world, guild_id) if (c.kind, c.name) == (kind, body["name"])]
    if same:
        return _update(world, same[0], body), False
    if sum(c.kind == kind for c in listed(world, guild_id)) >= _LIMITS[kind]:
        raise Refusal.TOO_MANY_COMMANDS.error()
    _count_create(world, guild_id)
    command = Command(world.snowflake(), world.snowflake(), guild_id, _filled(body))
    world.commands[command.id] = command
    return command, True


def overwrite(world: World, guild_id: int | None, bodies: list[JSON]) -> list[Command]:
    """Put these commands in the place of all; ones that were there before keep their id and cost no create."""
    form = Form()
    seen: set[tuple[int, str]] = set()
    for index, body in enumerate(bodies):
        _check(form, f"{index}.", body)
        key = (body.get("type") or SLASH, str(body.get("name")))
        if key in seen:
            form.fault(
                f"{index}.name",
                "APPLICATION_COMMANDS_DUPLICATE_NAME",
                "Application command names must be unique",
            )
        seen.add(key)
    form.check()
    for kind, limit in _LIMITS.items():
        if sum(key[0] == kind for key in seen) > limit:
            raise Refusal.TOO_MANY_COMMANDS.error()
    for command in listed(world, guild_id):
        if (command.kind, command.name) not in seen:
            del world.commands[command.id]
    return [upsert(world, guild_id, body)[0] for body in bodies]


def edit(world: World, guild_id: int | None, command_id: int, body: JSON) -> Command:
    """Change parts of a command."""
    command = get(world, guild_id, command_id)
    merged = command.body | body
    form = Form()
    _check(form, "", merged)
    form.check()
    return _update(world, command, merged)


def delete(world: World, guild_id: int | None, command_id: int) -> None:
    """Forget a command."""
    del world.commands[get(world, guild_id, command_id).id]


def _update(world: World, command: Command, body: JSON) -> Command:
    filled = _filled(body)
    if filled != command.body:
        command.body, command.version = filled, world.snowflake()
    return command


def _count_create(world: World, guild_id: int | None) -> None:
    horizon = world.now() - timedelta(days=1)
    recent = [at for where, at in world.command_creates if where == guild_id and at > horizon]
    if len(recent) >= _CREATES_A_DAY:
        raise Refusal.TOO_MANY_COMMAND_CREATES.error()
    world.command_creates.append((guild_id, world.now()))


def _filled(body: JSON) -> JSON:
    """The command with Discord's defaults, in the form that it gives back."""
    kept = {
        key: value
        for key, value in body.items()
        if key not in {"id", "application_id", "version", "guild_id"}
    }
    defaults: JSON = {
        "type": SLASH,
        "description": "",
        "default_member_permissions": None,
        "dm_permission": True,
        "contexts": None,
        "integration_types": [0],
        "nsfw": False,
    }
    filled = defaults | {key: value for key, value in kept.items() if value is not None}
    if filled["default_member_permissions"] is not None:
        filled["default_member_permissions"] = str(filled["default_member_permissions"])
    if filled["contexts"] is not None:
        filled["dm_permission"] = 1 in filled["contexts"]
    if "options" in filled:
        filled["options"] = [_filled_option(option) for option in filled["options"]]
    return filled


def _filled_option(option: JSON) -> JSON:
    """An option without what is merely a default."""
    kept = {
        k: v
        for k, v in option.items()
        if v is not None and not (k in {"required", "autocomplete"} and v is False)
    }
    for key in ("choices", "channel_types", "options"):
        if kept.get(key) == []:
            del kept[key]
    if "options" in kept:
        kept["options"] = [_filled_option(inner) for inner in kept["options"]]
    return kept


def _check(form: Form, at: str, body: JSON) -> None:
    """One command's name, description and options."""
    kind = body.get("type") or SLASH
    form.choice(f"{at}type", kind, tuple(_LIMITS))
    if kind == SLASH:
        _check_name(form, f"{at}name", body.get("name"))
        form.length(f"{at}description", body.get("description"), 1, 100)
    else:
        form.length(f"{at}name", body.get("name"), 1, 32)
        if body.get("description"):
            form.fault(
                f"{at}description",
                "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_NOT_ALLOWED",
                "Context menu commands cannot have description",
            )
    for locale, name in (body.get("name_localizations") or {}).items():
        form.length(f"{at}name_localizations.{locale}", name, 1, 32)
    options = body.get("options") or []
    _check_options(form, at, options, depth=0)
    if _size(body) > _TOTAL:
        form.fault(f"{at}name", "APPLICATION_COMMAND_TOO_LARGE", f"Command exceeds maximum size ({_TOTAL})")


def _check_name(form: Form, at: str, name: Any) -> None:
    if not isinstance(name, str) or not _NAME.fullmatch(name) or name != name.lower():
        form.fault(at, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def _check_options(form: Form, at: str, options: list[JSON], depth: int) -> None:
    form.length(f"{at}options", options, 0, 25)
    names = [option.get("name") for option in options]
    optional_seen = False
    for index, option in enumerate(options):
        here = f"{at}options.{index}."
        _check_name(form, f"{here}name", option.get("name"))
        form.length(f"{here}description", option.get("description"), 1, 100)
        if names.index(option.get("name")) != index:
            form.fault(
                f"{here}name", "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Option name already exists"
            )
        kind = option.get("type")
        form.choice(f"{here}type", kind, tuple(range(1, 12)))
        if kind in {SUBCOMMAND, SUBCOMMAND_GROUP}:
            if depth + (kind == SUBCOMMAND_GROUP) > 1:
                form.fault(
                    f"{here}type",
                    "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
                    "Sub-command groups cannot be nested deeper",
                )
            _check_options(form, here, option.get("options") or [], depth + 1)
            continue
        if option.get("required") and optional_seen:
            form.fault(
                f"{here}required",
                "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                "Required options must be placed before non-required options",
            )
        optional_seen = optional_seen or not option.get("required")
        _check_value(form, here, option)


def _check_value(form: Form, here: str, option: JSON) -> None:
    choices = option.get("choices") or []
    form.length(f"{here}choices", choices, 0, 25)
    if choices and option.get("autocomplete"):
        form.fault(
            f"{here}choices",
            "APPLICATION_COMMAND_AUTOCOMPLETE_WITH_CHOICES",
            "Autocomplete options cannot have choices",
        )
    for number, choice in enumerate(choices):
        form.length(f"{here}choices.{number}.name", choice.get("name"), 1, 100)
        if option.get("type") == STRING:
            form.length(f"{here}choices.{number}.value", choice.get("value"), 0, 100)
    if option.get("autocomplete") and option.get("type") not in _COUNTED:
        form.fault(
            f"{here}autocomplete",
            "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
            "This option type cannot autocomplete",
        )
    low, high = option.get("min_length") or 0, option.get("max_length") or 6000
    if not 0 <= low <= 6000 or not 1 <= high <= 6000 or low > high:
        form.fault(f"{here}max_length", "NUMBER_TYPE_MAX", "int value should be less than or equal to 6000.")


def _size(item: JSON) -> int:
    """The characters of names, descriptions and values that count towards the 8000."""
    own = len(str(item.get("name") or "")) + len(str(item.get("description") or ""))
    own += sum(
        len(str(choice.get("name", ""))) + len(str(choice.get("value", "")))
        for choice in item.get("choices") or []
    )
    return own + sum(_size(option) for option in item.get("options") or [])
