"""The arXiv double answers as arXiv does, in health and in trouble."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import aiohttp
import feedparser
import pytest

from bot.clock import VirtualClock
from bot.rehearsal.arxiv import ArxivDouble, Trouble
from bot.rehearsal.arxiv_library import announced_at, is_feed_day
from tests.rehearsal_page.conftest import TUESDAY, WEDNESDAY, paper


class Answer:
    def __init__(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.status, self.body, self.headers = status, body, headers
        self.feed = feedparser.parse(body)

    @property
    def ids(self) -> list[str]:
        return [entry.id for entry in self.feed.entries]


async def get(double: ArxivDouble, path: str) -> Answer:
    async with aiohttp.ClientSession() as http, http.get(double.url + path) as reply:
        return Answer(reply.status, await reply.read(), dict(reply.headers))


def tree(body: bytes) -> ET.Element:
    return ET.fromstring(body)  # noqa: S314  our own bytes, or a file of ours


def shape(body: bytes) -> list[str]:
    """The root's namespaces and the tags of the first entry in order, repeated ones once."""
    root = tree(body)
    entry = next(root.iter("{http://www.w3.org/2005/Atom}entry"))
    first_tag = re.search(rb"<feed[^>]*>", body)
    assert first_tag
    names = sorted(re.findall(r"xmlns(?::\w+)?=\"[^\"]*\"", first_tag[0].decode()))
    return [*names, *dict.fromkeys(child.tag for child in entry)]


async def test_a_paper_is_found_by_its_id_with_and_without_a_version(arxiv: ArxivDouble) -> None:
    answer = await get(arxiv, "/api/query?id_list=1605.08386,math.GT/0309136v1")
    assert answer.status == 200
    assert not answer.feed.bozo
    assert answer.ids == ["http://arxiv.org/abs/1605.08386v1", "http://arxiv.org/abs/math/0309136v1"]
    assert answer.feed.feed.opensearch_totalresults == "2"
    assert answer.feed.entries[0].arxiv_primary_category["term"] == "math.CO"
    assert [author.name for author in answer.feed.entries[0].authors] == ["Ada Noether", "Emmy Lovelace"]


@pytest.mark.parametrize("absent", ["0000.0000", "0808.05394", "2401.99999", "1605.08386v7"])
async def test_a_wellformed_but_absent_id_gives_an_empty_feed(arxiv: ArxivDouble, absent: str) -> None:
    answer = await get(arxiv, f"/api/query?id_list={absent}")
    assert (answer.status, answer.ids, answer.feed.feed.opensearch_totalresults) == (200, [], "0")


async def test_a_malformed_id_gives_status_400_and_an_error_entry(arxiv: ArxivDouble) -> None:
    answer = await get(arxiv, "/api/query?id_list=abc")
    assert answer.status == 400
    assert answer.ids == ["https://arxiv.org/api/errors#incorrect_id_format_for_abc"]
    assert answer.feed.entries[0].title == "Error"


async def test_a_bad_member_of_a_list_is_dropped_in_silence(arxiv: ArxivDouble) -> None:
    answer = await get(arxiv, "/api/query?id_list=abc,0808.05394,1605.08386")
    assert (answer.status, answer.ids) == (200, ["http://arxiv.org/abs/1605.08386v1"])


async def test_ten_results_come_unless_more_are_asked_for(clock: VirtualClock) -> None:
    double = ArxivDouble((paper(f"2605.{n:05}") for n in range(1, 31)), clock)
    await double.start()
    ids = ",".join(double.library.papers)
    assert len((await get(double, f"/api/query?id_list={ids}")).ids) == 10
    page = await get(double, f"/api/query?id_list={ids}&start=20&max_results=50")
    assert len(page.ids) == 10
    assert page.feed.feed.opensearch_totalresults == "30"
    await double.close()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("cat:math.CO", ["1605.08386"]),
        ("cat:math.*", ["1605.08386", "math/0309136"]),
        ('au:"Ada Noether" ANDNOT cat:math.GT', ["1605.08386"]),
        ("(ti:nothing OR all:title) AND id:math/0309136", ["math/0309136"]),
        ("submittedDate:[202606010000 TO 202606012359]", ["1605.08386", "math/0309136"]),
        ("submittedDate:[202505010000 TO 202505312359]", []),
    ],
)
async def test_papers_are_searched_by_field(arxiv: ArxivDouble, query: str, found: list[str]) -> None:
    answer = await get(arxiv, f"/api/query?search_query={query}")
    assert answer.ids == [f"http://arxiv.org/abs/{one}v1" for one in found]


