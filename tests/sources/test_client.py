"""The client against a loopback server that misbehaves as arXiv and the net do. Between turns no real time passes."""

from __future__ import annotations

import asyncio
import gzip
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.sources import ArxivClient, NotAnArxivId, SourceTrouble
from bot.sources.client import user_agent
from tests.sources.support import OwnTime, api_answer, atom_feed

Reply = Callable[[web.Request], Awaitable[web.StreamResponse]]
ATOM = "application/atom+xml"


class Arxiv:
    """A small arXiv that has every paper asked for, except 2401.99999; `replies` come first, one a request."""

    def __init__(self) -> None:
        self.time = OwnTime()
        self.replies: list[Reply] = []
        self.asked: list[str] = []
        self.agents: set[str] = set()
        self.spans: list[tuple[float, float]] = []
        self.at_once = self.most_at_once = 0
        app = web.Application()
        app.router.add_get("/{path:.*}", self._serve)
        self.server = TestServer(app, host="127.0.0.1")

    def client(self, session: aiohttp.ClientSession, **options: object) -> ArxivClient:
        return ArxivClient(
            session,
            api_url=str(self.server.make_url("/api/query")),
            feed_url=f"{self.server.make_url('/atom/')}{{category}}",
            contact="mailto:organiser@example.org",
            sleep=self.time.sleep,
            monotonic=self.time.monotonic,
            **options,  # type: ignore[arg-type]
        )

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.query.get("id_list") or request.path)
        self.agents.add(request.headers["User-Agent"])
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        begin = self.time.now
        try:
            return await (self.replies.pop(0) if self.replies else self.well)(request)
        finally:
            self.at_once -= 1
            self.spans.append((begin, self.time.now))

    async def well(self, request: web.Request) -> web.Response:
        ids = request.query.get("id_list", "").split(",")
        if ids == [""]:
            return web.Response(body=atom_feed({"id": "2606.00001v1"}), content_type=ATOM)
        assert int(request.query["max_results"]) == len(ids)
        return web.Response(
            body=api_answer(*(f"{bare}v2" for bare in ids if bare != "2401.99999")), content_type=ATOM
        )


def replying(status: int = 200, body: bytes = b"", kind: str = ATOM, **headers: str) -> Reply:
    async def reply(_: web.Request) -> web.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(status=status, body=body, content_type=kind, headers=named)

    return reply


async def hanging(_: web.Request) -> web.StreamResponse:
    await asyncio.Event().wait()
    raise AssertionError


@pytest.fixture
async def arxiv() -> AsyncIterator[Arxiv]:
    arxiv = Arxiv()
    await arxiv.server.start_server()
    yield arxiv
    await arxiv.server.close()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def client(arxiv: Arxiv, session: aiohttp.ClientSession) -> AsyncIterator[ArxivClient]:
    client = arxiv.client(session)
    yield client
    await client.aclose()


async def trouble_of(call: Awaitable[object]) -> SourceTrouble:
    with pytest.raises(SourceTrouble) as trouble:
        await call
    return trouble.value


async def test_papers_come_by_bare_id_and_absent_ones_are_missing(arxiv: Arxiv, client: ArxivClient) -> None:
    papers = await client.fetch_papers(["2401.00001", "math/0309136", "2401.99999"])
    assert list(papers) == ["2401.00001", "math/0309136"]
    assert papers["math/0309136"].version == 2
    assert arxiv.asked == ["2401.00001,math/0309136,2401.99999"]


async def test_nothing_asked_is_nothing_sent(arxiv: Arxiv, client: ArxivClient) -> None:
    assert await client.fetch_papers([]) == {}
    assert arxiv.asked == []


async def test_an_impossible_id_is_never_sent(arxiv: Arxiv, client: ArxivClient) -> None:
    with pytest.raises(NotAnArxivId):
        await client.fetch_papers(["2401.00001", "abc"])
    assert arxiv.asked == []


async def test_a_long_list_goes_in_batches_with_pauses(arxiv: Arxiv, client: ArxivClient) -> None:
    papers = await client.fetch_papers([f"2401.{number:05}" for number in range(1, 251)])
    assert len(papers) == 250
    assert [asked.count(",") + 1 for asked in arxiv.asked] == [100, 100, 50]


