"""Reminders in the words of whoever reads them, and what is said about reminders and the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.cards.archive import news_button
from bot.cards.base import Button, Card, Tone, action, channel, clip, count, member, plain, stamp
from bot.cards.presenting import volunteer_button
from bot.cards.sessions import Around, how_soon, reminder, session_title
from bot.cards.times import two_times
from bot.cards.waiting import kind_of, what
from bot.cards.week import basics, content
from bot.when import parse_lead
from storage.sessions import SessionView
from storage.tables import Post

__all__ = ["reminder"]  # the channel's own stands with the announcement it resembles

_SHOWN = 12


def starting(view: SessionView, around: Around) -> Card:
    """The hour has come."""
    card = reminder(view, view.session.starts_at, around)
    return Card(
        title=clip(f"Starting now: {plain(session_title(view))}", 250),
        text=card.text,
        fields=card.fields,
        tone="session",
        buttons=tuple(button for button in card.buttons if button not in volunteer_button(view)),  # too late
    )


def presenter(view: SessionView, user_id: int, now: datetime) -> Card:
    """To the presenter, by direct message."""
    return Card(
        title=clip(f"{how_soon(view, now)} you present: {plain(session_title(view))}", 250),
        text=f"{two_times(view.session)}\n\nAre your slides ready, and is the abstract right? "
        "If something has come up, step back soon, or ask an organiser for another date.",
        tone="session",
        buttons=_own_talk(view, user_id),
    )


def presents(view: SessionView, user_id: int) -> Card:
    """To a member who is to present, by direct message, as soon as an organiser has said so."""
    return Card(
        title=clip(f"You present: {plain(session_title(view))}", 250),
        text=f"{two_times(view.session)}\n\nTitle, abstract and slides are yours to fill in. I remind you in time. "
        "Should something come up, step back: the search for a presenter then goes on.",
        tone="good",
        buttons=_own_talk(view, user_id),
    )


def _own_talk(view: SessionView, user_id: int) -> tuple[Button, ...]:
    """Changing one's talk, and giving it back."""
    mine = [
        talk.talk.talk_id for talk in view.talks if any(one.user_id == user_id for one in talk.presenters)
    ]
    return tuple(
        button
        for talk_id in mine[:5]
        for button in (
            Button("Edit my talk", action("edit", view.session.session_id, talk_id), style="primary"),
            Button("Step back", action("step_back", view.session.session_id, talk_id)),
        )
    )


def personal(view: SessionView, now: datetime, around: Around) -> Card:
    """To a member who asked, by direct message."""
    card = reminder(view, now, around)
    return Card(
        title=card.title,
        text=f"{card.text}\n\nYou asked to be reminded. `/remindme` on the server changes it.",
        fields=card.fields,
        tone="session",
        buttons=card.buttons,
    )


def changed(view: SessionView, what: str) -> Card:
    """To somebody who presents, or was told the old time: it is moved, cancelled, or takes place after all."""
    title, text, tone = _CHANGES[what]
    return Card(
        title=clip(f"{title}: {plain(session_title(view))}", 250),
        text=f"{text}\n{two_times(view.session)}",
        tone=tone,
    )


_CHANGES: dict[str, tuple[str, str, Tone]] = {
    "moved": ("Moved", "It is at another time than before. It is now:", "warn"),
    "cancelled": ("Cancelled", "This session does not take place:", "bad"),
    "restored": ("It takes place after all", "This session had been called off, and is back:", "good"),
}


def missing(view: SessionView) -> list[str]:
    """What a session lacks, in words."""
    lacks = []
    if not any(talk.presenters for talk in view.talks):
        lacks.append("a presenter")
    if not any(talk.talk.abstract or talk.paper for talk in view.talks):
        lacks.append("an abstract or a paper")
    if not view.session.link:
        lacks.append("a link to join")
    return lacks


