"""A session in words for places outside of Discord: mail, web, short posts, calendars. Never with its join link."""

from __future__ import annotations

import difflib
import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.cards.base import Attachment, Button, Card, Field, action, clip, flat, plain, stamp
from bot.cards.papers import url_of
from bot.cards.sessions import Around, announcement, heading, session_title, talk_abstract, talk_title
from bot.cards.times import unusual, when_of
from bot.publish.calendar import LINK_LENGTH, CalendarEvent, add_links, subscriptions, to_ics, webcal
from bot.publish.record import uid
from storage.sessions import SessionView, TalkView
from storage.tables import Handout, Presenter

#: What a short post may hold on most networks.
SOCIAL = 280
_MARKDOWN = re.compile(r"[\\`*_\[\]<>|~#]")


@dataclass(frozen=True)
class Group:
    """What the texts need to know of a group: its name, its zones, and what its members who present are called."""

    name: str
    zones: tuple[str, ...]
    names: Mapping[int, str]
    channel: str
    hidden_speakers: frozenset[int] = frozenset()  # speakers from outside who asked to be left out

    @property
    def place(self) -> str:
        """How to join, for everybody to read."""
        return place_of(self.channel)


def place_of(channel: str) -> str:
    """How to join, for everybody to read, when sessions are announced in `channel` (a name or an id)."""
    room = f"#{channel}" if not channel.isdigit() else "the announcement channel"
    return f"Join via {room} on Discord"


def _speaker(person: Presenter, group: Group) -> str:
    if person.speaker_id in group.hidden_speakers:
        return "a guest"
    name = group.names.get(person.user_id, "a member") if person.user_id else person.name or "a former member"
    return flat(f"{name} ({person.affiliation})" if person.affiliation else name)


def speakers(talk: TalkView, group: Group) -> str:
    """Who gives a talk, with affiliations, as plain text."""
    return "; ".join(_speaker(person, group) for person in talk.presenters)


def _times(view: SessionView, group: Group) -> list[str]:
    when, start, zone = when_of(view.session), view.session.starts_at, view.session.zone
    return [when.words(group.zones), *(unusual(start, zone, group.zones) if when.exact else [])]


def mail(view: SessionView, group: Group) -> str:
    """A session as the text of an e-mail."""
    head = "CANCELLED: " if view.session.state == "cancelled" else ""
    lines = [f"{head}{session_title(view)}", "", *_times(view, group), f"{view.session.minutes} minutes", ""]
    for talk in view.talks:
        title = [heading(view, talk)] if heading(view, talk) else []
        lines += [*title, speakers(talk, group) or "Speaker to be announced", ""]
        if abstract := talk_abstract(talk):
            lines += [flat(abstract), ""]
        if talk.paper:
            lines += [f"Paper: {url_of(talk.paper)}", ""]
    return "\n".join([*lines, f"{group.place}.", flat(group.name), ""])


def web(view: SessionView, group: Group) -> str:
    """A session as a block of HTML for any page."""
    first, *more = (html.escape(line) for line in _times(view, group))
    parts = [
        "<article>",
        f"  <h3>{html.escape(session_title(view))}</h3>",
        f'  <p><time datetime="{view.session.starts_at:%Y-%m-%dT%H:%M:%SZ}">{first}</time></p>',
        *(f"  <p><strong>{line}</strong></p>" for line in more),
    ]
    for talk in view.talks:
        if title := heading(view, talk):
            parts.append(f"  <h4>{html.escape(title)}</h4>")
        parts.append(f"  <p><em>{html.escape(speakers(talk, group) or 'Speaker to be announced')}</em></p>")
        if abstract := talk_abstract(talk):
            parts.append(f"  <p>{html.escape(flat(abstract))}</p>")
        if talk.paper:
            url = html.escape(url_of(talk.paper))
            parts.append(f'  <p><a href="{url}">{html.escape(talk_title(talk) or url)}</a></p>')
    return "\n".join([*parts, f"  <p>{html.escape(group.place)}.</p>", "</article>", ""])


def markdown(view: SessionView, group: Group) -> str:
    """A session as a block of Markdown for any page."""
    first, *more = (_md(line) for line in _times(view, group))
    parts = [f"### {_md(session_title(view))}", f"**{first}**", *(f"**{line}**" for line in more)]
    for talk in view.talks:
        if title := heading(view, talk):
            parts.append(f"#### {_md(title)}")
        parts.append(f"*{_md(speakers(talk, group) or 'Speaker to be announced')}*")
        if abstract := talk_abstract(talk):
            parts.append(_md(flat(abstract)))
        if talk.paper:
            parts.append(f"[{_md(talk_title(talk))}]({url_of(talk.paper)})")
    return "\n\n".join([*parts, f"{_md(group.place)}.", ""])


def _md(text: str) -> str:
    """Text from outside, as Markdown that shows exactly that text."""
    escaped = _MARKDOWN.sub(lambda found: "\\" + found[0], text)
    return re.sub(r"^([-+]|\d+\.)(?=\s)", r"\\\1", escaped)


