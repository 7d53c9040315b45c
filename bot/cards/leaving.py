"""What goes with an export."""

from __future__ import annotations

from bot.cards.base import Attachment, Card, count


def exported(files: dict[str, bytes], *, proposals: int, votes: int, sessions: int, anonymous: bool) -> Card:
    people = (
        "People are numbers that mean nothing elsewhere." if anonymous else "People are their Discord ids."
    )
    return Card(
        title="Everything, to take along",
        text=f"{count(proposals, 'proposal')}, {count(votes, 'vote')}, {count(sessions, 'session')}. {people}\n"
        "`group.json` holds all of it, and `python -m bot import group.json` takes it back into an empty database; "
        "the others are for reading and for spreadsheets.",
        tone="good",
        attachments=tuple(Attachment(name, data) for name, data in files.items()),
    )
