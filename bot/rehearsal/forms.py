"""Buttons, selects and modals from the person's side: finding them, and filling them in as the client allows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.rehearsal import wire
from bot.rehearsal.errors import JSON
from bot.rehearsal.models import Channel, Message, Role, User
from bot.rehearsal.palette import CannotDo, Filled, partial_channel
from bot.rehearsal.world import World

_BUTTON, _LINK, _STRING_SELECT, _LABEL, _TEXT_INPUT = 2, 5, 3, 18, 4
_SELECTS = {3, 5, 6, 7, 8}


def button(message: Message, label: str | None, custom_id: str | None) -> JSON:
    """The one button that fits, enabled and no link."""
    found = [
        item
        for item in message.buttons
        if item["type"] == _BUTTON
        and label in {None, item.get("label")}
        and custom_id in {None, item.get("custom_id")}
    ]
    if len(found) != 1:
        there = [item.get("label") or item.get("emoji", {}).get("name") for item in message.buttons]
        raise CannotDo(f"{len(found)} buttons fit {label or custom_id!r}; there are: {there}")
    if found[0].get("disabled"):
        raise CannotDo(f"the button {label or custom_id!r} is greyed out")
    if found[0]["style"] == _LINK:
        raise CannotDo(f"the button {label!r} is a link to {found[0]['url']}")
    return found[0]


def select(message: Message, custom_id: str | None) -> JSON:
    """The one select that fits."""
    found = [
        item
        for item in message.buttons
        if item["type"] in _SELECTS and custom_id in {None, item["custom_id"]} and not item.get("disabled")
    ]
    if len(found) != 1:
        raise CannotDo(f"{len(found)} selects fit {custom_id!r}")
    return found[0]


def pick(world: World, channel: Channel, item: JSON, picked: list[Any]) -> JSON:
    """The part of the interaction's data that tells what was picked."""
    if not item["min_values"] <= len(picked) <= item["max_values"]:
        raise CannotDo(f"one picks {item['min_values']} to {item['max_values']} there, not {len(picked)}")
    if item["type"] == _STRING_SELECT:
        return {"values": [_option(item, value) for value in picked]}
    filled = Filled(world, world.guild_of(channel))
    values = []
    for thing in (getattr(entry, "user", entry) for entry in picked):
        if isinstance(thing, User):
            values.append(filled.person(thing))
        elif isinstance(thing, Role):
            values.append(filled.note("roles", thing.id, wire.role(thing)))
        elif isinstance(thing, Channel):
            values.append(filled.note("channels", thing.id, partial_channel(world, thing)))
        else:
            raise CannotDo(f"{thing!r} cannot be picked")
    return {"values": values, "resolved": filled.resolved}


def _option(item: JSON, value: str) -> str:
    for option in item["options"]:
        if value in (option["value"], option["label"]):
            return str(option["value"])
    raise CannotDo(f"{value!r} is not offered; there are {[option['label'] for option in item['options']]}")


def fields(modal: JSON) -> list[tuple[str, JSON]]:
    """A modal's inputs with the label over each."""
    found = []
    for top in modal["components"]:
        if top["type"] == _LABEL:
            found.append((str(top["label"]), top["component"]))
        else:
            found += [(str(item.get("label", "")), item) for item in top.get("components", [])]
    return found


def fill(modal: JSON, values: Mapping[str, Any]) -> JSON:
    """A modal as it is sent back; each value by its field's custom_id or label."""
    left = dict(values)
    answers: dict[str, JSON] = {}
    for label, item in fields(modal):
        key = item["custom_id"] if item["custom_id"] in left else label
        answers[item["custom_id"]] = _entered(label, item, left.pop(key, item.get("value")))
    if left:
        raise CannotDo(
            f"the form has no field {', '.join(left)}; it has {[label for label, _ in fields(modal)]}"
        )
    components: list[JSON] = []
    for number, top in enumerate(modal["components"], start=1):
        if top["type"] == _LABEL:
            inner = answers[top["component"]["custom_id"]]
            components.append({"type": _LABEL, "id": number, "component": inner})
        elif top["type"] == 1:
            inner = answers[top["components"][0]["custom_id"]]
            components.append({"type": 1, "id": number, "components": [inner]})
    return {"custom_id": modal["custom_id"], "components": components}


def _entered(label: str, item: JSON, value: Any) -> JSON:
    told: JSON = {"type": item["type"], "id": item.get("id", 0), "custom_id": item["custom_id"]}
    if item["type"] in _SELECTS:
        chosen = value if isinstance(value, list) else [] if value is None else [value]
        return told | {"values": [_option(item, entry) for entry in chosen]}
    text = value or ""
    low, high = item.get("min_length") or 0, item.get("max_length") or 4000
    if not text and item.get("required", True):
        raise CannotDo(f"the field {label!r} must be filled in")
    if text and not low <= len(text) <= high:
        raise CannotDo(f"the field {label!r} takes {low} to {high} characters, not {len(text)}")
    return told | {"value": text}