def lacking(view: SessionView, lacks: Sequence[str], now: datetime) -> Card:
    """To the organisers: what still has to be done."""
    return Card(
        title=clip(f"{how_soon(view, now)}, and not complete: {plain(session_title(view))}", 250),
        text=f"{two_times(view.session)}\n\nIt lacks:\n" + "\n".join(f"- {what}" for what in lacks),
        tone="warn",
        buttons=tuple(
            Button(item.label, action=item.press, style="primary")
            for item in (*basics(view), content(view))
            if not item.done
        ),
    )


def dm_closed(user_id: int) -> Card:
    """Said once, where somebody asked for reminders that cannot reach them."""
    return Card(
        title="I cannot write to you",
        text=f"{member(user_id)}, you asked for reminders, but your direct messages are closed to me. Open them "
        "(Privacy Settings of this server) and use `/remindme` again if you still want them.",
        tone="warn",
        pings=(user_id,),
    )


def choice(leads: Sequence[str], *, news: bool) -> Card:
    """`/remindme` without anything: what holds. `news`: whether they are told of slides and recordings, too."""
    said = "I do not remind you by direct message. `/remindme before:1d, 1h` changes that."
    if leads:
        said = f"I remind you {_labels(leads)}. `/remindme before:off` stops it."
    return Card(text=said, buttons=(news_button(on=news),))


def chosen(leads: Sequence[str]) -> Card:
    """What was set."""
    if not leads:
        return Card(text="I remind you no more. The channel still gets its reminders.", tone="good")
    return Card(text=f"I will remind you of each session, {_labels(leads)}, by direct message.", tone="good")


def _labels(leads: Sequence[str]) -> str:
    said = [parse_lead(key).label for key in leads]
    return " and ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)


def armed(view: SessionView, posts: Sequence[Post], *, organiser: bool) -> Card:
    """`/reminders`: what will be said of a session, in the reader's own time."""
    lines = [
        f"**{number}.** {stamp(post.due_at, 'F')} ({stamp(post.due_at, 'R')}): {_what(post)}"
        for number, post in enumerate(posts[:_SHOWN], 1)
    ]
    if len(posts) > _SHOWN:
        lines.append(f"… and {len(posts) - _SHOWN} later.")
    return Card(
        title=clip(f"Armed for {plain(session_title(view))}", 250),
        text="\n".join(lines) or "Nothing is armed for it any more.",
        buttons=_buttons(posts[:_SHOWN], "Send {} now", "Switch {} off") if organiser else (),
    )


def _what(post: Post) -> str:
    return what(post, _mention)


def _mention(kind: str, number: int) -> str:
    return member(number) if kind == "user" else channel(number)


def _buttons(posts: Sequence[Post], now: str, off: str) -> tuple[Button, ...]:
    return tuple(
        button
        for number, post in enumerate(posts, 1)
        for button in (
            Button(now.format(number), action=action("post_now", post.post_id)),
            Button(off.format(number), action=action("post_drop", post.post_id)),
        )
    )


def queue(posts: Sequence[Post], now: datetime) -> Card:
    """`/outbox`: what waits or has failed."""
    if not posts:
        return Card(title="The outbox is empty", text="Everything has been said.", tone="good")
    lines = []
    for number, post in enumerate(posts, 1):
        late = post.state != "waiting" or post.due_at <= now
        state = f"**{post.state}**" if late else "waits"
        cause = f"\n-# {plain(post.last_error, 200)}" if post.last_error else ""
        lines.append(
            f"**{number}.** {state} {stamp(post.due_at, 'R')}: {_what(post)} · ref {post.nonce}{cause}"
        )
    return Card(
        title=f"Outbox: {count(len(posts), 'post')}",
        text="\n".join(lines),
        buttons=_buttons(posts, "Send {} now", "Drop {}"),
    )


def hurried(kind: str) -> Card:
    return Card(text=f"On its way: {kind_of(kind)}.", tone="good")


def dropped(kind: str) -> Card:
    return Card(text=f"Dropped: {kind_of(kind)}. It will not be sent.", tone="good")
