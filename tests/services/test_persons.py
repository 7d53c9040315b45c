"""Every table is walked: each column that may name a person says how it forgets one, and it does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, BigInteger, Boolean, Column, Date, Float, String, Table, insert, select

from storage import persons
from storage.database import Database, Tx, open_database
from storage.tables import Row
from storage.types import Instant, OurId
from tests.database import first_day_url

NOW = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
ADA, BOB = 246813579135792468, 135792468246813579
NAME = "Ada Unmistakable"
GUILD = 999888777666555444
#: Numbers that are nobody's id.
COUNTS = {
    "attempts", "ballot_edits", "ballot_number", "came", "minutes", "papers", "place", "position", "through",
    "version", "votes", "noun_id",
}  # fmt: skip
ELSEWHERE = {
    "guild_id",
    "told_in",
    "channel_id",
    "message_id",
    "ballot_channel_id",
    "ballot_message_id",
    "asked_in",
}


def columns() -> Iterator[tuple[Table, Column[Any]]]:
    for table in Row.metadata.sorted_tables:
        for column in table.columns:
            yield table, column


def test_every_number_that_might_be_a_persons_id_says_how_it_is_forgotten() -> None:
    unknown = [
        f"{table.name}.{column.name}"
        for table, column in columns()
        if isinstance(column.type, BigInteger)
        and column.type is not OurId
        and not column.foreign_keys
        and column.name not in COUNTS | ELSEWHERE
        and f"{table.name}.{column.name}" not in persons.NAMED
    ]
    assert unknown == [], "list them in NAMED of storage/persons.py, or in COUNTS or ELSEWHERE here"


def test_every_text_called_a_name_is_accounted_for() -> None:
    words = ("name", "contact", "affiliation")
    named = {f"{t.name}.{c.name}" for t, c in columns() if c.name in words}
    assert named - persons.SPEAKERS == {"guilds.name", "people.name", "paper_names.name"}


def test_what_is_listed_exists() -> None:
    assert set(persons.NAMED) | persons.SPEAKERS <= {f"{t.name}.{c.name}" for t, c in columns()}


async def fill(tx: Tx, user_id: int, *, number: int) -> None:
    """A row in every table, that names a person wherever a person can be named."""
    for table, column in columns():
        if column is next(iter(table.columns)):
            values = {c.name: value(c, user_id, number) for c in table.columns if f"{table.name}.{c.name}"}
            values |= {c.name: user_id for c in table.columns if f"{table.name}.{c.name}" in persons.NAMED}
            values |= {
                "people": {"name": NAME},
                "handouts": {"text": f"Ada speaks: {NAME}"},
                "outbox": {
                    "key": f"followed:{number}:{user_id}", "place": f"user:{user_id}", "state": "waiting",
                    "data": {"user": user_id, "who": [{str(user_id): f"<@{user_id}>"}]},
                },
                "deeds": {"changes": [["presenter", "–", f"<@{user_id}>"]]},
                "doubts": {"data": {"member": user_id}},
                "notes": {"key": f"blocked:{GUILD}:user:{user_id}"},
                "proposals": {"why": f"I am {NAME}"},
            }.get(table.name, {})  # fmt: skip
            await tx.execute(insert(table).values(values))


def value(column: Column[Any], user_id: int, number: int) -> Any:
    """Something of a column's type; keys of our own are `number`, so that rows refer to each other."""
    if column.name == "guild_id":
        return GUILD
    if column.name == "told_in":
        return None  # arXiv's
    if column.type is OurId or (column.foreign_keys and isinstance(column.type, BigInteger)):
        return number
    if isinstance(column.type, JSON):
        return []
    for kind, made in (
        (Boolean, False), (Float, 0.5), (Instant, NOW - timedelta(days=1)), (Date, date(2026, 6, number)),
        (BigInteger, number), (String, f"x{number}"),
    ):  # fmt: skip
        if isinstance(column.type, kind):
            return made
    raise AssertionError(column)


async def everything(tx: Tx) -> str:
    tables = [(table.name, (await tx.execute(select(table))).all()) for table in Row.metadata.sorted_tables]
    return "\n".join(f"{name}: {tuple(row)!r}" for name, rows in tables for row in rows)


@pytest.fixture
async def database(tmp_path: Path) -> Any:
    database = open_database(first_day_url(tmp_path))
    yield database
    await database.close()


async def test_after_forgetting_no_row_of_any_table_names_the_person(database: Database) -> None:
    async with database.transaction() as tx:
        await fill(tx, ADA, number=1)
    async with database.transaction() as tx:
        before = await everything(tx)
        assert str(ADA) in before
        assert NAME in before
        assert set(persons.NAMED) <= set(await persons.known(tx, ADA))
        await persons.forget(tx, user_id=ADA, now=NOW)
    async with database.reading() as tx:
        after = await everything(tx)
        assert str(ADA) not in after
        assert NAME not in after
        assert await persons.known(tx, ADA) == {}


async def test_a_second_person_is_forgotten_beside_the_first(database: Database) -> None:
    """What takes the place of an id is another one each time: no key of two people's rows becomes the same."""
    async with database.transaction() as tx:
        table = Row.metadata.tables["outbox"]
        for number, user in ((1, ADA), (2, BOB)):
            row = {c.name: value(c, user, number) for c in table.columns}
            await tx.execute(insert(table).values(row | {"key": f"a:{user}", "data": {}}))
        for user in (ADA, BOB):
            await persons.forget(tx, user_id=user, now=NOW)
        assert len(set((await tx.scalars(select(table.c.key))).all())) == 2


async def test_a_server_that_is_deleted_leaves_nothing_but_arxivs_facts(database: Database) -> None:
    async with database.transaction() as tx:
        await fill(tx, ADA, number=1)
        papers = Row.metadata.tables["papers"]
        told = {c.name: value(c, ADA, 2) for c in papers.columns} | {"told_in": GUILD}
        await tx.execute(insert(papers).values(told))
        await persons.delete_server(tx, GUILD)
        left = {t.name for t in Row.metadata.sorted_tables if (await tx.execute(select(t))).all()}
        assert left <= persons.PUBLIC
        assert str(GUILD) not in await everything(tx)


@pytest.mark.parametrize(
    ("name", "said", "left"),
    [
        ("1", {"1": [1, "1", "21"]}, {"1": [1, "somebody", "21"]}),
        ("Li", ["Li talks", "Link, Li"], ["somebody talks", "Link, somebody"]),
        ('Ann "A"', 'by Ann "A"', "by somebody"),
        ("R*", {"of": {"by": "R*"}}, {"of": {"by": "somebody"}}),
        ("Ada", None, None),
    ],
)
def test_a_name_is_taken_out_of_what_was_said_and_nothing_else_is(name: str, said: Any, left: Any) -> None:
    assert persons.without(name, said, "somebody") == left
