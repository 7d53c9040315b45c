"""Who changed what, and what the bot asked back about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select

from storage.database import Tx
from storage.tables import Deed, Doubt


def note(
    tx: Tx, *, guild_id: int, noun: str, noun_id: int, what: str, by: int, now: datetime,
    changes: Sequence[Sequence[str]] = (),
) -> None:  # fmt: skip
    """Write down what was done to something and by whom (0: the bot); `changes` are [name, before, after]."""
    tx.add(
        Deed(
            guild_id=guild_id,
            noun=noun,
            noun_id=noun_id,
            what=what,
            done_by=by,
            done_at=now,
            changes=[list(change) for change in changes],
        )
    )


async def of(tx: Tx, guild_id: int, noun: str, noun_id: int, *, limit: int, start: int = 0) -> Sequence[Deed]:
    """What was done to something, the latest first, from the `start`-th on."""
    rows = await tx.scalars(
        select(Deed)
        .where(Deed.guild_id == guild_id, Deed.noun == noun, Deed.noun_id == noun_id)
        .order_by(Deed.deed_id.desc())
        .limit(limit)
        .offset(start)
    )
    return rows.all()


async def last_done(tx: Tx, guild_id: int, noun: str) -> dict[int, datetime]:
    """When something was last done to each thing of that kind."""
    rows = await tx.execute(
        select(Deed.noun_id, Deed.done_at)
        .where(Deed.guild_id == guild_id, Deed.noun == noun)
        .order_by(Deed.deed_id)
    )
    return {noun_id: done_at for noun_id, done_at in rows}  # noqa: C416 - rows are no pairs to mypy


async def last_about(tx: Tx, guild_id: int, noun: str, field: str) -> Deed | None:
    """The last deed that changed a field, of the latest 200 to a noun without an id."""
    rows = await of(tx, guild_id, noun, 0, limit=200)
    return next((deed for deed in rows if any(change[0] == field for change in deed.changes)), None)


async def take_doubt(tx: Tx, guild_id: int, user_id: int, doubt_id: int) -> Doubt | None:
    """What a person was asked back about, once; nobody else can answer it."""
    doubt = await tx.get(Doubt, doubt_id)
    if doubt is None or (doubt.guild_id, doubt.user_id) != (guild_id, user_id):
        return None
    await tx.delete(doubt)
    return doubt


async def drop_doubts(tx: Tx, *, before: datetime) -> None:
    await tx.execute(delete(Doubt).where(Doubt.asked_at < before))
