"""arXiv as it really is: late, silent, closed, wrong, and yesterday's papers served again."""

from __future__ import annotations

import logging
from datetime import date

import pytest

from bot.rehearsal.arxiv import Trouble
from tests.stage.arxiv_days import (
    DAILY,
    FRIDAY,
    MONDAY,
    THURSDAY,
    TUESDAY,
    morning,
    sparse,
    text,
    theory,
    titles,
)
from tests.stage.conftest import Bench, text_of

pytestmark = DAILY


@pytest.mark.parametrize("kind", ["unavailable", "html", "truncated", "forbidden", "rate_limit", "drop"])
async def test_a_feed_that_fails_is_asked_again_within_the_day(stage: Bench, kind: str) -> None:
    stage.arxiv.announce(THURSDAY, [sparse(1)])
    stage.arxiv.trouble(Trouble(kind, times=2, where="feed", retry_after=120))
    await morning(stage)
    assert not await stage.posts("efficiency")
    await stage.later(hours=6)
    (post,) = await stage.posts("efficiency")
    assert titles([post]) == ["New on arXiv · Thursday 4 June"]


async def test_yesterdays_batch_served_again_is_waited_out_and_nothing_is_lost(stage: Bench) -> None:
    stage.arxiv.announce(THURSDAY, [sparse(1)])
    stage.arxiv.announce(FRIDAY, [sparse(2)])
    await morning(stage)
    stage.arxiv.trouble(Trouble("stale", where="feed"))
    await stage.later(days=1)
    assert len(await stage.posts("efficiency")) == 1
    stage.arxiv.calm()
    await stage.later(hours=1)
    _, second = await stage.posts("efficiency")
    assert titles([second]) == ["New on arXiv · Friday 5 June"]
    assert "part 2" in text(second)


async def test_one_category_served_late_does_not_hold_up_the_others(stage: Bench) -> None:
    only_stat = {"categories": ["stat.ML"]}
    stage.arxiv.announce(THURSDAY, [theory(1), theory(2, **only_stat)])
    stage.arxiv.announce(FRIDAY, [theory(3), theory(4, **only_stat)])
    await morning(stage)
    stage.arxiv.trouble(Trouble("stale", where="feed", category="stat.ML"))
    await stage.later(days=1)
    assert "part 3" in text((await stage.posts("theory"))[-1])
    stage.arxiv.calm()
    await stage.later(hours=2)
    late = (await stage.posts("theory"))[-1]
    assert titles([late]) == ["New on arXiv · Friday 5 June · more has come"]
    assert "part 4" in text(late)


async def test_what_never_came_in_the_feed_is_found_the_day_after_and_said_to_be_late(stage: Bench) -> None:
    stage.arxiv.announce(THURSDAY, [sparse(1)])
    stage.arxiv.announce(FRIDAY, [sparse(2, published="2026-06-04T12:00:00+00:00")])
    stage.arxiv.announce(MONDAY, [sparse(3, published="2026-06-05T12:00:00+00:00")])
    await morning(stage)
    stage.arxiv.trouble(Trouble("empty", where="feed"))
    await stage.later(days=2)
    stage.arxiv.calm()
    await stage.later(days=2)
    monday = (await stage.posts("efficiency"))[-1]
    assert titles([monday]) == ["New on arXiv · Monday 8 June"]
    assert "part 2" in text(monday)
    assert "late from Friday" in text(monday)


async def test_a_message_of_nothing_but_late_papers_says_so_in_its_title(stage: Bench) -> None:
    stage.arxiv.announce(THURSDAY, [sparse(1)])
    stage.arxiv.announce(FRIDAY, [sparse(2, published="2026-06-04T12:00:00+00:00")])
    stage.arxiv.announce(MONDAY, [theory(3)])
    await morning(stage)
    stage.arxiv.trouble(Trouble("unavailable", where="feed"))
    await stage.later(days=2)
    stage.arxiv.calm()
    await stage.later(days=2)
    assert titles(await stage.posts("efficiency"))[-1] == "Late from Friday 5 June"


async def test_a_batch_far_shorter_than_usual_is_posted_and_looked_at_again(stage: Bench) -> None:
    stage.arxiv.announce(THURSDAY, [sparse(n) for n in range(1, 31)])
    stage.arxiv.announce(FRIDAY, [sparse(n) for n in range(31, 61)])
    await stage.olga.slash("/settings set", channel="general", key="digest.per_topic", value="10")
    await morning(stage)
    short = Trouble("short", where="feed")
    stage.arxiv.trouble(short)
    await stage.later(days=1)
    assert "**3.**" in text((await stage.posts("efficiency"))[-1])
    stage.arxiv.calm()
    await stage.later(hours=1)
    last = (await stage.posts("efficiency"))[-1]
    assert titles([last])[0].endswith("more has come")
    assert "**12.**" in text(last)


async def test_a_week_of_downtime_becomes_one_digest_with_the_rest_behind_a_button(stage: Bench) -> None:
    stage.arxiv.announce(THURSDAY, [sparse(1)])
    await morning(stage)
    await stage.stop_bot()
    number = 100
    for day in (5, 8, 9, 10, 11):
        batch = [sparse(number + n, published=f"2026-06-{_eve(day):02d}T12:00:00+00:00") for n in range(6)]
        stage.arxiv.announce(date(2026, 6, day), batch)
        number += 10
    stage.clock.set(stage.clock.now().replace(day=11, hour=6, minute=0))
    await stage.start_bot()
    await stage.later(hours=3)
    posts = await stage.posts("efficiency")
    assert len(posts) == 2
    assert titles(posts)[-1] == "New on arXiv · 5–11 June"
    assert (await stage.alice.press(posts[-1], label="Show 25 more")).ephemeral


