"""Who comes to a session: the buttons, what a press answers, and the names on request."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards.base import Button, Card, Field, action, clip, count, member, plain
from storage.rsvps import Counts

#: What can be answered, and how it is said of one and of many.
WORDS = {"going": "going", "maybe": "maybe", "cannot": "can't"}
_NAMES_LENGTH = 1000


def buttons(session_id: int) -> tuple[Button, ...]:
    """Going · maybe · can't, and who comes."""
    answers = (("Going", "going", "✅"), ("Maybe", "maybe", "🤔"), ("Can't", "cannot", "❌"))
    return (
        *(Button(label, action("rsvp", session_id, key), emoji=emoji) for label, key, emoji in answers),
        Button("Who comes?", action("rsvps", session_id)),
    )


def in_words(counts: Counts) -> str:
    """How many: "12 going · 3 maybe · 1 can't"; empty before the first answer."""
    return " · ".join(f"{number} {WORDS[key]}" for key, number in counts._asdict().items() if number)


def answered(answer: str, counts: Counts, session: str) -> Card:
    """What a member who pressed a button is told. `session` is what the session is called, as plain text."""
    said = {
        "going": f"You are going to **{plain(session, 200)}**.",
        "maybe": f"You may come to **{plain(session, 200)}**.",
        "cannot": f"You cannot come to **{plain(session, 200)}**.",
    }
    return Card(
        text=f"{said[answer]}\n{in_words(counts)}",
        footer="Press another button to change your answer.",
        tone="good",
    )


def who(answers: Sequence[tuple[int, str]]) -> Card:
    """Who gave which answer, in the order in which they did."""
    if not answers:
        return Card(title="Who comes", text="Nobody has said so yet. Be the first: press **Going**.")
    fields = []
    for key, words in WORDS.items():
        people = [member(user_id) for user_id, answer in answers if answer == key]
        if people:
            fields.append(Field(f"{words.capitalize()} ({len(people)})", _as_many_as_fit(people)))
    return Card(title="Who comes", fields=tuple(fields))


def _as_many_as_fit(people: Sequence[str]) -> str:
    shown = ", ".join(people)
    if len(shown) <= _NAMES_LENGTH:
        return shown
    whole = clip(shown, _NAMES_LENGTH).rstrip("…").rpartition(",")[0].split(", ")
    return f"{', '.join(whole)} and {count(len(people) - len(whole), 'more', 'more')}"
