"""Which channels get their papers together, and when."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from bot import config
from bot.config import Schedule
from bot.config.readers import schedules
from bot.services.digest_rounds import REST, categories_of, next_time, round_of, rounds, topics_of

TOPICS = [
    {"key": "T", "name": "Theory", "channel": "theory", "categories": ["stat.ML"]},
    {"key": "E", "name": "Efficiency", "channel": "efficiency", "categories": ["cs.LG"]},
]
WEDNESDAY = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)


def settings(**digest: object) -> config.ServerSettings:
    return config.parse({"topics": TOPICS, "digest": digest}).for_server()


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("theory: weekly", [Schedule("theory", frozenset([0]))]),
        ("#theory: mon, thu 17:00", [Schedule("theory", frozenset([0, 3]), time(17))]),
        (["a: fri", "b: none"], [Schedule("a", frozenset([4])), Schedule("b", frozenset())]),
        ("<#12>: daily 7:30; ", [Schedule("12", frozenset(range(5)), time(7, 30))]),
        ("", []),
    ],
)
def test_schedules_are_read_as_people_write_them_and_read_again(given: object, read: list[Schedule]) -> None:
    assert list(schedules(given)) == read
    assert schedules("; ".join(map(str, read))) == tuple(read)


@pytest.mark.parametrize(
    "given", ["theory", "theory:", "theory: 17:00", "theory: someday", ": mon", "a: mon 25:00", 7]
)
def test_what_is_no_schedule_is_refused(given: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        schedules(given)


def test_a_channel_with_days_of_its_own_makes_its_own_round() -> None:
    own = settings(channels=["theory: fri 17:00", "elsewhere: mon"])
    assert rounds(own) == [REST, "theory"]
    assert (round_of(own, "theory"), round_of(own, "efficiency")) == ("theory", REST)
    assert [topic.key for topic in topics_of(own, REST)] == ["E"]
    assert categories_of(own, "theory") == {"stat.ML"}
    assert categories_of(own) == {"stat.ML", "cs.LG"}


def test_each_round_has_its_next_time() -> None:
    own = settings(channels=["theory: fri 17:00"])
    assert next_time(own, REST, WEDNESDAY) == (date(2026, 6, 4), datetime(2026, 6, 4, 6, 30, tzinfo=UTC))
    assert next_time(own, "theory", WEDNESDAY) == (date(2026, 6, 5), datetime(2026, 6, 5, 15, 0, tzinfo=UTC))
    assert next_time(settings(days=[]), REST, WEDNESDAY) is None
