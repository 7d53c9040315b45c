from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.identifiers import OLD_ARCHIVES, ArxivId, NotAnArxivId, find_all, parse

_MONTHS = st.integers(1, 12).map("{:02}".format)


@st.composite
def new_ids(draw: st.DrawFn) -> str:
    year, month = draw(st.integers(7, 60)), draw(_MONTHS)
    yymm = f"{year:02}{month}"
    yymm = max(yymm, "0704")
    return (
        f"{yymm}.{draw(st.integers(1, 9999)):04}"
        if yymm <= "1412"
        else f"{yymm}.{draw(st.integers(1, 99999)):05}"
    )


@st.composite
def old_ids(draw: st.DrawFn) -> str:
    year, month = draw(st.sampled_from([92, 95, 99, 0, 3, 6])), draw(_MONTHS)
    return f"{draw(st.sampled_from(sorted(OLD_ARCHIVES)))}/{year:02}{month}{draw(st.integers(1, 999)):03}"


any_id = st.one_of(new_ids(), old_ids())

# Every way of writing an id; `{}` is the id, with or without a version.
RENDERINGS = [
    "{}",
    " {} ",
    "({}).",
    "<{}>",
    "`{}`",
    "**{}**",
    "||{}||",
    "“{}”",
    "{}.pdf",
    "arXiv:{}",
    "arxiv: {}",
    "ARXIV:{}",
    "arXiv {}",
    "arXiv:{} [cs.LG] 5 Jan 2024",
    "https://arxiv.org/abs/{}",
    "http://arxiv.org/abs/{}",
    "arxiv.org/abs/{}",
    "HTTPS://ARXIV.ORG/ABS/{}",
    "https://arxiv.org/abs/{}/",
    "https://arxiv.org/abs/{}?context=cs.LG",
    "https://arxiv.org/abs/{}#comments",
    "https://arxiv.org/pdf/{}",
    "https://arxiv.org/pdf/{}.pdf",
    "https://arxiv.org/pdf/{}.pdf#page=3",
    "https://arxiv.org/html/{}",
    "https://arxiv.org/html/{}/S3.html#S3.F1",
    "https://arxiv.org/format/{}",
    "https://arxiv.org/e-print/{}",
    "https://arxiv.org/src/{}",
    "https://arxiv.org/{}",
    "https://www.arxiv.org/abs/{}",
    "http://export.arxiv.org/abs/{}",
    "https://browse.arxiv.org/pdf/{}",
    "http://de.arxiv.org/abs/{}",
    "https://ar5iv.labs.arxiv.org/html/{}",
    "https://ar5iv.org/abs/{}",
    "https://huggingface.co/papers/{}",
    "https://hf.co/papers/{}",
    "https://www.alphaxiv.org/abs/{}",
    "https://alphaxiv.org/overview/{}",
    "https://www.alphaxiv.org/pdf/{}",
    "https://scirate.com/arxiv/{}",
    "10.48550/arXiv.{}",
    "doi:10.48550/arXiv.{}",
    "https://doi.org/10.48550/arXiv.{}",
    "http://dx.doi.org/10.48550/arxiv.{}",
    "<https://arxiv.org/abs/{}>",
    "[the paper](https://arxiv.org/abs/{})",
    "[the paper](<https://arxiv.org/abs/{}>)",
    "this one: https://arxiv.org/abs/{}, please!",
]


@given(any_id, st.one_of(st.none(), st.integers(1, 99)), st.sampled_from(RENDERINGS))
def test_every_way_of_writing_an_id_names_the_same_paper(
    bare: str, version: int | None, rendering: str
) -> None:
    named = ArxivId(bare, version)
    assert parse(rendering.format(named)) == named