async def test_a_days_feed_is_fetched(arxiv: Arxiv, client: ArxivClient) -> None:
    day = await client.fetch_feed("cs.LG")
    assert [entry.arxiv_id for entry in day.entries] == ["2606.00001"]
    assert arxiv.asked == ["/atom/cs.LG"]


@pytest.mark.parametrize("category", ["", "cs.LG+stat.ML", "../api/query", "cs.LG?x=1", "CS", "cs lg"])
async def test_only_one_real_category_is_asked_for(arxiv: Arxiv, client: ArxivClient, category: str) -> None:
    assert (await trouble_of(client.fetch_feed(category))).kind == "bad_request"
    assert arxiv.asked == []


async def test_the_user_agent_names_the_bot_and_its_contact(arxiv: Arxiv, client: ArxivClient) -> None:
    await client.fetch_papers(["2401.00001"])
    assert arxiv.agents == {
        "reading-group-bot (a Discord reading group; contact: mailto:organiser@example.org)"
    }


def test_a_contact_cannot_smuggle_in_a_header() -> None:
    with pytest.raises(ValueError, match="printable"):
        user_agent("me@example.org\r\nX-Evil: 1")


async def test_requests_never_overlap_and_lie_three_seconds_apart(arxiv: Arxiv, client: ArxivClient) -> None:
    async def slowly(request: web.Request) -> web.StreamResponse:
        await arxiv.time.sleep(7)
        return await arxiv.well(request)

    arxiv.replies = [slowly] * 3
    await asyncio.gather(*(client.fetch_feed(name) for name in ("cs.LG", "stat.ML", "math.OC", "hep-th")))
    await client.fetch_papers(["2401.00001"])
    assert arxiv.most_at_once == 1
    assert arxiv.spans[0][0] >= 1003.0
    gaps = [after - before for (_, before), (after, _) in zip(arxiv.spans, arxiv.spans[1:], strict=False)]
    assert min(gaps) >= 3.0


async def test_people_who_ask_at_the_same_time_share_one_request(arxiv: Arxiv, client: ArxivClient) -> None:
    wishes = ["2401.00001", "2401.00002", "2401.00001", "2401.99999"]
    answers = await asyncio.gather(*(client.fetch_papers([wish]) for wish in wishes))
    assert [list(answer) for answer in answers] == [["2401.00001"], ["2401.00002"], ["2401.00001"], []]
    assert arxiv.asked == ["2401.00001,2401.00002,2401.99999"]


async def test_an_id_that_is_being_fetched_is_not_fetched_again(arxiv: Arxiv, client: ArxivClient) -> None:
    arrived, go_on = asyncio.Event(), asyncio.Event()

    async def gated(request: web.Request) -> web.StreamResponse:
        arrived.set()
        await go_on.wait()
        return await arxiv.well(request)

    arxiv.replies = [gated]
    first = asyncio.create_task(client.fetch_papers(["2401.00001"]))
    await arrived.wait()
    second = asyncio.create_task(client.fetch_papers(["2401.00001"]))
    await asyncio.sleep(0)
    go_on.set()
    assert await first == await second
    assert arxiv.asked == ["2401.00001"]


async def test_a_proposal_goes_before_waiting_digests(arxiv: Arxiv, client: ArxivClient) -> None:
    digests = [asyncio.create_task(client.fetch_feed("cs.LG")) for _ in range(6)]
    await asyncio.sleep(0)
    await client.fetch_papers(["2401.00001"])
    assert arxiv.asked.index("2401.00001") <= 1
    await asyncio.gather(*digests)


async def test_a_single_paper_rides_ahead_of_a_long_list(arxiv: Arxiv, client: ArxivClient) -> None:
    watch = asyncio.create_task(client.fetch_papers([f"2401.{number:05}" for number in range(1, 301)]))
    await asyncio.sleep(0)
    await client.fetch_papers(["2402.00001"])
    assert arxiv.asked[0].startswith("2402.00001,")
    assert len(await watch) == 300


async def test_whoever_gives_up_takes_nobody_along(arxiv: Arxiv, client: ArxivClient) -> None:
    leaving = asyncio.create_task(client.fetch_papers(["2401.00001", "2401.00002"]))
    staying = asyncio.create_task(client.fetch_papers(["2401.00002"]))
    await asyncio.sleep(0)
    leaving.cancel()
    assert list(await staying) == ["2401.00002"]
    assert arxiv.asked == ["2401.00002"]
    assert leaving.cancelled()


