"""Sessions, announcements and reminders, as cards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.cards import attendance
from bot.cards.base import Button, Card, Field, action, channel, clip, count, flat, link, names, plain, stamp
from bot.cards.papers import ABSTRACT, links_of, title_of, url_of
from bot.cards.presenting import volunteer_button, who
from bot.cards.times import two_times, wall, when_of
from bot.sources.text import first_sentences, readable
from storage.rsvps import NOBODY, Counts
from storage.sessions import SessionView, TalkView
from storage.tables import Session

#: How many sessions `/schedule` shows at a time.
PER_PAGE = 6
#: How long before the start the join link is given.
JOIN_BEFORE = timedelta(minutes=15)


@dataclass(frozen=True)
class Around:
    """What a session's card shows beside the session: times in which zones, who comes, and where it is discussed."""

    zones: tuple[str, ...] = ()
    counts: Counts = NOBODY
    thread_id: int | None = None


NOTHING_AROUND = Around()


def session_title(view: SessionView) -> str:
    """What a session is called: its title, its talks', or their papers'. Plain text."""
    if view.session.title:
        return flat(readable(view.session.title))
    titles = [title for talk in view.talks if (title := talk_title(talk))]
    return " / ".join(titles) or (flat(view.series) if view.series else "Reading group session")


def talk_title(view: TalkView) -> str:
    if view.talk.title:
        return flat(readable(view.talk.title))
    return title_of(view.paper) if view.paper else ""


def when(session: Session, zones: Sequence[str] = ()) -> str:
    """The times a reader needs, their own and the group's with its right abbreviation, and how long it lasts."""
    known = two_times(session, zones)
    return f"{known}\n{session.minutes} minutes" if when_of(session).exact else known


def _talk_fields(view: SessionView) -> list[Field]:
    fields = [Field("Who", who(view), inline=True)]
    for talk in view.talks:
        if talk.paper:
            authors = f"\n*{plain(names(talk.paper.authors), 300)}*" if talk.paper.authors else ""
            heading = link(clip(title_of(talk.paper), 250), url_of(talk.paper))
            fields.append(Field("Paper", f"{heading}{authors}\n{links_of(talk.paper)}"))
    if materials := _materials(view):
        fields.append(Field("From the session", materials))
    return fields


def _materials(view: SessionView) -> str:
    """Slides, recording and notes of all talks."""
    lines = [
        " · ".join(
            link(what, address)
            for what, address in (
                ("Slides", talk.talk.slides),
                ("Recording", talk.talk.recording),
                ("Notes", talk.talk.notes),
            )
            if address
        )
        for talk in view.talks
    ]
    return "\n".join(line for line in lines if line)


def talk_abstract(talk: TalkView) -> str:
    """What a talk is about, as plain text: its own abstract, or its paper's."""
    return readable(talk.talk.abstract or (talk.paper.abstract if talk.paper else ""))


def heading(view: SessionView, talk: TalkView) -> str:
    """What stands above a talk where the session's title does not say it; plain text, mostly empty."""
    title = talk_title(talk)
    said = title == session_title(view) or (len(view.talks) == 1 and not talk.talk.title)
    return "" if said else title


def _abstract(view: SessionView) -> str:
    limit = ABSTRACT // max(len(view.talks), 1)
    blocks = []
    for talk in view.talks:
        title, text = heading(view, talk), first_sentences(talk_abstract(talk), limit)
        blocks.append("\n".join([f"**{plain(title, 250)}**"] * bool(title) + [plain(text)] * bool(text)))
    return "\n\n".join(block for block in blocks if block)


def announcement(view: SessionView, around: Around = NOTHING_AROUND) -> Card:
    """The one public message of a session."""
    return Card(
        title=plain(session_title(view), 250),
        text=_abstract(view),
        fields=(
            Field("When", when(view.session, around.zones)),
            *_talk_fields(view),
            *_around_fields(around),
        ),
        tone="session",
        buttons=(*_join(view), *attendance.buttons(view.session.session_id), *volunteer_button(view)),
    )


def _around_fields(around: Around) -> list[Field]:
    fields = []
    if coming := attendance.in_words(around.counts):
        fields.append(Field("Who comes", coming, inline=True))
    if around.thread_id:
        fields.append(Field("Discussion", channel(around.thread_id), inline=True))
    return fields


def _join(view: SessionView) -> tuple[Button, ...]:
    if not view.session.link:
        return ()
    return (Button("Join", action=action("join", view.session.session_id), style="success"),)


def join(view: SessionView, now: datetime) -> Card:
    """What pressing Join answers, privately: the link, once it is nearly time."""
    opens = view.session.starts_at - JOIN_BEFORE
    if view.session.state != "planned" or not view.session.link:
        return Card(
            title="There is no link", text="This session has no join link. `/nextsession` shows the next one."
        )
    if now < opens:
        return Card(
            title="A little early",
            text=f"The link is here from {stamp(opens, 't')} ({stamp(opens, 'R')}). Press Join again then.",
        )
    # In angle brackets Discord takes an address as it is; escaped, as other text from outside, it would lead elsewhere.
    address = view.session.link.replace("<", "%3C").replace(">", "%3E")
    return Card(title=plain(session_title(view), 250), text=f"Join here: <{address}>", tone="good")


def next_session(
    view: SessionView | None, around: Around = NOTHING_AROUND, *, later: int, running: bool = False
) -> Card:
    """`/nextsession`. `later` is how many more are planned after it."""
    if view is None:
        return Card(
            title="No session is planned",
            text="Propose a paper with `/propose`, or vote for one: `/proposals`.\n"
            "Organisers plan a session with `/session plan`.",
        )
    more = f"{count(later, 'more session')} planned after it." if later else ""
    card = announcement(view, around)
    return Card(
        title=card.title,
        text=("**This session is on right now.**\n\n" if running else "") + card.text,
        fields=card.fields,
        footer=" ".join(part for part in (f"Session {view.session.session_id}.", more) if part),
        tone="session",
        buttons=card.buttons,
    )


