"""The database file: its promises about time, ids, foreign keys, writers, backups and schema."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Connection, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError, StatementError

from storage import outbox
from storage.backups import backups_in
from storage.database import Database, DatabaseTrouble, insert, open_database, wake
from storage.leadership import FileLock
from storage.migrate import migrate
from storage.schema import HEAD, alembic_config, revision
from storage.sqlite import check_integrity
from storage.stores import Store, store_of
from storage.tables import Guild, Note, Paper, Post, Proposal, Row
from storage.types import Instant, OurId
from tests.database import first_day_url, no_day_url, on_sqlite_only, rows, url_of

NOW = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
LARGEST_ID = 2**63 - 1


# schema


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store without any table."""
    return store_of(no_day_url(tmp_path))


async def test_the_migrations_make_exactly_the_tables(store: Store, tmp_path: Path) -> None:
    def differences(connection: Connection) -> list[Any]:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, Row.metadata))

    await migrate(store, NOW, tmp_path)
    engine = store.plain()
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


def test_head_is_the_newest_migration_and_there_is_one_line_of_them() -> None:
    assert ScriptDirectory.from_config(alembic_config()).get_heads() == [HEAD]


async def test_a_new_database_needs_no_backup_and_a_second_start_does_nothing(
    store: Store, tmp_path: Path
) -> None:
    for _ in range(2):
        assert await migrate(store, NOW, tmp_path / "backups") is None
        assert await revision(store) == HEAD
    assert not backups_in(tmp_path / "backups")


async def test_an_older_schema_is_backed_up_before_it_is_migrated(store: Store, tmp_path: Path) -> None:
    await migrate(store, NOW, tmp_path)
    await rows(store, "UPDATE alembic_version SET version_num = '0000'")
    with pytest.raises(Exception, match="0000"):  # no revision of ours; but the backup comes first
        await migrate(store, NOW, tmp_path)
    if url_of(tmp_path / "bot.db") == str(store.url):
        assert len(backups_in(tmp_path)) == 1


async def test_a_database_of_a_newer_bot_is_left_alone(store: Store, tmp_path: Path) -> None:
    await migrate(store, NOW, tmp_path)
    await rows(store, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseTrouble, match="newer version"):
        await migrate(store, NOW, tmp_path)
    assert not backups_in(tmp_path)


async def test_a_database_of_another_program_is_left_alone(store: Store, tmp_path: Path) -> None:
    await rows(store, "CREATE TABLE customers (name text)")
    with pytest.raises(DatabaseTrouble, match=r"storage\.url"):
        await migrate(store, NOW, tmp_path)


