"""What is wrong with a URL, a driver, a server or a password is told in a sentence with its cure; no password is."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy.engine import make_url

from bot.__main__ import main
from bot.config.readers import password_in
from storage.database import DatabaseTrouble
from storage.postgres import PostgresStore
from storage.stores import store_of
from tests.database import first_day_url, on_postgres_only, run_on_server

SECRET = "hush-hush"
AWAY = "postgresql+asyncpg://reader:hush-hush@127.0.0.1:1/books"


def migrate(folder: Path, url: str) -> int:
    (folder / "config.toml").write_text(f'[storage]\nurl = "{url}"\n')
    return main(["db", "migrate", "--config", str(folder / "config.toml")])


def told(capsys: pytest.CaptureFixture[str]) -> str:
    said = capsys.readouterr()
    assert SECRET not in said.out + said.err
    assert "Traceback" not in said.err
    return said.err


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://reader:hush-hush@host/books", "storage.url: must look like"),
        ("postgresql+asyncpg://reader:hush-hush@host:port/books", "storage.url: cannot be read"),
        ("postgresql+asyncpg://reader:hush-hush@host", "storage.url: names no database"),
        ("postgresql+asyncpg://reader:hush-hush@nowhere.invalid/books", "is no known machine"),
    ],
)
def test_a_wrong_url_ends_with_code_2_and_the_cure(
    url: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert migrate(tmp_path, url) == 2
    assert words in told(capsys)


def test_the_log_blots_out_a_password_that_stands_in_a_url() -> None:
    assert password_in("postgresql+asyncpg://reader:p%40ss@host/books") == "p@ss"
    assert password_in("sqlite+aiosqlite:///data/bot.db") == ""


def test_a_server_that_is_away_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert migrate(tmp_path, AWAY) == 1
    assert "storage.url: 127.0.0.1:1 cannot be reached" in told(capsys)


def test_a_missing_driver_is_named_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    found: Callable[[str], object] = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "asyncpg" else found(name))
    with pytest.raises(DatabaseTrouble, match="pip install asyncpg") as trouble:
        store_of(AWAY)
    assert trouble.value.of_config


@pytest.mark.parametrize("state", ["28P01", "28000"])
def test_a_refused_password_is_a_matter_of_the_config(state: str) -> None:
    error = Exception()
    error.orig = SimpleNamespace(__cause__=SimpleNamespace(sqlstate=state))  # type: ignore[attr-defined]
    trouble = PostgresStore(make_url(AWAY))._trouble(error)
    assert "refused the user or the password of postgresql://reader:***@127.0.0.1:1/books" in str(trouble)
    assert "PGPASSWORD" in str(trouble)
    assert trouble.of_config


@on_postgres_only
def test_a_database_that_is_not_there_is_named_with_the_statement_that_makes_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = store_of(first_day_url(tmp_path)).url.set(database="nobody_made_it")
    assert migrate(tmp_path, url.render_as_string(hide_password=False)) == 2
    assert "CREATE DATABASE nobody_made_it OWNER postgres" in told(capsys)


@on_postgres_only
def test_a_database_that_loses_letters_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = store_of(first_day_url(tmp_path)).url.set(database="ascii_only")
    run_on_server("CREATE DATABASE ascii_only ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0")
    try:
        assert migrate(tmp_path, url.render_as_string(hide_password=False)) == 2
        assert "ENCODING 'UTF8'" in told(capsys)
    finally:
        run_on_server("DROP DATABASE ascii_only")
