"""Questions for sessions, and who would like them to be asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from storage.database import Tx, insert
from storage.tables import Question, QuestionVote


@dataclass(frozen=True)
class Asked:
    """A question and how many members would like it to be asked."""

    question: Question
    votes: int


async def of_session(tx: Tx, session_id: int) -> Sequence[Asked]:
    """The questions in a session's box that nobody removed: the most wanted first, then the oldest."""
    votes = func.count(QuestionVote.user_id)
    rows = await tx.execute(
        select(Question, votes)
        .outerjoin(QuestionVote, QuestionVote.question_id == Question.question_id)
        .where(Question.session_id == session_id, Question.removed.is_(False))
        .group_by(Question.question_id)
        .order_by(votes.desc(), Question.question_id)
    )
    return [Asked(question, number) for question, number in rows]


async def how_many(tx: Tx, guild_id: int) -> dict[int, int]:
    """How many questions stand in the box of each session of a server that has any."""
    rows = await tx.execute(
        select(Question.session_id, func.count())
        .where(Question.guild_id == guild_id, Question.removed.is_(False))
        .group_by(Question.session_id)
    )
    return {session_id: number for session_id, number in rows}  # noqa: C416 - rows are no pairs to mypy


async def get(tx: Tx, guild_id: int, question_id: int) -> Question | None:
    """A question that was asked on a server and not removed."""
    question = await tx.get(Question, question_id)
    return question if question and question.guild_id == guild_id and not question.removed else None


async def vote(tx: Tx, question: Question, user_id: int) -> None:
    """A member would like a question to be asked; saying so again changes nothing."""
    await tx.execute(
        insert(tx, QuestionVote)
        .values(question_id=question.question_id, user_id=user_id, guild_id=question.guild_id)
        .on_conflict_do_nothing()
    )
