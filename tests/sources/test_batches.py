"""What a feed is worth, told by its ids."""

from __future__ import annotations

import pytest

from bot.sources.batches import usual_size, worth

OLD = [f"2606.{n:05d}v1" for n in range(100)]
NEW = [f"2606.{n:05d}v1" for n in range(100, 200)]


@pytest.mark.parametrize(
    ("ids", "known", "usual", "said"),
    [
        (NEW, OLD, 100, "news"),
        (NEW, [], 0, "news"),
        (OLD, OLD, 100, "same"),
        (OLD[:50], OLD, 100, "same"),
        (OLD + NEW[:5], OLD, 100, "more"),
        (NEW + OLD[:5], OLD, 100, "news"),  # a few replaced again on the next day
        (NEW[:10], OLD, 100, "short"),
        (NEW[:3], OLD, 10, "news"),  # a small category has small days
        ([], OLD, 100, "empty"),
    ],
)
def test_worth(ids: list[str], known: list[str], usual: float, said: str) -> None:
    assert worth(ids, known, usual) == said


def test_the_usual_size_follows_slowly() -> None:
    assert usual_size(0, 80) == 80
    assert 80 < usual_size(80, 180) < 120
