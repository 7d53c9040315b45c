"""Digest runs, what each server has been shown, and what arXiv's feeds held last."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, insert, select

from storage.database import Tx
from storage.shards import CLAIM, one_process_at_a_time
from storage.tables import Announced, DigestRun, FeedDay, Paper, Shown

#: Rows that are read at a time: the event loop gets a turn in between.
_CHUNK = 500


async def run(tx: Tx, guild_id: int, day: date, channel: str) -> DigestRun | None:
    return await tx.get(DigestRun, (guild_id, day, channel))


async def claim(tx: Tx, guild_id: int, day: date, channel: str) -> DigestRun | None:
    """A run to be made in this transaction; None when there is none, or another process makes it."""
    return await tx.get(DigestRun, (guild_id, day, channel), with_for_update=CLAIM)


async def pending(tx: Tx, guild_id: int) -> Sequence[DigestRun]:
    rows = await tx.scalars(
        select(DigestRun)
        .where(DigestRun.guild_id == guild_id, DigestRun.state == "due")
        .order_by(DigestRun.next_try_at)
    )
    return rows.all()


async def due(tx: Tx, now: datetime) -> Sequence[DigestRun]:
    rows = await tx.scalars(
        select(DigestRun)
        .where(DigestRun.state == "due", DigestRun.next_try_at <= now)
        .order_by(DigestRun.next_try_at, DigestRun.guild_id, DigestRun.channel)
    )
    return rows.all()


async def next_run_at(tx: Tx) -> datetime | None:
    found: datetime | None = await tx.scalar(
        select(DigestRun.next_try_at).where(DigestRun.state == "due").order_by(DigestRun.next_try_at).limit(1)
    )
    return found


async def plan(tx: Tx, *, guild_id: int, day: date, channel: str, at: datetime, now: datetime) -> None:
    """Make the digest of `day` the next one of a channel, in place of another that is not due yet."""
    await tx.execute(
        delete(DigestRun).where(
            DigestRun.guild_id == guild_id,
            DigestRun.channel == channel,
            DigestRun.state == "due",
            DigestRun.attempts == 0,
            DigestRun.day != day,
            DigestRun.next_try_at > now,
        )
    )
    known = await run(tx, guild_id, day, channel)
    if known is None:
        through, through_day = await last_considered(tx, guild_id, channel)
        if channel and through is None:
            through = await last_announced(tx)
        tx.add(
            DigestRun(
                guild_id=guild_id,
                day=day,
                channel=channel,
                next_try_at=at,
                through=through,
                through_day=through_day,
            )
        )
    elif known.state == "due" and known.attempts == 0:
        known.next_try_at = at


async def unplan(tx: Tx, guild_id: int, *, but: Collection[str] = ()) -> None:
    """No digest is due on a server any more, except those of the channels `but`.

    What a channel had not considered yet is left to the next digest of all others.
    """
    rows = await tx.scalars(select(DigestRun).where(DigestRun.guild_id == guild_id, DigestRun.state == "due"))
    due = rows.all()
    gone = [row for row in due if row.channel not in but]
    behind = min((row for row in gone if row.channel and row.through), key=_through, default=None)
    for row in due:
        if behind and not row.channel and _through(behind) < _through(row):
            row.through, row.through_day = behind.through, behind.through_day
    for row in gone:
        await tx.delete(row)


def _through(row: DigestRun) -> int:
    return row.through or 0


async def last_considered(tx: Tx, guild_id: int, channel: str) -> tuple[int | None, date | None]:
    """The last announcement that the digests of a channel have considered, and the last day.

    Before its first one: what those of the whole server have; None and None before the first of all.
    """
    found = (
        await tx.execute(
            select(DigestRun.through, DigestRun.through_day)
            .where(
                DigestRun.guild_id == guild_id,
                DigestRun.channel.in_((channel, "")),
                DigestRun.through.is_not(None),
            )
            .order_by(DigestRun.channel.desc(), DigestRun.day.desc())
            .limit(1)
        )
    ).first()
    return (found[0], found[1]) if found else (None, None)


async def last_runs(tx: Tx, guild_id: int, channel: str, *, before: date, limit: int) -> Sequence[DigestRun]:
    """The digests of a channel before a day, the latest first."""
    rows = await tx.scalars(
        select(DigestRun)
        .where(
            DigestRun.guild_id == guild_id,
            DigestRun.channel == channel,
            DigestRun.day < before,
            DigestRun.state != "due",
        )
        .order_by(DigestRun.day.desc())
        .limit(limit)
    )
    return rows.all()


# what a server has been shown


async def shown(tx: Tx, guild_id: int, paper_ids: Iterable[str]) -> set[str]:
    """Those of `paper_ids` that the server's digests have shown."""
    ids = list(paper_ids)
    found: set[str] = set()
    for start in range(0, len(ids), _CHUNK):
        found.update(
            await tx.scalars(
                select(Shown.paper_id).where(
                    Shown.guild_id == guild_id, Shown.paper_id.in_(ids[start : start + _CHUNK])
                )
            )
        )
    return found