def _eve(day: int) -> int:
    """The day of June on which the papers in the feed of `day` were submitted, in the morning."""
    return 5 if day == 8 else day - 1


async def test_catching_up_tries_again_when_refused_and_holds_up_nothing(stage: Bench) -> None:
    stage.arxiv.announce(THURSDAY, [sparse(1, categories=["cs.LG", "stat.ML"])])
    stage.arxiv.announce(FRIDAY, [sparse(2, published="2026-06-04T12:00:00+00:00")])
    stage.arxiv.announce(MONDAY, [theory(3)])
    await morning(stage)
    await stage.stop_bot()
    stage.clock.set(stage.clock.now().replace(day=8, hour=6, minute=0))
    stage.arxiv.trouble(Trouble("unavailable", where="api", times=1))
    await stage.start_bot()
    assert "part 3" in text((await stage.posts("theory"))[-1])
    assert len(await stage.posts("efficiency")) == 1
    await stage.later(minutes=5)
    assert "part 2" in text((await stage.posts("efficiency"))[-1])


async def test_organisers_hear_the_cause_after_two_failed_days_and_not_before(stage: Bench) -> None:
    stage.arxiv.announce(THURSDAY, [theory(1, categories=["cs.LG", "stat.ML"])])
    await morning(stage)
    stage.arxiv.trouble(Trouble("unavailable", where="feed"))
    await stage.later(days=1)
    await stage.later(hours=22)
    assert not await stage.posts("proposals")
    await stage.later(days=3)
    (alert,) = await stage.posts("proposals")
    assert "arXiv cannot be reached" in text_of(alert)
    assert "since Friday 5 June" in text_of(alert)


async def test_a_category_that_arxiv_does_not_have_is_told_once_and_holds_up_nothing(stage: Bench) -> None:
    stage.arxiv.announce(THURSDAY, [sparse(1)])
    await stage.olga.slash("/topics edit", channel="general", topic="T", categories="cs.XX")
    await morning(stage)
    await stage.later(days=1)
    assert len(await stage.posts("efficiency")) == 1
    (alert,) = await stage.posts("proposals")
    assert "cs.XX" in text_of(alert)


async def test_a_holiday_is_explained_where_people_would_wonder_if_so_configured(stage: Bench) -> None:
    await stage.olga.slash("/digest settings", channel="general", days="none")
    await stage.olga.slash("/settings set", channel="general", key="digest.say_closed", value="yes")
    await stage.advance_to(stage.clock.now().replace(month=9, day=7, hour=12))
    await stage.olga.slash("/digest settings", channel="general", days="daily")
    await stage.later(hours=19)
    (said,) = await stage.posts("theory")
    assert "for a holiday" in text_of(said)
    assert "Wednesday 9 September" in text_of(said)


async def test_weekends_are_not_asked_about(stage: Bench) -> None:
    stage.arxiv.announce(FRIDAY, [sparse(1, categories=["cs.LG", "stat.ML"])])
    await stage.olga.slash("/digest settings", channel="general", days="fri, sat, sun")
    await stage.later(days=2)
    asked = len(stage.arxiv.requests)
    await stage.later(days=2)
    assert len(stage.arxiv.requests) == asked


async def test_an_unchanged_feed_is_not_sent_again(stage: Bench) -> None:
    stage.arxiv.announce(THURSDAY, [sparse(1)])
    await morning(stage)
    await stage.later(hours=1)
    made = await stage.olga.slash("/digest now", channel="general")
    await made.final()
    assert {asked.status for asked in stage.arxiv.requests[-2:]} == {304}
    assert "nothing new" in made.text


async def test_a_flood_of_bytes_ends_in_one_clear_line(
    stage: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    stage.arxiv.announce(THURSDAY, [sparse(1)])
    stage.arxiv.trouble(Trouble("huge", where="feed", times=2, size=40_000_000))
    with caplog.at_level(logging.WARNING):
        await morning(stage)
    lines = [record for record in caplog.records if record.getMessage() == "feed.failed"]
    assert len(lines) == 2  # one a category
    await stage.later(hours=1)
    assert len(await stage.posts("efficiency")) == 1


async def test_a_feed_as_long_as_arxiv_makes_them_is_one_digest_and_said_to_be_cut(
    stage: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    stage.arxiv.announce(THURSDAY, [sparse(n) for n in range(1, 2_101)])
    with caplog.at_level(logging.INFO):
        await morning(stage)
    (post,) = await stage.posts("efficiency")
    assert "Show 100 more" in str(post.components)
    assert "1895 papers left out" in post.embeds[0]["footer"]["text"]
    told = [vars(r)["event_fields"] for r in caplog.records if r.getMessage() == "feed.fetched"]
    assert {"papers": 2_000, "cut_off": True}.items() <= told[0].items()


async def test_papers_of_tuesday_are_not_late_on_tuesday(stage: Bench) -> None:
    stage.arxiv.announce(MONDAY, [sparse(1)])
    stage.arxiv.announce(TUESDAY, [sparse(2)])
    await stage.later(days=6)
    assert titles(await stage.posts("efficiency")) == [
        "New on arXiv · Monday 8 June",
        "New on arXiv · Tuesday 9 June",
    ]
