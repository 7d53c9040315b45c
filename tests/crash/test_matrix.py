"""A slice of the fault matrix, by a seed that is printed; `make crash` plays it whole."""

from __future__ import annotations

import os
import random

import pytest

from tests.crash.bench import Bench
from tests.crash.matrix import KINDS, TROUBLES, Case, play, some_cases

SEED = int(os.environ.get("CRASH_SEED") or random.SystemRandom().randrange(10**6))
CASES = 60


@pytest.mark.timeout(240)
async def test_whatever_happens_whenever_each_thing_is_said_once_or_with_a_reason_not_at_all(
    bench: Bench,
) -> None:
    print(f"CRASH_SEED={SEED} plays these cases again")  # noqa: T201 - shown when it fails
    ended = {case: (await play(bench, case))[0] for case in some_cases(SEED, CASES)}
    wrong = {case: one for case, ends in ended.items() for one in ends if one.verdict not in ("once", "none")}
    assert not wrong, f"CRASH_SEED={SEED}: {wrong}"


async def test_a_post_that_is_out_of_use_when_the_bot_is_back_is_not_said_and_says_why(bench: Bench) -> None:
    case = Case("message", "killed, nothing under way", 0, "past expiry")
    (ended,), struck = await play(bench, case)
    assert struck
    assert (ended.verdict, ended.why) == ("none", "expired: its time had passed")


@pytest.mark.parametrize(
    "case",
    [
        Case(
            "event", "500, yet done", 0, "0 s"
        ),  # discord.py asks again by itself, and an event has no nonce
        Case("edit", "reply lost", 0, "past expiry"),
        Case("announcement with thread and reaction", "reply lost, then killed", 30, "past the nonce"),
    ],
)
async def test_what_once_went_wrong_goes_well(bench: Bench, case: Case) -> None:
    ended, _ = await play(bench, case)
    assert {one.verdict for one in ended} == {"once"}


def test_the_matrix_has_every_kind_and_trouble() -> None:
    assert len(KINDS) >= 9
    assert len(TROUBLES) >= 14
