"""A work is the same however it is named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.works import all_named, likeness, named, people

KDD = "doi:10.1145/3292500.3330701"
ELSEVIER = "doi:10.1016/s0893-6080(05)80023-1"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("10.1145/3292500.3330701", KDD),
        ("doi:10.1145/3292500.3330701", KDD),
        ("https://doi.org/10.1145/3292500.3330701", KDD),
        ("http://dx.doi.org/10.1145/3292500.3330701).", KDD),
        ("https://dl.acm.org/doi/pdf/10.1145/3292500.3330701?casa_token=x", KDD),
        ("see (https://dl.acm.org/doi/10.1145/3292500.3330701), really", KDD),
        ("https://dl.acm.org/doi/abs/10.1145%2F3292500.3330701", KDD),
        ("10.1016/S0893-6080(05)80023-1", ELSEVIER),
        ("(10.1016/S0893-6080(05)80023-1)", ELSEVIER),
        ("https://link.springer.com/article/10.1007/s10994-021-05946-3/figures/1", "doi:10.1007/s10994-021-05946-3"),
        ("https://onlinelibrary.wiley.com/doi/10.1002/cpa.21413/full", "doi:10.1002/cpa.21413"),
        ("https://openreview.net/forum?id=rJl-b3RcF7", "openreview:rJl-b3RcF7"),
        ("https://openreview.net/pdf?noteId=x&id=rJl-b3RcF7", "openreview:rJl-b3RcF7"),
        ("https://www.example.org/paper/?utm_source=x&b=2&a=1#top", "url:example.org/paper?a=1&b=2"),
        ("http://example.org/paper?a=1&b=2", "url:example.org/paper?a=1&b=2"),
        ("<https://aclanthology.org/2020.acl-main.1/>", "url:aclanthology.org/2020.acl-main.1"),
        ("lottery tickets", None),
        ("10.1/2", None),
        ("https://localhost/x", None),
        ("https://[broken", None),
        ("https://exämple.org/Größe", "url:xn--exmple-cua.org/Größe"),
        ("https://arxiv.org@evil.example/x", None),
        ("https://example.org:99999/x", None),
        ("https://ex_ample.org/x", None),
        ("https://arxiv.org/list/cs.LG/new", None),
        ("10.48550/arXiv.1813.03635", None),
    ],
)  # fmt: skip
def test_a_work_has_one_name_however_it_is_written(text: str, name: str | None) -> None:
    found = named(text)
    assert (found and found.name) == name


def test_a_doi_leads_to_its_resolver_and_an_address_to_itself() -> None:
    assert named("10.1145/3292500.3330701").link == "https://doi.org/10.1145/3292500.3330701"  # type: ignore[union-attr]
    page = "https://dl.acm.org/doi/10.1145/3292500.3330701"
    assert named(page).link == page  # type: ignore[union-attr]


def test_keys_are_short_and_of_one_server() -> None:
    one = named(f"https://example.org/{'x' * 1000}")
    assert one is not None
    assert len(one.name) < 255
    assert len(one.key(10**18)) < 30
    assert one.key(1) != one.key(2)


@given(st.text(max_size=200))
def test_no_text_is_too_wild_to_look_for_works(text: str) -> None:
    assert all(one.link.lower().startswith("http") for one in all_named(text))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Ada Lovelace, Alan Turing", ["Ada Lovelace", "Alan Turing"]),
        ("Ada Lovelace, Alan Turing, and Emmy Noether.", ["Ada Lovelace", "Alan Turing", "Emmy Noether"]),
        ("Lovelace, Ada; Turing, Alan", ["Ada Lovelace", "Alan Turing"]),
        ("Lovelace, Ada and Turing, Alan", ["Ada Lovelace", "Alan Turing"]),
        ("Ada Lovelace\nAlan  Turing", ["Ada Lovelace", "Alan Turing"]),
        ("Ada Lovelace & Alan Turing", ["Ada Lovelace", "Alan Turing"]),
        ("Fernando and Sandy", ["Fernando", "Sandy"]),
        ("", []),
    ],
)
def test_authors_are_read_as_people_write_them(text: str, names: list[str]) -> None:
    assert people(text) == names


@pytest.mark.parametrize(
    ("title", "author", "other", "author_2", "verdict"),
    [
        ("The Lottery Ticket Hypothesis", "J. Frankle", "the lottery-ticket hypothesis", "Jonathan Frankle", "same"),
        (r"Fixed-$\delta$ Alignment", "Erdős, P.", "Fixed-δ alignment", "Paul Erdos", "same"),
        ("Adam", "Diederik Kingma", "Adam: A Method for Stochastic Optimization", "D. P. Kingma", "likely"),
        ("Sharpness-aware minimisation for generalisation", "P. Foret",
         "Sharpness-Aware Minimization for Generalization", "Pierre Foret", "likely"),
        ("Attention is not all you need", "Y. Dong", "Attention is not all you need", "Yihe Dng", "likely"),
        ("Attention", "A. One", "Attention", "B. Two", "other"),
        ("Deep learning of trees", "A. One", "Deep learning of graphs and much besides", "A. One", "other"),
        ("", "A. One", "", "A. One", "other"),
    ],
)  # fmt: skip
def test_works_are_told_apart(title: str, author: str, other: str, author_2: str, verdict: str) -> None:
    assert likeness(title, [author], other, [author_2]) == verdict
    assert likeness(other, [author_2], title, [author]) == verdict


def test_an_address_is_one_that_discord_takes() -> None:
    assert (
        named("https://exämple.org/Größe?q=ü").link == "https://xn--exmple-cua.org/Gr%C3%B6%C3%9Fe?q=%C3%BC"
    )  # type: ignore[union-attr]
