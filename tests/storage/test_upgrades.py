"""From every release to this version, with data in it; and back, by the way that the refusal names."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import __version__
from storage import schema
from storage.backups import backups_in, restore
from storage.database import DatabaseTrouble
from storage.migrate import migrate
from storage.stores import Store, store_of
from tests.database import no_day_url, rows
from tests.storage.filling import ROWS

NOW = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
RELEASES = sorted(Path(__file__).with_name("releases").glob("*.sql"))
#: What a later version may do to a table that others refer to: on SQLite it is made anew and its rows are moved.
NEXT = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "0002", "0001"


def upgrade() -> None:
    with op.batch_alter_table("sessions") as table:
        table.add_column(sa.Column("room", sa.String(), nullable=False, server_default="online"))
        table.alter_column("title", existing_type=sa.String(), new_column_name="name")
"""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return store_of(no_day_url(tmp_path))


def file_of(release: Path, folder: Path) -> Path:
    """The database that a release left behind."""
    path = folder / f"{release.stem}.db"
    with closing(sqlite3.connect(path)) as made:
        made.executescript(release.read_text("utf-8"))
    return path


async def counted(store: Store, tables: list[str]) -> dict[str, int]:
    return {name: (await rows(store, f'SELECT count(*) FROM "{name}"'))[0][0] for name in tables}  # noqa: S608


def tables_of(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as made:
        found = made.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return [name for (name,) in found if not name.startswith(("sqlite_", "alembic_"))]


def test_this_version_has_its_file() -> None:
    assert __version__ in [release.stem for release in RELEASES], "python tools/release.py"


@pytest.mark.parametrize("release", RELEASES, ids=lambda release: release.stem)
async def test_a_database_of_every_release_comes_up_to_this_version_with_all_its_rows(
    release: Path, store: Store, tmp_path: Path
) -> None:
    file = file_of(release, tmp_path)
    tables = tables_of(file)
    await restore(store, file)
    await migrate(store, NOW, tmp_path / "backups")
    assert await schema.revision(store) == schema.HEAD
    assert await counted(store, tables) == dict.fromkeys(tables, ROWS)


@pytest.fixture
def newer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A version after this one, with a migration more. Undone, it is this version again."""
    migrations = tmp_path / "migrations"
    shutil.copytree(schema.MIGRATIONS, migrations)
    (migrations / "versions" / "0002_a_room.py").write_text(NEXT)
    monkeypatch.setattr(schema, "MIGRATIONS", migrations)
    monkeypatch.setattr(schema, "HEAD", "0002")
    return monkeypatch


async def test_an_upgrade_keeps_all_rows_and_the_way_back_is_the_backup_it_made(
    store: Store, newer: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file, folder = file_of(RELEASES[0], tmp_path), tmp_path / "backups"
    await restore(store, file)
    before = await rows(store, "SELECT session_id, title FROM sessions ORDER BY session_id")
    saved = await migrate(store, NOW, folder)
    assert await counted(store, tables_of(file)) == dict.fromkeys(tables_of(file), ROWS)
    after = await rows(
        store, "SELECT session_id, name FROM sessions WHERE room = 'online' ORDER BY session_id"
    )
    assert after == before

    newer.undo()
    assert saved == backups_in(folder)[0]
    with pytest.raises(DatabaseTrouble, match=r"newer version.*db restore"):
        await migrate(store, NOW, folder)
    await restore(store, saved)
    await migrate(store, NOW, folder)
    assert await rows(store, "SELECT session_id, title FROM sessions ORDER BY session_id") == before


async def test_an_upgrade_that_fails_leaves_everything_as_it_was(
    store: Store, newer: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    await restore(store, file_of(RELEASES[0], tmp_path))
    later = schema.MIGRATIONS / "versions" / "0003_a_mistake.py"
    later.write_text(
        'from alembic import op\n\nrevision, down_revision = "0003", "0002"\n\n\ndef upgrade():\n'
        '    op.execute("DELETE FROM question_votes")\n    op.execute("SELECT nonsense")\n'
    )
    newer.setattr(schema, "HEAD", "0003")
    with pytest.raises(Exception, match="nonsense"):
        await migrate(store, NOW, tmp_path / "backups")
    assert await schema.revision(store) == "0001"
    assert await rows(store, "SELECT count(title), count(*) FROM sessions") == [(ROWS - 1, ROWS)]
    assert await rows(store, "SELECT count(*) FROM question_votes") == [(ROWS,)]
