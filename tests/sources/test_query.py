from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.sources import Entry, SourceTrouble, parse_query
from bot.sources.query import BATCH, id_list_url, title_url
from tests.sources.support import api_answer, sample


def test_the_format_of_2016_is_read_whole() -> None:
    (entry,) = parse_query(sample("api_2016_query.xml"))
    assert entry.arxiv_id == "1311.6008"
    assert entry.version == 2
    assert entry.title == (
        "Exact and approximate solutions for the quantum minimum-Kullback-entropy estimation problem"
    )
    assert entry.authors == (
        "Carlo Sparaciari",
        "Stefano Olivares",
        "Francesco Ticozzi",
        "Matteo G. A. Paris",
    )
    assert entry.primary_category == "quant-ph"
    assert entry.published == datetime(2013, 11, 23, 15, 44, 29, tzinfo=UTC)
    assert entry.updated == datetime(2014, 7, 2, 7, 41, 45, tzinfo=UTC)
    assert entry.doi == "10.1103/PhysRevA.89.042124"
    assert entry.journal_ref == "Phys. Rev. A 89, 042124 (2014)"
    assert entry.comment == "9 pages, 6 figures"


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("api_2025_two_ids.xml", ["2202.01615", "2110.00857"]),
        ("api_2025_query.xml", ["2510.14968", "2510.14827"]),
        ("api_2026_id_single.xml", ["1605.08386"]),
        ("api_2026_two_ids_one_unknown.xml", ["1707.08567"]),
        ("api_2026_id_old_style.xml", ["quant-ph/0201082"]),
        ("api_2026_id_old_style_many_authors.xml", ["astro-ph/0601001"]),
        ("api_2026_empty.xml", []),
    ],
)
def test_every_format_gives_canonical_ids(name: str, ids: list[str]) -> None:
    assert [entry.arxiv_id for entry in parse_query(sample(name))] == ids


def test_white_space_is_normalised_in_every_text() -> None:
    for name in ("api_2025_query.xml", "api_2016_query.xml", "api_2026_query_page.xml"):
        for entry in parse_query(sample(name)):
            for text in (entry.title, entry.abstract, entry.comment or "", *entry.authors):
                assert text == " ".join(text.split())


def test_a_paper_titled_0_keeps_its_title() -> None:
    (entry,) = parse_query(sample("api_2026_id_versioned.xml"))
    assert entry.title == "0"
    assert parse_query(api_answer("2104.12255v1", title="0"))[0].title == "0"


def test_categories_keep_their_order_and_the_primary_one_is_told() -> None:
    entry = parse_query(sample("api_2025_query.xml"))[0]
    assert entry.primary_category == "cs.RO"
    assert entry.categories[:2] == ("cs.RO", "cs.AI")


@pytest.mark.parametrize(
    ("name", "status"), [("api_2025_error_incorrect_id.xml", 200), ("api_2026_error_incorrect_id.xml", 400)]
)
def test_an_error_entry_is_a_bad_request_whatever_its_status(name: str, status: int) -> None:
    with pytest.raises(SourceTrouble, match="incorrect id format") as trouble:
        parse_query(sample(name), status)
    assert trouble.value.kind == "bad_request"


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (b"Rate exceeded.", 429, "rate_limited"),
        (b"Rate exceeded.", 200, "rate_limited"),
        (b"<html><body>Access denied</body></html>", 403, "refused"),
        (b"<html><body>Service unavailable</body></html>", 503, "down"),
        (b"", 404, "down"),
        (b"", 200, "garbled"),
        (b"  \n", 200, "garbled"),
        (b"plain words", 200, "garbled"),
        (b"<!DOCTYPE html><html><head><title>arXiv</title></head></html>", 200, "garbled"),
        (b"\xef\xbb\xbf\n<html><body>Maintenance</body></html>", 200, "garbled"),
        (b'<?xml version="1.0"?><!DOCTYPE feed [<!ENTITY a "aaaa">]><feed>&a;</feed>', 200, "garbled"),
        (b'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"', 200, "garbled"),
        (b"/etc/hostname", 200, "garbled"),
        (b"http://127.0.0.1:1/feed.xml", 200, "garbled"),
    ],
)
def test_what_is_not_an_answer_is_told_apart(body: bytes, status: int, kind: str) -> None:
    with pytest.raises(SourceTrouble) as trouble:
        parse_query(body, status)
    assert trouble.value.kind == kind
    assert trouble.value.sentence.endswith(".")


def test_half_an_answer_is_no_answer() -> None:
    whole = api_answer("2606.00001v1", "2606.00002v1")
    for length in range(60, len(whole) - 10, 97):
        with pytest.raises(SourceTrouble):
            parse_query(whole[:length])


def test_results_announced_but_not_given_are_no_answer() -> None:
    with pytest.raises(SourceTrouble, match="3 results announced"):
        parse_query(api_answer(total=3))


def test_an_entry_without_a_usable_id_or_title_is_refused() -> None:
    for broken in (api_answer("9999.99999v1"), api_answer(""), api_answer("2606.00001v1", title=" ")):
        with pytest.raises(SourceTrouble) as trouble:
            parse_query(broken)
        assert trouble.value.kind == "garbled"


def test_characters_that_xml_forbids_do_not_cost_the_answer() -> None:
    body = api_answer("2606.00001v1", title="A beginning").replace(b"beginning", b"begin\x0bni&#x1F;n&#11;g")
    assert parse_query(body)[0].title == "A beginning"


@pytest.mark.parametrize(
    "text",
    ["For $a<b$ we show $f(x)<g(x)$ if $b>a$", "$d<n$ and $k > 2$", "$p<q$ and $x>0$", "R&D", "<b>x</b> & y"],
)
def test_mathematics_and_markup_characters_come_through_whole(text: str) -> None:
    (entry,) = parse_query(api_answer("2606.00001v1", title=text, summary=f"{text} if so."))
    assert entry.title == text
    assert entry.abstract == f"{text} if so."


def test_the_address_asks_for_as_many_results_as_ids() -> None:
    asked = urlsplit(id_list_url("https://export.arxiv.org/api/query", ["2401.00001", "math/0309136"]))
    assert asked.path == "/api/query"
    assert parse_qs(asked.query) == {"id_list": ["2401.00001,math/0309136"], "max_results": ["2"]}


def test_no_more_than_a_batch_is_asked_for_at_once() -> None:
    with pytest.raises(ValueError, match="ids a request"):
        id_list_url("https://export.arxiv.org/api/query", ["2401.00001"] * (BATCH + 1))


@pytest.mark.parametrize(
    ("comment", "abstract", "withdrawn"),
    [
        ("This paper has been withdrawn by the authors", "", True),
        ("Withdrawn due to an error in Lemma 2", "", True),
        (None, "This submission has been withdrawn by arXiv administrators", True),
        ("12 pages", "We study patients whose medication was withdrawn.", False),
        (None, "This paper studies bank runs.", False),
    ],
)
def test_a_withdrawal_is_read_from_the_words(comment: str | None, abstract: str, *, withdrawn: bool) -> None:
    entry = Entry("2401.00001", 2, "T", (), abstract, ("cs.LG",), "cs.LG", comment=comment)
    assert entry.withdrawn is withdrawn


def test_papers_of_a_title_are_asked_for_by_its_words() -> None:
    url = title_url("https://export.arxiv.org/api/query", ["lottery", "ticket"])
    assert url == (
        "https://export.arxiv.org/api/query?search_query=ti%3Alottery+AND+ti%3Aticket&start=0&max_results=10"
    )
