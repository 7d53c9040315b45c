"""What people fill in: a form opens instead of an answer, a select menu stands on a card.

Limits: https://discord.com/developers/docs/components/reference
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

INPUTS, FORM_TITLE, INPUT_LABEL, INPUT_HINT, INPUT_TEXT, OPTIONS, OPTION = 5, 45, 45, 100, 4000, 25, 100


@dataclass(frozen=True)
class Input:
    """One field of a form. `name` is its key in what is handed in; `value` stands in it when the form opens."""

    name: str
    label: str
    value: str = ""
    hint: str = ""  # under the label, at most 100 characters
    long: bool = False  # several lines
    required: bool = False
    limit: int = INPUT_TEXT


@dataclass(frozen=True)
class Form:
    """A form of at most five fields. `submit` is an `action(…)`: what handing it in does, as with a button."""

    title: str
    submit: str
    inputs: tuple[Input, ...]

    def fitted(self) -> Form:
        """The same within Discord's limits. A value that is too long for its field is shortened to fit it."""
        inputs = tuple(
            replace(
                entry,
                label=entry.label[:INPUT_LABEL],
                hint=entry.hint[:INPUT_HINT],
                value=entry.value[: entry.limit],
            )
            for entry in self.inputs[:INPUTS]
        )
        return replace(self, title=self.title[:FORM_TITLE], inputs=inputs)


@dataclass(frozen=True)
class Option:
    """One line of a select menu: what is shown and what is handed over, both of at most 100 characters."""

    label: str
    value: str
    about: str = ""


@dataclass(frozen=True)
class Select:
    """A menu on a card: of `options`, or of the server's members (`of="members"`: their ids are handed over).

    `elsewhere` is said in its place in direct messages, where Discord has no members to list.
    """

    action: str
    placeholder: str
    options: tuple[Option, ...] = ()
    of: Literal["options", "members"] = "options"
    most: int = 1
    elsewhere: str = ""