async def show(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    """Note lines of a digest, each as the columns of `Shown`."""
    for start in range(0, len(rows), _CHUNK):
        await tx.execute(insert(Shown), rows[start : start + _CHUNK])


async def shown_since(tx: Tx, guild_id: int, day: str, *, limit: int) -> Sequence[tuple[Paper, date]]:
    """The papers that digests posted after a day (as ISO text; "" for ever), latest `limit`, and the day of each."""
    wanted = (
        select(Paper, Shown.day)
        .join(Shown, Shown.paper_id == Paper.paper_id)
        .where(Shown.guild_id == guild_id, Shown.post.is_not(None))
        .order_by(Shown.day.desc(), Shown.place)
        .limit(limit)
    )
    if day:
        wanted = wanted.where(Shown.day > date.fromisoformat(day))
    return [(paper, shown_on) for paper, shown_on in await tx.execute(wanted)]


async def line(tx: Tx, guild_id: int, paper_id: str) -> Shown | None:
    """A paper as a server's digest showed it."""
    return await tx.get(Shown, (guild_id, paper_id))


async def lines(tx: Tx, guild_id: int, paper_ids: Collection[str]) -> dict[str, Shown]:
    """Papers as a server's digests showed them, by id."""
    rows = await tx.scalars(select(Shown).where(Shown.guild_id == guild_id, Shown.paper_id.in_(paper_ids)))
    return {row.paper_id: row for row in rows}


async def lines_after(tx: Tx, row: Shown, *, limit: int) -> Sequence[Shown]:
    """The lines of a digest of a channel that come after one of them, and were not posted."""
    rows = await tx.scalars(
        select(Shown)
        .where(
            Shown.guild_id == row.guild_id,
            Shown.day == row.day,
            Shown.channel == row.channel,
            Shown.post.is_(None),
            Shown.place > row.place,
        )
        .order_by(Shown.place)
        .limit(limit)
    )
    return rows.all()


async def last_place(tx: Tx, guild_id: int, day: date) -> dict[str, int]:
    """How many lines each channel's digest of a day has so far."""
    rows = await tx.execute(
        select(Shown.channel, func.max(Shown.place))
        .where(Shown.guild_id == guild_id, Shown.day == day)
        .group_by(Shown.channel)
    )
    return {row[0]: row[1] for row in rows}


# what arXiv announced


async def feed_days(tx: Tx, categories: Collection[str]) -> dict[str, FeedDay]:
    rows = await tx.scalars(select(FeedDay).where(FeedDay.category.in_(categories)))
    return {row.category: row for row in rows}


async def save_feed_day(tx: Tx, row: FeedDay) -> None:
    await tx.merge(row)


async def announce(tx: Tx, category: str, day: date, kinds: Mapping[str, str]) -> int:
    """Note which papers were announced in a category on a day, and how; how many of them are news."""
    await one_process_at_a_time(
        tx, "announced"
    )  # their numbers are to be in the order in which they are seen
    known = set(
        await tx.scalars(
            select(Announced.paper_id).where(
                Announced.category == category, Announced.day == day, Announced.paper_id.in_(kinds)
            )
        )
    )
    new = [
        {"category": category, "paper_id": paper_id, "day": day, "kind": kind}
        for paper_id, kind in kinds.items()
        if paper_id not in known
    ]
    if new:
        await tx.execute(insert(Announced), new)
    return len(new)


async def last_announced(tx: Tx) -> int:
    """The number of the last announcement."""
    return (await tx.scalar(select(func.max(Announced.announced_id)))) or 0


async def announced(
    tx: Tx, categories: Collection[str], kinds: Collection[str], *, after: int | None
) -> dict[str, date]:
    """The papers announced in any of `categories` since the announcement `after` and not before, and the day of each.

    Without `after` those of the last day: a new server begins with it.
    """
    wanted = select(Announced.paper_id, func.min(Announced.day)).where(
        Announced.category.in_(categories), Announced.kind.in_(kinds)
    )
    if after is None:
        latest = select(func.max(Announced.day)).where(Announced.category.in_(categories)).scalar_subquery()
        wanted = wanted.where(Announced.day == latest)
    else:
        before = select(Announced.paper_id).where(
            Announced.category.in_(categories), Announced.kind.in_(kinds), Announced.announced_id <= after
        )
        wanted = wanted.where(Announced.announced_id > after, Announced.paper_id.not_in(before))
    return {row[0]: row[1] for row in await tx.execute(wanted.group_by(Announced.paper_id))}


async def forget_announced(tx: Tx, *, before: date) -> None:
    """Drop announcements that no digest will ask for any more."""
    await tx.execute(delete(Announced).where(Announced.day < before))


async def counts(tx: Tx, guild_id: int, *, since: date) -> dict[str, int]:
    """How many papers each topic has brought a server since a day."""
    rows = await tx.execute(
        select(Shown.topic, func.count())
        .where(Shown.guild_id == guild_id, Shown.day >= since)
        .group_by(Shown.topic)
    )
    return {row[0]: row[1] for row in rows}
