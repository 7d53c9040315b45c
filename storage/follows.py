"""What members follow: topics, authors, words."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select

from storage.database import Tx
from storage.tables import Follow


async def of_user(tx: Tx, guild_id: int, user_id: int) -> Sequence[Follow]:
    """What a member follows, oldest first."""
    rows = await tx.scalars(
        select(Follow)
        .where(Follow.guild_id == guild_id, Follow.user_id == user_id)
        .order_by(Follow.follow_id)
    )
    return rows.all()


async def of_guild(tx: Tx, guild_id: int) -> Sequence[Follow]:
    rows = await tx.scalars(select(Follow).where(Follow.guild_id == guild_id).order_by(Follow.follow_id))
    return rows.all()


async def remove(tx: Tx, guild_id: int, user_id: int, follow_id: int | None = None) -> None:
    """A member follows something, or (without an id) anything, no more."""
    wanted = delete(Follow).where(Follow.guild_id == guild_id, Follow.user_id == user_id)
    if follow_id is not None:
        wanted = wanted.where(Follow.follow_id == follow_id)
    await tx.execute(wanted)