def test_a_damaged_file_is_named_with_a_cure(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    path.write_bytes(b"no database " * 1000)
    with pytest.raises(DatabaseTrouble, match="backup"):
        check_integrity(path)


@pytest.mark.parametrize("url", ["sqlite+aiosqlite://", "sqlite+aiosqlite:///:memory:"])
def test_a_database_in_memory_is_refused(url: str) -> None:
    with pytest.raises(DatabaseTrouble, match="forgets"):
        store_of(url)


def test_every_id_of_discord_is_a_64_bit_integer_also_on_postgresql() -> None:
    for table in Row.metadata.tables.values():
        for column in table.columns:
            if column.name.endswith("_id") and not isinstance(column.type, OurId.__class__):
                continue
            if column.name in {"guild_id", "user_id", "channel_id", "message_id", "proposer_id"}:
                assert isinstance(column.type, BigInteger), column
                assert column.type.compile(postgresql.dialect()) == "BIGINT", column
                assert column.type.compile(sqlite.dialect()) in {"BIGINT", "INTEGER"}, column


def test_every_instant_column_refuses_naive_times() -> None:
    for table in Row.metadata.tables.values():
        for column in table.columns:
            if column.name.endswith("_at"):
                assert isinstance(column.type, Instant), column


# behaviour


@pytest.fixture
async def database(tmp_path: Path) -> Any:
    database = open_database(first_day_url(tmp_path))
    yield database
    await database.close()


def guild(guild_id: int = 1, joined_at: datetime = NOW) -> Guild:
    return Guild(guild_id=guild_id, name="A group", joined_at=joined_at)


@on_sqlite_only
async def test_it_is_in_wal_mode_with_foreign_keys_and_full_sync(database: Database) -> None:
    async with database.reading() as tx:
        connection = await tx.connection()
        for pragma, value in (("journal_mode", "wal"), ("foreign_keys", 1), ("synchronous", 2)):
            assert (await connection.exec_driver_sql(f"PRAGMA {pragma}")).scalar() == value


async def test_a_naive_time_cannot_enter(database: Database) -> None:
    with pytest.raises(StatementError, match="naive"):
        async with database.transaction() as tx:
            tx.add(guild(joined_at=datetime(2026, 6, 3)))  # noqa: DTZ001 - that is the point


@given(
    st.datetimes(
        min_value=datetime(1970, 1, 2),  # noqa: DTZ001 - hypothesis adds the zone
        max_value=datetime(2200, 1, 1),  # noqa: DTZ001
        timezones=st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes))),
    )
)
def test_an_instant_comes_back_as_the_same_instant_in_utc(instant: datetime) -> None:
    kind = Instant()
    back = kind.process_result_value(kind.process_bind_param(instant, sqlite.dialect()), sqlite.dialect())
    assert back == instant
    assert back is not None
    assert back.utcoffset() == timedelta(0)


async def test_the_largest_id_that_fits_comes_back_as_it_was(database: Database) -> None:
    async with database.transaction() as tx:
        tx.add(guild(LARGEST_ID))
    async with database.reading() as tx:
        assert (await tx.get_one(Guild, LARGEST_ID)).guild_id == LARGEST_ID


