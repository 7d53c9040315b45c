"""Who presents, who would, and the speakers from outside."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select

from storage.database import Tx
from storage.tables import Presenter, Session, Speaker, Talk, Volunteer


async def presented(tx: Tx, guild_id: int, user_ids: Collection[int]) -> dict[int, tuple[int, datetime]]:
    """How many talks members have held, and when the last one was; those without one are left out."""
    rows = await tx.execute(
        select(Presenter.user_id, func.count(), func.max(Session.starts_at))
        .join(Talk, Talk.talk_id == Presenter.talk_id)
        .join(Session, Session.session_id == Talk.session_id)
        .where(Presenter.guild_id == guild_id, Presenter.user_id.in_(user_ids), Session.state == "held")
        .group_by(Presenter.user_id)
    )
    return {user: (count, last) for user, count, last in rows if user is not None}


async def speaker(tx: Tx, guild_id: int, name: str) -> Speaker | None:
    found: Speaker | None = await tx.scalar(
        select(Speaker).where(Speaker.guild_id == guild_id, func.lower(Speaker.name) == name.lower())
    )
    return found


async def speakers(tx: Tx, guild_id: int) -> Sequence[Speaker]:
    rows = await tx.scalars(select(Speaker).where(Speaker.guild_id == guild_id).order_by(Speaker.name))
    return rows.all()


async def of_talk(tx: Tx, talk_id: int) -> Sequence[Presenter]:
    return (await tx.scalars(select(Presenter).where(Presenter.talk_id == talk_id))).all()


async def remove(tx: Tx, presenter_id: int) -> None:
    await tx.execute(delete(Presenter).where(Presenter.presenter_id == presenter_id))


async def volunteer(
    tx: Tx,
    *,
    guild_id: int,
    user_id: int,
    now: datetime,
    session_id: int | None = None,
    proposal_id: int | None = None,
) -> bool:
    """Note that somebody would present. False when they said so before."""
    if await _offer(tx, user_id, session_id, proposal_id):
        return False
    tx.add(
        Volunteer(
            guild_id=guild_id,
            user_id=user_id,
            noted_at=now,
            session_id=session_id,
            proposal_id=proposal_id,
        )
    )
    await tx.flush()
    return True


async def withdraw(
    tx: Tx, *, user_id: int, session_id: int | None = None, proposal_id: int | None = None
) -> bool:
    """Take an offer back. False when there was none."""
    offer = await _offer(tx, user_id, session_id, proposal_id)
    if offer is None:
        return False
    await tx.delete(offer)
    await tx.flush()
    return True


async def _offer(tx: Tx, user_id: int, session_id: int | None, proposal_id: int | None) -> Volunteer | None:
    found: Volunteer | None = await tx.scalar(
        select(Volunteer).where(
            Volunteer.user_id == user_id,
            Volunteer.session_id == session_id
            if session_id is not None
            else Volunteer.proposal_id == proposal_id,
        )
    )
    return found


async def of_proposal(tx: Tx, proposal_id: int) -> Sequence[int]:
    """Who would present a proposed paper, the first to offer first."""
    rows = await tx.scalars(
        select(Volunteer.user_id)
        .where(Volunteer.proposal_id == proposal_id)
        .order_by(Volunteer.noted_at, Volunteer.volunteer_id)
    )
    return rows.all()
