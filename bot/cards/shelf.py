"""One paper and its history in the group; the list of proposals, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bot.cards.ballots import CLOSED
from bot.cards.base import Button, Card, Field, action, clip, count, jump, link, member, names, plain, stamp
from bot.cards.forms import Form, Input, Option, Select
from bot.cards.papers import links_of, shown_emoji, title_of, url_of
from bot.cards.presenting import members
from bot.cards.times import on_day
from bot.sources.text import first_sentences, readable
from storage.proposals import Standing
from storage.tables import Choice, Paper, Proposal, Session

Sort = Literal["votes", "age", "chance"]
PAGE = 8


@dataclass(frozen=True)
class Known:
    """What the group knows of a paper."""

    paper: Paper
    proposal: Proposal | None = None
    topic: str = ""  # its name
    votes: int = 0
    offers: tuple[int, ...] = ()
    choices: tuple[Choice, ...] = ()
    beaten: tuple[Choice, ...] = ()  # other papers that were chosen while it was open
    read: tuple[Session, ...] = ()  # sessions in which it was, or will be, read
    related: tuple[tuple[Paper, Session], ...] = ()  # by some of its authors


def paper(known: Known, bibtex: str, *, mine: bool, organises: bool) -> Card:
    """`/paper`: the paper, its history here, its BibTeX, and what the person who asks can do."""
    found = known.paper
    fields = [
        Field("Here", "\n".join(history(known)) or "Never proposed here."),
        Field("Would present it", members(known.offers)) if known.offers else None,
        Field("Read it", links_of(found)),
        Field("BibTeX", f"```bibtex\n{bibtex.replace('```', '')[:950]}\n```"),
    ]
    authors = f"*{plain(names(found.authors), 300)}*\n\n" if found.authors else ""
    return Card(
        title=plain(title_of(found), 250),
        url=url_of(found),
        text=authors + plain(first_sentences(readable(found.abstract), 500)),
        fields=tuple(field for field in fields if field),
        tone="paper",
        buttons=_buttons(known, mine=mine, organises=organises),
    )


def history(known: Known) -> list[str]:
    """What happened to a paper in the group, a line each."""
    lines = [f"{_tense(session)} {on_day(session)}." for session in known.read]
    if proposal := known.proposal:
        lines.append(f"Proposed by {member(proposal.proposer_id)} on {stamp(proposal.created_at, 'D')}.")
        if proposal.state == "open":
            where = ""
            if proposal.ballot_channel_id and proposal.ballot_message_id and not proposal.ballot_lost:
                place = jump(proposal.guild_id, proposal.ballot_channel_id, proposal.ballot_message_id)
                where = f" [Its ballot]({place})."
            lines.append(f"Open, with **{count(known.votes, 'vote')}**.{where}")
        else:
            lines.append(CLOSED.get(proposal.state, ""))
        if proposal.state != "chosen":
            lines.append(missed(known))
        if known.topic:
            lines.append(f"Topic: {plain(known.topic)}.")
        if proposal.why:
            lines.append(f"Why: {plain(proposal.why, 300)}")
    lines += [f"Chosen on {stamp(c.chosen_at, 'D')}: {c.reason[:200]}" for c in known.choices]
    lines += [f"Same authors as {on_day(s)}: {plain(title_of(p), 100)}." for p, s in known.related[:2]]
    return [line for line in lines if line]


def missed(known: Known) -> str:
    """By how little it was not chosen, by the votes it has now; "" when that was never a question."""
    gaps = [(choice.votes - known.votes, choice.chosen_at) for choice in known.beaten]
    near = min((gap for gap in gaps if gap[0] > 0), default=None)
    return f"It missed being chosen by {count(near[0], 'vote')} on {stamp(near[1], 'D')}." if near else ""


def _tense(session: Session) -> str:
    return "To be read here" if session.state == "planned" else "Read here"


def _buttons(known: Known, *, mine: bool, organises: bool) -> tuple[Button, ...]:
    proposal = known.proposal
    if proposal is None:
        return (Button("Propose it", action=action("propose", known.paper.paper_id), style="primary"),)
    if proposal.state != "open":
        return (reopen_button(proposal),)
    number = proposal.proposal_id
    buttons = []
    if proposal.ballot_lost:
        buttons.append(Button("Post its ballot again", action=action("repost", number)))
    if mine or organises:
        buttons.append(Button("Edit", action=action("edit_proposal", number)))
    if mine:
        buttons.append(Button("Withdraw", action=action("withdraw_proposal", number), style="danger"))
    elif organises:
        buttons.append(Button("Retire", action=action("retire_proposal", number), style="danger"))
    return tuple(buttons)


def reopen_button(proposal: Proposal) -> Button:
    label = "Read it again" if proposal.state == "chosen" else "Revive it"
    return Button(label, action=action("reopen_proposal", proposal.proposal_id), style="primary")


def closed_before(known: Known) -> Card:
    """Somebody proposes what the group had before: its story, and the button for those who mean it."""
    proposal = known.proposal
    assert proposal is not None  # noqa: S101 - by the caller
    if proposal.state == "chosen":
        title, what = "The group has had this paper", "To read it again, say so: it gets a new ballot."
    else:
        title = "This paper was proposed before"
        what = f"It had {count(known.votes, 'vote')}. Revive it, and they count again."
    text = f"**{plain(title_of(known.paper), 250)}**\n" + "\n".join(history(known)) + f"\n\n{what}"
    return Card(title=title, text=text, buttons=(reopen_button(proposal),))


def read_before(found: Paper, session: Session) -> Card:
    """Somebody proposes what was read, or will be, without a proposal."""
    when = f"{_tense(session)} {on_day(session)}."
    return Card(
        title="The group has had this paper"
        if session.state != "planned"
        else "This paper is planned already",
        text=f"**{plain(title_of(found), 250)}**\n{when}\n\nTo read it again, say so.",
        buttons=(Button("Propose it all the same", action=action("propose_anyway", found.paper_id)),),
    )


def with_related(card: Card, known: Known) -> Card:
    """What a proposer is told, with when the group read it before, and what it read by the same people."""
    lines = [f"{_tense(session)} {on_day(session)}." for session in known.read[-2:]]
    lines += [f"Same authors as {on_day(s)}: {plain(title_of(p), 100)}." for p, s in known.related[:2]]
    return replace(card, text="\n".join([card.text, *lines]))


def edit_form(proposal: Proposal, topics: Sequence[str]) -> Form:
    """What can be changed of a proposal."""
    hint = clip("One of: " + ", ".join(topics), 100) if topics else ""
    return Form(
        "Edit the proposal",
        action("edit_proposal_done", proposal.proposal_id),
        (
            Input("why", "Why the group should read it", value=proposal.why or "", long=True, limit=500),
            Input(
                "topic",
                "Topic: its key or name; empty for none",
                value=proposal.topic or "",
                hint=hint,
                limit=100,
            ),
        ),
    )


def done(what: str) -> Card:
    return Card(text=what, tone="good")


def several(papers: Sequence[tuple[str, str]]) -> Card:
    """A message names several papers: which?"""
    options = tuple(Option(clip(label, 100), paper_id) for paper_id, label in papers[:25])
    return Card(
        text=f"This message names {count(len(papers), 'paper')}. Which one do you propose?",
        selects=(Select(action("propose_chosen"), "Choose a paper", options),),
    )


def proposals(
    rows: Sequence[Standing],
    *,
    total: int,
    page: int,
    sort: Sort,
    topic: str | None,
    emoji: str,
    chances: dict[int, int],
    counted: str = "",
) -> Card:
    """A page of `/proposals`; `chances` is the place in which the fair rule would choose each.

    `counted` says what was found when the ballots were read last.
    """
    if not total:
        about = " of this topic" if topic else ""
        return Card(
            title=f"No open proposals{about}",
            text="Propose the first paper: `/propose paper:` and its arXiv number or link.",
        )
    pages = -(-total // PAGE)
    lines = [_line(page * PAGE + place, row, chances) for place, row in enumerate(rows, 1)]
    orders: list[tuple[Sort, str]] = [("votes", "By votes"), ("age", "By age"), ("chance", "By chance")]
    buttons = [
        Button(label, action=action("proposals", 0, order, topic or ""))
        for order, label in orders
        if order != sort
    ]
    if page > 0:
        buttons.append(Button("◀ Back", action=action("proposals", page - 1, sort, topic or "")))
    if page + 1 < pages:
        buttons.append(Button("More ▶", action=action("proposals", page + 1, sort, topic or "")))
    return Card(
        title=count(total, "open proposal") + (f" · {plain(topic)}" if topic else ""),
        text="\n".join(lines) + f"\n\nVote with {shown_emoji(emoji)} on a ballot. Propose with `/propose`.",
        footer=" · ".join(
            part for part in (f"Page {page + 1} of {pages}" if pages > 1 else "", counted) if part
        ),
        buttons=tuple(buttons) if total > 1 else (),
    )


def _line(place: int, row: Standing, chances: dict[int, int]) -> str:
    proposal = row.proposal
    title = clip(title_of(row.paper), 110)
    standing = proposal.ballot_channel_id and proposal.ballot_message_id and not proposal.ballot_lost
    name = (
        link(title, jump(proposal.guild_id, proposal.ballot_channel_id or 0, proposal.ballot_message_id or 0))
        if standing
        else plain(title)
    )
    chance = chances.get(proposal.proposal_id)
    fair = f" · {chance}. by the fair rule" if chance else ""
    lost = "" if standing else " · its ballot is gone: `/paper`" if proposal.ballot_lost else ""
    by = f"proposed by {member(proposal.proposer_id)} {stamp(proposal.created_at, 'R')}"
    return f"**{place}.** {name}\n{count(row.votes, 'vote')}{fair} · {by}{lost}"
