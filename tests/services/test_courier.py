"""What Discord's refusals mean for a post."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import discord
import pytest

from bot.chat.courier import _meaning
from bot.services.delivery import Blocked, Impossible, NotNow, Unclear
from storage.tables import Post

NOW = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
POST = Post(
    key="k", nonce="n", guild_id=1, place="proposals", kind="ballot_edit", data={}, due_at=NOW, next_try_at=NOW,
    op="edit",
)  # fmt: skip


@dataclass
class Reply:
    status: int
    reason: str = ""


@pytest.mark.parametrize(
    ("status", "code", "means"),
    [
        (400, 30046, NotNow),
        (429, 0, NotNow),
        (401, 0, NotNow),
        (503, 0, Unclear),
        (403, 50013, Blocked),
        (404, 10003, Blocked),
        (404, 10008, Impossible),
        (403, 50007, Impossible),
        (400, 50035, Impossible),
    ],
)
def test_each_refusal_is_one_of_four(status: int, code: int, means: type[Exception]) -> None:
    error = discord.HTTPException(cast("Any", Reply(status)), {"code": code, "message": "no"})
    assert isinstance(_meaning(error, POST), means)


def test_too_many_edits_of_old_messages_wait_longer_than_a_rate_limit() -> None:
    error = discord.HTTPException(cast("Any", Reply(400)), {"code": 30046, "message": "no"})
    trouble = _meaning(error, POST)
    assert isinstance(trouble, NotNow)
    assert trouble.after == timedelta(minutes=10)
