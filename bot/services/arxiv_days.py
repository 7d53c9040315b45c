"""What arXiv announced: its feeds asked politely, compared with last time, and the days that they lost made good.

A feed holds one day and may serve yesterday's again under today's date (FIELD b24), so news is told by ids alone. What
was announced is kept with its day; digests take from it what they have not considered yet.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from bot.clock import Clock
from bot.log import event
from bot.services.papers import paper_from
from bot.sources import ArxivClient, Entry, SourceTrouble, Validators
from bot.sources.batches import usual_size, worth
from bot.sources.calendar import (
    eastern_day,
    feed_day_of,
    feed_days_between,
    is_feed_day,
    is_weekend,
    submission_window,
)
from bot.sources.feed import FeedDay as Feed
from storage import digests
from storage import papers as stored_papers
from storage.database import Database
from storage.tables import FeedDay

log = logging.getLogger(__name__)

#: A fetch is shared by all servers whose digests are due within this time.
FRESH = timedelta(minutes=20)
#: Days that are made good after a long absence, at most, and papers that are asked for.
LOOK_BACK, MOST_FOUND = timedelta(days=14), 4_000
#: How long announcements are kept: longer than any server's digests are apart.
KEPT = timedelta(days=40)
#: Papers that are written at a time: the event loop gets a turn in between.
_AT_ONCE = 50
#: Troubles that the other categories would meet as well: asking on would only add to arXiv's.
_ALL_THE_SAME = ("down", "slow", "rate_limited", "refused")
_LAGS = {
    "same": "served yesterday's papers again",
    "empty": "was empty",
    "short": "was far shorter than usual",
}


@dataclass
class News:
    """How the asking went, by category: what kept arXiv from answering, and whose batch may still come today."""

    troubles: dict[str, SourceTrouble] = field(default_factory=dict)
    lags: dict[str, str] = field(default_factory=dict)


class ArxivDays:
    """Keeps what arXiv announces, day by day and category by category."""

    def __init__(self, database: Database, clock: Clock, arxiv: ArxivClient) -> None:
        self._database, self._clock, self._arxiv = database, clock, arxiv

    async def fetch(self, categories: Sequence[str]) -> News:
        """Learn what is new in `categories`, unless they were asked a moment ago."""
        news, today = News(), eastern_day(self._clock.now())
        async with self._database.reading() as tx:
            known = await digests.feed_days(tx, categories)
        stopped: SourceTrouble | None = None
        for category in categories:
            row = known.get(category)
            if row is None or self._may_ask(row, today):
                if stopped is not None:
                    news.troubles[category] = stopped
                    continue
                try:
                    row = await self._ask(category, row, today)
                except SourceTrouble as trouble:
                    _log_trouble("feed.failed", trouble, category=category)
                    news.troubles[category] = trouble
                    stopped = trouble if trouble.kind in _ALL_THE_SAME else None
                    continue
            known[category] = row
            if row.lag and is_feed_day(today):
                news.lags[category] = f"{category} {row.lag}"
        if stopped is None:
            await self._make_good(
                [row for row in known.values() if row.category not in news.troubles], today, news
            )
        return news

    def _may_ask(self, row: FeedDay, today: date) -> bool:
        now = self._clock.now()
        if row.ask_after is not None and now < row.ask_after:
            return False
        # Weekends are the feed's skip days; a holiday may have been moved, so it is asked.
        return now - row.fetched_at >= FRESH and not (
            is_weekend(today) and row.fetched_at > now - timedelta(days=4)
        )

    async def _ask(self, category: str, known: FeedDay | None, today: date) -> FeedDay:
        """Ask for a feed and note what it is worth. Raises SourceTrouble."""
        feed = await self._arxiv.fetch_feed_unless(
            category, Validators(known.etag, known.modified) if known else Validators()
        )
        now = self._clock.now()
        if feed is None and known is not None:  # not modified: the batch of last time
            known.fetched_at, known.lag = now, _LAGS["same"] if known.day < today else known.lag
            async with self._database.transaction() as tx:
                await digests.save_feed_day(tx, known)
            event(log, "feed.unchanged", category=category)
            return known
        assert feed is not None  # noqa: S101 - only a conditional question is answered without one
        row = known or FeedDay(category=category, fetched_at=now, day=today, covered=today, entries=[])
        return await self._note(row, feed, today)

    async def _note(self, row: FeedDay, feed: Feed, today: date) -> FeedDay:
        """Keep the papers of an answer, each with the day that it was announced."""
        now, ids = self._clock.now(), list(feed.raw_ids)
        value = worth(ids, row.entries, row.usual)
        if value in ("news", "short"):
            row.day = today
            if value == "news":
                row.usual = usual_size(row.usual, len(ids))
        row.lag = _LAGS.get("same" if row.day < today and value == "more" else value)
        if value == "same" and row.day == today:
            row.lag = None
        row.entries = ids if value in ("news", "short", "more") else row.entries
        row.fetched_at, row.ask_after = now, now + feed.ttl if feed.ttl else None
        row.etag, row.modified = feed.validators.etag, feed.validators.modified
        new = await self._keep(row.category, row.day, feed.entries)
        async with self._database.transaction() as tx:
            await digests.save_feed_day(tx, row)
            await digests.forget_announced(tx, before=today - KEPT)
        event(
            log, "feed.fetched", category=row.category, papers=len(ids), new=new, worth=value,
            cut_off=feed.full or None,
        )  # fmt: skip
        return row

    async def _keep(self, category: str, day: date, entries: Sequence[Entry]) -> int:
        """Store papers and that they were announced; how many announcements are news."""
        now, new = self._clock.now(), 0
        for start in range(0, len(entries), _AT_ONCE):
            part = entries[start : start + _AT_ONCE]
            kinds = {entry.arxiv_id: entry.announce_type or "new" for entry in part}
            async with self._database.transaction() as tx:
                await stored_papers.save(tx, [paper_from(entry, now) for entry in part])
                await tx.flush()
                new += await digests.announce(tx, category, day, kinds)
        return new

    # days that the feeds have no more

    async def _make_good(self, rows: Sequence[FeedDay], today: date, news: News) -> None:
        """Find what was announced on days whose feed nobody saw, and move on what is covered."""
        lost: dict[tuple[date, ...], list[FeedDay]] = {}
        for row in rows:
            lost.setdefault(tuple(feed_days_between(max(row.covered, today - LOOK_BACK), today)), []).append(
                row
            )
        for days, behind in lost.items():
            try:
                if days:
                    await self._search(behind, days)
            except SourceTrouble as trouble:
                _log_trouble("catch_up.failed", trouble, first=days[0], last=days[-1])
                news.troubles.update({row.category: trouble for row in behind})
                continue
            async with self._database.transaction() as tx:
                for row in behind:
                    row.covered = max(row.covered, row.day, *days)
                    await digests.save_feed_day(tx, row)

    async def _search(self, rows: Sequence[FeedDay], days: Sequence[date]) -> None:
        """Ask the query API what was submitted for the feeds of `days`."""
        since, until = submission_window(days[0], days[-1])
        categories = [row.category for row in rows]
        found = await self._arxiv.search(categories, since, until, most=MOST_FOUND)
        new = 0
        for category in categories:
            for day, entries in _by_day(found, category, days).items():
                new += await self._keep(category, day, entries)
        event(
            log, "catch_up.done", categories=",".join(categories), first=days[0], last=days[-1],
            papers=len(found), new=new,
        )  # fmt: skip


def _by_day(entries: Iterable[Entry], category: str, days: Sequence[date]) -> dict[date, list[Entry]]:
    """The papers of a category, by the day whose feed had them."""
    found: dict[date, list[Entry]] = {}
    for entry in entries:
        if category in entry.categories:
            day = feed_day_of(entry.published) if entry.published else days[0]
            found.setdefault(min(max(day, days[0]), days[-1]), []).append(_announced_in(entry, category))
    return found


def _announced_in(entry: Entry, category: str) -> Entry:
    """A found paper as the feed of a category would have had it."""
    return replace(entry, announce_type="new" if entry.primary_category == category else "cross")


def _log_trouble(what: str, trouble: SourceTrouble, **where: object) -> None:
    event(log, what, logging.WARNING, kind=trouble.kind, cause=trouble, **where)
