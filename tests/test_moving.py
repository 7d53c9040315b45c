"""Talks of the past at the keyboard: into the archive and out of it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.__main__ import main
from storage.database import open_database
from storage.tables import Guild
from tests.database import first_day_url

TALKS = "date,title,speakers\n2023-05-04,Lottery tickets,Ann\n2023-05-05,,Bob\n"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    url = first_day_url(tmp_path)
    file = tmp_path / "config.toml"
    file.write_text(f'[storage]\nurl = "{url}"\n')
    asyncio.run(_join(url))
    return file


async def _join(url: str) -> None:
    database = open_database(url)
    async with database.transaction() as tx:
        tx.add(Guild(guild_id=1, name="A group", joined_at=datetime(2026, 6, 1, tzinfo=UTC)))
    await database.close()


def test_a_file_is_tried_taken_and_written_out_again(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, out = tmp_path / "talks.csv", tmp_path / "out.csv"
    file.write_text(TALKS)
    take = ["import", "talks", str(file), "--config", str(config), "--no-arxiv"]
    assert main([*take, "--dry-run"]) == 1
    said = capsys.readouterr().out
    assert "line 2: added: Lottery tickets" in said
    assert "line 3: refused: it has neither a title nor a paper" in said
    assert "1 added, 0 merged, 0 known, 1 refused. Nothing was changed" in said
    main(take)
    main(take)
    assert "0 added, 0 merged, 1 known, 1 refused." in capsys.readouterr().out
    assert main(["export", "talks", str(out), "--config", str(config)]) == 0
    assert "2023-05-04,,,Lottery tickets,Ann" in out.read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["import", "talks", "nothing.csv"], "No such file"),
        (["import", "talks", "t.csv", "--guild", "2"], "--guild: 1."),
        (["export", "talks", "out.pdf"], "must end in"),
    ],
)
def test_what_cannot_be_is_said_with_its_cure(
    config: Path, tmp_path: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "t.csv").write_text(TALKS)
    arguments[2] = str(tmp_path / arguments[2])
    assert main([*arguments, "--config", str(config)]) == 1
    assert said in capsys.readouterr().err