async def test_the_days_feed_says_new_cross_and_replace_from_the_view_of_the_query(
    arxiv: ArxivDouble,
) -> None:
    arxiv.announce(
        TUESDAY,
        [
            paper("2606.00001", "cs.LG", "math.OC"),
            paper("2606.00002", "math.OC", "cs.LG"),
            paper("2505.00003", "cs.LG", version=2),
            paper("2505.00004", "cs.LG", version=6),
        ],
    )
    learning = await get(arxiv, "/atom/cs.LG")
    assert [(e.id, e.arxiv_announce_type) for e in learning.feed.entries] == [
        ("oai:arXiv.org:2505.00003v2", "replace"),
        ("oai:arXiv.org:2606.00002v1", "cross"),
        ("oai:arXiv.org:2606.00001v1", "new"),
    ]
    both = await get(arxiv, "/atom/cs.LG+math.OC")
    assert {e.arxiv_announce_type for e in both.feed.entries} == {"new", "replace"}
    entry = learning.feed.entries[-1]
    assert entry.link == "https://arxiv.org/abs/2606.00001"
    assert entry.author == "Ada Noether, Emmy Lovelace"
    assert entry.summary == "arXiv:2606.00001v1 Announce Type: new \nAbstract: An abstract."
    assert entry.published == "2026-06-02T00:00:00-04:00"


async def test_the_feed_turns_at_midnight_in_new_york(arxiv: ArxivDouble, clock: VirtualClock) -> None:
    arxiv.announce(TUESDAY, [paper("2606.00001")])
    arxiv.announce(WEDNESDAY, [paper("2606.00002")])
    clock.set(datetime(2026, 6, 3, 3, 59, tzinfo=UTC))
    assert (await get(arxiv, "/atom/cs.LG")).ids == ["oai:arXiv.org:2606.00001v1"]
    clock.set(datetime(2026, 6, 3, 4, 0, tzinfo=UTC))
    assert (await get(arxiv, "/atom/cs.LG")).ids == ["oai:arXiv.org:2606.00002v1"]
    clock.advance(timedelta(days=3))
    saturday = await get(arxiv, "/atom/cs.LG")
    assert (saturday.status, saturday.ids, saturday.feed.feed.title) == (
        200,
        [],
        "cs.LG updates on arXiv.org",
    )


async def test_an_announced_paper_is_public_from_the_evening_before(
    arxiv: ArxivDouble, clock: VirtualClock
) -> None:
    arxiv.announce(WEDNESDAY, [paper("2606.00002")])
    assert (await get(arxiv, "/api/query?id_list=2606.00002")).ids == []
    clock.set(announced_at(WEDNESDAY))
    assert clock.now() == datetime(2026, 6, 3, 0, 0, tzinfo=UTC)
    assert (await get(arxiv, "/api/query?id_list=2606.00002")).ids == ["http://arxiv.org/abs/2606.00002v1"]
    arxiv.withhold("2606.00002")
    assert (await get(arxiv, "/api/query?id_list=2606.00002")).ids == []


def test_weekends_have_no_batch() -> None:
    assert [day for day in range(1, 15) if is_feed_day(date(2026, 6, day))] == [
        1,
        2,
        3,
        4,
        5,
        8,
        9,
        10,
        11,
        12,
    ]


def test_the_day_after_a_holiday_evening_has_no_batch(clock: VirtualClock) -> None:
    assert not is_feed_day(date(2026, 9, 8))
    with pytest.raises(ValueError, match="no batch on Saturday"):
        ArxivDouble([], clock).announce(date(2026, 6, 6), [paper("2606.00001")])


async def test_an_unknown_category_gives_status_400_and_says_so(arxiv: ArxivDouble) -> None:
    answer = await get(arxiv, "/atom/cs.ZZ")
    assert answer.status == 400
    assert answer.feed.feed.title == "Feed error for query: http://rss.arxiv.org/atom/cs.ZZ"


NASTY = (
    "For $a<b$ we show $f(x)<g(x)$ if $d<n$ and $k > 2$.",
    "R&D",
    "0",
    r"$\ell_1$",
    "<b>bold</b> &amp; ]]>",
)


@pytest.mark.parametrize("text", NASTY)
async def test_text_with_signs_of_markup_arrives_whole(arxiv: ArxivDouble, text: str) -> None:
    arxiv.announce(TUESDAY, [paper("2606.00001", title=text, abstract=text)])
    for path, lead in (("/atom/cs.LG", "Abstract: "), ("/api/query?id_list=2606.00001", "")):
        entry = tree((await get(arxiv, path)).body).find("{*}entry")
        assert entry is not None
        assert entry.findtext("{*}title") == text
        assert (entry.findtext("{*}summary") or "").endswith(lead + text)


TROUBLE = [
    (Trouble("rate_limit", retry_after=7), 429, b"Rate exceeded."),
    (Trouble("rate_limit"), 429, b"Rate exceeded."),
    (Trouble("unavailable"), 503, b"<!DOCTYPE html>"),
    (Trouble("forbidden"), 403, b"Access denied"),
    (Trouble("html"), 200, b"<!DOCTYPE html>"),
    (Trouble("hang", seconds=0.01), 200, b"<?xml"),
    (Trouble("huge", size=300_000), 200, b"<?xml"),
    (Trouble("empty"), 200, b"<?xml"),
]


