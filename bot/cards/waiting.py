"""What waits to be said, in a line: which post it is, of what, and where it goes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from bot.cards.base import count, flat
from storage.tables import DigestRun, Post

_KINDS = {
    "aftercare": "question after the session",
    "changed_dm": "news of a change",
    "clock-notice": "notice about clocks",
    "digest_failed": "digest that failed",
    "dm_closed": "closed direct messages",
    "event-asked": "question about the event",
    "lacking": "what is missing",
    "materials": "what came out of the session",
    "personal": "personal reminder",
    "presenter": "reminder to the presenter",
    "presenter_alert": "alert that nobody presents",
    "presents": "word to who presents",
    "seed": "first reaction",
    "starting": "start message",
    "thread-name": "new name of the thread",
    "thread-rest": "archiving of the thread",
    "undeliverable": "what could not be said",
    "volunteered": "offer to present",
    "wish_failed": "paper that was not found",
}
_PLACES = {
    "announcements": "the announcement channel",
    "events": "the server's events",
    "proposals": "the proposal channel",
    "organisers": "the organisers",
    "threads": "the session's thread",
}


def kind_of(kind: str) -> str:
    """A post's kind in words; one without words of its own is called by its name."""
    return _KINDS.get(kind, flat(kind.replace("_", " ").replace("-", " ")))


#: What a "user" or a "channel" is called, by id.
Called = Callable[[str, int], str]


def place_of(place: str, called: Called) -> str:
    """Where a post goes."""
    kind, _, name = place.partition(":")
    if name.isdigit():
        return called(kind, int(name))
    return _PLACES.get(kind, flat(f"#{name}" if name else kind))


def what(post: Post, called: Called) -> str:
    """Which post, and where it goes: "reminder → the announcement channel"."""
    kind = kind_of(post.kind)
    if post.op == "edit":
        kind = f"update of the {kind.removesuffix(' edit')}"
    in_thread = post.op == "send" and "of" in post.data
    return f"{kind} → {_PLACES['threads'] if in_thread else place_of(post.place, called)}"


def subject(post: Post, title: str) -> str:
    """What a post is about. `title` is that of its session or paper, "" when it is about none."""
    day = post.data.get("day")
    return flat(title) or (_day(date.fromisoformat(day)) if day else "")


def digest(run: DigestRun, called: Called) -> str:
    """A digest that is still to be made."""
    again = f", after {count(run.attempts, 'try', 'tries')}" if run.attempts else ""
    where = f" for {place_of(f'channel:{run.channel}', called)}" if run.channel else ""
    return f"New papers{where} on {_day(run.day)}{again}"


def _day(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B}"