def schedule(views: Sequence[SessionView], start: int, *, more: bool) -> Card:
    """`/schedule`: `views` are the coming sessions from the `start`-th on; there may be more after them."""
    if not views and not start:
        return next_session(None, later=0)
    page = start // PER_PAGE
    buttons = [
        Button(label, action=action("schedule", page + step))
        for label, step, there in (("‹ Sooner", -1, page > 0), ("Later ›", 1, more))
        if there
    ]
    return Card(
        title="Coming sessions",
        text="\n\n".join(_scheduled(view) for view in views) or "There are no more.",
        footer="/present offers you for a date that is open. Times in the first line are your own.",
        tone="session",
        buttons=tuple(buttons),
    )


def _scheduled(view: SessionView) -> str:
    session = view.session
    return (
        f"{stamp(session.starts_at, 'F')} ({stamp(session.starts_at, 'R')})\n"
        f"**{plain(session_title(view), 150)}** · {clip(who(view), 300)}\n"
        f"-# {wall(session.starts_at, session.zone)} · session {session.session_id}"
    )


def planned(view: SessionView, *, notes: Sequence[str], channel: str) -> Card:
    """What the organiser is told after `/session plan`. `channel` is the announcement channel's name or id."""
    place = f"<#{channel}>" if channel.isdigit() else f"#{plain(channel, 100)}"
    missing = [
        what
        for what, absent in (
            (
                "a presenter (`presenter:` a member, or `speaker:` somebody from outside)",
                not any(t.presenters for t in view.talks),
            ),
            ("a paper or a title", session_title(view) == "Reading group session"),
        )
        if absent
    ]
    parts = [
        f"**{plain(session_title(view), 250)}**",
        when(view.session),
        *(f"⚠️ {plain(note)}" for note in notes),
        f"It is announced in {place}, and the reminders are set."
        if view.session.state == "planned"
        else "It stands in the archive as held.",
    ]
    if missing:
        parts.append("Still missing: " + "; ".join(missing) + ".")
    return Card(title=f"Session {view.session.session_id} is planned", text="\n".join(parts), tone="good")


def reminder(view: SessionView, now: datetime, around: Around = NOTHING_AROUND) -> Card:
    """A reminder, in the words that are right at the moment it is sent."""
    card = announcement(view, around)
    return Card(
        title=clip(f"{how_soon(view, now)}: {plain(session_title(view))}", 250),
        text=two_times(view.session, around.zones),
        fields=tuple(field for field in card.fields if field.name != "When"),
        tone="session",
        buttons=card.buttons,
    )


def how_soon(view: SessionView, now: datetime) -> str:
    """How soon: "In 7 days", "Tomorrow", "In 55 minutes"; days by the group's calendar, less by the clock."""
    from zoneinfo import ZoneInfo

    zone, start = ZoneInfo(view.session.zone), view.session.starts_at
    minutes = max(round((start - now).total_seconds() / 60), 0)
    days = (start.astimezone(zone).date() - now.astimezone(zone).date()).days
    if minutes < 100 and minutes % 60:
        return f"In {count(minutes, 'minute')}"
    if not minutes:
        return "Now"
    if days == 0 or minutes < 12 * 60:
        return f"In {count(round(minutes / 60), 'hour')}"
    return "Tomorrow" if days == 1 else f"In {count(days, 'day')}"


def choice(view: SessionView) -> str:
    """A session in a list to choose from: plain text of at most 100 characters."""
    return clip(f"{when_of(view.session).words()} · {session_title(view)}", 100)


def moved(view: SessionView, before: datetime, notes: Sequence[str] = ()) -> Card:
    """What the organiser is told after `/session move`."""
    warnings = "".join(f"\n⚠️ {plain(note)}" for note in notes)
    return Card(
        title=clip(f"Moved: {plain(session_title(view))}", 250),
        text=f"It was planned for {stamp(before, 'F')}. It is now:\n{when(view.session)}\n"
        f"Its announcement says so, and its reminders follow.{warnings}",
        tone="good",
    )


def closed(view: SessionView) -> Card:
    """What the organiser is told after `/session close`."""
    return Card(
        title=clip(f"Held: {plain(session_title(view))}", 250),
        text="It is closed. Add slides, recording, notes and how many came with `/session links`: they appear on its "
        "card and in the archive.",
        tone="good",
    )


def called_off(view: SessionView) -> Card:
    """What the organiser is told after `/session cancel`."""
    back = Button("It takes place after all", action=action("restore", view.session.session_id))
    return replace(cancelled(view), buttons=(back,))


def restored(view: SessionView) -> Card:
    """What the organiser is told when a cancelled session is brought back."""
    return Card(
        title=clip(f"Brought back: {plain(session_title(view))}", 250),
        text=f"{when(view.session)}\nIts announcement, its event and its reminders are back, too.",
        tone="good",
    )


def cancelled(view: SessionView, *, ping: str | None = None) -> Card:
    """News that a session is called off, and what its announcement says from then on."""
    session = view.session
    when_it_was = f"{stamp(session.starts_at, 'F')} ({wall(session.starts_at, session.zone)})"
    return Card(
        title=clip(f"Cancelled: {plain(session_title(view))}", 250),
        text=f"The session of {when_it_was} does not take place.",
        tone="bad",
        ping_roles=(ping,) if ping else (),
    )
