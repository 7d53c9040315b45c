"""News in the announcement channel: a session at another time, and weeks in which clocks are unusually far apart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.cards.base import Card, Field, clip, plain, stamp
from bot.cards.sessions import Around, session_title
from bot.cards.times import two_times, wall
from storage.sessions import SessionView


def moved(
    view: SessionView, was: datetime, around: Around, *, ping: str | None, announcement_url: str | None
) -> Card:
    """News that a session is at another time than was announced."""
    session = view.session
    before = wall(was, session.zone, around.zones)
    return Card(
        title=clip(f"Moved: {plain(session_title(view))}", 250),
        url=announcement_url,
        text=f"~~{before}~~\nNow: **{wall(session.starts_at, session.zone, around.zones)}**",
        fields=(Field("In your time", f"{stamp(session.starts_at)} ({stamp(session.starts_at, 'R')})"),),
        tone="warn",
        ping_roles=(ping,) if ping else (),
    )


def restored(view: SessionView, around: Around, *, ping: str | None) -> Card:
    """News that a session takes place after all."""
    return Card(
        title=clip(f"It takes place after all: {plain(session_title(view))}", 250),
        text=two_times(view.session, around.zones),
        tone="good",
        ping_roles=(ping,) if ping else (),
    )


def mind_the_clock(view: SessionView, lines: Sequence[str], around: Around) -> Card:
    """A week before a session at a time at which clocks are unusually far apart."""
    session = view.session
    return Card(
        title=clip(f"Mind the clock: {plain(session_title(view))}", 250),
        text="\n".join(f"**{line}**" for line in lines),
        fields=(
            Field(
                "When", f"{stamp(session.starts_at)}\n{wall(session.starts_at, session.zone, around.zones)}"
            ),
        ),
        tone="warn",
    )
