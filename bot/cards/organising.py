"""Finding a presenter, as cards: offers, confirmations, and the alert when nobody presents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.cards.base import Button, Card, action, clip, count, member, plain, stamp
from bot.cards.forms import Form, Input, Select
from bot.cards.presenting import members, presenters, stage, volunteer_button, who
from bot.cards.sessions import how_soon, session_title
from bot.cards.times import two_times
from storage.sessions import SessionView

SHOWN = 5

#: A volunteer, how many talks they have held, and when the last one was.
Ledger = Sequence[tuple[int, int, datetime | None]]


def least_first(volunteers: Sequence[int], told: Mapping[int, tuple[int, datetime]]) -> Ledger:
    """Volunteers by how little they have presented, then by how long ago; of equals the first to offer first."""
    rows = [(user, *told.get(user, (0, None))) for user in volunteers]
    return sorted(rows, key=lambda row: (row[1], row[2].timestamp() if row[2] else 0.0))


def _heading(view: SessionView) -> str:
    return f"**{plain(session_title(view), 200)}**\n{two_times(view.session)}"


def offered(view: SessionView) -> Card:
    return Card(
        title="Thank you",
        text=f"{_heading(view)}\nYou have offered to present. An organiser confirms it, and everybody then sees it.",
        tone="good",
        buttons=(Button("Take it back", action=action("withdraw", view.session.session_id)),),
    )


def offered_paper(would: Sequence[int], *, took_back: bool) -> Card:
    said = "Your offer is taken back." if took_back else "Thank you: you would present this paper."
    return Card(
        text=f"{said}\nWho would present it: {members(would) or 'nobody yet'}.\n"
        "When it is planned, an organiser confirms one of you.",
        tone="plain" if took_back else "good",
    )


def withdrawn(view: SessionView) -> Card:
    return Card(text=f"{_heading(view)}\nYour offer is taken back.")


def stepped_back(view: SessionView) -> Card:
    return Card(
        title="You have stepped back",
        text=f"{_heading(view)}\nThe session looks for a presenter again: {who(view)}",
    )


def assigned(view: SessionView) -> Card:
    """What the organiser is told after a confirmation or `/session assign`."""
    people = "\n".join(presenters(talk.presenters) for talk in view.talks if talk.presenters)
    return Card(
        title="Confirmed" if people else "Open again",
        text=f"{_heading(view)}\nPresents: {people or 'nobody yet'}",
        tone="good" if people else "warn",
    )


def choose_presenter(session_id: int) -> Card:
    """The menu of members behind "Choose somebody…"."""
    return Card(
        title=f"Who presents session {session_id}?",
        text="A member of this server, or somebody from outside.",
        selects=(
            Select(
                action("presenter_chosen", session_id),
                "A member of this server",
                of="members",
                elsewhere=f"Discord lists no members here: on the server, `/session assign session:{session_id} "
                "member:` names one.",
            ),
        ),
        buttons=(Button("Somebody from outside…", action=action("speaker", session_id)),),
    )


def speaker_form(session_id: int) -> Form:
    """The form for a speaker who is not on Discord."""
    return Form(
        "A speaker from outside",
        action("speaker_named", session_id),
        (
            Input("speaker", "Name, affiliation", hint="Both are announced", required=True, limit=200),
            Input("zone", "City or time zone", hint="For invitations; only organisers see it", limit=60),
            Input("contact", "How to reach them", hint="Only organisers see it", limit=200),
        ),
    )


def volunteered(view: SessionView, user_id: int, told: tuple[int, datetime] | None) -> Card:
    """To the organisers: somebody offers to present."""
    session_id = view.session.session_id
    return Card(
        title="Somebody would present",
        text=f"{member(user_id)} offers to present.\n{_heading(view)}\n{_ledger_line(user_id, *(told or (0, None)))}",
        tone="session",
        buttons=(Button("Confirm", action=action("confirm", session_id, user_id), style="success"),),
    )


def open_alert(view: SessionView, ledger: Ledger, now: datetime) -> Card:
    """To the organisers: nobody presents yet, and who could be asked."""
    session_id = view.session.session_id
    lines = [f"**{place}.** {_ledger_line(*row)}" for place, row in enumerate(ledger[:SHOWN], 1)] or [
        "Nobody has offered yet. Ask in the channel, or `/invite` somebody from outside."
    ]
    return Card(
        title=clip(f"{how_soon(view, now)}, and nobody presents: {plain(session_title(view))}", 250),
        text=f"{two_times(view.session)}\n\n" + "\n".join(lines),
        tone="warn",
        footer="Volunteers who have presented least come first." if ledger else "",
        buttons=(
            *(
                Button(f"Confirm {place}", action=action("confirm", session_id, row[0]), style="success")
                for place, row in enumerate(ledger[:SHOWN], 1)
            ),
            Button("Choose somebody…", action=action("choose_presenter", session_id)),
        ),
    )


def _ledger_line(user_id: int, talks: int, last: datetime | None) -> str:
    if not talks or last is None:
        return f"{member(user_id)} has not presented yet"
    return f"{member(user_id)} has presented {count(talks, 'time')}, last {stamp(last, 'R')}"


def present(coming: Sequence[SessionView], user_id: int) -> Card:
    """`/present`: one's own talks and offers, and the dates that look for somebody."""
    lines: list[str] = []
    buttons: list[Button] = []
    for view in coming:
        session_id = view.session.session_id
        for talk in view.talks:
            if any(person.user_id == user_id for person in talk.presenters):
                number = len(lines) + 1
                lines.append(f"**{number}.** {_short(view)}: you present")
                buttons += [
                    Button(
                        f"Edit {number}",
                        action=action("edit", session_id, talk.talk.talk_id),
                        style="primary",
                    ),
                    Button(
                        f"Step back from {number}", action=action("step_back", session_id, talk.talk.talk_id)
                    ),
                ]
    for view in coming:
        if stage(view) in ("open", "volunteered") and len(lines) < 10:
            number = len(lines) + 1
            offers = user_id in view.volunteers
            lines.append(f"**{number}.** {_short(view)}: {'you have offered' if offers else who(view)}")
            name = action("withdraw", view.session.session_id) if offers else volunteer_button(view)[0].action
            label = f"Take back {number}" if offers else f"I would present {number}"
            buttons.append(Button(label, action=name, style="secondary" if offers else "success"))
    if not lines:
        return Card(
            title="No date looks for a presenter",
            text="Every planned session has one. You can still offer to present a paper: react to its ballot "
            "with the emoji it names, or `/propose` your own.",
        )
    return Card(title="Presenting", text="\n".join(lines), buttons=tuple(buttons[:25]))


def _short(view: SessionView) -> str:
    return f"{stamp(view.session.starts_at, 'f')} · {plain(clip(session_title(view), 80))}"
