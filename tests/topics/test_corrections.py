import random
from typing import Any

from bot.topics.corrections import Label, taught
from bot.topics.prior import shipped_prior
from bot.topics.router import MATCH, Router
from bot.topics.taxonomy import Topic, shipped

TEA = Router([Topic("tea", "Tea", phrases=("green tea",)), Topic("cake", "Cake", phrases=("sponge cake",))])


def cups(number: int) -> list[Label]:
    """Papers about matcha, which this group files under tea, among others."""
    return [
        Label(f"Whisking matcha, part {at}", "Matcha is whisked in a bowl.", frozenset({"tea"}))
        if at % 3 == 0
        else Label(f"Galaxies, part {at}", "Telescopes observe galaxies.", frozenset())
        for at in range(number)
    ]


def test_a_group_teaches_a_word_that_no_phrase_has() -> None:
    corrected = taught(TEA, cups(60))
    assert TEA.route("Matcha bowls", "Whisked matcha.") == []
    assert [match.topic_key for match in corrected.route("Matcha bowls", "Whisked matcha.")] == ["tea"]
    assert [match.topic_key for match in corrected.route("Sponge cake and sponge cakes", "")] == ["cake"]


def test_the_router_that_was_corrected_stays_as_it_was() -> None:
    before = TEA.scores("Green tea", "")
    taught(TEA, cups(60))
    assert TEA.scores("Green tea", "") == before


def test_without_labels_nothing_changes() -> None:
    assert taught(TEA, []) is TEA


def test_labels_that_foretell_nothing_are_not_used() -> None:
    chance = random.Random(0)
    noise = [
        Label(f"Note {chance.random()}", "", frozenset({"tea"} if chance.random() < 0.5 else ()))
        for _ in range(40)
    ]
    assert taught(TEA, noise).scores("Green tea", "") == TEA.scores("Green tea", "")


def test_the_same_labels_teach_the_same() -> None:
    first, second = (taught(TEA, cups(30)).scores("Matcha", "") for _ in range(2))
    assert first == second


def micro_f1(router: Router, labels: list[Label]) -> float:
    hits = said = true = 0
    for label in labels:
        keys = {key for key, score in router.scores(label.title, label.abstract).items() if score >= MATCH}
        hits, said, true = hits + len(keys & label.topics), said + len(keys), true + len(label.topics)
    return 2 * hits / (said + true)


def test_few_labels_do_not_spoil_what_thousands_taught(dev: list[dict[str, Any]]) -> None:
    router = Router(shipped(), shipped_prior())
    labels = [Label(paper["title"], paper["abstract"], frozenset(paper["topics"])) for paper in dev]
    gains = []
    for draw, size in enumerate((10, 30, 60, 90)):
        order = random.Random(draw).sample(labels, len(labels))
        corrected = taught(router, order[:size])
        gains.append(micro_f1(corrected, order[size:]) - micro_f1(router, order[size:]))
    assert sum(gains) / len(gains) > -0.003
    assert min(gains) > -0.01
