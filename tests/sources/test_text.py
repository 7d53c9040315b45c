from __future__ import annotations

import gzip
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources import first_sentences, gist, readable
from bot.sources.text import may_be_withdrawn, sentences
from tests.sources.support import SAMPLES


@pytest.mark.parametrize(
    "whole",
    [
        "We follow Lee et al. (2019) and others.",
        "We follow Lee et al. and others here.",
        "See e.g. Fig. 3 and Eq. (2), cf. Sec. 4, vs. the rest.",
        "It gains 3.5 points, i.e. 2.1 more than Dr. Roe and Prof. Lee.",
        "This is joint work of A. Lovelace and E. Noether at the U.S. office.",
        "Errors etc. are counted with respect to (w.r.t.) No. 5.",
        "Is it true? yes, as we see.",
        "It works with Node.js and arXiv.org as of v1.2 today.",
        "It runs at $x.y$ and more... and more.",
        "One sentence without an end",
    ],
)
def test_one_sentence_stays_one(whole: str) -> None:
    assert sentences(whole) == [whole]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("First. Second.", ["First.", "Second."]),
        ("Really? Yes! So it is.", ["Really?", "Yes!", "So it is."]),
        ("We follow Lee et al. We differ.", ["We follow Lee et al.", "We differ."]),
        ('They say "no." We say yes.', ['They say "no."', "We say yes."]),
        ("It costs 3.5. Then 4 more.", ["It costs 3.5.", "Then 4 more."]),
        ("Two are: 1. this. 2. that, and more.", ["Two are: 1. this.", "2. that, and more."]),
        ("In the limit n. We stop there.", ["In the limit n.", "We stop there."]),
        ("It is lost.We find it again.", ["It is lost.", "We find it again."]),
        (
            "(All of it.) So $x$ is next. “Quoted.” End.",
            ["(All of it.)", "So $x$ is next.", "“Quoted.”", "End."],
        ),
        ("  ", []),
    ],
)
def test_sentences_are_told_apart(text: str, parts: list[str]) -> None:
    assert sentences(text) == parts


def test_a_text_that_fits_is_not_touched() -> None:
    assert first_sentences(" It fits. All of it ", 30) == "It fits. All of it"


def test_a_text_is_shortened_at_the_end_of_a_sentence() -> None:
    text = "We follow Lee et al. (2019) here. The second one is longer. The third does not fit."
    assert first_sentences(text, 70) == "We follow Lee et al. (2019) here. The second one is longer."
    assert first_sentences(text, 58) == "We follow Lee et al. (2019) here."


def test_only_a_cut_sentence_ends_in_an_ellipsis() -> None:
    text = "A very long sentence, which goes on and on. Another."
    assert first_sentences(text, 25) == "A very long sentence…"
    assert first_sentences("x" * 50, 10) == "x" * 9 + "…"
    assert first_sentences(text, 1) == "…"
    assert first_sentences(text, 0) == ""


@given(st.text(max_size=300), st.integers(0, 320))
def test_the_limit_is_kept_and_nothing_is_invented(text: str, limit: int) -> None:
    short = first_sentences(text, limit)
    assert len(short) <= limit
    assert text.strip().startswith(short.removesuffix("…").rstrip())


@given(st.text(st.sampled_from("aB. ?!e.g1\n"), max_size=120))
def test_sentences_together_are_the_text(text: str) -> None:
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


ABSTRACT = (
    "Large models are costly to train. However, little is known about sparse ones. In this paper, we propose Sieve, "
    "a sparse optimiser that keeps $k$ of $n$ states, and prove that it converges. Extensive experiments show "
    "gains of 3.5% on two benchmarks. Code is available at https://example.org/sieve."
)


def test_the_gist_is_the_sentence_that_says_what_the_paper_does() -> None:
    assert gist(ABSTRACT, "Sieve: Sparse Optimisation with Few States") == (
        "In this paper, we propose Sieve, a sparse optimiser that keeps k of n states, and prove that it converges."
    )


def test_the_title_tells_which_of_two_results_is_the_main_one() -> None:
    abstract = (
        "We show a bound for trees of any depth in passing. We show that pruned transformers learn faster."
    )
    assert (
        gist(abstract, "Pruned Transformers Learn Faster") == "We show that pruned transformers learn faster."
    )


def test_the_address_of_the_code_is_never_the_gist() -> None:
    abstract = "Trees are hard to prune well in practice. We release code for pruning trees at https://example.org/trees."
    assert gist(abstract, "Pruning Trees") == "Trees are hard to prune well in practice."


def test_without_an_abstract_there_is_no_gist() -> None:
    assert gist("", "A title") == ""
    assert gist("One.", "") == "One."


def test_gists_of_real_abstracts_are_their_own_sentences_and_tell_something() -> None:
    path = SAMPLES / "stream_2days.jsonl.gz"
    if not path.exists():
        pytest.skip(f"real abstracts are not beside this checkout ({path} is absent)")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        papers = [json.loads(line) for line in lines]
    telling = re.compile(
        r"\b(?:we|this (?:paper|work|article|study|survey|thesis)|our|here|is|are)\b", re.IGNORECASE
    )
    told = 0
    for paper in papers:
        sentence = gist(paper["abstract"], paper["title"])
        assert sentence
        assert sentence in readable(paper["abstract"])
        told += bool(telling.search(sentence)) and 40 <= len(sentence) <= 400
    assert told / len(papers) > 0.93


@pytest.mark.parametrize(
    ("comment", "abstract", "gone"),
    [
        ("This paper has been withdrawn by the author due to a crucial error in equation 7", "", True),
        ("Withdrawn. See 1803.03635", "", True),
        ("This submission is withdrawn because the proof is wrong", "", True),
        (None, "This article has been withdrawn. It was wrong.", True),
        (None, "We study how money is withdrawn. " * 10, False),
        ("12 pages, 3 figures", "We show that drawn tickets win.", False),
        (None, "x" * 300 + "Later it was withdrawn.", False),
        (None, "", False),
    ],
)
def test_a_withdrawal_is_read_from_what_authors_say(
    comment: str | None, abstract: str, *, gone: bool
) -> None:
    assert may_be_withdrawn(comment, abstract) == gone
