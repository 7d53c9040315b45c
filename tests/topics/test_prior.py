from importlib import resources

import pytest

import bot.topics
from bot.topics.prior import background, letter, parse_background, parse_prior, shipped_prior
from bot.topics.taxonomy import shipped


def test_what_was_learned_is_small_and_says_where_it_is_from() -> None:
    files = [resources.files(bot.topics).joinpath(name) for name in ("background.txt", "prior.txt")]
    assert sum(len(file.read_bytes()) for file in files) < 200_000
    assert all("Learned from" in file.read_text("utf-8").splitlines()[2] for file in files)


def test_the_model_knows_every_shipped_topic() -> None:
    prior = shipped_prior()
    assert prior.keys == tuple(topic.key for topic in shipped())
    assert {len(row) for row in (prior.bias, prior.phrase, *prior.weights.values())} == {len(shipped())}


def test_rare_words_weigh_more() -> None:
    assert (
        background().rarity(("the",)) < background().rarity(("network",)) < background().rarity(("federat",))
    )


def test_an_unknown_phrase_is_judged_by_its_words() -> None:
    known = parse_background("0.5\tthe\n6\ttea\n")
    assert known.rarity(("the",)) < known.rarity(("the", "tea")) <= known.rarity(("tea", "zzz"))


@pytest.mark.parametrize("weight", [-500, -40, -3, 0, 3, 40, 500])
def test_a_weight_survives_its_letter(weight: int) -> None:
    prior = parse_prior(f"topics\tX\nbias\t-1\nphrase\t2\nword\t{letter(weight)}\n")
    (read,) = prior.weights["word",]
    assert abs(read - max(-221, min(221, weight))) <= abs(weight) / 10 + 1
    assert (prior.keys, prior.bias, prior.phrase) == (("X",), (-1,), (2,))