@given(st.text(max_size=200) | st.from_regex(r"[a-z./:]{0,12}[0-9]{3,5}[./][0-9]{3,7}(v[0-9]{1,5})?"))
def test_junk_never_crashes_and_never_names_an_impossible_paper(junk: str) -> None:
    for found in find_all(junk):
        ArxivId(found.bare, found.version)  # raises for an impossible one
    with contextlib.suppress(NotAnArxivId):
        assert parse(str(parse(junk))) == parse(junk)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "No paper was named"),
        ("  \u200b ", "No paper was named"),
        ("hello world", "names no arXiv paper"),
        ("2413.12345", "no month 13"),
        ("2400.12345", "no month 00"),
        ("2401.1234", "5 digits"),
        ("2401.123456", "5 digits"),
        ("1401.12345", "4 digits"),
        ("2401.00000", "counted from 1"),
        ("0703.1234", "April 2007"),
        ("0612.1234", "April 2007"),
        ("2401.12345v0", "version 0"),
        ("2401.12345v99999", "version 9999"),
        ("math/0313136", "no month 13"),
        ("math/0309000", "counted from 1"),
        ("math/0704001", "1991 to March 2007"),
        ("stat/0309136", "no archive called stat"),
        ("2401123456", "names no arXiv paper"),
        ("+49 30 1234567", "names no arXiv paper"),
        ("2401.12345.6789", "names no arXiv paper"),
        ("https://arxiv.org/list/cs.LG/recent", "not lead to one paper"),
        ("https://arxiv.org/a/lovelace_a_1", "not lead to one paper"),
        ("https://huggingface.co/2401.12345", "not lead to one paper"),
        ("https://arxiv.org.evil.example/abs/2401.12345", "not lead to arXiv"),
        ("https://evilarxiv.org/abs/2401.12345", "not lead to arXiv"),
        ("https://arxiv.org@evil.example/abs/2401.12345", "names no arXiv paper"),
        ("https://evil.example/?u=https://arxiv.org/abs/2401.12345", "not lead to arXiv"),
        ("https://аrxiv.org/abs/2401.12345", "names no arXiv paper"),  # a Cyrillic first letter
        ("https://openreview.net/forum?id=rygGQyrFvH", "not lead to arXiv"),
        ("2401.12345 and 2401.12346", "names 2 papers"),
        ("٢٤٠١.١٢٣٤٥", "names no arXiv paper"),
    ],
)
def test_what_is_not_an_id_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(NotAnArxivId) as refusal:
        parse(text)
    assert reason in str(refusal.value)


def test_a_refusal_says_what_is_accepted() -> None:
    with pytest.raises(NotAnArxivId, match=r"such as 2401\.12345 or math/0309136.*huggingface\.co/papers"):
        parse("my favourite paper")


def test_a_subject_class_is_not_part_of_the_identity() -> None:
    assert parse("math.GT/0309136v2") == ArxivId("math/0309136", 2)
    assert parse("https://arxiv.org/abs/cond-mat.mes-hall/0001001").bare == "cond-mat/0001001"


@pytest.mark.parametrize(
    "text", ["２４０１.１２３４５", "2401.\u200b12345", "\ufeff2401.12345", "arXiv\u00a0:\u00a02401.12345"]
)
def test_invisible_and_wide_characters_do_not_matter(text: str) -> None:
    assert parse(text).bare == "2401.12345"


@pytest.mark.parametrize("dash", ["‐", "‑", "–", "—", "−"])
def test_any_dash_is_a_hyphen(dash: str) -> None:
    assert parse(f"hep{dash}th/9901001").bare == "hep-th/9901001"


def test_the_slash_of_an_old_id_may_be_escaped() -> None:
    assert parse("https://arxiv.org/abs/hep-th%2F9901001v1") == ArxivId("hep-th/9901001", 1)


def test_the_same_paper_named_twice_is_one_paper() -> None:
    assert parse("[2401.12345](https://arxiv.org/abs/2401.12345)").bare == "2401.12345"


def test_an_id_knows_its_page_and_its_month() -> None:
    assert ArxivId("2401.12345", 3).abs_url == "https://arxiv.org/abs/2401.12345"
    assert ArxivId("2401.12345").yymm == "2401"
    assert ArxivId("math/0309136").yymm == "0309"
    assert str(ArxivId("2401.12345", 3)) == "2401.12345v3"


@pytest.mark.parametrize("bare", ["2413.12345", "2401.12345v2", "math.GT/0309136", "Math/0309136", "", "x"])
def test_an_impossible_or_uncanonical_id_cannot_be_made(bare: str) -> None:
    with pytest.raises(NotAnArxivId):
        ArxivId(bare)


def test_papers_are_found_in_chat_once_each_and_in_order() -> None:
    chat = (
        "Have you seen https://arxiv.org/abs/2401.00002v2 (v1 was arXiv:2401.00002)? Compare 2401.00001, "
        "https://huggingface.co/papers/2401.00003, arXiv: math/0309136 and doi:10.48550/arXiv.2401.00004."
    )
    assert [str(found) for found in find_all(chat)] == [
        "2401.00002v2",
        "2401.00001",
        "2401.00003",
        "math/0309136",
        "2401.00004",
    ]


@pytest.mark.parametrize(
    "chat",
    [
        "we met cs/0112017 times",  # a bare old id may be anything
        "call 24011.23456 or 0151 2401123456",
        "version 2401.12345.1",
        "see x/2401.12345",
        "https://evil.example/abs/2401.12345",
        "$2401.1234",
    ],
)
def test_what_only_resembles_an_id_is_not_found_in_chat(chat: str) -> None:
    assert find_all(chat) == []
