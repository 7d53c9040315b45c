"""Who comes to a session."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select

from storage.database import Tx, insert
from storage.tables import Rsvp, Session


class Counts(NamedTuple):
    """How many will come, may come, and cannot."""

    going: int = 0
    maybe: int = 0
    cannot: int = 0


NOBODY = Counts()


async def note(tx: Tx, session: Session, answers: Mapping[int, str], *, now: datetime) -> None:
    """Note what members (by id) answer for a session; a later answer takes the place of an earlier one."""
    row = insert(tx, Rsvp)
    await tx.execute(
        row.on_conflict_do_update(
            index_elements=["session_id", "user_id"],
            set_={"answer": row.excluded.answer, "noted_at": row.excluded.noted_at},
        ),
        [
            {"session_id": session.session_id, "guild_id": session.guild_id, "user_id": user_id,
             "answer": answer, "noted_at": now}
            for user_id, answer in answers.items()
        ],
    )  # fmt: skip


async def counts(tx: Tx, session_ids: Collection[int]) -> dict[int, Counts]:
    """How many gave which answer, for each of the sessions."""
    rows = await tx.execute(
        select(Rsvp.session_id, Rsvp.answer, func.count())
        .where(Rsvp.session_id.in_(session_ids))
        .group_by(Rsvp.session_id, Rsvp.answer)
    )
    return _by_session(rows, dict.fromkeys(session_ids, NOBODY))


def _by_session(rows: Iterable[Any], found: dict[int, Counts]) -> dict[int, Counts]:
    for session_id, answer, number in rows:
        found[session_id] = found.get(session_id, NOBODY)._replace(**{answer: number})
    return found


async def counts_of(tx: Tx, guild_id: int) -> dict[int, Counts]:
    """How many gave which answer, for each session of a server that anybody answered for."""
    rows = await tx.execute(
        select(Rsvp.session_id, Rsvp.answer, func.count())
        .where(Rsvp.guild_id == guild_id)
        .group_by(Rsvp.session_id, Rsvp.answer)
    )
    return _by_session(rows, {})


async def answers(tx: Tx, session_id: int) -> list[tuple[int, str]]:
    """Who gave which answer, the first to answer first; those who are forgotten (below 0) without a name."""
    rows = await tx.execute(
        select(Rsvp.user_id, Rsvp.answer)
        .where(Rsvp.session_id == session_id)
        .order_by(Rsvp.noted_at, Rsvp.user_id)
    )
    return [(user_id, answer) for user_id, answer in rows]
