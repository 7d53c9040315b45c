"""Choosing the next paper: what the organisers see, and what everybody is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.cards.base import Button, Card, Field, action, clip, count, jump, link, member, plain, stamp
from bot.cards.forms import Form, Input, Option, Select
from bot.cards.papers import title_of, url_of
from storage.sessions import SessionView
from storage.tables import Choice, Deadline, Paper, Proposal

RULE = "Perpetual Phragmén (Lackner, AAAI 2020)"
REASON_LIMIT = 500


@dataclass(frozen=True)
class Chance:
    """A proposal as a choice sees it: its voters, and when each last had a paper they voted for (None: never)."""

    proposal: Proposal
    paper: Paper
    served: tuple[datetime | None, ...]

    @property
    def votes(self) -> int:
        return len(self.served)


def waited(chance: Chance, newest: datetime | None) -> str:
    """How its voters fared so far, in a sentence built from the numbers. `newest` is when the last choice was."""
    times = [at for at in chance.served if at is not None]
    if newest is None:
        return "no paper has been chosen yet, so that all voters count alike"
    if not times:
        return "none of its voters has had a paper yet"
    if max(times) < newest:
        return f"its voters have not had a paper since {stamp(max(times), 'D')}"
    waiting = [at for at in chance.served if at != newest]
    if not waiting:
        return f"all its voters had the last paper, on {stamp(newest, 'D')}, too"
    before = [at for at in waiting if at is not None]
    since = f"since {stamp(max(before), 'D')}" if before else "at all"
    return f"{len(waiting)} of its {count(chance.votes, 'voter')} have not had a paper {since}"


def reason(chance: Chance, newest: datetime | None, *, way: str) -> str:
    """Why a paper is chosen, in one sentence that a member understands."""
    if way == "approval":
        return f"{count(chance.votes, 'vote')}, more than any other; {waited(chance, newest)}."
    return f"{count(chance.votes, 'vote')}; {waited(chance, newest)}."


def pick(
    approval: Sequence[Chance],
    fair: Sequence[Chance],
    newest: datetime | None,
    *,
    without_votes: int,
    deadline: Deadline | None,
) -> Card:
    """What `/pick` shows to the organisers, before anything is decided: both rules side by side."""
    if not approval:
        return Card(
            title="Nothing to choose from",
            text="No open proposal has a vote that counts. `/proposals` shows what is open.",
            tone="warn",
        )
    same = approval[0].proposal.proposal_id == fair[0].proposal.proposal_id
    fields = [
        Field("Most votes", _ranking(approval, newest, way="approval")),
        Field(f"Fair, with a memory: {RULE}", _ranking(fair, newest, way="fair")),
    ]
    text = (
        "Both rules choose the same paper."
        if same
        else "The two rules differ. You decide; nothing is posted yet."
    )
    if without_votes:
        text += f" {count(without_votes, 'open proposal')} without a vote left out."
    if deadline:
        text += f" By itself the choice falls {stamp(deadline.at, 'F')} ({deadline.way})."
    buttons = [_take("fair", fair[0], "Take the fair one" if not same else "Take it")]
    if not same:
        buttons.insert(0, _take("approval", approval[0], "Take the one with most votes"))
    return Card(
        title="Which paper is next?",
        text=text,
        fields=tuple(fields),
        buttons=tuple(buttons),
        selects=_others(approval),
    )


def _ranking(chances: Sequence[Chance], newest: datetime | None, *, way: str) -> str:
    first = chances[0]
    lines = [f"**{link(clip(title_of(first.paper), 150), _where(first))}**", reason(first, newest, way=way)]
    lines += [
        f"{place}. {plain(title_of(c.paper), 90)} · {count(c.votes, 'vote')}"
        for place, c in enumerate(chances[1:4], 2)
    ]
    return "\n".join(lines)


def _where(chance: Chance) -> str:
    proposal = chance.proposal
    if proposal.ballot_channel_id and proposal.ballot_message_id and not proposal.ballot_lost:
        return jump(proposal.guild_id, proposal.ballot_channel_id, proposal.ballot_message_id)
    return url_of(chance.paper)


def _take(way: str, chance: Chance, label: str) -> Button:
    look: Literal["success", "primary"] = "success" if way == "fair" else "primary"
    return Button(label, action=action("pick", way, chance.proposal.proposal_id), style=look)


def _others(chances: Sequence[Chance]) -> tuple[Select, ...]:
    options = tuple(
        Option(clip(title_of(c.paper), 100), str(c.proposal.proposal_id), count(c.votes, "vote"))
        for c in chances[:25]
    )
    return (Select(action("pick_other"), "Another one, with a reason", options),)


def reason_form(proposal: Proposal, paper: Paper) -> Form:
    """Asks why another paper than the rules say is taken; everybody reads it."""
    entry = Input(
        "reason",
        "Why this one?",
        hint=clip(title_of(paper), 100),
        long=True,
        required=True,
        limit=REASON_LIMIT,
    )
    return Form("Take another paper", action("pick_why", proposal.proposal_id), (entry,))


def chosen(paper: Paper, session: SessionView | None) -> Card:
    """Told to the organiser who chose."""
    return Card(title="Chosen", text=f"**{plain(title_of(paper), 250)}**\n{_read_when(session)}", tone="good")


def _read_when(session: SessionView | None, *, wants_presenter: bool = False) -> str:
    if session is not None:
        return f"It is read {stamp(session.session.starts_at, 'F')}."
    if wants_presenter:
        return "It gets its date as soon as somebody offers to present it."
    return "It gets the next session that has no paper yet."


_WAYS: Mapping[str, str] = {
    "fair": f"Chosen by the fair rule, {RULE}.",
    "approval": "Chosen by the number of votes.",
    "other": "Chosen by the organisers.",
}


def result(
    paper: Paper, choice: Choice, session: SessionView | None, *, wants_presenter: bool, offers: Sequence[int]
) -> Card:
    """What everybody is told."""
    lines = [
        f"**{link(clip(title_of(paper), 250), url_of(paper))}**",
        f"Why: {choice.reason}",
        _read_when(session, wants_presenter=wants_presenter and not offers),
    ]
    if offers:
        lines.append("Would present it: " + ", ".join(member(user) for user in offers[:5]) + ".")
    lines.append("All others stay open and keep their votes.")
    buttons = (
        () if offers else (Button("I would present", action=action("volunteer", "p", choice.proposal_id)),)
    )
    by = "By itself, at the deadline." if not choice.chosen_by else ""
    footer = " ".join(part for part in (_WAYS[choice.way], by) if part)
    return Card(title="The next paper", text="\n".join(lines), footer=footer, tone="good", buttons=buttons)


def deadline_set(deadline: Deadline) -> Card:
    return Card(
        title="Deadline set",
        text=f"If nobody chooses before, the {deadline.way} rule chooses {stamp(deadline.at, 'F')}. "
        "`/pick deadline:off` takes that back.",
        tone="good",
    )


def deadline_off() -> Card:
    return Card(text="No deadline: papers are chosen when an organiser uses `/pick`.", tone="good")


def nothing_at_deadline() -> Card:
    return Card(
        title="No paper was chosen",
        text="The deadline has come, and no open proposal has a vote that counts. `/pick` when there is one.",
        tone="warn",
    )
