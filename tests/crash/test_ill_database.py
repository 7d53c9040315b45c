"""A full disk, a read-only file, a lock, damage: told with the cure, and nothing is lost or said twice."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, text

from bot.services.lanes import AFTER_ILLNESS
from storage import sqlite
from storage.database import DatabaseTrouble
from storage.sqlite import check_integrity
from storage.tables import Note, Post
from storage.trouble import Damaged
from tests.crash.bench import Bench, Process
from tests.database import first_day, on_sqlite_only

pytestmark = on_sqlite_only


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT", 50)


def pragma(process: Process, statement: str) -> Callable[[], None]:
    """Have a pragma hold at each transaction, until what is returned is called."""

    def set_it(connection: object) -> None:
        connection.exec_driver_sql(f"PRAGMA {statement}")  # type: ignore[attr-defined]

    event.listen(process.database.engine.sync_engine, "begin", set_it, insert=True)
    return lambda: event.remove(process.database.engine.sync_engine, "begin", set_it)


def full(process: Process) -> Callable[[], None]:
    return pragma(process, "max_page_count=1")  # which SQLite takes for: not a page more


def read_only(process: Process) -> Callable[[], None]:
    return pragma(process, "query_only=ON")


def locked(process: Process) -> Callable[[], None]:
    other = sqlite3.connect(process.database.store.path, isolation_level=None)  # type: ignore[attr-defined]
    other.execute("BEGIN IMMEDIATE")
    return other.close


@contextlib.contextmanager
def health(process: Process) -> Iterator[list[str | None]]:
    said: list[str | None] = []
    process.database.on_health = said.append
    yield said


@pytest.mark.parametrize(
    ("ill", "words"), [(read_only, "may not be written to"), (locked, "another program holds")]
)
async def test_what_cannot_be_noted_is_not_said_and_is_said_once_when_it_can(
    bench: Bench, ill: Callable[[Process], Callable[[], None]], words: str
) -> None:
    async with bench.process() as process:
        with health(process) as said:
            await process.plan("one")
            cure = ill(process)
            for _ in range(3):
                await process.once()
                bench.clock.advance(AFTER_ILLNESS)
            assert not bench.said
            cure()
            if ill is read_only:
                pragma(process, "query_only=OFF")
            await process.deliver()
        assert bench.titles == ["one"]
        assert [one is None or words in one for one in said] == [True, True], (
            "once when it fell ill, once when cured"
        )
        assert said[-1] is None


async def test_a_disk_that_is_full_when_a_message_is_to_be_marked_does_not_have_it_said_twice(
    bench: Bench,
) -> None:
    cures: list[Callable[[], None]] = []

    async def note_much(tx: object, post: Post) -> None:
        tx.add(Note(key=f"much {post.key}", value="x" * 500_000))  # type: ignore[attr-defined]

    async with bench.process() as process:
        with health(process) as said:
            process.outbox._kinds.after_sent["line"] = note_much
            await process.plan("one")
            cures.append(full(process))
            await process.once()
            assert bench.titles == ["one"]
            bench.clock.advance(timedelta(minutes=10))
            await process.once()
            cures.pop()()
            pragma(process, "max_page_count=1000000")
            bench.clock.advance(AFTER_ILLNESS)
            await process.deliver()
        assert bench.titles == ["one"]
        assert "the disk is full. Make room on it" in str(said[0])
        assert said[-1] is None


def test_a_file_that_another_program_holds_is_named_at_the_start_with_the_cure(tmp_path: Path) -> None:
    path = first_day(tmp_path / "bot.db")
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(DatabaseTrouble, match="another program holds the file") as trouble:
            check_integrity(path)
    assert "bot.db" in str(trouble.value)
    check_integrity(path)


def test_a_damaged_file_is_named_at_the_start_with_the_way_back(tmp_path: Path) -> None:
    path = first_day(tmp_path / "bot.db")
    data = bytearray(path.read_bytes())
    data[4096 * 3 : 4096 * 6] = b"\xff" * 4096 * 3
    path.write_bytes(data)
    with pytest.raises(DatabaseTrouble, match="db restore") as trouble:
        check_integrity(path)
    assert "damaged" in str(trouble.value)


def test_a_file_that_lost_a_table_is_named_at_the_start_with_the_way_back(tmp_path: Path) -> None:
    path = first_day(tmp_path / "bot.db")
    with contextlib.closing(sqlite3.connect(path)) as file:
        file.execute("DROP TABLE notes")
    with pytest.raises(Damaged, match=r"lacks the tables notes.*db restore"):
        check_integrity(path)


async def test_our_own_mistakes_are_not_taken_for_an_illness(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    async with bench.process() as process:
        with health(process) as said, pytest.raises(Exception, match="no such table"):
            async with process.database.transaction() as tx:
                await tx.execute(text("SELECT * FROM nowhere"))
        assert said == []
