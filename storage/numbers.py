"""How much of what there was on a server, month by month."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import extract, func, select
from sqlalchemy.orm import InstrumentedAttribute

from storage.database import Tx
from storage.tables import Proposal, Vote


async def votes(tx: Tx, guild_id: int) -> Mapping[str, int]:
    """How many votes that still stand were given in each month ("2026-05", UTC)."""
    return await _by_month(tx, guild_id, Vote.guild_id, Vote.noted_at)


async def proposals(tx: Tx, guild_id: int) -> Mapping[str, int]:
    """How many papers were proposed in each month."""
    return await _by_month(tx, guild_id, Proposal.guild_id, Proposal.created_at)


async def _by_month(
    tx: Tx, guild_id: int, server: InstrumentedAttribute[int], at: InstrumentedAttribute[object]
) -> Mapping[str, int]:
    year, month = extract("year", at), extract("month", at)
    rows = await tx.execute(select(year, month, func.count()).where(server == guild_id).group_by(year, month))
    return {f"{int(year):04}-{int(month):02}": number for year, month, number in rows}
