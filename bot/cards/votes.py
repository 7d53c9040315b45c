"""What is said about votes."""

from __future__ import annotations

from bot.cards.base import Card, count


def recounted(new: int, gone: int) -> Card:
    """Told once after a start, when something was missed."""
    parts = []
    if new:
        parts.append(f"{count(new, 'vote')} cast while I was away {'was' if new == 1 else 'were'} counted.")
    if gone:
        parts.append(
            f"{count(gone, 'vote')} taken back meanwhile {'does' if gone == 1 else 'do'} not count any more."
        )
    return Card(text=" ".join(parts), tone="plain")
