"""Sessions, their talks, and who presents."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from storage.database import Tx
from storage.tables import (
    FurtherPaper,
    Paper,
    PaperWord,
    Presenter,
    Proposal,
    Series,
    Session,
    Talk,
    Volunteer,
)


@dataclass(frozen=True)
class TalkView:
    """A talk with its paper, its presenters, and what else was read in it."""

    talk: Talk
    paper: Paper | None
    presenters: tuple[Presenter, ...]
    further: tuple[Paper, ...] = ()

    @property
    def papers(self) -> tuple[Paper, ...]:
        """All that was read, the talk's own first."""
        return ((self.paper,) if self.paper else ()) + self.further


@dataclass(frozen=True)
class SessionView:
    """A session with its talks, in order, and the members who would present, the first to offer first.

    `series` is what its series is called, if it has one with a name.
    """

    session: Session
    talks: tuple[TalkView, ...]
    volunteers: tuple[int, ...] = ()
    series: str | None = None

    @property
    def presenters(self) -> tuple[Presenter, ...]:
        """Everybody who presents, over all talks."""
        return tuple(person for talk in self.talks for person in talk.presenters)


async def get(tx: Tx, guild_id: int, session_id: int) -> SessionView | None:
    """A session with all that belongs to it, if it is that server's."""
    session = await tx.get(Session, session_id)
    if session is None or session.guild_id != guild_id:
        return None
    return (await _with_talks(tx, [session]))[0]


async def all_of(tx: Tx, guild_id: int) -> list[SessionView]:
    """Every session of a server there ever was, cancelled ones, too, in order of time."""
    rows = await tx.scalars(
        select(Session).where(Session.guild_id == guild_id).order_by(Session.starts_at, Session.session_id)
    )
    return await _with_talks(tx, rows.all())


async def several(tx: Tx, session_ids: Collection[int]) -> list[SessionView]:
    """Sessions by their ids, of whatever server."""
    rows = await tx.scalars(select(Session).where(Session.session_id.in_(session_ids)))
    return await _with_talks(tx, rows.all())


async def of_dates(tx: Tx, series_id: int, occurrences: Collection[str]) -> list[SessionView]:
    """The sessions that stand for these occurrences of a series, cancelled ones, too."""
    rows = await tx.scalars(
        select(Session).where(Session.series_id == series_id, Session.occurrence.in_(occurrences))
    )
    return await _with_talks(tx, rows.all())


async def of_talks(tx: Tx, guild_id: int, talk_ids: Collection[int]) -> list[SessionView]:
    """The sessions of a server in which these talks are, in the order of the talks."""
    rows = await tx.scalars(
        select(Session)
        .where(
            Session.session_id.in_(select(Talk.session_id).where(Talk.talk_id.in_(talk_ids))),
            Session.guild_id == guild_id,
        )
        .order_by(Session.session_id)
    )
    views = await _with_talks(tx, rows.all())
    place = {talk_id: number for number, talk_id in enumerate(talk_ids)}
    return sorted(views, key=lambda view: min(place.get(t.talk.talk_id, len(place)) for t in view.talks))


async def about(tx: Tx, guild_id: int, paper_ids: Collection[str]) -> list[SessionView]:
    """The sessions of a server that have a talk about any of these papers."""
    further = select(FurtherPaper.talk_id).where(FurtherPaper.paper_id.in_(paper_ids))
    of_them = or_(Talk.paper_id.in_(paper_ids), Talk.talk_id.in_(further))
    talks = select(Talk.talk_id).where(Talk.guild_id == guild_id, of_them)
    return await of_talks(tx, guild_id, (await tx.scalars(talks)).all())


async def presented_by(
    tx: Tx, *, user_id: int | None = None, speaker_id: int | None = None
) -> Sequence[tuple[int, int]]:
    """(Server, session) of every talk that a member, or a speaker from outside, presents."""
    who = Presenter.user_id == user_id if user_id is not None else Presenter.speaker_id == speaker_id
    rows = await tx.execute(
        select(Talk.guild_id, Talk.session_id).join(Presenter, Presenter.talk_id == Talk.talk_id).where(who)
    )
    return list(dict.fromkeys((guild_id, session_id) for guild_id, session_id in rows))


