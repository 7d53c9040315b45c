"""Nothing private is on the site: every column of every table holds a secret, but for those that are public by name.

A new column is a secret until it is named here.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, BigInteger, Column

from bot.clock import VirtualClock
from bot.config import parse
from bot.publish.site import site
from bot.services.records import Records
from bot.services.settings import SettingsService
from storage import people
from storage.copying import count_on
from storage.database import Database, Tx, open_database
from storage.tables import Row, Speaker
from storage.types import Instant
from tests.database import first_day_url

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SECRET = re.compile(r"Zq\d{4}x|77\d{16}")
OURS, OTHERS, MEMBER = 770000000000000001, 770000000000000002, 770000000000000003
#: What makes rows belong together, or would not be read otherwise; it is not shown.
STRUCTURE = {
    "guilds.left_at": None, "presenters.user_id": None, "proposals.state": "open", "rsvps.answer": "going",
    "own_topics.topics": json.dumps([{"key": "T1", "name": "A public topic"}]), "deeds.noun": "session",
    "deeds.noun_id": 1, "people.unlisted": False, "speakers.unlisted": False, "questions.removed": False,
}  # fmt: skip
#: What everybody may read.
PUBLIC: dict[str, Any] = {
    "sessions.starts_at": datetime(2026, 4, 27, 15, tzinfo=UTC), "sessions.wall_time": "2026-04-27T17:00",
    "sessions.zone": "Europe/Berlin", "sessions.minutes": 60, "sessions.version": 3, "sessions.state": "held",
    "sessions.title": "A public session", "sessions.came": 12, "talks.title": "A public title", "talks.position": 1,
    "talks.abstract": "A public abstract", "talks.slides": "https://example.org/slides",
    "talks.recording": "https://example.org/recording", "talks.notes": "https://example.org/notes",
    "talks.topics": ["T1"],
    "papers.title": "A public paper", "papers.authors": ["A. Author"],
    "papers.abstract": "A paper's abstract", "papers.categories": ["cs.LG"], "papers.doi": "10.1/2",
    "papers.journal_ref": "A journal", "papers.link": "https://example.org/paper", "choices.votes": 4,
    "presenters.name": "Ada Speaker", "presenters.affiliation": "Oslo", "series.title": "A public series",
}  # fmt: skip


@dataclass(frozen=True)
class Server:
    """A server with one row in each table."""

    guild: int
    place: int
    paper: str
    public: dict[str, Any]


SERVERS = (Server(OURS, 1, "1412.6980", PUBLIC), Server(OTHERS, 2, "Zq9999x", {}))
NUMBERS = count()


def secret(column: Column[Any], number: int) -> Any:
    """A value of the column's type that is found again."""
    text = f"Zq{number % 10000:04}x"
    if isinstance(column.type, (Instant, JSON)):
        return NOW if isinstance(column.type, Instant) else [text]
    kinds = {str: text, int: 770000000000100000 + number, bool: True, float: 1.5, date: NOW.date()}
    return kinds[column.type.python_type]


def value(column: Column[Any], server: Server, number: int) -> Any:
    """What stands in a column of a server's row: one row a table, and those of a server belong together."""
    name = str(column)
    if column.name == "guild_id":
        return server.guild
    if name == "papers.paper_id" or any("papers" in key.target_fullname for key in column.foreign_keys):
        return server.paper
    ours = column.primary_key and column.autoincrement is not False and isinstance(column.type, BigInteger)
    if column.foreign_keys or ours:
        return server.place
    shown = {**STRUCTURE, **server.public}
    return shown[name] if name in shown else secret(column, number)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = open_database(first_day_url(tmp_path))
    async with database.transaction() as tx:
        for server in SERVERS:
            for table in Row.metadata.sorted_tables:
                values = {column.name: value(column, server, next(NUMBERS)) for column in table.columns}
                await tx.execute(table.insert().values(values))
        await (await tx.connection()).run_sync(count_on)
    yield database
    await database.close()


async def whole_site(database: Database) -> str:
    records = Records(database, SettingsService(database, VirtualClock(NOW), parse({})))
    made = site(await records.only(OURS), "https://example.org/")
    return "\n".join(f"{path}\n{make().decode()}" for path, make in made.items())


async def present(tx: Tx, **who: int) -> None:
    """Somebody presents the talk, too."""
    presenters = Row.metadata.tables["presenters"]
    await tx.execute(presenters.insert().values(guild_id=OURS, talk_id=1, **who))


async def test_what_is_public_is_there_and_no_secret_is(database: Database) -> None:
    text = await whole_site(database)
    for public in ("A public session", "A public title", "A public abstract", "A public paper", "A public topic",
                   "Ada Speaker", "Oslo", "https://example.org/recording", "12 came", "4 votes",
                   "1 question"):  # fmt: skip
        assert public in text, public
    assert not SECRET.findall(text)


async def test_who_asked_to_be_left_out_is_nowhere(database: Database) -> None:
    async with database.transaction() as tx:
        await present(tx, user_id=MEMBER)
        (await people.get(tx, OURS, MEMBER)).name = "Ben Member"
    text = await whole_site(database)
    assert "Ben Member" in text
    assert "Ada Speaker" in text
    async with database.transaction() as tx:
        (await people.get(tx, OURS, MEMBER)).unlisted = True
        (await tx.get_one(Speaker, 1)).unlisted = True
    text = await whole_site(database)
    assert "Ben" not in text
    assert "Ada" not in text
    assert "Oslo" not in text
    assert not SECRET.findall(text)
