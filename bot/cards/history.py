"""What changed between two moments of a session, and the list of who did what."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards.base import Card, clip, member, plain, stamp
from bot.cards.presenting import members, presenters
from bot.cards.sessions import session_title
from bot.cards.times import when_of
from storage.sessions import SessionView
from storage.tables import Deed

_NOTHING = "nothing"


def _facts(view: SessionView) -> dict[str, str]:
    """What a session says, field by field, as markup. The join link and contacts are left out: they are private."""
    session = view.session
    facts = {
        "time": f"{plain(when_of(session).words())}, {session.minutes} min",
        "title": plain(session.title or "", 150),
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
    if before.session.link != after.session.link:
        changed.append(["how to join", "given" if before.session.link else _NOTHING, "changed"])
    return changed


def history(view: SessionView, deeds: Sequence[Deed]) -> Card:
    """`/history session`: the latest first."""
    lines = [_line(deed) for deed in deeds]
    return Card(
        title=clip(f"What happened to {plain(session_title(view))}", 250),
        text="\n".join(lines) or "Nothing was written down.",
        footer=f"Session {view.session.session_id}. The latest comes first.",
    )


def _line(deed: Deed) -> str:
    who = member(deed.done_by) if deed.done_by else "by itself"
    changes = "".join(f"\n-# {name}: {before} → {after}" for name, before, after in deed.changes)
    return f"{stamp(deed.done_at, 'f')} **{deed.what}** · {who}{changes}"