async def apart(tx: Tx, guild_id: int, session_id: int) -> SessionView | None:
    """A session as it is now, in rows of its own: they stay as they are while the session is changed."""
    await tx.flush()
    view = await get(tx, guild_id, session_id)
    if view is not None:
        for talk in view.talks:
            for person in talk.presenters:
                tx.expunge(person)
            tx.expunge(talk.talk)
        tx.expunge(view.session)
    return view


async def upcoming(tx: Tx, guild_id: int, *, now: datetime, limit: int) -> Sequence[SessionView]:
    """Planned sessions that have not started, soonest first."""
    rows = await tx.scalars(
        select(Session)
        .where(Session.guild_id == guild_id, Session.state == "planned", Session.starts_at > now)
        .order_by(Session.starts_at, Session.session_id)
        .limit(limit)
    )
    return await _with_talks(tx, rows.all())


async def between(
    tx: Tx, guild_id: int, *, after: datetime, until: datetime, states: Sequence[str] = ("planned", "held")
) -> Sequence[SessionView]:
    """The sessions that start after one instant and not after another, soonest first."""
    rows = await tx.scalars(
        select(Session)
        .where(
            Session.guild_id == guild_id,
            Session.state.in_(states),
            Session.starts_at > after,
            Session.starts_at <= until,
        )
        .order_by(Session.starts_at, Session.session_id)
    )
    return await _with_talks(tx, rows.all())


async def last_held(tx: Tx, guild_id: int, *, limit: int) -> Sequence[SessionView]:
    """The last sessions of a server that were held, the latest first."""
    rows = await tx.scalars(
        select(Session)
        .where(Session.guild_id == guild_id, Session.state == "held")
        .order_by(Session.starts_at.desc(), Session.session_id.desc())
        .limit(limit)
    )
    return await _with_talks(tx, rows.all())


async def unclosed(tx: Tx, *, before: datetime) -> Sequence[Session]:
    """Sessions of all servers that started before an instant and are still called planned, the oldest first."""
    rows = await tx.scalars(
        select(Session)
        .where(Session.state == "planned", Session.starts_at < before)
        .order_by(Session.starts_at)
        .limit(200)
    )
    return rows.all()


async def unclosed_times(tx: Tx) -> Sequence[tuple[datetime, int]]:
    """Start and length (minutes) of the first sessions of all servers that are still called planned."""
    rows = await tx.execute(
        select(Session.starts_at, Session.minutes)
        .where(Session.state == "planned")
        .order_by(Session.starts_at)
        .limit(50)
    )
    return [(row[0], row[1]) for row in rows]


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
    if not sessions:
        return []
    ids = [session.session_id for session in sessions]
    talks = (
        await tx.scalars(select(Talk).where(Talk.session_id.in_(ids)).order_by(Talk.position, Talk.talk_id))
    ).all()
    further = await _further(tx, talks)
    read = {talk.paper_id for talk in talks if talk.paper_id}.union(*further.values())
    papers = {
        paper.paper_id: paper
        for paper in await tx.scalars(select(Paper).where(Paper.paper_id.in_(sorted(read))))
    }
    presenters = (
        await tx.scalars(
            select(Presenter)
            .where(Presenter.talk_id.in_([talk.talk_id for talk in talks]))
            .order_by(Presenter.presenter_id)
        )
    ).all()
    people: dict[int, list[Presenter]] = {}
    for presenter in presenters:
        people.setdefault(presenter.talk_id, []).append(presenter)
    volunteers = await _volunteers(tx, sessions, talks)
    series = await _series_titles(tx, sessions)
    views: dict[int, list[TalkView]] = {}
    for talk in talks:
        paper = papers.get(talk.paper_id) if talk.paper_id else None
        mine = tuple(people.get(talk.talk_id, ()))
        others = tuple(papers[paper_id] for paper_id in further.get(talk.talk_id, ()))
        views.setdefault(talk.session_id, []).append(TalkView(talk, paper, mine, others))
    return [
        SessionView(
            session,
            tuple(views.get(session.session_id, ())),
            tuple(dict.fromkeys(volunteers.get(session.session_id, ()))),
            series.get(session.series_id),
        )
        for session in sessions
    ]


