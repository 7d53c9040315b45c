"""Refusals, errors, settings, and what organisers are told about the bot itself."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards.base import Button, Card, action, plain

#: What a button in a direct message says in a process that serves other servers than its own.
NOT_IN_DIRECT = "I cannot do that in a direct message. On the server you find the same button, or a command."


def refusal(sentence: str) -> Card:
    """Something cannot be done, and why. The sentence is ours; what it quotes is made plain where it is quoted."""
    return Card(text=sentence, tone="warn")


def failure(reference: str) -> Card:
    """Something broke. The reference leads to the line in the log."""
    return Card(
        title="That went wrong",
        text=f"It is not your fault, and nothing that was stored is lost. Please try again in a moment. "
        f"If it happens again, tell an organiser this reference: `{reference}`.",
        tone="bad",
    )


def undeliverable(place: str, cause: str, waiting: str) -> Card:
    """Told to the organisers once, when a place cannot be posted to."""
    return Card(
        title=f"I cannot post to {place}",
        text=f"{cause}\nWhat is waiting: {waiting}. I keep it and try again; I drop only what is of no use any more.",
        tone="bad",
    )


def gave_up(what: str, cause: str) -> Card:
    """Told to the organisers when something could not be done for a long time."""
    return Card(title=what, text=cause, tone="bad")


def doubt(doubt_id: int, reads: str, notes: Sequence[str]) -> Card:
    """Asked before something is done that may have been meant otherwise. `notes` are plain text."""
    return Card(
        title="Is this what you mean?",
        text="\n".join([reads, *(f"⚠️ {plain(note)}" for note in notes)]),
        tone="warn",
        footer="Nothing is done or posted yet.",
        buttons=(
            Button("Yes, go on", action=action("sure", doubt_id), style="success"),
            Button("No", action=action("unsure", doubt_id)),
        ),
    )


def left_alone() -> Card:
    return Card(text="Nothing was done. Give the command again, with a clearer time.")
