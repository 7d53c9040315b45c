from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.sources import SourceTrouble, parse_feed
from bot.sources.feed import split_authors
from tests.sources.support import atom_feed, rss_feed, sample

# What feedparser makes less of in RSS (FIELD.md d2), and more of the kind.
NASTY = [
    "For $a<b$ we show $f(x)<g(x)$ if $b>a$",
    "$d<n$ and $k > 2$",
    "$p<q$ and $x>0$",
    "R&D",
    "R&amp;D",
    "0",
    "<script>alert(1)</script>",
    "A <b>bold</b> claim & more",
    "Quotes \"and\" 'ticks' `and` &lt;entities&gt;",
    "$\\ell_1$ and $\\epsilon$-nets: 100\\% sure",
    "@everyone **stars** [link](https://example.org) ||spoiler||",
    "𝒪(n) – Schrödinger’s “cat” 🐈",
]


@pytest.mark.parametrize("make", [atom_feed, rss_feed])
@pytest.mark.parametrize("text", NASTY)
def test_nasty_texts_come_through_whole(make: object, text: str) -> None:
    assert callable(make)
    day = parse_feed(make({"title": text, "abstract": f"{text} in short."}))
    assert day.entries[0].title == text
    assert day.entries[0].abstract == f"{text} in short."


def test_a_real_day_is_read_whole() -> None:
    day = parse_feed(sample("atom_2025_cs.AI.xml"), 200, "application/atom+xml; charset=utf-8")
    assert day.title == "cs.AI updates on arXiv.org"
    assert len(day.entries) == 7
    assert day.built == datetime(2025, 8, 20, 4, 0, 19, tzinfo=UTC)
    assert day.announced == datetime(2025, 8, 20, 4, tzinfo=UTC)
    assert day.raw_ids[0] == "oai:arXiv.org:2508.13426v1"
    first = day.entries[0]
    assert (first.arxiv_id, first.version, first.announce_type) == ("2508.13426", 1, "cross")
    assert first.title.startswith("ALIGN: Word Association Learning")
    assert first.authors == ("Chunhua Liu", "Kabir Manandhar Shrestha", "Sukai Huang")
    assert first.categories == ("cs.CL", "cs.AI")
    assert first.primary_category == "cs.CL"
    assert all(not entry.abstract.startswith("arXiv:") for entry in day.entries)


def test_accents_in_real_names_are_letters() -> None:
    names = [name for entry in parse_feed(sample("atom_2025_cs.AI.xml")).entries for name in entry.authors]
    assert "Paulo André Lima de Castro" in names
    assert not any("\\" in name for name in names)


def test_the_rss_of_a_real_day_is_understood_too() -> None:
    day = parse_feed(sample("rss2_rendered_cs.LG_2026-06-10.xml"))
    assert len(day.entries) == 36
    assert sum(entry.announce_type == "new" for entry in day.entries) == 24
    assert sum(entry.announce_type == "cross" for entry in day.entries) == 12
    assert all(entry.authors and entry.abstract and entry.primary_category for entry in day.entries)
    assert all(entry.primary_category == "cs.LG" for entry in day.entries if entry.announce_type == "new")


def test_doi_and_journal_of_a_real_replacement_are_read() -> None:
    (entry,) = parse_feed(sample("rss2_2024_math.OC_spec.xml")).entries
    assert (entry.arxiv_id, entry.version, entry.announce_type) == ("2203.01250", 3, "replace-cross")
    assert entry.doi == "10.5802/jep.257"
    assert (entry.journal_ref or "").startswith("Journal de l'")


@pytest.mark.parametrize("name", ["atom_rendered_empty_day.xml", "rss2_rendered_empty_day.xml"])
def test_a_day_without_papers_is_a_valid_day(name: str) -> None:
    day = parse_feed(sample(name))
    assert day.entries == ()
    assert day.raw_ids == ()
    assert day.announced is None
    assert day.title == "stat.ML updates on arXiv.org"


def test_an_old_replacement_keeps_its_old_id() -> None:
    (entry,) = parse_feed(atom_feed({"id": "math/0309136v4", "type": "replace"})).entries
    assert (entry.arxiv_id, entry.version, entry.announce_type) == ("math/0309136", 4, "replace")


