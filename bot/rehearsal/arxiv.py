"""arXiv on loopback: the query API and the daily feeds in their present format, with trouble on request.

`mount` puts it on a server's application, `start` runs it alone. It records every request, so that a test can
hold a client to arXiv's terms: one request every three seconds, one connection at a time.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import time
from collections.abc import Iterable
from dataclasses import KW_ONLY, dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Literal

from aiohttp import web

from bot.clock import Clock
from bot.rehearsal import arxiv_xml as xml
from bot.rehearsal.arxiv_library import EASTERN, ArxivLibrary, ArxivPaper, known_category, split_id
from bot.rehearsal.arxiv_search import search

TROUBLES = {
    "hang": "answers only after `seconds`",
    "drop": "closes the connection without an answer",
    "rate_limit": "429 “Rate exceeded.”",
    "unavailable": "503",
    "forbidden": "403 “Access denied”",
    "html": "an HTML page with status 200",
    "truncated": "XML cut off in the middle",
    "stale": "the feed serves the batch before this one as today's",
    "empty": "a valid answer without papers",
    "short": "the feed has only the first tenth of its papers",
    "huge": "an answer of `size` bytes",
}
_PAGE_LIMIT = 2_000
_HTML = b"<!DOCTYPE html><html><head><title>arXiv</title></head><body><h1>Be right back</h1></body></html>"
Where = Literal["api", "feed", "both"]


@dataclass
class Trouble:
    """One of `TROUBLES`, for the next `times` requests (None: until `calm`) to the API, the feeds or both.

    With a `category` only its feed is concerned.

    Raises ValueError for a kind that there is not.
    """

    kind: str
    _: KW_ONLY
    times: int | None = None
    where: Where = "both"
    seconds: float = 30.0
    retry_after: int | None = None
    size: int = 50_000_000
    category: str | None = None

    def __post_init__(self) -> None:
        if self.kind not in TROUBLES:
            raise ValueError(f"no such trouble: {self.kind!r}; there are {', '.join(TROUBLES)}")


@dataclass(kw_only=True)
class Asked:
    """One request as it was seen, in monotonic seconds; `ended` and `status` are None until the answer."""

    path: str
    query: dict[str, str]
    user_agent: str
    began: float
    ended: float | None = None
    status: int | None = None


@dataclass
class _Answer:
    body: bytes
    status: int = 200
    content_type: str = "application/atom+xml"
    headers: dict[str, str] = field(default_factory=dict)


class ArxivDouble:
    """arXiv with the papers it was given, at the time its clock shows."""

    def __init__(self, papers: Iterable[ArxivPaper], clock: Clock) -> None:
        self.library = ArxivLibrary(papers)
        self.troubles: list[Trouble] = []
        self.requests: list[Asked] = []
        self._clock = clock
        self._calm = asyncio.Event()
        self._news = asyncio.Condition()
        self.url = ""
        self._runner: web.AppRunner | None = None

    def announce(self, day: date, papers: Iterable[ArxivPaper]) -> None:
        """Let the feed of `day` (US Eastern) show `papers`; see `ArxivLibrary.announce`."""
        self.library.announce(day, papers)

    def withhold(self, arxiv_id: str) -> None:
        """Let the API not serve this paper yet, though the feed may list it; `serve` ends that."""
        self.library.withheld.add(arxiv_id)

    def serve(self, arxiv_id: str) -> None:
        """Let the API serve a paper that was withheld."""
        self.library.withheld.discard(arxiv_id)

    def trouble(self, trouble: Trouble) -> None:
        """Switch one on; several take turns in the order given, each for as many requests as it says."""
        self._calm.clear()
        self.troubles.append(trouble)

    def lift(self, trouble: Trouble) -> None:
        """End this one; what hangs because of it is answered when the last one ends."""
        if trouble in self.troubles:
            self.troubles.remove(trouble)
        if not self.troubles:
            self._calm.set()

    def calm(self) -> None:
        """End all trouble; requests that hang are answered now."""
        self.troubles.clear()
        self._calm.set()

    async def until_asked(self, count: int = 1) -> None:
        """Wait until so many requests have arrived since the start, answered or not."""
        async with self._news:
            await self._news.wait_for(lambda: len(self.requests) >= count)

    def overlaps(self) -> int:
        """How many requests began while the one before was still unanswered."""
        return sum(one.ended is None or two.began < one.ended for one, two in pairwise(self.requests))

    def gaps(self) -> list[float]:
        """The seconds between the starts of successive requests."""
        return [two.began - one.began for one, two in pairwise(self.requests)]

    def mount(self, app: web.Application, prefix: str = "") -> None:
        """Add `{prefix}/api/query` and `{prefix}/atom/{category}` to an application."""
        app.router.add_get(f"{prefix}/api/query", self._api)
        app.router.add_get(f"{prefix}/atom/{{category}}", self._feed)

    async def start(self, port: int = 0) -> str:
        """Run alone on loopback; returns the base address, also kept as `url`: `http://127.0.0.1:40123`."""
        app = web.Application()
        self.mount(app)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.url = site.name.rstrip("/")
        return self.url

    async def close(self) -> None:
        """Answer what hangs and, if it runs alone, stop listening."""
        self.calm()
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    async def _api(self, request: web.Request) -> web.StreamResponse:
        return await self._respond(request, "api")

    async def _feed(self, request: web.Request) -> web.StreamResponse:
        return await self._respond(request, "feed")

    async def _respond(self, request: web.Request, where: Where) -> web.StreamResponse:
        asked = Asked(
            path=request.path,
            query=dict(request.query),
            user_agent=request.headers.get("User-Agent", ""),
            began=time.monotonic(),
        )
        self.requests.append(asked)
        async with self._news:
            self._news.notify_all()
        trouble = self._next_trouble(where, request.match_info.get("category"))
        try:
            if trouble and trouble.kind == "hang":
                await self._hang(trouble.seconds)
            answer = _refusal(trouble) or self._answer(request, where, trouble.kind if trouble else "")
            asked.status = answer.status
            return await _send(request, answer, trouble)
        finally:
            asked.ended = time.monotonic()

    def _next_trouble(self, where: Where, category: str | None) -> Trouble | None:
        trouble = next(
            (
                one
                for one in self.troubles
                if one.where in (where, "both") and one.category in (None, category)
            ),
            None,
        )
        if trouble and trouble.times is not None:
            trouble.times -= 1
            if trouble.times <= 0:
                self.troubles.remove(trouble)
        return trouble

    async def _hang(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):  # either way it answers then
            await asyncio.wait_for(self._calm.wait(), seconds)

    def _answer(self, request: web.Request, where: Where, kind: str) -> _Answer:
        answer = self._feed_answer(request, kind) if where == "feed" else self._api_answer(request, kind)
        if kind == "truncated":
            answer.body = answer.body[: len(answer.body) * 2 // 3]
        return answer

    def _api_answer(self, request: web.Request, kind: str) -> _Answer:
        asked, now = request.query, self._clock.now()
        try:
            start, size = (_number(name, asked.get(name, default)) for name, default in _PAGING)
            hits = self._hits(asked.get("search_query", ""), _read_ids(asked.get("id_list", "")))
        except ValueError as error:
            return _Answer(xml.api_error(str(error), now), 400)
        hits = [] if kind == "empty" else _sorted(hits, asked.get("sortBy"), asked.get("sortOrder"))
        page = xml.api_page(
            hits[start : start + min(size, _PAGE_LIMIT)],
            search_query=asked.get("search_query", ""),
            id_list=asked.get("id_list", ""),
            start=start,
            max_results=size,
            total=len(hits),
            now=now,
        )
        return _Answer(page)

    def _hits(self, query: str, ids: list[tuple[str, int | None]] | None) -> list[tuple[ArxivPaper, int]]:
        """Papers with the version asked for: those of the list that match the query, or all that match it."""
        public = self.library.public(self._clock.now())
        if ids is None:
            return [(paper, paper.version) for paper in search(public.values(), query)] if query else []
        hits = {
            key: (public[key], version or public[key].version)
            for key, version in ids
            if key in public and (version or 1) <= public[key].version
        }
        return [hits[paper.id] for paper in search((paper for paper, _ in hits.values()), query)]

    def _feed_answer(self, request: web.Request, kind: str) -> _Answer:
        category, now = request.match_info["category"], self._clock.now()
        wanted = category.split("+")
        bad = next((name for name in wanted if not known_category(name)), None)
        if bad is not None:
            return _Answer(xml.feed_error(category, f'Bad archive "{bad}".', now), 400)
        today = now.astimezone(EASTERN).date()
        day = self.library.batch_day_before(today) if kind == "stale" else today
        items = [] if kind == "empty" else self.library.batch(day, wanted)
        items = items[: max(1, len(items) // 10)] if kind == "short" else items
        tag = repr((category, today, [(paper.id, paper.version) for paper, _ in items]))
        headers = {"ETag": f'"{hashlib.sha256(tag.encode()).hexdigest()[:32]}"'}
        if request.headers.get("If-None-Match") == headers["ETag"]:
            return _Answer(b"", 304, headers=headers)
        body = xml.daily_feed(category, items, day=today, now=now)
        midnight = datetime.combine(today + timedelta(days=1), datetime.min.time(), EASTERN)
        headers["Cache-Control"] = f"max-age={int((midnight - now).total_seconds())}"
        return _Answer(body, headers=headers)


_PAGING = (("start", "0"), ("max_results", "10"))


def _number(name: str, text: str) -> int:
    if not text.isdecimal():
        raise ValueError(f"{name} must be an integer")
    return int(text)


def _read_ids(id_list: str) -> list[tuple[str, int | None]] | None:
    """The readable ids with their versions, None without a list. Bad ones are dropped beside a good one."""
    ids = [one for one in (part.strip() for part in id_list.split(",")) if one]
    readable = [known for one in ids if (known := split_id(one))]
    if ids and not readable:
        raise ValueError(f"incorrect id format for {ids[0]}")
    return readable if ids else None


def _refusal(trouble: Trouble | None) -> _Answer | None:
    """The answer of a trouble that keeps arXiv from answering at all."""
    if trouble is None:
        return None
    retry = {} if trouble.retry_after is None else {"Retry-After": str(trouble.retry_after)}
    answers = {
        "rate_limit": _Answer(b"Rate exceeded.", 429, "text/plain", retry),
        "unavailable": _Answer(_HTML, 503, "text/html", retry),
        "forbidden": _Answer(b"Access denied", 403, "text/plain"),
        "html": _Answer(_HTML, 200, "text/html"),
    }
    return answers.get(trouble.kind)


async def _send(request: web.Request, answer: _Answer, trouble: Trouble | None) -> web.StreamResponse:
    if trouble and trouble.kind == "drop" and request.transport:
        request.transport.abort()
    if trouble and trouble.kind == "huge":
        return await _pour(request, answer, trouble.size)
    return web.Response(
        body=answer.body,
        status=answer.status,
        headers=answer.headers,
        content_type=answer.content_type,
        charset="utf-8",
    )


async def _pour(request: web.Request, answer: _Answer, size: int) -> web.StreamResponse:
    """The answer blown up to `size` bytes by comments, in pieces, so that nobody here holds it whole."""
    response = web.StreamResponse(headers={"Content-Type": answer.content_type})
    response.enable_chunked_encoding()
    await response.prepare(request)
    head, foot = answer.body.removesuffix(b"</feed>"), b"</feed>"
    piece = b"<!--" + b"x" * 65_529 + b"-->"
    with contextlib.suppress(ConnectionError):  # the reader had enough, which is what this trouble is for
        await response.write(head)
        for _ in range(max(0, size - len(answer.body)) // len(piece) + 1):
            await response.write(piece)
        await response.write(foot)
    return response


def _sorted(
    hits: list[tuple[ArxivPaper, int]], by: str | None, order: str | None
) -> list[tuple[ArxivPaper, int]]:
    if by not in ("submittedDate", "lastUpdatedDate"):
        return hits  # by relevance: any order is as good

    def instant(hit: tuple[ArxivPaper, int]) -> datetime:
        paper = hit[0]
        return paper.published if by == "submittedDate" else paper.updated or paper.published

    return sorted(hits, key=instant, reverse=order != "ascending")
