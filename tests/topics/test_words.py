import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.topics.words import TITLE_ENDS, read, readings, stem, words


def test_text_is_cut_at_everything_that_is_no_letter_or_digit() -> None:
    assert words("Few-shot $\\ell_1$ (R&D), 4-bit") == ["few", "shot", "ell", "1", "r", "d", "4", "bit"]


def test_accents_of_western_europe_fall_away() -> None:
    assert words("Naïve Königsberg") == ["naive", "konigsberg"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("networks", "network"),
        ("optimisation", "optimization"),
        ("quantized", "quantization"),
        ("pruning", "pruned"),
        ("merging", "merge"),
        ("adaptation", "adapted"),
        ("behaviour", "behavior"),
        ("symmetries", "symmetry"),
        ("LLMs", "LLM"),
        ("overparametrized", "overparameterization"),
    ],
)
def test_forms_of_a_word_share_a_stem(one: str, other: str) -> None:
    assert stem(one.lower()) == stem(other.lower())


@pytest.mark.parametrize(("one", "other"), [("class", "clas"), ("corpus", "corpu")])
def test_not_every_s_is_a_plural(one: str, other: str) -> None:
    assert stem(one) != stem(other)


def test_a_hyphen_may_be_a_space_or_nothing() -> None:
    assert readings("fine-tuning") == [("fin", "tun"), ("finetun",)]


def test_a_phrase_without_letters_is_never_found() -> None:
    assert readings("— ∞ —") == []


@given(st.text(), st.text())
def test_a_paper_is_its_title_and_its_abstract(title: str, abstract: str) -> None:
    row = read(title, abstract)
    assert TITLE_ENDS in row
    assert [word for word in row if word != TITLE_ENDS] == words(title) + words(abstract)


def test_only_the_beginning_of_an_abstract_is_read() -> None:
    assert len(read("", "word " * 10_000)) < 300


@given(st.text())
def test_wild_text_is_cut_into_plain_words(text: str) -> None:
    assert all(word.isascii() and word.isalnum() and word == word.lower() for word in words(text))


@given(st.text(min_size=1))
def test_a_stem_is_never_empty(text: str) -> None:
    assert all(stem(word) for word in words(text))