def social(view: SessionView, group: Group) -> str:
    """A session in at most 280 characters: the time and the address stay whole, the title gives way."""
    when = when_of(view.session).words(group.zones)
    papers = [url_of(talk.paper) for talk in view.talks if talk.paper]
    tail = "\n".join([when, *papers[:1]])
    who = "; ".join(said for talk in view.talks if (said := speakers(talk, group)))
    room = SOCIAL - len(tail) - 1
    title = session_title(view)
    both = f"{title}\n{who}" if who else title
    return f"{clip(both if len(both) <= room else title, max(room, 1))}\n{tail}"[:SOCIAL]


def differences(before: str, now: str) -> str:
    """What changed in a text, line by line: "- " was, "+ " is. Empty when nothing did."""
    lines = difflib.unified_diff(before.splitlines(), now.splitlines(), lineterm="", n=0)
    return "\n".join(line for line in lines if not line.startswith(("---", "+++", "@@")))


def handout(view: SessionView, around: Around, group: Group, said: Handout | None, *, waits: bool) -> Card:
    """`/announce`: the card as it will look, and every other text to take along."""
    card, session = announcement(view, around), view.session
    text = mail(view, group)
    fields = [*card.fields, Field("Short", f"```\n{_code(social(view, group))}\n```")]
    buttons = []
    if said is not None and (changed := differences(said.text, text)):
        shown = f"```diff\n{clip(_code(changed), 900)}\n```"
        fields.append(Field(clip(f"Changed since you took it, {said.said_at:%d %B %H:%M} UTC", 250), shown))
        buttons.append(Button("My copies are up to date", action("handout_kept", session.session_id)))
    if waits:
        buttons.append(Button("Announce it now", action("announce_now", session.session_id), style="primary"))
    return Card(
        title=card.title,
        text=card.text,
        fields=tuple(fields),
        footer="So it looks on Discord. Attached: e-mail, and a block for a web page as HTML and as Markdown.",
        tone=card.tone,
        buttons=tuple(buttons),
        attachments=(
            Attachment("e-mail.txt", text.encode()),
            Attachment("web.html", web(view, group).encode()),
            Attachment("web.md", markdown(view, group).encode()),
            Attachment("short.txt", social(view, group).encode()),
        ),
    )


def _code(text: str) -> str:
    """Text from outside for a code block: it cannot end it."""
    return text.replace("```", "'''")


def kept() -> Card:
    return Card(text="Noted. From now on I show what changes after this.", tone="good")


def announced_now() -> Card:
    return Card(text="It is on its way to the announcement channel.", tone="good")


# calendars


def calendar_event(view: SessionView, group: Group, updated: datetime) -> CalendarEvent:
    """A session for calendars. `updated` is when it was changed last."""
    session = view.session
    talks = [
        part for talk in view.talks for part in (speakers(talk, group), flat(talk_abstract(talk))) if part
    ]
    papers = [url_of(talk.paper) for talk in view.talks if talk.paper]
    return CalendarEvent(
        uid=uid(session.guild_id, session.session_id),
        sequence=session.version,
        start=session.starts_at,
        zone=session.zone,
        minutes=session.minutes,
        title=session_title(view),
        updated=updated,
        description="\n\n".join(talks),
        location=group.place,
        url=papers[0] if papers else "",
        cancelled=session.state == "cancelled",
        all_day=not when_of(session).exact,
    )


def calendar(events: Sequence[CalendarEvent], group: Group, now: datetime, site: str = "") -> Card:
    """`/calendar`: how to subscribe where the group has a web `site`, the file, and links that add the next session."""
    coming = [event for event in events if not event.cancelled and event.start + _minutes(event) > now]
    following = min(coming, key=lambda event: event.start, default=None)
    added = zip(("Add to Google", "Add to Outlook"), add_links(following), strict=True) if following else ()
    address = f"{site}calendar.ics"
    lines = [
        "The attached file opens in any calendar. Open it again later: what moved moves, nothing comes twice."
    ]
    if site:
        lines[:0] = [
            f"Subscribe to `{address}` (*from URL*), and your calendar follows every change by itself.",
            f"Apple Calendar, Thunderbird and others open with `{webcal(address)}`.",
            "",
        ]
    if following:
        lines.append(f"*Add to …* adds **{plain(following.title, 200)}**, {stamp(following.start)}.")
    return Card(
        title="For your calendar",
        text="\n".join(lines),
        tone="session",
        buttons=tuple(
            Button(label, url=url)
            for label, url in (*(subscriptions(address, flat(group.name)) if site else ()), *added)
            if len(url) <= LINK_LENGTH
        ),
        attachments=(Attachment("sessions.ics", to_ics(events, name=flat(group.name))),),
    )


def _minutes(event: CalendarEvent) -> timedelta:
    return timedelta(minutes=event.minutes)
