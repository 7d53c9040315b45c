from hypothesis import given
from hypothesis import strategies as st

from bot.topics.lexicon import Gram, Lanes, Lexicon
from bot.topics.words import TITLE_ENDS

LETTERS = st.sampled_from(["a", "b", "c", "d"])
TEXT = st.lists(LETTERS, max_size=12)
GRAMS = st.lists(st.lists(LETTERS, min_size=1, max_size=4).map(tuple), max_size=12)


def occurs(gram: Gram, text: list[str]) -> bool:
    return any(tuple(text[at : at + len(gram)]) == gram for at in range(len(text)))


@given(GRAMS, TEXT, TEXT)
def test_exactly_the_grams_that_occur_are_found(
    grams: list[Gram], title: list[str], abstract: list[str]
) -> None:
    lexicon = Lexicon(grams)
    in_title, anywhere = lexicon.find([*title, TITLE_ENDS, *abstract])
    assert in_title == {lexicon.marks[gram] for gram in grams if occurs(gram, title)}
    assert anywhere == {
        lexicon.marks[gram] for gram in grams if occurs(gram, title) or occurs(gram, abstract)
    }


def test_a_gram_does_not_reach_from_title_to_abstract() -> None:
    assert Lexicon([("a", "b")]).find(["a", TITLE_ENDS, "b"]) == (set(), set())


@given(st.lists(st.lists(st.integers(-100_000, 100_000), min_size=3, max_size=3), min_size=1, max_size=50))
def test_packed_vectors_add_up_like_vectors(vectors: list[list[int]]) -> None:
    lanes = Lanes(3)
    assert lanes.unpack(sum(map(lanes.pack, vectors))) == [
        sum(column) for column in zip(*vectors, strict=True)
    ]


@given(st.lists(st.integers(-1000, 1000), min_size=4, max_size=4), st.integers(-1000, 1000))
def test_the_lanes_above_a_floor_are_told_with_their_places(vector: list[int], floor: int) -> None:
    lanes = Lanes(4)
    assert lanes.above(lanes.pack(vector), floor) == [
        (at, value) for at, value in enumerate(vector) if value > floor
    ]
