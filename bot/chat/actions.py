"""Buttons, menus and forms that work for ever: what one does stands in its custom_id, and one table says who does it.

The cards make the ids with `bot.cards.base.action`: a name and its arguments, separated by colons. discord.py's views
would have to be registered again after each restart; this needs nothing but the press itself.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import discord

from bot.cards import Card, Form
from bot.chat.answer import answer
from bot.chat.home import carried
from bot.services.people import Actor, Refused

# Each gets who did it and the arguments of the custom_id, as text from outside: they may be forged.

#: A button. It may open a form instead of giving a card.
Press = Callable[[Actor, str], Awaitable[Card | Form]]
#: A select menu: with the values, or the ids of the members, that were chosen.
Chosen = Callable[[Actor, str, Sequence[str]], Awaitable[Card | Form]]
#: A form that was handed in: with the text of each field by its name, stripped of blanks around it.
HandedIn = Callable[[Actor, str, Mapping[str, str]], Awaitable[Card]]

#: How an answer is shown: on its own, instead of the private message that the button stands on, or as a form
#: (which Discord only takes as a first answer, so that there is no "thinking…" before it).
Shows = Literal["new", "instead", "form"]


@dataclass(frozen=True)
class _Entry:
    work: Callable[[Actor, str, dict[str, Any]], Awaitable[Card | Form]]
    shows: Shows


class Actions:
    """The table of what buttons, menus and forms do."""

    def __init__(self) -> None:
        self._entries: dict[str, _Entry] = {}

    def add(self, name: str, press: Press, *, shows: Shows = "new") -> None:
        """What a button of that name does."""
        self._add(name, _Entry(lambda actor, arguments, _data: press(actor, arguments), shows))

    def add_menu(self, name: str, chosen: Chosen, *, shows: Shows = "new") -> None:
        """What choosing from a menu of that name does."""
        work = _Entry(
            lambda actor, arguments, data: chosen(actor, arguments, tuple(map(str, data.get("values", ())))),
            shows,
        )
        self._add(name, work)

    def add_form(self, name: str, handed_in: HandedIn, *, shows: Shows = "new") -> None:
        """What handing in a form of that name does."""
        self._add(
            name,
            _Entry(lambda actor, arguments, data: handed_in(actor, arguments, _fields(data)), shows),
        )

    def _add(self, name: str, entry: _Entry) -> None:
        if name in self._entries:
            raise ValueError(f"two things are called {name}: a press would do the wrong one")
        self._entries[name] = entry

    async def dispatch(self, interaction: discord.Interaction[Any]) -> None:
        """Answer a press, a choice or a form."""
        data: dict[str, Any] = dict(interaction.data or {})
        custom_id = str(data.get("custom_id", ""))
        if interaction.guild_id is None:  # who acts on which server is `answer`'s business
            _, custom_id = carried(custom_id)
        name, _, arguments = custom_id.partition(":")
        entry = self._entries.get(name, _UNKNOWN)
        await answer(interaction, lambda actor: entry.work(actor, arguments, data), shows=entry.shows)


def _fields(data: Mapping[str, Any]) -> dict[str, str]:
    """What stands in the fields of a form that was handed in."""
    found: dict[str, str] = {}
    for top in data.get("components", ()):
        for field in [top["component"]] if "component" in top else top.get("components", ()):
            found[str(field.get("custom_id"))] = str(field.get("value") or "").strip()
    return found


async def _unknown(_actor: Actor, _arguments: str, _data: dict[str, Any]) -> Card:
    raise Refused("This button belongs to an older version of me and does nothing any more.")


_UNKNOWN = _Entry(_unknown, "new")
