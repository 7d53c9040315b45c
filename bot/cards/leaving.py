"""What goes with an export."""

from __future__ import annotations

from bot.cards.base import Attachment, Button, Card, action, count


def exported(files: dict[str, bytes], *, proposals: int, votes: int, sessions: int, anonymous: bool) -> Card:
    people = (
        "People are numbers that mean nothing elsewhere; ways to join and contacts are left out."
        if anonymous
        else "People are their Discord ids. `group.json` holds the ways to join and the speakers' contacts, too: "
        "keep it to yourselves."
    )
    return Card(
        title="Everything, to take along",
        text=f"{count(proposals, 'proposal')}, {count(votes, 'vote')}, {count(sessions, 'session')}. {people}\n"
        "`group.json` holds all of it, and `python -m bot import group group.json` takes it back into an empty "
        "database; the others are for reading and for spreadsheets.",
        tone="good",
        attachments=tuple(Attachment(name, data) for name, data in files.items()),
        buttons=(Button("Send it to me, should I be removed here", action("last_export", "yes")),),
    )
