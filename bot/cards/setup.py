"""What `/setup` shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.cards.base import Button, Card, action, clip, plain

#: What is lacking to make something, as Discord's settings call it.
_NEEDS = {"channel": "Manage Channels", "role": "Manage Roles"}
_SIGNS = {"channel": "#", "role": "@"}


@dataclass(frozen=True)
class Line:
    """A finding: its mark, what was looked at, what was found, the cure."""

    mark: str
    key: str
    what: str
    cure: str


def setup(server: str, lines: Sequence[Line], makeable: Mapping[str, str], forbidden: Sequence[str]) -> Card:
    """What is missing on a server, a button for each thing that can be made: short name -> "channel:<name>"."""
    wrong = [line for line in lines if line.mark != "✔"]
    shown = [f"{line.mark} `{line.key}` {plain(line.what)} {plain(line.cure)}".rstrip() for line in wrong]
    fine = len(lines) - len(wrong)
    text = "\n".join(shown) or "Nothing is missing. `/session plan` or `/series create` begins the year."
    if fine:
        text += f"\n✔ {fine} in order."
    if forbidden:
        needed = " and ".join(_NEEDS[what] for what in forbidden)
        text += f"\nI could make what is missing if my role had **{needed}**; you can take it away again afterwards."
    buttons = [
        Button(f"Make {_SIGNS[kind]}{clip(name, 60)}", action("setup_make", short), style="primary")
        for short, make in list(makeable.items())[:20]
        for kind, _, name in [make.partition(":")]
    ]
    return Card(
        title=f"Set up on {clip(server, 200)}",
        text=text,
        tone="warn" if any(line.mark == "✘" for line in lines) else "good",
        buttons=(*buttons, Button("Look again", action("setup_look"))),
        footer="Whoever runs me sees the same with: python -m bot check",
    )