async def test_what_nobody_waits_for_is_not_asked(arxiv: Arxiv, client: ArxivClient) -> None:
    lonely = asyncio.create_task(client.fetch_papers(["2401.00001"]))
    await asyncio.sleep(0)
    lonely.cancel()
    assert list(await client.fetch_papers(["2401.00002"])) == ["2401.00002"]
    assert arxiv.asked == ["2401.00002"]


async def test_a_caller_can_leave_a_hanging_request(arxiv: Arxiv, client: ArxivClient) -> None:
    arxiv.replies = [hanging]
    trouble = await trouble_of(client.fetch_papers(["2401.00001"], deadline=0.05))
    assert trouble.kind == "slow"
    assert list(await client.fetch_papers(["2401.00001"])) == ["2401.00001"]


async def test_a_hanging_server_is_slow(arxiv: Arxiv, session: aiohttp.ClientSession) -> None:
    client = arxiv.client(session, timeout=aiohttp.ClientTimeout(total=0.05))
    arxiv.replies = [hanging]
    assert (await trouble_of(client.fetch_feed("cs.LG"))).kind == "slow"
    assert (await client.fetch_feed("cs.LG")).entries


async def test_no_server_is_down(session: aiohttp.ClientSession) -> None:
    time = OwnTime()
    client = ArxivClient(
        session,
        api_url="http://127.0.0.1:9/api/query",
        feed_url="http://127.0.0.1:9/atom/{category}",
        sleep=time.sleep,
        monotonic=time.monotonic,
    )
    assert (await trouble_of(client.fetch_papers(["2401.00001"]))).kind == "down"


async def test_a_429_is_obeyed_without_asking_again(arxiv: Arxiv, client: ArxivClient) -> None:
    arxiv.replies = [replying(429, b"Rate exceeded.", "text/plain", Retry_After="600")]
    trouble = await trouble_of(client.fetch_papers(["2401.00001"]))
    assert (trouble.kind, trouble.retry_after) == ("rate_limited", 600.0)
    for call in (client.fetch_papers(["2401.00001"]), client.fetch_feed("cs.LG")):
        again = await trouble_of(call)
        assert again.kind == "rate_limited"
        assert again.retry_after == pytest.approx(600.0)
    assert len(arxiv.asked) == 1
    arxiv.time.now += 600
    assert await client.fetch_papers(["2401.00001"])


async def test_those_who_wait_in_the_queue_are_told_at_once(arxiv: Arxiv, client: ArxivClient) -> None:
    arxiv.replies = [replying(403, b"Access denied", "text/html")]
    troubles = await asyncio.gather(
        *(client.fetch_feed("cs.LG") for _ in range(4)),
        client.fetch_papers(["2401.00001"]),
        return_exceptions=True,
    )
    assert all(isinstance(trouble, SourceTrouble) and trouble.kind == "refused" for trouble in troubles)
    assert len(arxiv.asked) == 1


async def test_rate_exceeded_with_status_200_is_a_429(arxiv: Arxiv, client: ArxivClient) -> None:
    arxiv.replies = [replying(200, b"Rate exceeded.", "text/plain")]
    trouble = await trouble_of(client.fetch_feed("cs.LG"))
    assert trouble.kind == "rate_limited"
    assert trouble.retry_after is not None
    assert trouble.retry_after >= 120


async def test_an_outage_with_retry_after_is_waited_out(arxiv: Arxiv, client: ArxivClient) -> None:
    arxiv.replies = [replying(503, b"<html>busy</html>", "text/html", Retry_After="30")]
    assert (await trouble_of(client.fetch_feed("cs.LG"))).kind == "down"
    assert (await trouble_of(client.fetch_feed("cs.LG"))).retry_after == pytest.approx(30.0)
    assert len(arxiv.asked) == 1


async def test_an_outage_without_retry_after_may_be_tried_again(arxiv: Arxiv, client: ArxivClient) -> None:
    arxiv.replies = [replying(502, b"<html>bad gateway</html>", "text/html")]
    assert (await trouble_of(client.fetch_feed("cs.LG"))).kind == "down"
    assert (await client.fetch_feed("cs.LG")).entries


