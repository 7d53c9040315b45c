"""Everything in the database can be saved, taken back, and moved from one store to the other, and is the same after."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert, inspect, select

from bot.__main__ import main
from bot.clock import VirtualClock
from bot.services.backups import Backups
from storage import leaving, search
from storage.backups import backup, backups_in, copy_store, restore
from storage.database import Database, DatabaseTrouble, open_database
from storage.leadership import FileLock
from storage.schema import HEAD, revision
from storage.stores import Store, store_of
from storage.tables import Post, Row, Wish
from storage.trouble import Damaged
from tests.database import POSTGRES, first_day, first_day_url, no_day_url, on_sqlite_only, rows, url_of
from tests.storage.filling import ROWS, fill

NOW = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)


@pytest.fixture
async def filled(tmp_path: Path) -> Store:
    """A store with rows in every table, whose last numbers were given out and are gone."""
    store = store_of(first_day_url(tmp_path))
    engine = store.plain()
    async with engine.begin() as connection:
        await connection.run_sync(_fill_and_count)
    await engine.dispose()
    database = Database(store)
    async with database.transaction() as tx:  # as the bot has it after its first start
        await search.prepare(tx)
        await search.put(tx, [search.Text(1, "Pruning", "Ada", "Sparsity", "")])
    await database.close()
    return store


def _fill_and_count(connection: Connection) -> None:
    fill(connection)
    if (
        connection.dialect.name == "postgresql"
    ):  # numbers that were told, not asked for, are not counted there
        for table in ("outbox", "wishes"):
            (column,) = Row.metadata.tables[table].primary_key
            connection.exec_driver_sql(
                f"SELECT setval(pg_get_serial_sequence('{table}', '{column.name}'), {ROWS})"
            )
    for table, last in (("outbox", ROWS + 5), ("wishes", ROWS + 2)):
        for _ in range(last - ROWS):
            _add_and_drop(connection, table)


def _add_and_drop(connection: Connection, name: str) -> None:
    table = Row.metadata.tables[name]
    (key,) = table.primary_key
    values = dict(connection.execute(select(table).where(key == 1)).mappings().one())
    for column in (key.name, "key", "nonce"):
        values.pop(column, None)
    values |= {"key": "gone", "nonce": "gone"} if name == "outbox" else {"paper_id": "gone"}
    (number,) = connection.execute(insert(table).values(values)).inserted_primary_key or (None,)
    connection.execute(table.delete().where(key == number))


async def everything(store: Store) -> dict[str, list[Any]]:
    """Every row of every table, as the bot reads it."""
    engine = store.engine()
    async with engine.connect() as connection:
        found = {
            table.name: list(
                (await connection.execute(select(table).order_by(*table.primary_key.columns))).all()
            )
            for table in Row.metadata.sorted_tables
        }
    await engine.dispose()
    return found


async def next_numbers(store: Store) -> tuple[int, int]:
    """The numbers that the next post and the next wish get."""
    database = open_database(store.url.render_as_string(hide_password=False))
    async with database.transaction() as tx:
        post = Post(key="n", nonce="n", guild_id=1, place="p", kind="k", data={}, due_at=NOW, next_try_at=NOW)
        wish = Wish(
            guild_id=1, paper_id="n", user_id=1, why=None, topic=None, created_at=NOW, next_try_at=NOW
        )
        tx.add_all([post, wish])
        await tx.flush()
        numbers = post.post_id, wish.wish_id
    await database.close()
    return numbers


async def export(store: Store, guild_id: int) -> Any:
    database = Database(store)
    async with database.reading() as tx:
        found = await leaving.dump(tx, guild_id)
    await database.close()
    return found


def other_store(folder: Path) -> str:
    """An empty database of the other store than that of the run, where there is one; of the same where not."""
    return no_day_url(folder, "other.db") if POSTGRES is None else url_of(folder / "other.db")


def test_every_table_has_rows(filled: Store) -> None:
    found = asyncio.run(everything(filled))
    assert {name for name, rows in found.items() if len(rows) < ROWS} == set()


async def test_a_copy_in_another_store_holds_the_same_and_exports_the_same(
    filled: Store, tmp_path: Path
) -> None:
    there = store_of(other_store(tmp_path))
    copied = await copy_store(filled, there)
    assert copied == {table.name: ROWS for table in Row.metadata.sorted_tables}
    assert await everything(there) == await everything(filled)
    guild_id = 1
    assert await export(there, guild_id) == await export(filled, guild_id)
    assert await next_numbers(there) == (ROWS + 6, ROWS + 3)


async def test_there_and_back_again_is_the_same(filled: Store, tmp_path: Path) -> None:
    there, back = store_of(other_store(tmp_path)), store_of(no_day_url(tmp_path, "back.db"))
    await copy_store(filled, there)
    await copy_store(there, back)
    assert await everything(back) == await everything(filled)
    assert await next_numbers(back) == (ROWS + 6, ROWS + 3)


async def test_the_index_of_the_archive_is_not_copied_for_the_bot_makes_it_anew(
    filled: Store, tmp_path: Path
) -> None:
    there = store_of(other_store(tmp_path))
    await copy_store(filled, there)
    await restore(filled, await backup(filled, NOW, tmp_path / "backups"))
    for store, has_one in ((there, False), (filled, not filled.shared)):
        engine = store.plain()
        async with engine.connect() as connection:
            found = await connection.run_sync(lambda sync: inspect(sync).has_table(search.NAME))
        await engine.dispose()
        assert found == has_one, "a file of SQLite goes back as it was, with all that is in it"


async def test_nothing_is_copied_onto_something(filled: Store, tmp_path: Path) -> None:
    with pytest.raises(DatabaseTrouble, match="holds something"):
        await copy_store(filled, filled)
    with pytest.raises(DatabaseTrouble, match="nothing to copy"):
        await copy_store(store_of(no_day_url(tmp_path, "empty.db")), filled)


async def test_a_backup_of_a_database_in_use_brings_everything_back(filled: Store, tmp_path: Path) -> None:
    before = await everything(filled)
    database = Database(filled)
    async with database.reading() as tx:  # somebody reads meanwhile
        await tx.execute(select(Row.metadata.tables["outbox"]))
        saved = await backup(filled, NOW, tmp_path / "backups")
    await database.close()
    assert saved.stat().st_mode & 0o777 == 0o600
    await rows(filled, "DELETE FROM question_votes")
    await rows(filled, "UPDATE guilds SET name = 'vandal'")
    await restore(filled, saved)
    assert await everything(filled) == before
    assert await next_numbers(filled) == (ROWS + 6, ROWS + 3)


async def test_a_backup_of_a_newer_version_is_refused_and_nothing_changes(
    filled: Store, tmp_path: Path
) -> None:
    before, saved = await everything(filled), await backup(filled, NOW, tmp_path / "backups")
    await rows(store_of(url_of(saved)), "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseTrouble, match="newer version"):
        await restore(filled, saved)
    assert await everything(filled) == before


async def test_what_is_no_backup_is_refused(filled: Store, tmp_path: Path) -> None:
    (tmp_path / "damaged.db").write_bytes(b"no database" * 500)
    for name, why in (("damaged.db", "not a usable"), ("missing.db", "no file")):
        with pytest.raises(DatabaseTrouble, match=why):
            await restore(filled, tmp_path / name)


async def test_a_backup_a_day_is_made_by_itself_and_the_oldest_go(filled: Store, tmp_path: Path) -> None:
    clock, database, folder = VirtualClock(NOW), Database(filled), tmp_path / "backups"
    for _ in range(2):  # a restart does not begin anew
        backups = Backups(database, clock, folder, 3)
        for _ in range(3):
            async with database.reading() as tx:
                due = await backups.next_due(tx)
            assert due is not None
            assert due - clock.now() <= timedelta(days=1)
            clock.set(due)
            await backups.run_due(due)
    assert [path.name[:8] for path in backups_in(folder)] == ["20260606", "20260607", "20260608"]
    await database.close()


@on_sqlite_only
async def test_a_backup_that_cannot_be_written_is_told_and_tried_again(
    filled: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clock, database, folder = VirtualClock(NOW), Database(filled), tmp_path / "backups"
    folder.write_text("a file, where a folder should be")
    backups = Backups(database, clock, folder, 3)
    clock.advance(timedelta(hours=1))
    await backups.run_due(clock.now())
    assert "backup.failed" in caplog.text
    folder.unlink()
    clock.advance(timedelta(hours=1))
    await backups.run_due(clock.now())
    assert len(backups_in(folder)) == 1
    await database.close()


# the commands


def configured(store: Store, folder: Path) -> list[str]:
    file = folder / "config.toml"
    url = store.url.render_as_string(hide_password=False)
    file.write_text(f'[storage]\nurl = "{url}"\nbackup_folder = "{folder / "saved"}"\n')
    return ["--config", str(file)]


def test_the_commands_save_restore_and_move(
    filled: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where, target = configured(filled, tmp_path), other_store(tmp_path)
    before = asyncio.run(everything(filled))
    assert main(["db", "migrate", *where]) == 0
    assert main(["db", "backup", *where]) == 0
    (saved,) = backups_in(tmp_path / "saved")
    asyncio.run(rows(filled, "DELETE FROM question_votes"))
    assert main(["db", "restore", str(saved), *where]) == 0
    assert main(["db", "copy", "--to", target, *where]) == 0
    assert asyncio.run(everything(store_of(target))) == before
    assert main(["db", "copy", "--to", target, *where]) == 1
    told = capsys.readouterr()
    assert "up to date" in told.out
    assert "holds something already" in told.err
    assert asyncio.run(revision(store_of(target))) == HEAD


@on_sqlite_only
def test_nothing_is_restored_under_a_running_bot(
    filled: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lock = FileLock(tmp_path / "bot.db")
    asyncio.run(lock.take_at_once())
    assert main(["db", "restore", "any.db", *configured(filled, tmp_path)]) == 1
    asyncio.run(lock.release())
    assert "Another bot" in capsys.readouterr().err


def damage(path: Path) -> None:
    """Break a file of SQLite in the middle."""
    data = bytearray(path.read_bytes())
    data[4096 * 3 : 4096 * 9] = b"\xff" * 4096 * 6
    path.write_bytes(data)


def overwrite(path: Path) -> None:
    path.write_bytes(b"no database at all" * 300)


def lose_a_table(path: Path) -> None:
    """Leave a file that SQLite finds nothing wrong with, and that is of no use to the bot."""
    with closing(sqlite3.connect(path)) as file:
        file.execute("DROP TABLE notes")


@on_sqlite_only
async def test_a_damaged_database_is_never_backed_up_over_good_backups(tmp_path: Path) -> None:
    path = first_day(tmp_path / "bot.db")
    damage(path)
    with pytest.raises(Damaged, match="not backed up"):
        await backup(store_of(url_of(path)), NOW, tmp_path / "backups")
    assert list((tmp_path / "backups").iterdir()) == []


@on_sqlite_only
@pytest.mark.parametrize("wreck", [damage, overwrite, lose_a_table])
def test_a_backup_takes_the_place_of_a_damaged_database_which_is_kept(
    tmp_path: Path, wreck: Callable[[Path], object]
) -> None:
    path, folder = first_day(tmp_path / "bot.db"), tmp_path / "backups"
    store = store_of(url_of(path))
    saved, was = asyncio.run(backup(store, NOW, folder)), asyncio.run(everything(store))
    wreck(path)
    broken = path.read_bytes()
    (tmp_path / "config.toml").write_text(f'[storage]\nurl = "{url_of(path)}"\n')
    assert main(["db", "restore", str(saved), "--config", str(tmp_path / "config.toml")]) == 0
    assert asyncio.run(everything(store)) == was
    (kept,) = folder.glob("*.damaged.db")
    assert kept.read_bytes() == broken
    assert kept.stat().st_mode & 0o777 == 0o600
    assert backups_in(folder) == [saved]
