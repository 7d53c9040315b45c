"""The papers that fill a rehearsed term."""

from __future__ import annotations

from datetime import date

from bot.clock import VirtualClock
from bot.rehearsal import invented, scene
from bot.rehearsal.arxiv_library import is_feed_day
from bot.topics.router import Router
from bot.topics.taxonomy import Topic

BIRDS = Topic("B", "Birds", categories=("q-bio.PE", "cs.CV"), phrases=("Baltic gulls", "barn swallow"))
STARS = Topic("S", "Stars", categories=("astro-ph.SR",), phrases=("white dwarf", "red giant", "supernova"))


def test_every_feed_day_of_a_term_has_a_paper_of_each_topic_and_no_number_comes_twice() -> None:
    days = dict(invented.days([BIRDS, STARS], date(2026, 6, 5)))
    assert len(days) > 180
    assert all(is_feed_day(day) and len(batch) == 2 for day, batch in days.items())
    numbers = [paper.id for batch in days.values() for paper in batch]
    assert len(set(numbers)) == len(numbers)
    assert days == dict(invented.days([BIRDS, STARS], date(2026, 6, 5)))


def test_invented_papers_find_their_topic() -> None:
    router = Router([BIRDS, STARS])
    for _, batch in list(invented.days([BIRDS, STARS], date(2026, 6, 5)))[:40]:
        found = [router.route(paper.title, paper.abstract, paper.categories)[0].topic_key for paper in batch]
        assert found == ["B", "S"]


def test_the_demo_keeps_its_first_days_and_a_group_of_its_own_gets_papers_at_once() -> None:
    def batches(*, own: bool) -> dict[date, int]:
        double = scene.demo_arxiv(VirtualClock(scene.START), topics=[BIRDS], own=own)
        return {day: len(batch) for day, batch in double.library.batches.items()}

    plain = {day: len(b) for day, b in scene.demo_arxiv(VirtualClock(scene.START)).library.batches.items()}
    demo, own = batches(own=False), batches(own=True)
    assert {day: demo[day] for day in plain} == plain
    assert {day: own[day] for day in plain} == {day: size + 1 for day, size in plain.items()}
    assert len(demo) == len(own) > 180
