"""What waits to be said, in a line: which post it is, of what, and where it goes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from bot.cards.base import flat
from storage.tables import DigestRun, Post

_KINDS = {
    "digest_failed": "digest that failed",
    "dm_closed": "closed direct messages",
    "lacking": "what is missing",
    "moved_dm": "news of a move",
    "personal": "personal reminder",
    "presenter": "reminder to the presenter",
    "seed": "first reaction",
    "starting": "start message",
    "undeliverable": "what could not be said",
    "wish_failed": "paper that was not found",
}
_PLACES = {
    "announcements": "the announcement channel",
    "proposals": "the proposal channel",
    "organisers": "the organisers",
}


def kind_of(kind: str) -> str:
    """A post's kind in words; one without words of its own is called by its name."""
    return _KINDS.get(kind, flat(kind.replace("_", " ")))


#: What a "user" or a "channel" is called, by id.
Called = Callable[[str, int], str]


def place_of(place: str, called: Called) -> str:
    """Where a post goes."""
    kind, _, name = place.partition(":")
    if name.isdigit():
        return called(kind, int(name))
    return _PLACES.get(kind, flat(f"#{name}"))


def line(post: Post, subject: str, called: Called) -> str:
    """What is said, of what, and where. `subject` is the title of a session or paper, or "" for other posts."""
    day = post.data.get("day")
    subject = flat(subject) or (_day(date.fromisoformat(day)) if day else "")
    said = f"change: {subject}" if post.op == "edit" else subject
    return " → ".join(part for part in (said, place_of(post.place, called)) if part)


def digest(run: DigestRun) -> str:
    """A digest that is still to be made."""
    again = f", after {run.attempts} tries" if run.attempts else ""
    return f"New papers on {_day(run.day)}{again}"


def _day(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B}"
