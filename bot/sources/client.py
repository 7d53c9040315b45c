"""Asking arXiv, politely: everything the bot wants of it goes through one `ArxivClient`."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from http import HTTPStatus

import aiohttp

from bot.log import event
from bot.sources.entry import Entry
from bot.sources.feed import FeedDay, parse_feed
from bot.sources.http import UNCONDITIONAL, Answer, Validators, get
from bot.sources.identifiers import ArxivId
from bot.sources.politeness import Cooldown, Monotonic, Sleep, Turns
from bot.sources.query import BATCH, PAGE, id_list_url, parse_page, parse_query, search_url, title_url
from bot.sources.trouble import SourceTrouble, trouble_with

log = logging.getLogger(__name__)

# Bytes; real ones are some 0.3, 2 and 5 MB at most. Read into objects, a feed takes about ten times as much.
_API_LIMIT, _SEARCH_LIMIT, _FEED_LIMIT = 5_000_000, 8_000_000, 12_000_000
_MOST_REDIRECTS = 3
_CATEGORY = re.compile(r"[a-z]+(?:-[a-z]+)*(?:\.[A-Za-z]+(?:-[a-z]+)*)?")
DEFAULT_TIMEOUT = aiohttp.ClientTimeout(total=15, connect=5)


@dataclass(slots=True)
class _Lookup:
    """One id that somebody waits for."""

    rank: int  # ids in the smallest call that wants it: a single one rides ahead of a long list
    waiting: int = 0
    answer: asyncio.Future[Entry | None] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class ArxivClient:
    """The only one who talks to arXiv. Use it within one event loop; `aclose()` at the end.

    `api_url` is the query API, `feed_url` a feed's address with `{category}` in it. `min_interval` seconds lie
    between the end of one request and the start of the next, over all uses together. `contact` (mail or web
    address) goes into the User-Agent. All methods raise `SourceTrouble`, and nothing else, for what arXiv does.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        api_url: str,
        feed_url: str,
        min_interval: float = 3.0,
        contact: str | None = None,
        timeout: aiohttp.ClientTimeout = DEFAULT_TIMEOUT,
        sleep: Sleep = asyncio.sleep,
        monotonic: Monotonic = time.monotonic,
    ) -> None:
        self._session, self._timeout = session, timeout
        self._api_url, self._feed_url = api_url, feed_url
        self._headers = {"User-Agent": user_agent(contact)}
        self._turns = Turns(min_interval, sleep=sleep, monotonic=monotonic)
        self._cooldown = Cooldown(monotonic=monotonic)
        self._lookups: dict[str, _Lookup] = {}
        self._flight: asyncio.Task[None] | None = None

    async def fetch_papers(self, ids: Sequence[str], *, deadline: float | None = None) -> dict[str, Entry]:
        """The latest version of each paper, by bare id; what arXiv does not have is missing in the result.

        Calls made while others wait share a request; an id that is being fetched is not fetched again.
        Raises `SourceTrouble`, of kind "slow" when `deadline` seconds have passed, and `NotAnArxivId`.
        """
        wanted = dict.fromkeys(ArxivId(bare).bare for bare in ids)
        if not wanted:
            return {}
        self._cooldown.check()
        lookups = {bare: self._join(bare, rank=len(wanted)) for bare in wanted}
        try:
            async with _within(deadline):
                answers = [lookup.answer for lookup in lookups.values()]
                await asyncio.wait(answers, return_when=asyncio.FIRST_EXCEPTION)
            broken = [
                one for one in answers if one.done() and one.exception()
            ]  # each is asked, lest it complains
            failed = broken[0] if broken else None
            entries = {bare: (failed or lookup.answer).result() for bare, lookup in lookups.items()}
        finally:
            self._leave(lookups)
        return {bare: entry for bare, entry in entries.items() if entry is not None}

    async def fetch_feed(self, category: str, *, deadline: float | None = None) -> FeedDay:
        """The day's announcements in one arXiv category, such as "cs.LG".

        Waits behind people's look-ups. Raises `SourceTrouble`, "slow" when `deadline` seconds have passed.
        """
        day = await self.fetch_feed_unless(category, UNCONDITIONAL, deadline=deadline)
        if day is None:
            raise SourceTrouble("garbled", detail="HTTP 304 to a question without conditions")
        return day

    async def fetch_feed_unless(
        self, category: str, known: Validators, *, deadline: float | None = None
    ) -> FeedDay | None:
        """As `fetch_feed`, or None where arXiv says that nothing changed since the answer that bore `known`."""
        _check(category)
        self._cooldown.check()
        async with _within(deadline):
            answer = await self._ask(
                lambda: self._feed_url.replace("{category}", category),
                urgent=False,
                limit=_FEED_LIMIT,
                headers=known.headers(),
            )
            if answer.status == HTTPStatus.NOT_MODIFIED:
                return None
            # Off the event loop: the feed of a busy day takes feedparser a second.
            day = await asyncio.to_thread(parse_feed, answer.body, answer.status, answer.content_type)
            return replace(day, validators=answer.validators)

    async def search(
        self, categories: Sequence[str], since: datetime, until: datetime, *, most: int = 5_000
    ) -> list[Entry]:
        """All papers of any of `categories` submitted in [since, until), oldest first, from the query API.

        Asks page by page, each in its turn, for no more than `most` papers. Raises `SourceTrouble`; so it does
        when arXiv announces more papers than it gives, since a part would look like the whole.
        """
        for category in categories:
            _check(category)
        found: dict[str, Entry] = {}
        asked = 0
        while asked < most:
            self._cooldown.check()
            url = search_url(self._api_url, categories, since, until, start=asked)
            answer = await self._ask(partial(str, url), urgent=False, limit=_SEARCH_LIMIT)
            page = await asyncio.to_thread(parse_page, answer.body, answer.status)
            found.update((entry.arxiv_id, entry) for entry in page.entries)
            asked += PAGE
            if page.total <= asked:
                break
            if not page.entries:
                raise SourceTrouble("garbled", detail=f"{page.total} results announced, a page without any")
        return list(found.values())[:most]

    async def of_title(self, words: Sequence[str], *, deadline: float | None = None) -> list[Entry]:
        """Some papers with all these words in their title, for a person who waits.

        Raises `SourceTrouble`, "slow" when `deadline` seconds have passed.
        """
        self._cooldown.check()
        async with _within(deadline):
            url = title_url(self._api_url, words)
            answer = await self._ask(partial(str, url), urgent=True, limit=_API_LIMIT)
            return await asyncio.to_thread(parse_query, answer.body, answer.status)

    async def aclose(self) -> None:
        """Stop asking; whoever still waits is cancelled."""
        flight, self._flight = self._flight, None
        for lookup in self._lookups.values():
            lookup.answer.cancel()
        self._lookups.clear()
        if flight is not None:
            flight.cancel()
            await asyncio.wait([flight])

    def _join(self, bare: str, *, rank: int) -> _Lookup:
        lookup = self._lookups.setdefault(bare, _Lookup(rank))
        lookup.rank = min(lookup.rank, rank)
        lookup.waiting += 1
        if self._flight is None:
            self._flight = asyncio.create_task(self._look_up_all(), name="arxiv: look-ups")
        return lookup

    def _leave(self, lookups: Mapping[str, _Lookup]) -> None:
        """Stop waiting; what nobody waits for any more is not asked for, or no longer."""
        for bare, lookup in lookups.items():
            lookup.waiting -= 1
            if not lookup.waiting and self._lookups.get(bare) is lookup:
                del self._lookups[bare]
        if not self._lookups and self._flight is not None:
            self._flight.cancel()
            self._flight = None

    async def _look_up_all(self) -> None:
        while self._lookups:
            await self._look_up_some()
        self._flight = None

    async def _look_up_some(self) -> None:
        batch: dict[str, _Lookup] = {}

        def address() -> str:  # chosen when the turn has come, so that late callers ride along
            ranked = sorted(self._lookups.items(), key=lambda item: item[1].rank)
            batch.update(ranked[:BATCH])
            return id_list_url(self._api_url, list(batch))

        try:
            answer = await self._ask(address, urgent=True, limit=_API_LIMIT)
            entries = await asyncio.to_thread(parse_query, answer.body, answer.status)
        except Exception as error:  # noqa: BLE001 - handed on to everyone who waits
            self._settle(batch or dict(self._lookups), error)
        else:
            self._settle(batch, {entry.arxiv_id: entry for entry in entries})

    def _settle(self, batch: Mapping[str, _Lookup], outcome: Mapping[str, Entry] | Exception) -> None:
        for bare, lookup in batch.items():
            if self._lookups.get(bare) is lookup:
                del self._lookups[bare]
            if not lookup.waiting:
                lookup.answer.cancel()
            elif isinstance(outcome, Exception):
                lookup.answer.set_exception(outcome)
            else:
                lookup.answer.set_result(outcome.get(bare))

    async def _ask(
        self,
        address: Callable[[], str],
        *,
        urgent: bool,
        limit: int,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """A turn and a request; again for a redirect within the same host. Refusals begin a silence."""
        target = None
        for _ in range(_MOST_REDIRECTS + 1):
            async with self._turns.turn(urgent=urgent):
                self._cooldown.check()
                url = target or address()
                told = {**self._headers, **(headers or {})}
                with _noted():
                    answer = await get(self._session, url, headers=told, limit=limit, within=self._timeout)
                    self._obey(answer)
            if answer.redirect is None:
                return answer
            target = answer.redirect
        raise SourceTrouble("garbled", detail=f"more than {_MOST_REDIRECTS} redirects")

    def _obey(self, answer: Answer) -> None:
        """Raise what the answer's status says; keep silent for a time where arXiv refuses or asks for it."""
        trouble = None if answer.redirect else trouble_with(answer.status, answer.body)
        if trouble is None:
            self._cooldown.end()
            return
        if trouble.kind in {"rate_limited", "refused"} or answer.retry_after is not None:
            trouble.retry_after = self._cooldown.begin(trouble.kind, answer.retry_after)
        raise trouble


@contextmanager
def _noted() -> Iterator[None]:
    """Each request leaves a trace: how it ended, and how long that took."""
    began, outcome = time.perf_counter(), "answered"
    try:
        yield
    except SourceTrouble as trouble:
        outcome = trouble.kind
        raise
    finally:
        event(log, f"arxiv.{outcome}", logging.DEBUG, seconds=f"{time.perf_counter() - began:.3f}")


def _check(category: str) -> None:
    if not _CATEGORY.fullmatch(category):
        raise SourceTrouble("bad_request", detail=f"not one arXiv category: {category!r}")


def user_agent(contact: str | None) -> str:
    """Who we are, for arXiv's operators. Raises `ValueError` for a contact that no header can hold."""
    if contact is not None and not contact.isprintable():
        raise ValueError("the contact for arXiv must be one printable line")
    return f"reading-group-bot (a Discord reading group; contact: {contact or 'not given'})"


@asynccontextmanager
async def _within(seconds: float | None) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise SourceTrouble("slow", detail=f"no answer within {seconds} s") from error
