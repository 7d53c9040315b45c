"""Who presents, in words that everybody sees: open → volunteered → confirmed → held."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from bot.cards.base import Button, action, member, plain
from storage.sessions import SessionView
from storage.tables import Presenter

Stage = Literal["open", "volunteered", "confirmed", "held", "cancelled"]


def stage(view: SessionView) -> Stage:
    """How far a session is on the way from an open date to a talk that was given."""
    if view.session.state in ("held", "cancelled"):
        return "held" if view.session.state == "held" else "cancelled"
    if view.presenters:
        return "confirmed"
    return "volunteered" if view.volunteers else "open"


def presenters(people: Sequence[Presenter]) -> str:
    """Who presents, as markup: members by mention, outside speakers by name and affiliation."""
    return ", ".join(_presenter(person) for person in people)


def _presenter(person: Presenter) -> str:
    if person.user_id:
        return member(person.user_id)
    if not person.name:
        return "someone who left"
    return plain(f"{person.name} ({person.affiliation})" if person.affiliation else person.name, 300)


def who(view: SessionView) -> str:
    """Who presents a session, and how far the search is."""
    if view.presenters:
        people = "\n".join(presenters(talk.presenters) for talk in view.talks if talk.presenters)
        return f"{people} · {stage(view)}"
    if view.volunteers:
        return f"volunteered: {members(view.volunteers)}. An organiser confirms."
    return "open, nobody yet" if view.session.state == "planned" else f"nobody was noted · {stage(view)}"


def members(user_ids: Sequence[int], limit: int = 8) -> str:
    """Members by mention, the first `limit` and how many more."""
    shown = ", ".join(member(user_id) for user_id in user_ids[:limit])
    return f"{shown} and {len(user_ids) - limit} more" if len(user_ids) > limit else shown


def volunteer_button(view: SessionView) -> tuple[Button, ...]:
    """The button to offer oneself, while nobody is confirmed."""
    if stage(view) not in ("open", "volunteered"):
        return ()
    return (Button("I would present", action=action("volunteer", "s", view.session.session_id)),)
