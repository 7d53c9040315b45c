"""`doctor` and `jobs`: what is late and why, for a human at 2 a.m."""

from __future__ import annotations

import io
import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.check import check
from bot.check.work import of_work
from bot.config import parse
from bot.desk import show_jobs
from storage import guilds
from storage.database import open_database
from storage.leadership import FileLock
from storage.tables import Deadline, DigestRun, Post
from tests.database import first_day, first_day_url, on_sqlite_only, url_of

NOW = datetime(2026, 6, 3, 2, 0, tzinfo=UTC)


def post(number: int, *, due: datetime, state: str = "waiting", error: str | None = None) -> Post:
    return Post(
        key=f"k{number}", nonce=f"n{number}", guild_id=1, place="announcements", kind="ballot", data={}, due_at=due,
        next_try_at=due, state=state, last_error=error,
    )  # fmt: skip


@pytest.mark.parametrize("late", [False, True])
async def test_what_is_late_is_told_with_its_cause(tmp_path: Path, *, late: bool) -> None:
    url = first_day_url(tmp_path)
    settings, database = parse({"storage": {"url": url}}), open_database(url)
    hours = timedelta(hours=-3 if late else 3)
    async with database.transaction() as tx:
        await guilds.joined(tx, guild_id=1, name="Our group", now=NOW)
        tx.add(post(1, due=NOW + hours, error="no channel #announcements" if late else None))
        tx.add(Deadline(guild_id=1, at=NOW + hours, way="fair", set_by=1))
        trouble = "arXiv is down" if late else None
        tx.add(DigestRun(guild_id=1, day=date(2026, 6, 3), next_try_at=NOW + hours, last_error=trouble))
        if late:
            tx.add(post(2, due=NOW, state="failed", error="forbidden"))
    await database.close()
    found = [str(finding) for finding in await of_work(settings, NOW)]
    out = io.StringIO()
    code = await show_jobs(settings, NOW, out)
    if not late:
        assert [line[0] for line in found] == ["✔", "✔"]
        assert code == 0
        return
    for words in ("1 waiting for announcements", "no channel #announcements", "1 could not be said", "arXiv is down",
                  "Our group: due since 2026-06-02 23:00 UTC"):  # fmt: skip
        assert any(words in line for line in found), (words, found)
    assert code == 1
    assert "10800s late" in out.getvalue()


@on_sqlite_only
async def test_whether_the_bot_runs_is_the_first_question(tmp_path: Path) -> None:
    path = first_day(tmp_path / "bot.db")
    config = tmp_path / "config.toml"
    config.write_text(f'[storage]\nurl = "{url_of(path)}"\n')

    async def of_bot() -> list[str]:
        return [
            str(finding) async for finding in check(config, offline=True, now=NOW) if finding.key == "bot"
        ]

    assert await of_bot() == ["✘ bot: is not running. Start it, and see its log."]
    lock = FileLock(path)
    await lock.take_at_once()
    assert await of_bot() == [f"✔ bot: is running (process {os.getpid()})."]
    await lock.release()
