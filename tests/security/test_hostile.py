"""Floods, forged lines in the log, tokens that might leak, addresses that the bot must not ask."""

from __future__ import annotations

import io
import json
import logging
import re
from pathlib import Path

import pytest

from bot.chat.door import MOST, MOST_TYPING, SECONDS, TOO_QUICK, Door
from bot.log import event, set_up
from storage.database import open_database
from tests.database import on_sqlite_only
from tests.stage.conftest import Bench

ROOT = Path(__file__).resolve().parent.parent.parent
NASTY = 'x\n2026-01-01T00:00:00Z ERROR forged user=1\r\x1b[31m\u202e "quoted" a=b \u2028end'


# floods


def test_one_member_is_slowed_down_and_the_others_are_not() -> None:
    now = [0.0]
    door = Door(lambda: now[0])
    assert [door.lets_in(1) for _ in range(MOST + 3)] == [True] * MOST + [False] * 3
    assert door.lets_in(2)
    assert all(door.lets_in(1, typing=True) for _ in range(MOST_TYPING))
    now[0] = SECONDS
    assert door.lets_in(1)


def test_the_door_forgets_who_was_there() -> None:
    now = [0.0]
    door = Door(lambda: now[0])
    for user in range(10_000):
        now[0] += 1
        door.lets_in(user)
    assert len(door._asked) < 3000


async def test_who_floods_is_told_kindly_and_others_are_served(stage: Bench) -> None:
    assert stage.app.client is not None
    for _ in range(MOST):
        stage.app.client.door.lets_in(stage.alice.id)
    answer = await stage.alice.slash("/nextsession", channel="general")
    assert TOO_QUICK in (await answer.final()).text
    assert TOO_QUICK not in (await stage.bob.slash("/nextsession", channel="general")).text


# the log


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


@pytest.mark.parametrize("as_json", [False, True])
def test_nothing_from_outside_forges_a_line_of_the_log(stream: io.StringIO, *, as_json: bool) -> None:
    before = logging.getLogger().handlers[:]
    try:
        set_up(level="info", as_json=as_json, secrets=["s3cr3t-token"], stream=stream)
        log = logging.getLogger("bot.test")
        event(log, "paper.proposed", title=NASTY, token="s3cr3t-token")
        log.warning("somebody is called %s", NASTY)
        log.error("broke", exc_info=ValueError(NASTY + "s3cr3t-token"))
    finally:
        logging.getLogger().handlers[:] = before
    text = stream.getvalue()
    lines = text.removesuffix("\n").split("\n")
    assert len(lines) == 3
    assert not re.search(r"[\r\x1b\u202e\u2028]", text) or as_json
    assert not re.search(r"[\r\x1b]", text)
    assert "s3cr3t-token" not in text
    if as_json:
        assert [json.loads(line)["level"] for line in lines] == ["info", "warning", "error"]


# the token


async def test_the_token_is_nowhere_but_in_the_requests_to_discord(
    stage: Bench, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG, logger="bot")
    await stage.ballot()
    export = await stage.olga.slash("/export", channel="general")
    await export.final()
    token = stage.server.token
    assert token not in caplog.text
    said = [message.embeds for channel in stage.group.channels.values() for message in channel.messages]
    assert said
    assert token not in repr(said)
    assert not any(token.encode() in data for data in stage.server.world.files.values())
    stored = await stage.rows("SELECT group_concat(key || value) FROM notes")
    assert token not in str(stored)


@on_sqlite_only
async def test_the_folder_that_is_made_for_the_database_is_the_bots_alone(tmp_path: Path) -> None:
    await open_database(f"sqlite+aiosqlite:///{tmp_path}/data/bot.db").close()
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


# addresses


def test_only_these_files_speak_http_and_each_is_told_where_to() -> None:
    """A new one says here that it does. None takes an address from what people or papers say."""
    speaking = {
        str(path.relative_to(ROOT))
        for room in ("bot", "cogs", "storage")
        for path in (ROOT / room).rglob("*.py")
        if "rehearsal" not in path.parts
        and re.search(HTTP, path.read_text("utf-8"), re.MULTILINE)
    }  # fmt: skip
    assert speaking == {*DISCORD, *ARXIV, *OURS}


HTTP = r"^\s*(import|from) (aiohttp|http\.client|urllib\.request|requests|httpx)\b"
#: What Discord's library raises and traces; what asks arXiv; what opens a session for it, or listens.
DISCORD = {"bot/chat/answer.py", "bot/chat/client.py", "bot/chat/courier.py", "bot/chat/guard.py", "bot/chat/names.py",
           "bot/chat/natives.py", "bot/chat/reader.py", "bot/chat/survey.py"}  # fmt: skip
ARXIV = {"bot/sources/client.py", "bot/sources/http.py", "bot/services/papers.py"}
OURS = {"bot/app.py", "bot/moving.py", "bot/check/there.py", "bot/health.py", "bot/web.py"}


# the page on security


def test_every_test_that_the_page_names_exists() -> None:
    page = (ROOT / "docs" / "security.md").read_text("utf-8")
    named = re.findall(r"`(test_\w+)`", page)
    code = "\n".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert len(named) >= 15
    assert [name for name in named if f"def {name}(" not in code] == []
