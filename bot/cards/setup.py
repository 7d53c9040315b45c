"""What `/setup` shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.cards.base import Button, Card, action, clip, plain
from bot.cards.forms import Form, Input

#: What is lacking to make something, as Discord's settings call it.
_NEEDS = {"channel": "Manage Channels", "role": "Manage Roles"}
_SIGNS = {"channel": "#", "role": "@"}
#: What a form makes, by the key of the finding that says that it is missing.
_FORMS = {"series": "Make a series…", "topics": "Have digests…"}


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
    forms = [
        Button(_FORMS[line.key], action("setup_form", line.key), style="primary")
        for line in wrong
        if line.key in _FORMS
    ]
    return Card(
        title=f"Set up on {clip(server, 200)}",
        text=text,
        tone="warn" if any(line.mark == "✘" for line in lines) else "good",
        buttons=(*buttons, *forms, Button("Look again", action("setup_look"))),
        footer="Whoever runs me sees the same with: python -m bot check",
    )


def series_form() -> Form:
    """The form for the first series of a group; `/series create` knows more."""
    return Form(
        "A meeting that repeats",
        action("series_told"),
        (
            Input("first", "The first session", hint="2026-12-07 17:00, or: next Monday 5pm", required=True, limit=200),
            Input("repeat", "How often", value="every week", required=True, limit=60,
                  hint="every week, every other week, every 3 weeks, every month"),
            Input("title", "What it is called", limit=200),
            Input("link", "How to join", hint="A web address; never shown in public", limit=1000),
            Input("reminders", "When the channel is reminded", limit=200,
                  hint="7d, the day before at 09:00; empty: as the settings say"),
        ),
    )  # fmt: skip


def topics_form() -> Form:
    """The form that says where the papers of all topics go."""
    hint = "All topics' papers go there; /topics channel sends a topic elsewhere"
    return Form(
        "Digests of new papers",
        action("topics_told"),
        (Input("channel", "In which channel", value="papers", hint=hint, required=True, limit=100),),
    )
