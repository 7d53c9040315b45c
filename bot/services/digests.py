"""The arXiv digest: on digest days, each topic channel gets the new papers of its topics, best first, each once ever.

A digest is a row that is due at an instant. It is fetched, routed and put into the outbox in one transaction with the
note of what was shown; a fetch that fails leaves it due, so that failure is never taken for a quiet day.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.cards import Card, answers
from bot.cards import digests as cards
from bot.clock import Clock
from bot.config import ServerSettings
from bot.log import event
from bot.services.delivery import Drop
from bot.services.outbox import Outbox
from bot.services.papers import Routers, paper_from
from bot.services.settings import SettingsService
from bot.sources import ArxivClient, Entry, SourceTrouble
from bot.topics.taxonomy import Topic
from bot.when import resolve_wall
from storage import digests, guilds
from storage import papers as stored_papers
from storage.database import Database, Tx, wake
from storage.tables import DigestRun, FeedDay, Paper, Post, Shown

log = logging.getLogger(__name__)

#: A fetch is shared by all servers whose digests are due within this time.
FRESH = timedelta(minutes=20)
PAUSES = (
    timedelta(minutes=2),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(minutes=30),
    timedelta(hours=1),
)
#: Troubles that the other categories would meet as well: asking on would only add to arXiv's.
_ALL_THE_SAME = ("down", "slow", "rate_limited", "refused")
#: A batch that brings nothing new may be yesterday's, served again (FIELD b24): look again this often, this long.
QUIET_PAUSE, QUIET_PATIENCE = timedelta(hours=1), timedelta(hours=4)
#: How long a failing day is tried before it is given up: until about the next one.
PATIENCE = timedelta(hours=20)


@dataclass
class _Fetched:
    """What the categories gave: the entries of those that answered, and the trouble of those that did not."""

    entries: dict[str, Entry] = field(default_factory=dict)
    troubles: dict[str, SourceTrouble] = field(default_factory=dict)


class Digests:
    """Plans, makes and retries the digests of all servers."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: SettingsService,
        outbox: Outbox,
        arxiv: ArxivClient,
        routers: Routers,
    ) -> None:
        self._database, self._clock, self._settings, self._outbox = database, clock, settings, outbox
        self._arxiv, self._routers = arxiv, routers
        outbox.says("digest", self._digest)
        outbox.says("digest_failed", self._failed)
        settings.on_change(self._plan)

    # planning

    async def _plan(self, tx: Tx, guild_id: int, settings: ServerSettings) -> None:
        """Make the next digest day of a server due."""
        run = self._next_run(settings, self._clock.now())
        while run is not None and (known := await digests.run(tx, guild_id, run[0])) and known.state != "due":
            run = self._next_run(settings, run[1])
        if run is None:
            await digests.unplan(tx, guild_id)
        else:
            await digests.plan(tx, guild_id=guild_id, day=run[0], at=run[1], now=self._clock.now())
        wake(tx)

    @staticmethod
    def _next_run(settings: ServerSettings, after: datetime) -> tuple[date, datetime] | None:
        """The first digest day whose hour lies after an instant, and that instant; None when there are no days.

        Keyed by local date: when clocks go back and 02:30 comes twice, it is still one day's digest.
        """
        zone = settings.group.timezone
        today = after.astimezone(ZoneInfo(zone)).date()
        for ahead in range(9):
            day = today + timedelta(days=ahead)
            if day.weekday() in settings.digest.days:
                at, _ = resolve_wall(datetime.combine(day, settings.digest.at), zone)
                if at > after:
                    return day, at
        return None

    async def next_due(self) -> datetime | None:
        async with self._database.reading() as tx:
            return await digests.next_run_at(tx)

    async def run_due(self, now: datetime) -> None:
        """Make every digest that is due; what fails stays due."""
        async with self._database.reading() as tx:
            here = set(await guilds.present(tx))
            runs = await digests.due(tx, now)
            settings = {run.guild_id: await self._settings.of(tx, run.guild_id) for run in runs}
        wanted = {
            category
            for run in runs
            if run.guild_id in here
            for category in _categories(_with_channel(settings[run.guild_id]))
        }
        fetched = await self._fetch(sorted(wanted))
        for run in runs:
            if run.guild_id in here:
                await self._make(run, settings[run.guild_id], fetched)
            else:
                async with self._database.transaction() as tx:
                    await digests.unplan(tx, run.guild_id)

    # making

    async def _fetch(self, categories: Sequence[str]) -> _Fetched:
        """Fetch each category's feed, unless it was fetched a moment ago."""
        result, stopped = _Fetched(), None
        async with self._database.reading() as tx:
            days = await digests.feed_days(tx, categories)
        for category in categories:
            known = days.get(category)
            if known is not None and self._clock.now() - known.fetched_at < FRESH:
                async with self._database.reading() as tx:
                    papers = await stored_papers.many(tx, known.entries)
                result.entries.update({paper_id: _entry_of(paper) for paper_id, paper in papers.items()})
                continue
            if stopped is not None:
                result.troubles[category] = stopped
                continue
            try:
                day = await self._arxiv.fetch_feed(category)
            except SourceTrouble as trouble:
                event(
                    log, "feed.failed", logging.WARNING, category=category, kind=trouble.kind, cause=trouble
                )
                result.troubles[category] = trouble
                stopped = trouble if trouble.kind in _ALL_THE_SAME else None
                continue
            new = [entry for entry in day.entries if entry.announce_type in ("new", "cross", None)]
            await self._keep(category, new)
            result.entries.update({entry.arxiv_id: entry for entry in new})
        return result

    async def _keep(self, category: str, entries: Sequence[Entry]) -> None:
        now = self._clock.now()
        ids = sorted(entry.arxiv_id for entry in entries)
        seen = hashlib.sha256("\n".join(ids).encode()).hexdigest()
        async with self._database.transaction() as tx:
            await stored_papers.save(tx, [paper_from(entry, now) for entry in entries])
            await digests.save_feed_day(
                tx, FeedDay(category=category, fetched_at=now, digest=seen, entries=ids)
            )
        event(log, "feed.fetched", category=category, papers=len(ids), batch=seen[:12])

    async def _make(self, run: DigestRun, settings: ServerSettings, fetched: _Fetched) -> None:
        """Route what was fetched, put it into the outbox, and decide whether the day is done."""
        topics = _with_channel(settings)
        mine = _categories(topics)
        troubles = [trouble for category, trouble in fetched.troubles.items() if category in mine]
        entries = [entry for entry in fetched.entries.values() if mine.intersection(entry.categories)]
        placed = await asyncio.to_thread(self._route, settings.topics, topics, entries)
        async with self._database.transaction() as tx:
            row = await digests.run(tx, run.guild_id, run.day)
            if row is None or row.state != "due":
                return
            row.attempts += 1
            row.began_at = row.began_at or self._clock.now()
            row.papers += await self._post(tx, row, settings, placed)
            await self._finish(tx, row, settings, troubles)
            event(
                log, "digest.made", guild=row.guild_id, day=row.day, papers=row.papers, state=row.state,
                attempts=row.attempts, cause=row.last_error,
            )  # fmt: skip

    def _route(
        self, all_topics: tuple[Topic, ...], topics: Sequence[Topic], entries: Iterable[Entry]
    ) -> dict[str, list[tuple[float, str, str]]]:
        """Channel -> (score, paper id, topic key), best first. A paper goes to its best topic that has a channel."""
        router = self._routers.of(all_topics)
        by_key = {topic.key: topic for topic in topics}
        placed: dict[str, list[tuple[float, str, str]]] = {}
        for entry in entries:
            for match in router.route(entry.title, entry.abstract, entry.categories):
                topic = by_key.get(match.topic_key)
                if (
                    topic is not None
                    and topic.channel
                    and (not topic.categories or set(topic.categories).intersection(entry.categories))
                ):
                    placed.setdefault(topic.channel, []).append((match.score, entry.arxiv_id, topic.key))
                    break
        return {channel: sorted(rows, key=lambda row: (-row[0], row[1])) for channel, rows in placed.items()}

    async def _post(
        self,
        tx: Tx,
        run: DigestRun,
        settings: ServerSettings,
        placed: dict[str, list[tuple[float, str, str]]],
    ) -> int:
        """Put each channel's messages into the outbox and note what they show. How many papers."""
        ids = [paper_id for rows in placed.values() for _, paper_id, _ in rows]
        shown = await digests.shown(tx, run.guild_id, ids)
        total = 0
        for channel, rows in placed.items():
            fresh = [row for row in rows if row[1] not in shown][: settings.digest.max_papers]
            digests.show(
                tx,
                [
                    Shown(guild_id=run.guild_id, paper_id=paper_id, topic=topic, score=score, day=run.day)
                    for score, paper_id, topic in fresh
                ],
            )
            for start in range(0, len(fresh), cards.PER_MESSAGE):
                part = fresh[start : start + cards.PER_MESSAGE]
                await self._outbox.put(
                    tx,
                    key=f"digest:{run.guild_id}:{run.day}:{run.attempts}:{channel}:{start}",
                    guild_id=run.guild_id,
                    place=f"channel:{channel}",
                    kind="digest",
                    data={
                        "day": run.day.isoformat(), "start": start + 1, "total": len(fresh),
                        "papers": [[paper_id, topic] for _, paper_id, topic in part],
                    },
                    expires_at=self._clock.now() + timedelta(days=2),
                )  # fmt: skip
            total += len(fresh)
        return total

    async def _finish(
        self, tx: Tx, run: DigestRun, settings: ServerSettings, troubles: Sequence[SourceTrouble]
    ) -> None:
        """Decide whether the day is done, or when to look again."""
        now = self._clock.now()
        waited = now - (run.began_at or now)
        run.last_error = troubles[0].sentence if troubles else None
        if troubles and waited < PATIENCE:
            pause = PAUSES[min(run.attempts - 1, len(PAUSES) - 1)]
            asked = max((trouble.retry_after or 0 for trouble in troubles), default=0)
            run.next_try_at = now + max(pause, timedelta(seconds=asked))
        elif not troubles and run.papers == 0 and waited < QUIET_PATIENCE:
            run.next_try_at = now + QUIET_PAUSE
        else:
            run.state = "failed" if troubles and run.papers == 0 else "done"
            if run.state == "failed":
                await self._tell_failed(tx, run)
            await self._plan(tx, run.guild_id, settings)
        wake(tx)

    async def _tell_failed(self, tx: Tx, run: DigestRun) -> None:
        await self._outbox.put(
            tx,
            key=f"digest:{run.guild_id}:{run.day}:failed",
            guild_id=run.guild_id,
            place="organisers",
            kind="digest_failed",
            data={"day": run.day.isoformat(), "cause": run.last_error or "", "attempts": run.attempts},
            expires_at=self._clock.now() + timedelta(days=2),
        )

    # what the outbox says of it

    async def _digest(self, tx: Tx, post: Post, _now: datetime) -> Card | Drop:
        settings = await self._settings.of(tx, post.guild_id)
        topics = {topic.key: topic for topic in settings.topics}
        wanted = {paper_id: topics.get(topic) for paper_id, topic in post.data["papers"]}
        papers = await stored_papers.many(tx, wanted)
        return cards.digest(
            [papers[paper_id] for paper_id in wanted],
            wanted,
            day=date.fromisoformat(post.data["day"]),
            start=post.data["start"],
            total=post.data["total"],
        )

    async def _failed(self, _tx: Tx, post: Post, _now: datetime) -> Card:
        return answers.gave_up(
            f"No arXiv digest for {post.data['day']}",
            f"I asked {post.data['attempts']} times. {post.data['cause']}",
        )


def _with_channel(settings: ServerSettings) -> list[Topic]:
    """The topics whose papers are posted somewhere."""
    return [topic for topic in settings.topics if topic.channel]


def _categories(topics: Iterable[Topic]) -> set[str]:
    return {category for topic in topics for category in topic.categories}


def _entry_of(paper: Paper) -> Entry:
    """A stored paper as arXiv told it, for routing it again."""
    return Entry(
        arxiv_id=paper.paper_id, version=paper.version, title=paper.title, authors=tuple(paper.authors),
        abstract=paper.abstract, categories=tuple(paper.categories), primary_category=next(iter(paper.categories), ""),
    )  # fmt: skip
