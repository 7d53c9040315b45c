"""Sessions, their talks, and who presents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from storage.database import Tx
from storage.tables import Paper, Presenter, Session, Talk


@dataclass(frozen=True)
class TalkView:
    """A talk with its paper and presenters."""

    talk: Talk
    paper: Paper | None
    presenters: tuple[Presenter, ...]


@dataclass(frozen=True)
class SessionView:
    """A session with its talks, in order."""

    session: Session
    talks: tuple[TalkView, ...]


async def get(tx: Tx, guild_id: int, session_id: int) -> SessionView | None:
    """A session with all that belongs to it, if it is that server's."""
    session = await tx.get(Session, session_id)
    if session is None or session.guild_id != guild_id:
        return None
    return (await _with_talks(tx, [session]))[0]


async def upcoming(tx: Tx, guild_id: int, *, now: datetime, limit: int) -> Sequence[SessionView]:
    """Planned sessions that have not started, soonest first."""
    rows = await tx.scalars(
        select(Session)
        .where(Session.guild_id == guild_id, Session.state == "planned", Session.starts_at > now)
        .order_by(Session.starts_at, Session.session_id)
        .limit(limit)
    )
    return await _with_talks(tx, rows.all())


async def running(tx: Tx, guild_id: int, *, since: datetime, now: datetime) -> Sequence[SessionView]:
    """Planned sessions that started after `since`, the latest first."""
    rows = await tx.scalars(
        select(Session)
        .where(
            Session.guild_id == guild_id,
            Session.state == "planned",
            Session.starts_at > since,
            Session.starts_at <= now,
        )
        .order_by(Session.starts_at.desc())
    )
    return await _with_talks(tx, rows.all())


async def _with_talks(tx: Tx, sessions: Sequence[Session]) -> list[SessionView]:
    ids = [session.session_id for session in sessions]
    talks = (
        await tx.scalars(select(Talk).where(Talk.session_id.in_(ids)).order_by(Talk.position, Talk.talk_id))
    ).all()
    papers = {
        paper.paper_id: paper
        for paper in await tx.scalars(
            select(Paper).where(Paper.paper_id.in_([talk.paper_id for talk in talks if talk.paper_id]))
        )
    }
    presenters = (
        await tx.scalars(
            select(Presenter)
            .where(Presenter.talk_id.in_([talk.talk_id for talk in talks]))
            .order_by(Presenter.presenter_id)
        )
    ).all()
    views: dict[int, list[TalkView]] = {}
    for talk in talks:
        mine = tuple(presenter for presenter in presenters if presenter.talk_id == talk.talk_id)
        paper = papers.get(talk.paper_id) if talk.paper_id else None
        views.setdefault(talk.session_id, []).append(TalkView(talk, paper, mine))
    return [SessionView(session, tuple(views.get(session.session_id, ()))) for session in sessions]


async def forget(tx: Tx, *, user_id: int) -> None:
    """Forget a person: talks stay without their name."""
    await tx.execute(update(Presenter).where(Presenter.user_id == user_id).values(user_id=None))
    await tx.execute(update(Session).where(Session.created_by == user_id).values(created_by=0))