@pytest.mark.parametrize(
    ("trouble", "status", "start"), TROUBLE, ids=lambda value: getattr(value, "kind", "")
)
async def test_trouble_looks_as_it_is_named(
    arxiv: ArxivDouble, trouble: Trouble, status: int, start: bytes
) -> None:
    arxiv.trouble(trouble)
    answer = await get(arxiv, "/api/query?id_list=1605.08386")
    assert (answer.status, answer.body[: len(start)]) == (status, start)
    assert answer.headers.get("Retry-After") == (str(trouble.retry_after) if trouble.retry_after else None)
    assert (len(answer.body) >= 300_000) is (trouble.kind == "huge")
    if trouble.kind == "empty":
        assert answer.ids == []


async def test_trouble_passes_after_its_number_of_times_and_spares_the_other_service(
    arxiv: ArxivDouble,
) -> None:
    arxiv.trouble(Trouble("unavailable", times=1, where="api"))
    assert (await get(arxiv, "/atom/cs.LG")).status == 200
    assert [(await get(arxiv, "/api/query?id_list=1605.08386")).status for _ in range(2)] == [503, 200]
    assert arxiv.troubles == []


async def test_a_truncated_answer_is_no_wellformed_xml(arxiv: ArxivDouble) -> None:
    arxiv.trouble(Trouble("truncated"))
    answer = await get(arxiv, "/api/query?id_list=1605.08386")
    with pytest.raises(ET.ParseError):
        tree(answer.body)


async def test_a_dropped_connection_brings_no_answer(arxiv: ArxivDouble) -> None:
    arxiv.trouble(Trouble("drop"))
    with pytest.raises(aiohttp.ClientConnectionError):
        await get(arxiv, "/api/query?id_list=1605.08386")


async def test_yesterdays_batch_can_be_served_under_todays_date(
    arxiv: ArxivDouble, clock: VirtualClock
) -> None:
    arxiv.announce(TUESDAY, [paper("2606.00001")])
    arxiv.announce(WEDNESDAY, [paper("2606.00002")])
    clock.set(datetime(2026, 6, 3, 6, 30, tzinfo=UTC))
    arxiv.trouble(Trouble("stale"))
    answer = await get(arxiv, "/atom/cs.LG")
    assert answer.ids == ["oai:arXiv.org:2606.00001v1"]
    assert answer.feed.feed.updated.startswith("2026-06-03")
    assert answer.feed.entries[0].published == "2026-06-03T00:00:00-04:00"


async def test_calming_lets_a_hanging_request_be_answered(arxiv: ArxivDouble) -> None:
    arxiv.trouble(Trouble("hang", seconds=3_600))
    waiting = asyncio.create_task(get(arxiv, "/api/query?id_list=1605.08386"))
    await arxiv.until_asked()
    assert arxiv.requests[0].ended is None
    arxiv.calm()
    assert (await waiting).status == 200


async def test_requests_at_the_same_time_are_recorded_as_overlapping(arxiv: ArxivDouble) -> None:
    arxiv.trouble(Trouble("hang", seconds=3_600))
    async with aiohttp.ClientSession(headers={"User-Agent": "a test"}) as http:
        both = [asyncio.create_task(http.get(arxiv.url + "/api/query?id_list=1605.08386")) for _ in range(2)]
        await arxiv.until_asked(2)
        arxiv.calm()
        for reply in await asyncio.gather(*both):
            reply.release()
        (await http.get(arxiv.url + "/atom/cs.LG")).release()
    assert arxiv.overlaps() == 1
    assert len(arxiv.gaps()) == 2
    assert {asked.user_agent for asked in arxiv.requests} == {"a test"}
    assert [asked.status for asked in arxiv.requests] == [200, 200, 200]


async def test_an_api_answer_has_the_shape_of_a_real_one(arxiv: ArxivDouble, samples: Path) -> None:
    ours = await get(arxiv, "/api/query?id_list=1605.08386")
    real = (samples / "api_2026_id_single.xml").read_bytes()
    assert shape(ours.body) == [tag for tag in shape(real) if not tag.endswith("}comment")]


async def test_an_error_answer_has_the_shape_of_a_real_one(arxiv: ArxivDouble, samples: Path) -> None:
    ours = await get(arxiv, "/api/query?id_list=abc")
    assert shape(ours.body) == shape((samples / "api_2026_error_incorrect_id.xml").read_bytes())


async def test_a_feed_has_the_shape_of_a_real_one(arxiv: ArxivDouble, samples: Path) -> None:
    arxiv.announce(TUESDAY, [paper("2606.00001", "cs.AI")])
    ours = await get(arxiv, "/atom/cs.AI")
    assert shape(ours.body) == shape((samples / "atom_2025_cs.AI.xml").read_bytes())


async def test_the_429_body_is_the_one_reported(arxiv: ArxivDouble, samples: Path) -> None:
    arxiv.trouble(Trouble("rate_limit"))
    assert (await get(arxiv, "/atom/cs.LG")).body == (samples / "http_429_body.txt").read_bytes()
