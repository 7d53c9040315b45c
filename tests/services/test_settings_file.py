"""A server's settings as a file: written, read, and taken in, with what changes told."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.clock import VirtualClock
from bot.config import ConfigError, parse
from bot.moving import Asked, export_settings, import_settings
from bot.services.settings_file import read, written
from storage import guilds
from storage.database import open_database
from tests.database import first_day_url

NOW = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
SET = {"group.name": 'The "best"\nof them', "digest.days": "mon, tue", "group.session_minutes": "90"}


def test_what_is_written_is_read_as_it_was() -> None:
    assert read(written(SET), parse({})) == SET


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[group", "not valid TOML"),
        ('[group]\ntimezone = "Mars"', "group.timezone"),
        ('[storage]\nurl = "x"', "storage.url: cannot be set"),
    ],
)
def test_what_cannot_be_set_is_told(text: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        read(text, parse({}))


async def test_settings_go_out_and_come_in_with_what_changes(tmp_path: Path) -> None:
    url = first_day_url(tmp_path)
    settings, file, clock = parse({"storage": {"url": url}}), tmp_path / "settings.toml", VirtualClock(NOW)
    database = open_database(url)
    async with database.transaction() as tx:
        await guilds.joined(tx, guild_id=1, name="group", now=NOW)
        for key, value in SET.items():
            await guilds.set_override(tx, guild_id=1, key=key, value=value, by=5, now=NOW)
    await export_settings(settings, file, None, io.StringIO())
    async with database.transaction() as tx:
        await guilds.reset_override(tx, guild_id=1, key="digest.days")
        await guilds.set_override(tx, guild_id=1, key="digest.at", value="09:00", by=5, now=NOW)
    for dry_run, told in ((True, "2 would change."), (False, "2 changed."), (False, "0 changed.")):
        out = io.StringIO()
        await import_settings(settings, clock, file, Asked(dry_run=dry_run), out)
        assert out.getvalue().splitlines()[-1] == told
    assert "digest.at: 09:00 → –" not in out.getvalue()
    async with database.reading() as tx:
        assert await guilds.overrides(tx, 1) == SET
    await database.close()
