"""What Discord's refusals mean for a post."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import discord
import pytest

from bot.chat.answer import _twice
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
    headers: Mapping[str, str] = field(default_factory=dict)


@pytest.mark.parametrize(
    ("status", "code", "means"),
    [
        (400, 30046, NotNow),
        (429, 0, NotNow),
        (401, 0, NotNow),
        (503, 0, Unclear),
        (403, 50013, Blocked),
        (404, 10003, Blocked),
        (400, 50008, Blocked),
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


def refused(status: int, headers: Mapping[str, str]) -> discord.HTTPException:
    return discord.HTTPException(cast("Any", Reply(status, headers=headers)), "error code: 1015")


@pytest.mark.parametrize(
    ("told", "seconds"), [("90", 90), ("0.5", 0.5), ("Wed, 21 Oct 2026", 30), (None, 30)]
)
def test_a_pause_that_the_proxy_before_discord_asks_for_is_kept(told: str | None, seconds: float) -> None:
    trouble = _meaning(refused(429, {"Retry-After": told} if told else {}), POST)
    assert isinstance(trouble, NotNow)
    assert trouble.after == timedelta(seconds=seconds)


@pytest.mark.parametrize(("pause", "longest", "sent"), [("0.001", 1.0, 2), ("2", 1.0, 1)])
async def test_a_refused_answer_is_given_once_more_if_that_is_still_in_time(
    pause: str, longest: float, sent: int
) -> None:
    tries = list[int]()

    async def send() -> None:
        tries.append(1)
        if len(tries) == 1:
            raise refused(429, {"Retry-After": pause})

    given_up = contextlib.suppress(discord.HTTPException) if sent == 1 else contextlib.nullcontext()
    with given_up:
        await _twice(send, longest=longest)
    assert len(tries) == sent