async def test_a_row_that_points_nowhere_is_refused(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.transaction() as tx:
            tx.add(Proposal(guild_id=1, paper_id="no such paper", proposer_id=1, created_at=NOW))


def test_a_person_cannot_vote_twice() -> None:
    assert [column.name for column in Row.metadata.tables["votes"].primary_key] == ["proposal_id", "user_id"]


async def broken_off(database: Database) -> None:
    """A transaction that writes, asks for the timers, and fails."""
    async with database.transaction() as tx:
        tx.add(guild(2))
        await tx.flush()
        wake(tx)
        raise InterruptedError


async def test_what_fails_in_the_middle_leaves_nothing(database: Database) -> None:
    with pytest.raises(InterruptedError):
        await broken_off(database)
    async with database.reading() as tx:
        assert (await tx.scalars(select(Guild))).all() == []


async def test_many_writers_at_once_all_get_their_turn(database: Database) -> None:
    async def count() -> None:
        async with database.transaction() as tx:
            note = await tx.get(Note, "count")
            seen = int(note.value) if note else 0
            await asyncio.sleep(0)
            await tx.merge(Note(key="count", value=str(seen + 1)))

    await asyncio.gather(*(count() for _ in range(50)))
    async with database.reading() as tx:
        assert (await tx.get_one(Note, "count")).value == "50"


async def test_readers_see_the_last_commit_while_somebody_writes(database: Database) -> None:
    async with database.transaction() as writing:
        writing.add(guild())
        await writing.flush()
        async with database.reading() as tx:
            assert (await tx.scalars(select(Guild))).all() == []


async def test_waking_happens_after_the_commit_and_not_after_a_failure(database: Database) -> None:
    woken = asyncio.Event()
    database.on_wake = woken.set
    async with database.transaction() as tx:
        tx.add(guild())
        wake(tx)
        await tx.flush()
        assert not woken.is_set()
    assert woken.is_set()
    woken.clear()
    with pytest.raises(InterruptedError):
        await broken_off(database)
    assert not woken.is_set()


async def test_a_second_process_is_refused_by_name_until_the_first_is_gone(tmp_path: Path) -> None:
    first, second = FileLock(tmp_path / "bot.db"), FileLock(tmp_path / "bot.db")
    await first.take_at_once()
    with pytest.raises(DatabaseTrouble, match=r"process \d+"):
        await second.take_at_once()
    await first.release()
    await second.take_at_once()
    await second.release()


# ids and the outbox's rows


def post(key: str, **more: Any) -> Post:
    values: dict[str, Any] = {
        "key": key, "nonce": key, "guild_id": 1, "place": "announcements", "kind": "line", "data": {},
        "due_at": NOW, "next_try_at": NOW, **more,
    }  # fmt: skip
    return Post(**values)


async def test_an_id_is_never_given_again(database: Database) -> None:
    async with database.transaction() as tx:
        first = await outbox.put(tx, post("a"))
    async with database.transaction() as tx:
        await tx.delete(await tx.get_one(Post, first.post_id))
    async with database.transaction() as tx:
        second = await outbox.put(tx, post("b"))
    assert second.post_id > first.post_id


async def test_the_same_key_is_one_post_and_a_cancelled_one_is_revived(database: Database) -> None:
    async with database.transaction() as tx:
        first = await outbox.put(tx, post("session:1:reminder:1d"))
        assert (await outbox.put(tx, post("session:1:reminder:1d", nonce="other"))).post_id == first.post_id
        await outbox.cancel(tx, guild_id=1, key_prefix="session:1:")
    async with database.transaction() as tx:
        later = NOW + timedelta(days=1)
        again = await outbox.put(
            tx, post("session:1:reminder:1d", nonce="third", due_at=later, next_try_at=later)
        )
        assert (again.post_id, again.state, again.due_at) == (first.post_id, "waiting", later)


async def test_cancelling_by_prefix_takes_the_prefix_literally_and_one_server_only(
    database: Database,
) -> None:
    keys = ("session:1:a", "session:12:a", "session:1%:a", "session:1:b")
    async with database.transaction() as tx:
        for number, key in enumerate(keys):
            await outbox.put(tx, post(key, guild_id=2 if number == 3 else 1))
        await outbox.cancel(tx, guild_id=1, key_prefix="session:1:")
    async with database.reading() as tx:
        states = {row.key: row.state for row in await tx.scalars(select(Post))}
    assert states == {keys[0]: "cancelled", keys[1]: "waiting", keys[2]: "waiting", keys[3]: "waiting"}


# text


async def test_text_never_holds_a_nul_whichever_way_it_comes_in(database: Database) -> None:
    def guild(number: int, name: str) -> dict[str, Any]:
        return {"guild_id": number, "name": name, "joined_at": NOW}

    async with database.transaction() as tx:
        tx.add(Guild(**guild(1, "\0one\0")))
        await tx.execute(insert(tx, Guild).values(guild(2, "tw\0o")))
        await tx.execute(insert(tx, Guild), [guild(3, "three"), guild(4, "fo\0ur")])
        tx.add(
            Paper(
                paper_id="2606.1", title="T\0", authors=["A\0da"], abstract="", categories=[], fetched_at=NOW
            )
        )
    async with database.transaction() as tx:
        await tx.execute(update(Guild).where(Guild.name == "th\0ree").values(name="3\0"))
    async with database.reading() as tx:
        assert (await tx.scalars(select(Guild.name).order_by(Guild.guild_id))).all() == [
            "one",
            "two",
            "3",
            "four",
        ]
        assert await tx.scalar(select(Paper.title)) == "T"


async def test_rows_that_are_numbered_together_hold_no_nul_either(database: Database) -> None:
    async with database.transaction() as tx:
        tx.add_all([post("on\0e"), post("two")])
    async with database.reading() as tx:
        assert (await tx.scalars(select(Post.key).order_by(Post.post_id))).all() == ["one", "two"]
