from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.topics.prior import shipped_prior
from bot.topics.router import MATCH, Router
from bot.topics.taxonomy import Topic, shipped

PLAIN = Router(shipped())
TAUGHT = Router(shipped(), shipped_prior())
OWN = Router([
    Topic("tea", "Tea", phrases=("green tea", "oolong", "tea-ceremony")),
    Topic("cake", "Cake", phrases=("sponge cake", "frosting"), categories=("cs.CK",)),
])  # fmt: skip


def keys(router: Router, title: str, abstract: str = "") -> list[str]:
    return [match.topic_key for match in router.route(title, abstract)]


def test_a_paper_goes_where_its_phrases_belong() -> None:
    assert keys(OWN, "On the brewing of green teas") == ["tea"]
    assert set(keys(OWN, "Sponge cakes for a Tea Ceremony")) == {"cake", "tea"}


def test_a_paper_of_no_topic_goes_nowhere() -> None:
    assert keys(OWN, "On the brewing of coffee", "We brew coffee.") == []
    assert keys(TAUGHT, "A catalogue of dwarf galaxies", "We observe galaxies with a telescope.") == []


@pytest.mark.parametrize("text", ["tea-ceremony", "tea ceremony", "Teaceremonies", "TEA CEREMONY"])
def test_hyphen_case_and_plural_do_not_matter(text: str) -> None:
    assert keys(OWN, text) == ["tea"]


def test_what_stands_in_the_title_counts_more() -> None:
    assert PLAIN.scores("Model merging", "")["C3"] > PLAIN.scores("", "Model merging")["C3"]


def test_a_match_tells_the_phrases_as_the_group_spelt_them() -> None:
    (match,) = OWN.route("Tea ceremonies with oolong", "")
    assert set(match.reasons) == {"tea-ceremony", "oolong"}


def test_the_category_lends_weight_but_no_topic() -> None:
    assert OWN.route("Nothing", "", ["cs.CK"]) == []
    many = Topic(
        "cake", "Cakes", categories=("cs.CK",), phrases=("frosting", *(f"cake number {n}" for n in range(11)))
    )
    router = Router([many])  # with few phrases, one alone would be enough
    assert router.scores("frosting", "", ["cs.CK"])["cake"] > router.scores("frosting", "")["cake"]


def test_matches_come_best_first() -> None:
    scores = [match.score for match in TAUGHT.route("Federated continual learning with lottery tickets", "")]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) > 1


def test_what_was_learned_does_not_follow_a_key_that_means_something_else() -> None:
    other = Router([Topic("A1", "Cats", phrases=("cat",))], shipped_prior())
    assert keys(other, "Stochastic gradient descent with momentum") == []


def test_what_was_learned_stays_when_a_group_adds_a_phrase() -> None:
    topics = [replace(topic, phrases=(*topic.phrases, "bananas")) for topic in shipped()]
    edited = Router(topics, shipped_prior())
    assert edited.scores("Catastrophic forgetting", "") == TAUGHT.scores("Catastrophic forgetting", "")


def test_a_router_of_no_topics_routes_nothing() -> None:
    assert Router([]).route("Green tea", "") == []


def test_an_empty_paper_goes_nowhere() -> None:
    assert TAUGHT.route("", "") == []
    assert PLAIN.route("", "") == []


@given(st.text(), st.text(), st.lists(st.text(max_size=8), max_size=3))
def test_wild_text_has_scores_between_0_and_1(title: str, abstract: str, categories: list[str]) -> None:
    for router in (PLAIN, TAUGHT, OWN):
        assert all(0 <= score <= 1 for score in router.scores(title, abstract, categories).values())
        assert all(MATCH <= match.score <= 1 for match in router.route(title, abstract, categories))


def f1(pairs: list[tuple[set[str], set[str]]]) -> float:
    hits = sum(len(said & true) for said, true in pairs)
    return 2 * hits / sum(len(said) + len(true) for said, true in pairs)


@pytest.mark.parametrize(("router", "topics", "areas"), [(PLAIN, 0.62, 0.68), (TAUGHT, 0.68, 0.74)])
def test_labelled_papers_are_routed_well(
    dev: list[dict[str, Any]], router: Router, topics: float, areas: float
) -> None:
    pairs = [(set(keys(router, paper["title"], paper["abstract"])), set(paper["topics"])) for paper in dev]
    assert f1(pairs) > topics
    assert f1([({key[0] for key in said}, {key[0] for key in true}) for said, true in pairs]) > areas
