"""The box of questions for a session: what askers, organisers, presenters and the thread are shown of it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards.base import Button, Card, action, clip, count, member, plain, stamp
from bot.cards.sessions import session_title
from storage.questions import Asked
from storage.sessions import SessionView

#: Questions on one card; each may have a button.
SHOWN = 10
_LENGTH = 300


def box(view: SessionView, asked: Sequence[Asked], *, organiser: bool, just_asked: bool = False) -> Card:
    """`/ask`: what is in the box of the next session, the most wanted first, with buttons to want or remove."""
    shown = asked[:SHOWN]
    lines = [f"For **{plain(session_title(view), 200)}**, {stamp(view.session.starts_at)}."]
    if just_asked:
        lines.append("Your question is in. The presenter gets the most wanted ones an hour before.")
    elif not asked:
        lines.append(
            "Nobody has asked anything yet. `/ask question:…` is the first; anonymously, if you like."
        )
    lines += _lines(shown)
    if len(asked) > SHOWN:
        lines.append(f"… and {count(len(asked) - SHOWN, 'more', 'more')}.")
    wants = [
        Button(f"{number}", action("question_want", item.question.question_id), emoji="👍")
        for number, item in enumerate(shown, 1)
    ]
    removes = [
        Button(f"Remove {number}", action("question_remove", item.question.question_id), style="danger")
        for number, item in enumerate(shown, 1)
    ]
    return Card(
        title="Questions for the next session",
        text="\n".join(lines),
        footer="👍 says that you would like it to be asked." if shown else "",
        tone="session",
        buttons=tuple(wants + (removes if organiser else [])),
    )


def _lines(asked: Sequence[Asked]) -> list[str]:
    return [
        f"**{number}.** {plain(item.question.text, _LENGTH)}\n-# {_by(item)}{_wanted(item.votes)}"
        for number, item in enumerate(asked, 1)
    ]


def _by(item: Asked) -> str:
    return member(item.question.user_id) if item.question.user_id else "anonymous"


def _wanted(votes: int) -> str:
    return f" · 👍 {votes}" if votes else ""


def for_presenter(view: SessionView, asked: Sequence[Asked]) -> Card:
    """An hour before, to the presenter (or to an organiser, who passes it on)."""
    return _list(view, asked, f"{count(len(asked), 'question')} for your session", "The most wanted first.")


def for_thread(view: SessionView, asked: Sequence[Asked]) -> Card:
    """At the start, in the session's thread."""
    return _list(view, asked, "Questions from the group", "Asked before the session, the most wanted first.")


def _list(view: SessionView, asked: Sequence[Asked], title: str, about: str) -> Card:
    lines = [f"**{plain(session_title(view), 200)}**. {about}", *_lines(asked[:SHOWN])]
    if len(asked) > SHOWN:
        lines.append(f"… and {count(len(asked) - SHOWN, 'more', 'more')}.")
    return Card(title=clip(title, 250), text="\n".join(lines), tone="session")
