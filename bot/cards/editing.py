"""The forms in which a session is changed."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards.base import Card, action, clip, plain
from bot.cards.forms import Form, Input
from bot.cards.sessions import announcement, session_title, talk_title
from storage.sessions import SessionView, TalkView

TITLE_LIMIT, PAPER_LIMIT, LINK_LIMIT = 250, 500, 1000


def talk_form(view: SessionView, talk: TalkView | None, *, organiser: bool) -> Form:
    """Title, abstract and so on of a talk; without one, of one more. A presenter's form has what is theirs."""
    known = talk.talk if talk else None
    inputs = [
        Input("title", "Title of the talk", (known.title if known else "") or "", limit=TITLE_LIMIT),
        Input("abstract", "Abstract", (known.abstract if known else "") or "", long=True),
    ]
    if organiser:
        inputs += [
            Input(
                "paper",
                "Paper",
                (known.paper_id if known else "") or "",
                hint="Its arXiv number or link",
                limit=PAPER_LIMIT,
            ),
            Input("minutes", "Length of the session in minutes", str(view.session.minutes), limit=4),
            Input(
                "session_title",
                "Title of the whole session",
                view.session.title or "",
                hint="Only if it is to be another than the talk's",
                limit=TITLE_LIMIT,
            ),
        ]
    else:
        inputs.append(_link("slides", "Slides", (known.slides if known else "") or ""))
    which = (view.session.session_id, known.talk_id if known else 0)
    return Form("Your talk" if not organiser else "The talk", action("edited", *which), tuple(inputs))


def links_form(view: SessionView, talk: TalkView) -> Form:
    """Where to join, what came out of a talk, and of a session that was held how many came."""
    known, session = talk.talk, view.session
    came = Input(
        "came", "How many came", f"{'' if session.came is None else session.came}", limit=6,
        hint="If somebody counted. Only the number is shown, in the archive",
    )  # fmt: skip
    inputs = (
        _link("link", "How to join", session.link or "", "Never shown in public: members press Join"),
        _link("slides", "Slides", known.slides or ""),
        _link("recording", "Recording", known.recording or ""),
        _link("notes", "Notes", known.notes or ""),
        *((came,) if session.state == "held" else ()),
    )
    return Form("Links", action("edited", view.session.session_id, known.talk_id), inputs)


def _link(name: str, label: str, value: str, hint: str = "A web address that starts with https://") -> Input:
    return Input(name, label, value, hint=hint, limit=LINK_LIMIT)


def saved(view: SessionView, problems: Sequence[str]) -> Card:
    """What holds now, and what could not be taken in. `problems` are ours, as markup."""
    card = announcement(view)
    text = "\n".join(f"⚠️ {problem}" for problem in problems)
    return Card(
        title=clip(f"Saved: {plain(session_title(view))}", 250),
        text=text or "This is what everybody sees now:\n\n" + card.text,
        fields=card.fields,
        tone="warn" if problems else "good",
    )


def talk_choices(view: SessionView) -> list[tuple[int, str]]:
    """The talks of a session for a list to choose from, and 0 for one more."""
    rows = [
        (talk.talk.talk_id, clip(f"{place}. {talk_title(talk) or 'no title yet'}", 100))
        for place, talk in enumerate(view.talks, 1)
    ]
    return [*rows[:24], (0, "One more talk")]
