"""What changed between two moments of a session, and the list of who did what."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards.base import Button, Card, action, clip, member, plain, stamp
from bot.cards.presenting import members, presenters
from bot.cards.sessions import session_title
from bot.cards.times import when_of
from storage.sessions import SessionView
from storage.tables import Deed

_NOTHING = "nothing"
#: How many deeds are shown at a time.
PER_PAGE = 10


def _facts(view: SessionView) -> dict[str, str]:
    """What a session says, field by field, as markup. The join link and contacts are left out: they are private."""
    session = view.session
    facts = {
        "time": f"{plain(when_of(session).words())}, {session.minutes} min",
        "title": plain(session.title or "", 150),
        "came": "" if session.came is None else f"{session.came}",
        "volunteers": members(view.volunteers),
    }
    for place, talk in enumerate(view.talks, 1):
        prefix = f"{place}. talk's " if place > 1 else "talk's "
        row = talk.talk
        facts |= {
            f"{prefix}title": plain(row.title or "", 150),
            f"{prefix}abstract": plain(row.abstract or "", 80),
            f"{prefix}paper": plain(row.paper_id or ""),
            f"{prefix}presenters": presenters(talk.presenters),
            f"{prefix}slides": "given" if row.slides else "",
            f"{prefix}recording": "given" if row.recording else "",
            f"{prefix}notes": "given" if row.notes else "",
        }
    return facts


def differences(before: SessionView, after: SessionView) -> list[list[str]]:
    """The fields that changed: name, what it was, what it is."""
    was, now = _facts(before), _facts(after)
    changed = [
        [name, was.get(name, "") or _NOTHING, now.get(name, "") or _NOTHING]
        for name in dict.fromkeys([*was, *now])
        if was.get(name, "") != now.get(name, "")
    ]
    links = before.session.link, after.session.link
    if links[0] != links[1]:
        changed.append(["how to join", "given" if links[0] else _NOTHING, _what_became(*links)])
    for old, new in zip(before.talks, after.talks, strict=False):
        changed += [
            [what, "given", "changed"]
            for what, one, other in (
                ("abstract", old.talk.abstract, new.talk.abstract),
                ("slides", old.talk.slides, new.talk.slides),
                ("recording", old.talk.recording, new.talk.recording),
                ("notes", old.talk.notes, new.talk.notes),
            )
            if one and other and one != other and not any(row[0].endswith(what) for row in changed)
        ]
    return changed


def _what_became(was: str | None, now: str | None) -> str:
    """Of something that is not shown."""
    return "changed" if was and now else "given" if now else "taken away"


def history(view: SessionView, deeds: Sequence[Deed], page: int = 0, *, more: bool = False) -> Card:
    """`/history session`: the latest first, page by page."""
    lines = [_line(deed) for deed in deeds]
    return Card(
        title=clip(f"What happened to {plain(session_title(view))}", 250),
        text="\n".join(lines) or "Nothing was written down.",
        footer=f"Session {view.session.session_id}. The latest comes first.",
        buttons=tuple(
            Button(label, action=action("history", view.session.session_id, page + step))
            for label, step, there in (("‹ Later", -1, page > 0), ("Earlier ›", 1, more))
            if there
        ),
    )


def _line(deed: Deed) -> str:
    who = member(deed.done_by) if deed.done_by else "by itself"
    changes = "".join(f"\n-# {name}: {before} → {after}" for name, before, after in deed.changes)
    return f"{stamp(deed.done_at, 'f')} **{deed.what}** · {who}{changes}"