async def test_a_web_page_instead_of_a_feed_is_garbled(arxiv: Arxiv, client: ArxivClient) -> None:
    arxiv.replies = [replying(200, b"<html><body>Maintenance</body></html>", "text/html")]
    assert (await trouble_of(client.fetch_feed("cs.LG"))).kind == "garbled"


async def test_a_body_without_end_is_left(arxiv: Arxiv, client: ArxivClient) -> None:
    left = asyncio.Event()

    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": ATOM})
        await response.prepare(request)
        try:
            while True:
                await response.write(b" " * 100_000)
        finally:
            left.set()

    arxiv.replies = [endless]
    assert "longer than" in (await trouble_of(client.fetch_papers(["2401.00001"]))).detail
    await asyncio.wait_for(left.wait(), 5)


async def test_a_gzip_bomb_stays_small(arxiv: Arxiv, client: ArxivClient) -> None:
    bomb = gzip.compress(b" " * 200_000_000, compresslevel=1)
    arxiv.replies = [replying(200, bomb, ATOM, Content_Encoding="gzip")]
    tracemalloc.start()
    try:
        trouble = await trouble_of(client.fetch_papers(["2401.00001"]))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert "longer than" in trouble.detail
    assert most < 30_000_000


async def test_a_cut_off_body_is_garbled(arxiv: Arxiv, client: ArxivClient) -> None:
    async def cut_off(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": ATOM, "Content-Length": "5000"})
        await response.prepare(request)
        await response.write(b"<feed>")
        assert request.transport is not None
        request.transport.close()
        return response

    arxiv.replies = [cut_off]
    assert (await trouble_of(client.fetch_papers(["2401.00001"]))).kind in {"garbled", "down"}


async def test_a_redirect_on_the_same_host_is_followed_in_the_next_turn(
    arxiv: Arxiv, client: ArxivClient
) -> None:
    arxiv.replies = [replying(301, Location="/moved/cs.LG")]
    assert (await client.fetch_feed("cs.LG")).entries
    assert arxiv.asked == ["/atom/cs.LG", "/moved/cs.LG"]
    assert arxiv.spans[1][0] - arxiv.spans[0][1] >= 3.0


@pytest.mark.parametrize(
    "location",
    ["http://localhost:1/x", "https://example.org/", "//example.org/x", "ftp://127.0.0.1/x", "http://[x", ""],
)
async def test_a_redirect_elsewhere_or_in_circles_is_not_followed(
    arxiv: Arxiv, client: ArxivClient, location: str
) -> None:
    arxiv.replies = [replying(302, Location=location)] * 9
    assert (await trouble_of(client.fetch_feed("cs.LG"))).kind == "garbled"
    assert len(arxiv.asked) <= 4


async def test_closing_lets_nobody_wait(arxiv: Arxiv, session: aiohttp.ClientSession) -> None:
    client = arxiv.client(session)
    arrived = asyncio.Event()

    async def hanging_too(request: web.Request) -> web.StreamResponse:
        arrived.set()
        return await hanging(request)

    arxiv.replies = [hanging_too]
    waiting = asyncio.create_task(client.fetch_papers(["2401.00001"]))
    await arrived.wait()
    await client.aclose()
    await asyncio.gather(waiting, return_exceptions=True)
    assert waiting.cancelled()
    assert not [task for task in asyncio.all_tasks() if task.get_name().startswith("arxiv")]


async def test_a_search_goes_page_by_page_and_never_takes_a_part_for_the_whole(arxiv: Arxiv) -> None:
    since, until = datetime(2026, 6, 4, 18, tzinfo=UTC), datetime(2026, 6, 5, 18, tzinfo=UTC)
    async with aiohttp.ClientSession() as session:
        client = arxiv.client(session)
        pages = [[f"2606.{n:05d}v1" for n in range(1, 501)], ["2606.00501v1"]]
        arxiv.replies = [replying(body=api_answer(*ids, total=501)) for ids in pages]
        found = await client.search(["cs.LG", "stat.ML"], since, until)
        assert len(found) == 501
        arxiv.replies = [
            replying(body=api_answer(*pages[0], total=501)),
            replying(body=api_answer(total=501)),
        ]
        with pytest.raises(SourceTrouble) as caught:
            await client.search(["cs.LG"], since, until)
        assert caught.value.kind == "garbled"
        await client.aclose()
