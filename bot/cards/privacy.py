"""What the bot knows of a person, and that it has forgotten them."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards.base import Attachment, Button, Card, action, count, plain
from storage.tables import Speaker


def known(rows: Sequence[tuple[int, str, str]], *, unlisted: bool, days: int) -> Card:
    """`/privacy`: how many rows of which kind (number, word for one, word for many) name a person."""
    lines = [f"- {count(number, one, many)}" for number, one, many in rows]
    what = "\n".join(lines) if lines else "Nothing. I have not noted anything that names you."
    published = (
        "You are **left out** of everything that is published of this group."
        if unlisted
        else "If you present here, your name may appear in the group's public record."
    )
    return Card(
        title="What I know of you",
        text=f"On all servers where I am, with your Discord id:\n{what}\n\n{published}\n"
        + (
            f"Answers and questions of this group lose their names {count(days, 'day')} after a session."
            if days
            else "This group keeps the names on answers and questions."
        ),
        footer="What you and others wrote on Discord itself is Discord's; I read reactions on open ballots only.",
        buttons=(
            Button("All of it as a file", action("privacy_export")),
            Button("Publish my name again", action("privacy_list", "yes"))
            if unlisted
            else Button("Leave me out of what is published", action("privacy_list", "no")),
            Button("Forget me", action("privacy_forget", "ask"), style="danger"),
        ),
    )


def exported(name: str, data: bytes) -> Card:
    return Card(
        title="All that I know of you",
        text="Every row of my database that names you, as JSON. Nobody else has seen this message.",
        tone="good",
        attachments=(Attachment(name, data),),
    )


def listed(*, unlisted: bool) -> Card:
    text = (
        "From now on you are “a member” in calendars, mails, pages and archives of this group, also in what was "
        "published before, once it is published again."
        if unlisted
        else "Your name may be published again where you present."
    )
    return Card(text=text, tone="good")


def really(ballots: Sequence[str]) -> Card:
    """Asked before a person is forgotten. `ballots` are addresses of open ballots that show a vote of theirs."""
    text = (
        "I delete your wishes, reminders, offers and what you follow. Votes and answers stay as numbers without you; "
        "papers, sessions and questions stay without your name. You give back talks that you were to present. "
        "This holds on every server, and it cannot be undone."
    )
    if ballots:
        shown = " · ".join(ballots[:10]) + (" …" if len(ballots) > 10 else "")
        text += (
            "\n\nYour reactions stand on open ballots, and only you can take them back: "
            f"{shown}. As long as they stand, I may read them again."
        )
    return Card(
        title="Forget you?",
        text=text,
        tone="warn",
        buttons=(
            Button("Yes, forget me", action("privacy_forget", "yes"), style="danger"),
            Button("All of it as a file first", action("privacy_export")),
        ),
    )


def forgotten() -> Card:
    return Card(
        title="Forgotten",
        text="Nothing in my database names you any more. Copies in the operator's backups go as these get old.",
        tone="good",
    )


def speaker(known: Speaker, talks: int) -> Card:
    """For organisers: what is known of somebody from outside."""
    facts = {"affiliation": known.affiliation, "zone": known.zone, "contact": known.contact}
    lines = [f"- {name}: {plain(value, 300)}" for name, value in facts.items() if value]
    return Card(
        title="What I know of a speaker",
        text="\n".join([f"**{plain(known.name, 200)}**, {count(talks, 'talk')} here", *lines])
        + ("\nThey are **left out** of what is published." if known.unlisted else ""),
        buttons=(
            Button("Publish their name again", action("speaker_list", known.speaker_id, "yes"))
            if known.unlisted
            else Button(
                "Leave them out of what is published", action("speaker_list", known.speaker_id, "no")
            ),
            Button("Forget them", action("speaker_forget", known.speaker_id), style="danger"),
        ),
    )


def speaker_listed(known: Speaker) -> Card:
    text = "is left out of what is published from now on" if known.unlisted else "may be named again"
    return Card(text=f"{plain(known.name, 200)} {text}.", tone="good")


def speaker_forgotten() -> Card:
    return Card(text="Forgotten. Their talks stay, without their name.", tone="good")


def last_export(group: str, files: dict[str, bytes]) -> Card:
    """Sent to an organiser who asked, before a group's data are deleted."""
    return Card(
        title=f"The last of {plain(group, 200)}",
        text="I was removed from this server, and am about to delete what I know of it. You asked for it to be sent "
        "to you first: `python -m bot import group group.json` takes it back into an empty database.",
        attachments=tuple(Attachment(name, data) for name, data in files.items()),
    )


def last_export_noted(*, wanted: bool, days: int) -> Card:
    if not wanted:
        return Card(text="Then I shall not send it.", tone="good")
    return Card(
        text=f"Should I be removed from this server, I delete its data after {count(days, 'day')}, and send them to "
        "you by direct message first. Discord lets me write to you while we share a server or you keep our chat open.",
        tone="good",
    )
