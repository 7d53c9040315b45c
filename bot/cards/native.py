"""A session's thread and its entry in Discord's own list of events; and what organisers are asked about the latter."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.cards.base import Button, Card, NativeEvent, Thread, action, clip, plain, stamp
from bot.cards.presenting import presenters
from bot.cards.sessions import session_title, talk_abstract
from storage.sessions import SessionView


def thread(view: SessionView, *, archived: bool = False, was: str = "") -> Thread:
    """Where a session is discussed."""
    return Thread(thread_name(view), archived=archived, was=was)


def thread_name(view: SessionView) -> str:
    """What a session's thread is called."""
    return clip(session_title(view), 100)


def event(view: SessionView, channel_name: str) -> NativeEvent:
    """A session in Discord's list of events: how to join is told in the announcement channel, never here."""
    session = view.session
    people = [presenters(talk.presenters) for talk in view.talks if talk.presenters]
    abstracts = [plain(clip(text, 600)) for talk in view.talks if (text := talk_abstract(talk))]
    room = f"#{channel_name}" if not channel_name.isdigit() else "the announcement channel"
    return NativeEvent(
        name=session_title(view),
        description="\n\n".join([*people, *abstracts]) or "A session of the reading group.",
        starts_at=session.starts_at,
        ends_at=session.starts_at + timedelta(minutes=session.minutes),
        place=f"Join via {room}",
        cancelled=session.state == "cancelled",
    )


def asked(view: SessionView, shown: datetime | None) -> Card:
    """To the organisers: somebody changed the event by hand. `shown` is when it starts now, None when it is gone."""
    session = view.session
    if shown is None:
        what = "its event was cancelled or deleted in Discord's list of events."
        take, keep = "Cancel the session, too", "Put the event back"
    else:
        what = f"its event was moved to {stamp(shown)} in Discord's list of events."
        take, keep = "Move the session, too", "Put the event back"
    return Card(
        title=clip(f"Which one holds? {plain(session_title(view))}", 250),
        text=f"The session is planned for {stamp(session.starts_at)}, but {what} I have changed nothing.",
        tone="warn",
        buttons=(
            Button(take, action("event_take", session.session_id), style="primary"),
            Button(keep, action("event_keep", session.session_id)),
        ),
    )


def taken(view: SessionView) -> Card:
    """An organiser decided for the event."""
    if view.session.state == "cancelled":
        return Card(text=f"Session {view.session.session_id} is cancelled, too.", tone="good")
    return Card(
        text=f"Session {view.session.session_id} is moved to {stamp(view.session.starts_at)}, too.",
        tone="good",
    )


def kept(view: SessionView) -> Card:
    """An organiser decided for the session."""
    return Card(text=f"The event goes back to {stamp(view.session.starts_at)}.", tone="good")
