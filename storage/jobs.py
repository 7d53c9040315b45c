"""What waits for its time, over all servers, apart from the outbox: for whoever sits at the server's keyboard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from storage.database import Tx
from storage.tables import Deadline, DigestRun, Guild, Series, Wish


@dataclass(frozen=True)
class Job:
    """A piece of timed work: what it is, whose, when it is due, and what went wrong with it last, if anything."""

    what: str
    whose: str
    due: datetime
    trouble: str | None = None


async def of_all(tx: Tx) -> Sequence[Job]:
    """All of them, the first to come first."""
    names = {
        guild.guild_id: guild.name for guild in await tx.scalars(select(Guild).where(Guild.left_at.is_(None)))
    }
    found: list[Job] = []
    for run in await tx.scalars(select(DigestRun).where(DigestRun.state == "due")):
        where = f" for #{run.channel}" if run.channel else ""
        whose = f"{names.get(run.guild_id, run.guild_id)}, {run.day}{where}"
        found.append(Job("digest", whose, run.next_try_at, run.last_error))
    for wish in await tx.scalars(select(Wish)):
        whose = f"{names.get(wish.guild_id, wish.guild_id)}, {wish.paper_id}"
        trouble = f"arXiv was asked {wish.attempts} times" if wish.attempts > 3 else None
        found.append(Job("proposal", whose, wish.next_try_at, trouble))
    for series in await tx.scalars(select(Series).where(Series.next_plan_at.is_not(None))):
        if series.next_plan_at is not None:
            whose = f"{names.get(series.guild_id, series.guild_id)}, series {series.series_id}"
            found.append(Job("planning ahead", whose, series.next_plan_at))
    deadlines = await tx.scalars(select(Deadline))
    found += [Job("choice", str(names.get(one.guild_id, one.guild_id)), one.at) for one in deadlines]
    return sorted(found, key=lambda job: job.due)
