"""Digest runs, what each server has been shown, and what arXiv's feeds held last."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import delete, select

from storage.database import Tx
from storage.tables import DigestRun, FeedDay, Shown

_CHUNK = 5_000


async def run(tx: Tx, guild_id: int, day: date) -> DigestRun | None:
    return await tx.get(DigestRun, (guild_id, day))


async def pending(tx: Tx, guild_id: int) -> Sequence[DigestRun]:
    rows = await tx.scalars(
        select(DigestRun)
        .where(DigestRun.guild_id == guild_id, DigestRun.state == "due")
        .order_by(DigestRun.day)
    )
    return rows.all()


async def due(tx: Tx, now: datetime) -> Sequence[DigestRun]:
    rows = await tx.scalars(
        select(DigestRun)
        .where(DigestRun.state == "due", DigestRun.next_try_at <= now)
        .order_by(DigestRun.next_try_at, DigestRun.guild_id)
    )
    return rows.all()


async def next_run_at(tx: Tx) -> datetime | None:
    found: datetime | None = await tx.scalar(
        select(DigestRun.next_try_at).where(DigestRun.state == "due").order_by(DigestRun.next_try_at).limit(1)
    )
    return found


async def plan(tx: Tx, *, guild_id: int, day: date, at: datetime, now: datetime) -> None:
    """Make the digest of `day` the next one of a server, in place of another that is not due yet."""
    await tx.execute(
        delete(DigestRun).where(
            DigestRun.guild_id == guild_id,
            DigestRun.state == "due",
            DigestRun.attempts == 0,
            DigestRun.day != day,
            DigestRun.next_try_at > now,
        )
    )
    known = await tx.get(DigestRun, (guild_id, day))
    if known is None:
        tx.add(DigestRun(guild_id=guild_id, day=day, next_try_at=at))
    elif known.state == "due" and known.attempts == 0:
        known.next_try_at = at


async def unplan(tx: Tx, guild_id: int) -> None:
    """No digest is due on a server any more."""
    await tx.execute(delete(DigestRun).where(DigestRun.guild_id == guild_id, DigestRun.state == "due"))


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


def show(tx: Tx, rows: Iterable[Shown]) -> None:
    tx.add_all(rows)


async def feed_days(tx: Tx, categories: Collection[str]) -> dict[str, FeedDay]:
    rows = await tx.scalars(select(FeedDay).where(FeedDay.category.in_(categories)))
    return {row.category: row for row in rows}


async def save_feed_day(tx: Tx, row: FeedDay) -> None:
    await tx.merge(row)