@pytest.mark.parametrize("name", ["rss2_rendered_error_bad_category.xml"])
def test_arxivs_error_feed_is_a_bad_request_not_a_quiet_day(name: str) -> None:
    for status in (200, 400):
        with pytest.raises(SourceTrouble, match="Bad archive") as trouble:
            parse_feed(sample(name), status)
        assert trouble.value.kind == "bad_request"


def test_the_error_feed_in_atom_is_a_bad_request() -> None:
    body = atom_feed(title="Feed error for query: https://rss.arxiv.org/atom/nope", subtitle="Bad archive")
    with pytest.raises(SourceTrouble) as trouble:
        parse_feed(body, 400)
    assert trouble.value.kind == "bad_request"


@pytest.mark.parametrize(
    "name",
    [
        "rss2_2025_cs.CV_cut_off.xml",
        "rss1_2018_hep-ex_rdf.xml",
        "api_2026_id_single.xml",
        "api_2026_empty.xml",
    ],
)
def test_what_is_no_whole_daily_feed_is_refused(name: str) -> None:
    with pytest.raises(SourceTrouble) as trouble:
        parse_feed(sample(name))
    assert trouble.value.kind == "garbled"


@pytest.mark.parametrize("make", [atom_feed, rss_feed])
def test_half_a_feed_is_refused_at_any_cut(make: object) -> None:
    assert callable(make)
    whole: bytes = make({"id": "2606.00001v1"}, {"id": "2606.00002v1"})
    for length in range(60, len(whole) - 10, 61):
        with pytest.raises(SourceTrouble):
            parse_feed(whole[:length])


@pytest.mark.parametrize(
    ("body", "content_type", "kind"),
    [
        (b"", None, "garbled"),
        (b"Rate exceeded.", "text/plain", "rate_limited"),
        (b"<html><body>Maintenance</body></html>", None, "garbled"),
        (b"<!-- front end 7 --><!doctype HTML><html></html>", None, "garbled"),
        (atom_feed(), "text/html; charset=utf-8", "garbled"),
        (atom_feed({"id": ""}), None, "garbled"),
        (atom_feed({"id": "2613.00001v1"}), None, "garbled"),
        (atom_feed({"title": "  "}), None, "garbled"),
        (b"<rss version='2.0'></rss>", None, "garbled"),
    ],
)
def test_a_broken_answer_never_looks_like_a_quiet_day(
    body: bytes, content_type: str | None, kind: str
) -> None:
    with pytest.raises(SourceTrouble) as trouble:
        parse_feed(body, 200, content_type)
    assert trouble.value.kind == kind


def test_a_feed_at_arxivs_limit_says_that_it_is_full() -> None:
    items = [{"id": f"2606.{number:05}v1"} for number in range(1, 2001)]
    assert parse_feed(atom_feed(*items)).full
    assert not parse_feed(atom_feed(*items[:3])).full


@pytest.mark.parametrize(
    ("creator", "names"),
    [
        ("", ()),
        ("Ada Lovelace", ("Ada Lovelace",)),
        ("Ada Lovelace, Emmy Noether", ("Ada Lovelace", "Emmy Noether")),
        ("Ada Lovelace (Univ. of X, City), Emmy Noether (1, 2), C", ("Ada Lovelace", "Emmy Noether", "C")),
        ("Ann Lee ((1) MIT (Cambridge, MA)), Bob Roe (2)", ("Ann Lee", "Bob Roe")),
        ("John Smith, Jr., Bob Roe, Hal King, III", ("John Smith, Jr.", "Bob Roe", "Hal King, III")),
        ("ATLAS Collaboration, G. Aad", ("ATLAS Collaboration", "G. Aad")),
        ('Zo\\"e Fran\\c{c}ois, \\L{}ukasz Kaiser', ("Zoë François", "Łukasz Kaiser")),
        ("A. Open (never closed, B. Next", ("A. Open (never closed", "B. Next")),
    ],
)
def test_authors_are_told_apart_from_their_affiliations(creator: str, names: tuple[str, ...]) -> None:
    assert split_authors(creator) == names
    if creator:
        assert parse_feed(atom_feed({"creator": creator})).entries[0].authors == names
