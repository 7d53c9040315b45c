"""The organisers' list of what is done and what is missing, and what is asked for after a session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.cards.base import Button, Card, action, clip, count, link, plain, stamp
from bot.cards.presenting import stage, who
from bot.cards.sessions import session_title, talk_title
from storage.sessions import SessionView
from storage.tables import Post

_MARKS = {True: "✅", False: "⬜", None: "⏳"}


@dataclass(frozen=True)
class Item:
    """One line of the list. `done` None: it will come by itself. `press` opens the form for what is missing."""

    text: str
    done: bool | None
    label: str = ""
    press: str | None = None  # an `action(…)`


def _edit(view: SessionView) -> str:
    return action("edit", view.session.session_id, view.talks[0].talk.talk_id if view.talks else 0)


def _links(view: SessionView) -> str:
    return action("links", view.session.session_id)


def basics(view: SessionView) -> list[Item]:
    """Who presents, and how to join."""
    return [
        Item(
            f"Presenter: {clip(who(view), 200)}",
            stage(view) == "confirmed",
            "Presenter",
            action("choose_presenter", view.session.session_id),
        ),
        Item("Link to join", bool(view.session.link), "Link", _links(view)),
    ]


def content(view: SessionView) -> Item:
    """What it is about."""
    there = [
        bool((talk.talk.title or talk.paper) and (talk.talk.abstract or talk.paper)) for talk in view.talks
    ]
    return Item("Title and abstract", bool(there) and all(there), "Abstract", _edit(view))


def announced(view: SessionView, post: Post | None) -> Item:
    """Whether the announcement is out, or when it will be."""
    if post is not None and post.state == "waiting" and not post.last_error:
        now = action("announce_now", view.session.session_id)
        return Item(f"Announced {stamp(post.due_at, 'R')}, by itself", None, "Announce now", now)
    return posted("Announced", post)


def posted(what: str, post: Post | None) -> Item:
    """Whether something stands on Discord; where it could not be put there, a button that tries again."""
    if post is not None and post.state in ("sent", "sending"):
        return Item(what, done=True)
    cause = f": {plain(post.last_error, 150)}" if post is not None and post.last_error else ""
    again = (
        action("post_now", post.post_id) if post is not None and post.state in ("waiting", "failed") else None
    )
    return Item(f"Not yet {what[0].lower()}{what[1:]}{cause}", done=False, label="Try again", press=again)


def to_come(view: SessionView) -> Item:
    """What will have come out of a session that is still to be held; a talk's slides are often there before."""
    there = [what for what in ("Slides", "Recording", "Notes") if any(what == key for _, key in given(view))]
    if "Slides" in there:
        return Item(f"{', '.join(there)}: there already", done=True)
    return Item("Slides, recording, notes: asked for an hour after it", None, "Slides", _links(view))


def armed(posts: Sequence[Post]) -> Item:
    """Which reminders wait."""
    if not posts:
        return Item("Reminders: none is left to send", done=True)
    return Item(f"{count(len(posts), 'reminder')} armed, the next {stamp(posts[0].due_at, 'R')}", done=True)


def materials(view: SessionView) -> list[Item]:
    """What came out of a session that is over."""
    talks = [talk.talk for talk in view.talks]
    return [
        Item("Slides", any(talk.slides for talk in talks), "Slides", _links(view)),
        Item("Recording", any(talk.recording for talk in talks), "Recording", _links(view)),
        Item("Notes", any(talk.notes for talk in talks), "Notes", _links(view)),
    ]


def materials_missing(view: SessionView) -> list[str]:
    """What a session that is over still lacks."""
    return [item.text.lower() for item in materials(view) if not item.done]


#: What came out of a talk: its address by the talk's id and what it is.
Given = Mapping[tuple[int, str], str]


def given(view: SessionView) -> Given:
    """The slides, recordings and notes that there are."""
    rows = (
        (talk.talk.talk_id, what, address)
        for talk in view.talks
        for what, address in (
            ("Slides", talk.talk.slides), ("Recording", talk.talk.recording), ("Notes", talk.talk.notes)
        )
    )  # fmt: skip
    return {(talk_id, what): address for talk_id, what, address in rows if address}


def materials_up(view: SessionView, new: Given) -> Card:
    """In a session's thread: what has come out of it."""
    lines = []
    for talk in view.talks:
        links = [
            link(what, address) for (talk_id, what), address in new.items() if talk_id == talk.talk.talk_id
        ]
        title = f"**{plain(talk_title(talk), 200)}**\n" if len(view.talks) > 1 and talk_title(talk) else ""
        lines += [title + " · ".join(links)] if links else []
    return Card(
        title=clip(f"From the session: {plain(session_title(view))}", 250), text="\n".join(lines), tone="good"
    )


def week(lists: Sequence[tuple[SessionView, Sequence[Item]]]) -> Card:
    """`/week`: a list for each session, and a button for each thing that is missing."""
    if not lists:
        return Card(
            title="Nothing is planned",
            text="`/session plan` plans a session, `/series create` a meeting that repeats.",
        )
    parts: list[str] = []
    buttons: dict[str, Button] = {}
    for view, items in lists:
        session = view.session
        parts.append(f"**{plain(clip(session_title(view), 150))}** · session {session.session_id}\n"
                     f"{stamp(session.starts_at, 'F')} ({stamp(session.starts_at, 'R')})")  # fmt: skip
        parts.append("\n".join(f"{_MARKS[item.done]} {item.text}" for item in items) + "\n")
        for item in items:
            if not item.done and item.press:
                label = f"{item.label} · {session.session_id}"
                buttons.setdefault(item.press, Button(label, action=item.press, style="primary"))
    return Card(
        title="The organisers' list",
        text="\n".join(parts),
        footer="A button opens the form for what is missing; the number is the session's.",
        tone="session",
        buttons=tuple(buttons.values()),
    )


def aftercare(view: SessionView) -> Card:
    """To the organisers, an hour after a session: what is worth keeping of it."""
    missing = ", ".join(materials_missing(view))
    lines = [
        f"The session of {stamp(view.session.starts_at, 'F')} is noted as held.",
        f"Still missing: {missing}. What you give appears on its card and in its thread, for everybody."
        if missing
        else "",
        "Did somebody count? The archive shows how many came, and never who."
        if view.session.came is None
        else "",
    ]
    return Card(
        title=clip(f"How was it? {plain(session_title(view))}", 250),
        text="\n".join(filter(None, lines)),
        tone="session",
        buttons=(what_remains(view),),
    )


def what_remains(view: SessionView) -> Button:
    """Opens the form for what came out of a session."""
    return Button("Slides, recording, notes…", action=_links(view), style="primary")
