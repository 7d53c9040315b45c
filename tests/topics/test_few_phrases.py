"""A group that writes down a few phrases means every one of them."""

from __future__ import annotations

import pytest

from bot.topics.prior import shipped_prior
from bot.topics.router import Router
from bot.topics.taxonomy import Topic

TOPICS = (
    Topic("X", "Optics", phrases=("photonic accelerator", "sparse")),
    Topic("Y", "Birds", phrases=("Baltic gulls",)),
)


@pytest.mark.parametrize("phrase", ["photonic accelerator", "sparse"])
@pytest.mark.parametrize("place", ["title", "abstract"])
def test_one_of_a_few_phrases_is_enough_wherever_it_stands(phrase: str, place: str) -> None:
    texts = {"title": "A study", "abstract": "We study something.", place: f"We look at a {phrase} again."}
    (match,) = Router(TOPICS, shipped_prior()).route(**texts)
    assert (match.topic_key, match.reasons[0]) == ("X", phrase)


def test_a_paper_with_none_of_them_goes_nowhere() -> None:
    assert Router(TOPICS).route("Wings of swans", "We study the wings of swans.") == []


def test_among_many_phrases_a_common_word_alone_is_not_enough() -> None:
    many = Topic("M", "Many", phrases=("network", *(f"phrase {number}" for number in range(30))))
    assert Router([many]).route("A study", "We train a network.") == []
