"""Series, and which of their occurrences are planned or skipped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update

from storage.database import Tx, wake
from storage.shards import CLAIM
from storage.tables import Series, Session, Skip


async def get(tx: Tx, guild_id: int, series_id: int) -> Series | None:
    """A series, if it is that server's."""
    series = await tx.get(Series, series_id)
    return series if series is not None and series.guild_id == guild_id else None


async def of_guild(tx: Tx, guild_id: int, *, states: Sequence[str]) -> Sequence[Series]:
    rows = await tx.scalars(
        select(Series).where(Series.guild_id == guild_id, Series.state.in_(states)).order_by(Series.series_id)
    )
    return rows.all()


async def claim(tx: Tx, series_id: int) -> Series | None:
    """A series to be planned ahead in this transaction; None when it is gone, or another process plans it."""
    return await tx.get(Series, series_id, with_for_update=CLAIM)


async def due(tx: Tx, now: datetime) -> Sequence[int]:
    """The ids of the series that are to be planned ahead now."""
    rows = await tx.scalars(
        select(Series.series_id).where(Series.state == "active", Series.next_plan_at <= now)
    )
    return rows.all()


async def next_due(tx: Tx) -> datetime | None:
    found: datetime | None = await tx.scalar(
        select(Series.next_plan_at)
        .where(Series.state == "active", Series.next_plan_at.is_not(None))
        .order_by(Series.next_plan_at)
        .limit(1)
    )
    return found


async def look_again(tx: Tx, guild_id: int, *, now: datetime) -> None:
    """Have every active series of a server planned ahead anew."""
    await tx.execute(
        update(Series).where(Series.guild_id == guild_id, Series.state == "active").values(next_plan_at=now)
    )
    wake(tx)


async def settled(tx: Tx, series_id: int) -> set[str]:
    """The occurrences that need no planning: those that are, or were, a session, and those that are skipped."""
    sessions = await tx.scalars(
        select(Session.occurrence).where(Session.series_id == series_id, Session.occurrence.is_not(None))
    )
    skips = await tx.scalars(select(Skip.occurrence).where(Skip.series_id == series_id))
    return {key for key in sessions if key} | set(skips)


async def gone(tx: Tx, series_id: int) -> set[str]:
    """The occurrences that do not come any more: skipped, cancelled or held."""
    over = await tx.scalars(
        select(Session.occurrence).where(
            Session.series_id == series_id, Session.state != "planned", Session.occurrence.is_not(None)
        )
    )
    return {key for key in over if key} | set(await skips_of(tx, series_id))


async def sessions_of(tx: Tx, series_id: int, *, first: str = "") -> Sequence[Session]:
    """The sessions of a series that stand for the occurrence `first` or a later one, in order."""
    rows = await tx.scalars(
        select(Session)
        .where(Session.series_id == series_id, Session.occurrence >= first)
        .order_by(Session.occurrence)
    )
    return rows.all()


async def free(tx: Tx, series_id: int, *, first: str) -> None:
    """Take the sessions of the occurrence `first` and later ones off their dates, before they are given others."""
    await tx.execute(
        update(Session)
        .where(Session.series_id == series_id, Session.occurrence >= first)
        .values(occurrence=None)
    )


async def session_of(tx: Tx, series_id: int, occurrence: str) -> Session | None:
    found: Session | None = await tx.scalar(
        select(Session).where(Session.series_id == series_id, Session.occurrence == occurrence)
    )
    return found


async def skips_of(tx: Tx, series_id: int, *, first: str = "") -> Sequence[str]:
    """The skipped occurrences from `first` on."""
    rows = await tx.scalars(
        select(Skip.occurrence).where(Skip.series_id == series_id, Skip.occurrence >= first)
    )
    return rows.all()


async def skip(tx: Tx, series: Series, occurrence: str) -> None:
    await tx.merge(Skip(series_id=series.series_id, occurrence=occurrence, guild_id=series.guild_id))


async def drop_skip(tx: Tx, series_id: int, occurrence: str) -> bool:
    """Have a skipped occurrence take place; False when it was not skipped."""
    skip = await tx.get(Skip, (series_id, occurrence))
    if skip is not None:
        await tx.delete(skip)
        await tx.flush()
    return skip is not None


async def coming(tx: Tx, series_id: int, *, after: datetime, link: str | None) -> Sequence[int]:
    """The ids of the planned sessions of a series after an instant that have this way to join."""
    rows = await tx.scalars(
        select(Session.session_id)
        .where(
            Session.series_id == series_id,
            Session.state == "planned",
            Session.starts_at > after,
            Session.link.is_(None) if link is None else Session.link == link,
        )
        .order_by(Session.starts_at)
    )
    return rows.all()


async def unskip(tx: Tx, series_id: int, *, first: str) -> None:
    """Drop the skips of `first` and what is later."""
    await tx.execute(delete(Skip).where(Skip.series_id == series_id, Skip.occurrence >= first))
