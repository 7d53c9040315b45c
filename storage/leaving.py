"""Everything a group may take with it: its rows as plain data, and back from that into an empty database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Date, Table, func, insert, select

from storage import papers
from storage.copying import count_on
from storage.database import Tx
from storage.persons import NAMED
from storage.tables import (
    Choice,
    ChoiceVoter,
    Deadline,
    FurtherPaper,
    Guild,
    Hand,
    OwnTopics,
    Paper,
    PaperName,
    Person,
    Presenter,
    Proposal,
    Question,
    QuestionVote,
    Row,
    Rsvp,
    Series,
    Session,
    Setting,
    Skip,
    Speaker,
    Talk,
    Volunteer,
    Vote,
    Watch,
)
from storage.types import Instant

#: What leaves: not what waits to be said, what the bot notes for itself, what it can ask arXiv again, and what members
#: told the bot alone (what they follow, when they are reminded, what they pressed on a digest).
LEAVING: tuple[type[Row], ...] = (
    Guild, Setting, OwnTopics, Paper, PaperName, Watch, Proposal, Vote, Hand, Series, Skip, Session, Choice,
    ChoiceVoter, Deadline, Talk, FurtherPaper, Speaker, Person, Presenter, Volunteer, Rsvp, Question, QuestionVote,
)  # fmt: skip
#: What people wrote of themselves, or are called.
OF_THEMSELVES = frozenset({("speakers", "contact"), ("people", "name")})
#: How to join, which organisers alone may know before it is time: it leaves with names, and only as JSON.
WAYS_IN = frozenset({("sessions", "link"), ("series", "link")})

Data = dict[str, list[dict[str, Any]]]


def _tables() -> list[Table]:
    """The tables that leave, each after those that it refers to."""
    wanted = {row.__tablename__ for row in LEAVING}
    return [table for table in Row.metadata.sorted_tables if table.name in wanted]


async def dump(tx: Tx, guild_id: int) -> Data:
    """A server's rows by table, as JSON can hold them, in the order of their keys."""
    found: Data = {}
    for table in _tables():
        query = select(table).order_by(*table.primary_key.columns)
        if "guild_id" in table.columns:
            query = query.where(table.columns["guild_id"] == guild_id)
        rows = (await tx.execute(query)).mappings().all()
        found[table.name] = [
            {column.name: _plain(row[column.name]) for column in table.columns} for row in rows
        ]
    naming = ("proposals", "talks", "further_papers", "paper_names", "watches")
    used = {row["paper_id"] for name in naming for row in found[name]}
    found["papers"] = [row for row in found["papers"] if row["paper_id"] in used]
    return found


async def load(tx: Tx, data: Mapping[str, Sequence[Mapping[str, Any]]]) -> int:
    """Write rows that `dump` gave; how many. Raises ValueError or KeyError for what is no such data."""
    total = 0
    for table in _tables():
        rows = [
            {column.name: _typed(column, row[column.name]) for column in table.columns}
            for row in data[table.name]
        ]
        if rows:
            await tx.execute(insert(table), rows)
        total += len(rows)
    everything = await papers.many(tx, [row["paper_id"] for row in data["papers"]])
    await papers.index(tx, list(everything.values()))
    await (await tx.connection()).run_sync(count_on)
    return total


async def is_empty(tx: Tx) -> bool:
    """Whether nothing of any group is stored yet."""
    counts = [await tx.scalar(select(func.count()).select_from(table)) for table in _tables()]
    return not any(counts)


def anonymous(data: Data, pseudonym: Callable[[int], int]) -> Data:
    """The same without people: each id becomes `pseudonym(id)`; what they wrote of themselves and ways in go."""
    return {
        name: [
            {
                key: pseudonym(value)
                if f"{name}.{key}" in NAMED and value
                else None
                if (name, key) in OF_THEMSELVES | WAYS_IN
                else value
                for key, value in row.items()
            }
            for row in rows
        ]
        for name, rows in data.items()
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, (datetime, date)) else value


def _typed(column: Column[Any], value: Any) -> Any:
    if value is None or not isinstance(value, str):
        return value
    if isinstance(column.type, Instant):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(column.type, Date) else value