async def _further(tx: Tx, talks: Sequence[Talk]) -> dict[int, list[str]]:
    """What else was read in each talk."""
    rows = await tx.execute(
        select(FurtherPaper.talk_id, FurtherPaper.paper_id)
        .where(FurtherPaper.talk_id.in_([talk.talk_id for talk in talks]))
        .order_by(FurtherPaper.talk_id, FurtherPaper.place)
    )
    found: dict[int, list[str]] = {}
    for talk_id, paper_id in rows:
        found.setdefault(talk_id, []).append(paper_id)
    return found


async def _series_titles(tx: Tx, sessions: Sequence[Session]) -> dict[int | None, str | None]:
    named = await tx.execute(
        select(Series.series_id, Series.title).where(
            Series.series_id.in_([session.series_id for session in sessions if session.series_id])
        )
    )
    return {row[0]: row[1] for row in named}


async def _volunteers(tx: Tx, sessions: Sequence[Session], talks: Sequence[Talk]) -> dict[int, list[int]]:
    """Who would present each session, or a paper that is read in it."""
    reads: dict[tuple[int, str], list[int]] = {}
    for talk in talks:
        if talk.paper_id:
            reads.setdefault((talk.guild_id, talk.paper_id), []).append(talk.session_id)
    rows = await tx.execute(
        select(Volunteer, Proposal)
        .outerjoin(Proposal, Proposal.proposal_id == Volunteer.proposal_id)
        .where(
            or_(
                Volunteer.session_id.in_([session.session_id for session in sessions]),
                Proposal.paper_id.in_([paper_id for _, paper_id in reads]),
            )
        )
        .order_by(Volunteer.noted_at, Volunteer.volunteer_id)
    )
    found: dict[int, list[int]] = {}
    for volunteer, proposal in rows:
        into = [volunteer.session_id] if volunteer.session_id else []
        if proposal is not None:
            into = reads.get((proposal.guild_id, proposal.paper_id), [])
        for session_id in into:
            found.setdefault(session_id, []).append(volunteer.user_id)
    return found


async def reading(tx: Tx, guild_id: int, paper_id: str) -> Sequence[Session]:
    """The sessions of a server in which a paper was read, or will be, the earliest first."""
    rows = await tx.scalars(
        select(Session)
        .join(Talk, Talk.session_id == Session.session_id)
        .where(
            Session.guild_id == guild_id,
            Session.state != "cancelled",
            or_(Talk.paper_id == paper_id, _also_reads(paper_id)),
        )
        .order_by(Session.starts_at, Talk.position)
    )
    return rows.all()


def _also_reads(paper_id: str | InstrumentedAttribute[str]) -> ColumnElement[bool]:
    return exists().where(FurtherPaper.talk_id == Talk.talk_id, FurtherPaper.paper_id == paper_id)


async def read_by_words(tx: Tx, guild_id: int, words: Collection[str]) -> Sequence[tuple[Paper, Session]]:
    """Which papers with any of these words in title or authors were read here, or will be, the earliest first."""
    rows = await tx.execute(
        select(Paper, Session)
        .select_from(Paper)
        .join(Talk, or_(Talk.paper_id == Paper.paper_id, _also_reads(Paper.paper_id)))
        .join(Session, Session.session_id == Talk.session_id)
        .where(
            Session.guild_id == guild_id,
            Session.state != "cancelled",
            Paper.paper_id.in_(select(PaperWord.paper_id).where(PaperWord.word.in_(words))),
        )
        .order_by(Session.starts_at, Talk.position)
    )
    return [(paper, session) for paper, session in rows]
