"""What becomes of the sessions that are planned already when their series changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from bot.config import ServerSettings
from bot.recurrence import Occurrence, Rule, occurrences
from bot.services.horizon import rule_on
from bot.services.people import Actor
from bot.services.planning import put_at
from bot.services.sessions import Kind, Sessions
from bot.when import local
from storage import series as stored
from storage import sessions as stored_sessions
from storage.database import Tx
from storage.sessions import SessionView
from storage.tables import Series, Session


def untouched(view: SessionView) -> bool:
    """Whether nothing is known of a session but its time."""
    talks = [talk.talk for talk in view.talks]
    said = [
        view.session.title,
        *(text for talk in talks for text in (talk.title, talk.abstract, talk.paper_id)),
    ]
    return not (any(said) or view.presenters or view.volunteers)


async def withdraw_from(
    tx: Tx,
    sessions: Sessions,
    settings: ServerSettings,
    actor: Actor,
    series: Series,
    day: date | None,
    now: datetime,
) -> list[SessionView]:
    """Take the coming sessions of a series back, from a day on; those that something is known of stay, and are told.

    What is taken back frees its date, so that a series that is resumed plans it again.
    """
    first = day.isoformat() if day else ""
    rows = [
        row.session_id
        for row in await stored.sessions_of(tx, series.series_id, first=first)
        if row.state == "planned" and row.starts_at > now
    ]
    kept = []
    for session_id in rows:
        view = await _take_back(tx, sessions, settings, actor, session_id)
        if view is not None:
            kept.append(view)
    return kept


async def follow_rules(
    tx: Tx,
    sessions: Sessions,
    settings: ServerSettings,
    actor: Actor,
    series: Series,
    old: Sequence[Rule],
    new: Sequence[Rule],
    day: date,
    now: datetime,
) -> list[SessionView]:
    """Bring what is planned or skipped from `day` on to the dates of the new rules, each to that of its week.

    In series that repeat by the month it is that of its month. A session that was moved by hand keeps its own time.
    One whose week has no date any more is taken back; what is known of stays as it is, outside the rhythm, and is
    returned.
    """
    first = day.isoformat()
    dates = _dates(old, new, day, first)
    skips = await stored.skips_of(tx, series.series_id, first=first)
    await stored.unskip(tx, series.series_id, first=first)
    for key in skips:
        if key in dates:
            await stored.skip(tx, series, dates[key].key)
    keys = {
        row.session_id: (row.occurrence or "", row.state, row.starts_at > now)
        for row in await stored.sessions_of(tx, series.series_id, first=first)
    }
    await stored.free(tx, series.series_id, first=first)
    kept = []
    for session_id, (key, state, coming) in keys.items():
        if state != "planned" or not coming:
            (await tx.get_one(Session, session_id)).occurrence = dates[key].key if key in dates else None
        elif key in dates:
            await _bring(tx, sessions, settings, actor, session_id, key, dates[key], old, new)
        elif (view := await _take_back(tx, sessions, settings, actor, session_id)) is not None:
            kept.append(view)
    return kept


def _dates(old: Sequence[Rule], new: Sequence[Rule], day: date, first: str) -> dict[str, Occurrence]:
    """The new occurrence for each old one from `day` on that has one."""
    start = datetime.combine(day - timedelta(days=2), time(), UTC)
    end = start + timedelta(days=3 * 366)
    monthly = rule_on(old, first).nth is not None and new[-1].nth is not None

    def slot(occurrence: Occurrence) -> tuple[int, int]:
        date_of = occurrence.wall.date()
        return (date_of.year, date_of.month) if monthly else date_of.isocalendar()[:2]

    there = {
        slot(occurrence): occurrence for occurrence in occurrences(new, start, end) if occurrence.key >= first
    }
    return {
        occurrence.key: there[slot(occurrence)]
        for occurrence in occurrences(old, start, end)
        if occurrence.key >= first and slot(occurrence) in there
    }


async def _bring(
    tx: Tx,
    sessions: Sessions,
    settings: ServerSettings,
    actor: Actor,
    session_id: int,
    key: str,
    to: Occurrence,
    old: Sequence[Rule],
    new: Sequence[Rule],
) -> None:
    """Give a session its new date and length, unless it was moved by hand."""
    view = await stored_sessions.get(tx, actor.guild_id, session_id)
    assert view is not None  # noqa: S101 - read in this transaction
    former = next(o for o in occurrences(old, *_around(key)) if o.key == key)
    by_hand = view.session.starts_at != former.instant
    rule = rule_on(new, to.key)
    if by_hand or (view.session.starts_at == to.instant and view.session.minutes == rule.minutes):
        view.session.occurrence = to.key
        await tx.flush()
        return
    kind: Kind = "edited" if view.session.starts_at == to.instant else "moved"
    async with sessions.changing_within(tx, settings, actor, session_id, kind) as change:
        change.session.occurrence, change.session.minutes = to.key, rule.minutes
        put_at(change.session, to.instant, local(to.instant, rule.zone), rule.zone)


def _around(key: str) -> tuple[datetime, datetime]:
    """Instants between which an occurrence lies, whatever its zone."""
    day = datetime.combine(date.fromisoformat(key), time(), UTC)
    return day - timedelta(days=2), day + timedelta(days=3)


async def _take_back(
    tx: Tx, sessions: Sessions, settings: ServerSettings, actor: Actor, session_id: int
) -> SessionView | None:
    """Cancel a session that nothing is known of; one that something is known of is returned as it is."""
    view = await stored_sessions.get(tx, actor.guild_id, session_id)
    if view is None or not untouched(view):
        return view
    async with sessions.changing_within(tx, settings, actor, session_id, "cancelled") as change:
        change.session.state, change.session.occurrence = "cancelled", None
    return None
