"""Direct messages: what is pressed there carries its server, for Discord tells neither that nor the person's roles.

A button, a menu or a form that goes into a direct message begins with the id of the server that it is about. Whoever
uses it is looked up there, each time. Like all of a custom_id the server is text from outside: a forged one leads
nobody further than a membership they have. Of a very large bot one process alone hears of direct messages.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import discord

from bot.cards import Card, Form

_CARRIED = re.compile(r"@([0-9]{1,20}):(.*)", re.DOTALL)

#: A card, a form, or whichever of them it is.
T = TypeVar("T", Card, Form, Card | Form)


def carrying(said: T, guild_id: int) -> T:
    """The same card or form for a direct message."""
    if isinstance(said, Form):
        return replace(said, submit=_mark(said.submit, guild_id))
    return _card(said, guild_id)


def _card(card: Card, guild_id: int) -> Card:
    """A menu of members gives way to its words: in direct messages Discord has none to list."""
    instead = [select.elsewhere for select in card.selects if select.of == "members" and select.elsewhere]
    return replace(
        card,
        text="\n".join([card.text, *instead]),
        buttons=tuple(
            replace(button, action=_mark(button.action, guild_id)) if button.action else button
            for button in card.buttons
        ),
        selects=tuple(
            replace(select, action=_mark(select.action, guild_id))
            for select in card.selects
            if select.of != "members"
        ),
    )


def mute(card: Card) -> Card:
    """The same where nobody would hear what is pressed: links stay, and words say where to go."""
    links = tuple(button for button in card.buttons if not button.action)
    if len(links) == len(card.buttons) and not card.selects:
        return card
    text = f"{card.text}\nWhat can be done about it, commands on the server do: `/help` lists them."
    return replace(card, text=text, buttons=links, selects=())


def serves(client: discord.Client, guild_id: int) -> bool:
    """Whether this process of a very large bot has a server's shard; direct messages are of server 0.

    https://docs.discord.com/developers/events/gateway#sharding
    """
    shards: Sequence[int] | None = getattr(client, "shard_ids", None)
    return shards is None or (guild_id >> 22) % (client.shard_count or 1) in shards


def carried(custom_id: str) -> tuple[int, str]:
    """The server that a custom_id carries (0: none), and the action behind it."""
    found = _CARRIED.fullmatch(custom_id)
    return (int(found[1]), found[2]) if found else (0, custom_id)


def _mark(action: str, guild_id: int) -> str:
    return f"@{guild_id}:{action}"
