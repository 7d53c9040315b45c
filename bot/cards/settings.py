"""Settings: what holds, where it comes from, what a change changed, and who made it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.cards.base import Card, member, plain, stamp
from storage.tables import Deed


@dataclass(frozen=True)
class Shown:
    """One setting as `/settings show` lists it."""

    key: str
    value: str
    source: str
    about: str


def settings(rows: Sequence[Shown]) -> Card:
    """`/settings show`: each value and where it comes from."""
    return Card(
        title="Settings of this server",
        text="\n".join(f"`{row.key}` = **{plain(row.value, 40)}** · {row.source}" for row in rows),
        footer="/settings show with a key says what it is for; /settings set changes it, reset goes back, "
        "history shows who did.",
    )


def setting(row: Shown, default: str, file: str | None, last: Deed | None) -> Card:
    """All about one setting."""
    lines = [row.about, f"Here: **{plain(row.value, 500)}** ({row.source})"]
    if file is not None:
        lines.append(f"In the config file: {plain(file, 300)}")
    lines.append(f"Default: {plain(default, 300)}")
    if last is not None:
        lines.append(f"Changed last: {_line(last)}")
    return Card(
        title=row.key, text="\n".join(lines), footer="/settings set changes it, /settings reset goes back."
    )


def changed(key: str, before: str, after: str, source: str) -> Card:
    text = f"`{key}` is now **{plain(after, 300)}** ({source}); it was **{plain(before, 300)}**."
    if before == after:
        text = f"`{key}` stays **{plain(after, 300)}** ({source})."
    return Card(title="Changed", text=text, tone="good")


def history(deeds: Sequence[Deed]) -> Card:
    """Who changed which setting, the latest first."""
    return Card(
        title="Who changed settings",
        text="\n".join(_line(deed) for deed in deeds) or "Nobody has changed one here.",
    )


def _line(deed: Deed) -> str:
    changes = "; ".join(
        f"`{key}` {plain(before, 60)} → **{plain(after, 60)}**" for key, before, after in deed.changes
    )
    who = member(deed.done_by) if deed.done_by else "whoever runs me"
    return f"{stamp(deed.done_at, 'f')} {who}: {changes}"
