"""Who wants to be reminded when, beyond what the channel is told."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select

from storage.database import Tx
from storage.tables import ReminderChoice


async def choice(tx: Tx, guild_id: int, user_id: int) -> ReminderChoice | None:
    return await tx.get(ReminderChoice, (guild_id, user_id))


async def choices(tx: Tx, guild_id: int) -> Sequence[ReminderChoice]:
    """Everybody who asked, on a server."""
    rows = await tx.scalars(
        select(ReminderChoice).where(ReminderChoice.guild_id == guild_id).order_by(ReminderChoice.user_id)
    )
    return rows.all()


async def choose(tx: Tx, row: ReminderChoice) -> None:
    """Note what somebody wants, in place of what they wanted before."""
    await tx.merge(row)


async def unchoose(tx: Tx, guild_id: int, user_id: int) -> None:
    await tx.execute(
        delete(ReminderChoice).where(ReminderChoice.guild_id == guild_id, ReminderChoice.user_id == user_id)
    )
