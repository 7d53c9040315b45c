from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources import SourceTrouble
from bot.sources.http import retry_after
from bot.sources.politeness import Cooldown, Turns
from tests.sources.support import OwnTime


class Visitors:
    """Tasks that take a turn each and note when."""

    def __init__(self, interval: float = 3.0) -> None:
        self.time = OwnTime()
        self.turns = Turns(interval, sleep=self.time.sleep, monotonic=self.time.monotonic)
        self.order: list[str] = []
        self.spans: list[tuple[float, float]] = []
        self.inside = 0

    async def visit(self, name: str, *, urgent: bool, stay: float = 0.0) -> None:
        async with self.turns.turn(urgent=urgent):
            self.inside += 1
            assert self.inside == 1
            begin = self.time.now
            self.order.append(name)
            await self.time.sleep(stay)
            self.spans.append((begin, self.time.now))
            self.inside -= 1

    def come(self, name: str, *, urgent: bool, stay: float = 0.0) -> asyncio.Task[None]:
        return asyncio.create_task(self.visit(name, urgent=urgent, stay=stay))


async def test_even_the_first_turn_waits() -> None:
    visitors = Visitors()
    await visitors.visit("first", urgent=True)
    assert visitors.spans[0][0] >= 1003.0


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 20)), min_size=1, max_size=12))
def test_turns_never_overlap_and_keep_their_distance(wishes: list[tuple[bool, float]]) -> None:
    async def all_of_them() -> Visitors:
        visitors = Visitors()
        await asyncio.gather(*(visitors.visit("x", urgent=urgent, stay=stay) for urgent, stay in wishes))
        return visitors

    visitors = asyncio.run(all_of_them())
    assert len(visitors.spans) == len(wishes)
    for (_, before), (after, _) in zip(visitors.spans, visitors.spans[1:], strict=False):
        assert after - before >= 3.0 - 1e-9


async def test_a_person_goes_before_waiting_digests() -> None:
    visitors = Visitors()
    digests = [visitors.come(f"digest {number}", urgent=False) for number in range(20)]
    await asyncio.sleep(0)
    person = visitors.come("person", urgent=True)
    await asyncio.gather(person, *digests)
    assert visitors.order.index("person") <= 1


async def test_many_persons_do_not_keep_the_digest_waiting_for_ever() -> None:
    visitors = Visitors()
    tasks = [visitors.come("digest", urgent=False), *(visitors.come("person", urgent=True) for _ in range(9))]
    await asyncio.gather(*tasks)
    assert visitors.order.index("digest") == 3


async def test_one_who_gives_up_does_not_hold_up_the_others() -> None:
    visitors = Visitors()
    tasks = [visitors.come(name, urgent=True) for name in ("a", "b", "c")]
    await asyncio.sleep(0)
    tasks[0].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert visitors.order == ["b", "c"]


async def test_one_who_fails_in_the_middle_frees_the_turn() -> None:
    visitors = Visitors()

    async def fail() -> None:
        async with visitors.turns.turn(urgent=True):
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    failed_at = visitors.time.now
    await visitors.visit("next", urgent=True)
    assert visitors.spans[0][0] - failed_at >= 3.0


def test_the_silence_lasts_as_long_as_arxiv_asks() -> None:
    time = OwnTime()
    cooldown = Cooldown(monotonic=time.monotonic)
    cooldown.check()
    assert cooldown.begin("rate_limited", 90.0) == 90.0
    time.now += 30
    with pytest.raises(SourceTrouble) as trouble:
        cooldown.check()
    assert (trouble.value.kind, trouble.value.retry_after) == ("rate_limited", 60.0)
    time.now += 60
    cooldown.check()


def test_without_a_word_from_arxiv_the_silence_grows_from_minutes_to_an_hour() -> None:
    cooldown = Cooldown(monotonic=OwnTime().monotonic)
    pauses = [cooldown.begin("refused", None) for _ in range(9)]
    assert 120 <= pauses[0] <= 150
    assert 240 <= pauses[1] <= 300
    assert 3600 <= pauses[-1] <= 4500


def test_refused_again_the_silence_is_longer_than_asked_for() -> None:
    cooldown = Cooldown(monotonic=OwnTime().monotonic)
    assert cooldown.begin("rate_limited", 1.0) == 1.0
    assert cooldown.begin("rate_limited", 1.0) >= 240


def test_served_again_the_count_begins_anew() -> None:
    cooldown = Cooldown(monotonic=OwnTime().monotonic)
    cooldown.begin("rate_limited", None)
    cooldown.end()
    cooldown.check()
    assert cooldown.begin("rate_limited", None) <= 150


def test_a_mistaken_retry_after_does_not_silence_the_bot_for_days() -> None:
    assert Cooldown(monotonic=OwnTime().monotonic).begin("down", 1e9) == timedelta(hours=6).total_seconds()


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "120"}, 120.0),
        ({"Retry-After": " 0 "}, 0.0),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "Wed, 10 Jun 2026 04:05:00 GMT", "Date": "Wed, 10 Jun 2026 04:00:00 GMT"}, 300.0),
        ({"Retry-After": "Wed, 10 Jun 2026 03:00:00 GMT", "Date": "Wed, 10 Jun 2026 04:00:00 GMT"}, 0.0),
        ({"Retry-After": "Wed, 10 Jun 2026 04:05:00 GMT"}, None),
        ({"Retry-After": "Wed, 10 Jun 2026 04:05:00 -0000", "Date": "Wed, 10 Jun 2026 04:00:00 GMT"}, None),
    ],
)
def test_retry_after_is_understood_in_both_forms(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds
