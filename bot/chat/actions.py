"""Buttons that work for ever: what a press does stands in its custom_id, and one table says who does it.

The cards make the ids with `bot.cards.base.action`: a name and its arguments, separated by colons. discord.py's views
would have to be registered again after each restart; this needs nothing but the press itself.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import discord

from bot.cards import Card
from bot.chat.answer import answer
from bot.services.people import Actor, Refused

#: Gets who pressed and the arguments of the custom_id, as text from outside: they may be forged.
Press = Callable[[Actor, str], Awaitable[Card]]


class Actions:
    """The table of what buttons do."""

    def __init__(self) -> None:
        self._presses: dict[str, Press] = {}

    def add(self, name: str, press: Press) -> None:
        self._presses[name] = press

    async def dispatch(self, interaction: discord.Interaction[Any]) -> None:
        """Answer a press."""
        custom_id = str(dict(interaction.data or {}).get("custom_id", ""))
        name, _, arguments = custom_id.partition(":")
        press = self._presses.get(name, _unknown)
        await answer(interaction, lambda actor: press(actor, arguments))


async def _unknown(_actor: Actor, _arguments: str) -> Card:
    raise Refused("This button belongs to an older version of me and does nothing any more.")
