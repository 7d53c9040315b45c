"""When digests are made: on a server's digest days, and again within the day while arXiv may still bring something.

A digest is a row that is due at an instant. What it shows (bot/services/digest_choice.py) is put into the outbox
in one transaction with the note of what was shown; a fetch that fails leaves it due, so that failure is never taken for
a quiet day.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.cards import Card
from bot.cards import digests as cards
from bot.clock import Clock
from bot.config import ServerSettings
from bot.log import event
from bot.services.arxiv_days import ArxivDays, News
from bot.services.digest_choice import DigestChoice, Shelf, categories_of
from bot.services.digest_posts import DigestPosts
from bot.services.follows import Follows
from bot.services.outbox import Outbox
from bot.services.people import Actor
from bot.services.settings import SettingsService
from bot.sources import SourceTrouble
from bot.sources.calendar import eastern_day, is_feed_day, is_weekend, next_feed_day
from bot.when import resolve_wall
from storage import digests, guilds
from storage.database import Database, Tx, wake
from storage.tables import DigestRun, Post

log = logging.getLogger(__name__)

PAUSES = (
    timedelta(minutes=2),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(minutes=30),
    timedelta(hours=1),
)
#: A batch that brings nothing new may be yesterday's, served again (FIELD b24): look again this often, this long.
LAG_PAUSE, LAG_PATIENCE = timedelta(hours=1), timedelta(hours=8)
#: How long a failing day is tried before it is given up: until about the next one.
PATIENCE = timedelta(hours=20)


class Digests:
    """Plans, makes and retries the digests of all servers."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: SettingsService,
        outbox: Outbox,
        days: ArxivDays,
        choice: DigestChoice,
        posts: DigestPosts,
        follows: Follows,
    ) -> None:
        self._database, self._clock, self._settings, self._outbox = database, clock, settings, outbox
        self._days, self._choice, self._posts, self._follows = days, choice, posts, follows
        self._making = asyncio.Lock()
        outbox.says("digest_failed", self._failed)
        outbox.says("digest_category", self._no_category)
        outbox.says("digest_closed", self._closed)
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
        async with self._making:
            async with self._database.reading() as tx:
                here = set(await guilds.present(tx))
                runs = await digests.due(tx, now)
                settings = {run.guild_id: await self._settings.of(tx, run.guild_id) for run in runs}
            staying = [run for run in runs if run.guild_id in here]
            wanted = {category for run in staying for category in categories_of(settings[run.guild_id])}
            news = await self._days.fetch(sorted(wanted))
            shelf = Shelf(self._database)
            for run in staying:
                await self._make(run, settings[run.guild_id], news, shelf)
            async with self._database.transaction() as tx:
                for run in runs:
                    if run.guild_id not in here:
                        await digests.unplan(tx, run.guild_id)

    # out of turn

    async def now(self, actor: Actor) -> Card:
        """Post what is new at once, out of turn. For organisers."""
        async with self._making:
            async with self._database.transaction() as tx:
                settings = await self._settings.of(tx, actor.guild_id)
                actor.must_organise(settings, "post a digest out of turn")
                now = self._clock.now()
                today = now.astimezone(ZoneInfo(settings.group.timezone)).date()
                run = await digests.run(tx, actor.guild_id, today)
                if run is None:
                    run = DigestRun(guild_id=actor.guild_id, day=today, next_try_at=now)
                    tx.add(run)
                run.state, run.next_try_at, run.asked_by, run.began_at = "due", now, actor.user_id, now
            news = await self._days.fetch(sorted(categories_of(settings)))
            before = run.papers
            made = await self._make(run, settings, news, Shelf(self._database))
        mine = categories_of(settings)
        return cards.made_now(
            made.papers - before if made else 0,
            [trouble.sentence for category, trouble in news.troubles.items() if category in mine],
            [lag for category, lag in news.lags.items() if category in mine],
            self._reason_for_silence(),
        )

    async def preview(self, actor: Actor) -> Card:
        """What the next digest would show, as far as arXiv has it already; nothing is posted or noted."""
        settings = await self._settings.read(actor.guild_id)
        actor.must_organise(settings, "preview the digest")
        news = await self._days.fetch(sorted(categories_of(settings)))
        chosen = await self._choice.choose(actor.guild_id, settings, Shelf(self._database))
        names = {topic.key: topic.name for topic in settings.topics}
        return cards.preview(chosen.channels, names, [trouble.sentence for trouble in news.troubles.values()])

    # making

    async def _make(
        self, run: DigestRun, settings: ServerSettings, news: News, shelf: Shelf
    ) -> DigestRun | None:
        """Choose, put into the outbox, and decide whether the day is done."""
        mine = categories_of(settings)
        troubles = {category: trouble for category, trouble in news.troubles.items() if category in mine}
        lags = [lag for category, lag in news.lags.items() if category in mine]
        chosen = await self._choice.choose(run.guild_id, settings, shelf)
        async with self._database.transaction() as tx:
            row = await digests.run(tx, run.guild_id, run.day)
            if row is None or row.state != "due":
                return None
            row.attempts += 1
            row.began_at = row.began_at or self._clock.now()
            row.papers += await self._posts.post(tx, row, chosen)
            await self._follows.tell(tx, row, chosen)
            row.through, row.through_day = chosen.through, chosen.today
            await self._finish(tx, row, settings, troubles, lags)
        event(
            log, "digest.made", guild=row.guild_id, day=row.day, papers=row.papers, state=row.state,
            attempts=row.attempts, cause=row.last_error,
        )  # fmt: skip
        return row

    async def _finish(
        self,
        tx: Tx,
        run: DigestRun,
        settings: ServerSettings,
        troubles: dict[str, SourceTrouble],
        lags: Sequence[str],
    ) -> None:
        """Decide whether the day is done, or when to look again."""
        now = self._clock.now()
        waited = now - (run.began_at or now)
        curable = [trouble for trouble in troubles.values() if trouble.kind != "bad_request"]
        run.last_error = "; ".join([*(trouble.sentence for trouble in curable[:1]), *lags]) or None
        for category, trouble in troubles.items():
            if trouble.kind == "bad_request":
                await self._tell_category(tx, run.guild_id, category)
        if curable and waited < PATIENCE:
            asked = max((trouble.retry_after or 0 for trouble in curable), default=0)
            pause = PAUSES[min(run.attempts - 1, len(PAUSES) - 1)]
            run.next_try_at = now + max(pause, timedelta(seconds=asked))
        elif lags and waited < LAG_PATIENCE:
            run.next_try_at = now + LAG_PAUSE
        else:
            run.state = "failed" if curable else "done"
            if curable:
                await self._tell_failed(tx, run)
            elif settings.digest.say_closed and (reason := self._reason_for_silence()):
                await self._tell_closed(tx, run, settings, reason)
            await self._plan(tx, run.guild_id, settings)
        wake(tx)

    def _reason_for_silence(self) -> str | None:
        """Why arXiv has nothing today, if it said so beforehand."""
        today = eastern_day(self._clock.now())
        if is_feed_day(today):
            return None
        kind = "for the weekend" if is_weekend(today) else "for a holiday"
        return f"arXiv announces nothing today {kind}. The next papers come on {cards.day_name(next_feed_day(today))}."

    # what organisers and readers are told

    async def _tell_failed(self, tx: Tx, run: DigestRun) -> None:
        """After the second failed day in a row, and no more until one went well."""
        before = await digests.last_runs(tx, run.guild_id, before=run.day, limit=2)
        if [row.state for row in before[:2]] in (["failed"], ["failed", "done"]):
            data = {
                "day": run.day.isoformat(),
                "cause": run.last_error or "",
                "since": before[0].day.isoformat(),
            }
            await self._organisers(
                tx, run.guild_id, f"digest:{run.guild_id}:{run.day}:failed", "digest_failed", data
            )

    async def _tell_category(self, tx: Tx, guild_id: int, category: str) -> None:
        key = f"digest:{guild_id}:no_category:{category}"
        await self._organisers(tx, guild_id, key, "digest_category", {"category": category})

    async def _organisers(self, tx: Tx, guild_id: int, key: str, kind: str, data: dict[str, str]) -> None:
        await self._outbox.put(
            tx, key=key, guild_id=guild_id, place="organisers", kind=kind, data=data,
            expires_at=self._clock.now() + timedelta(days=2),
        )  # fmt: skip

    async def _tell_closed(self, tx: Tx, run: DigestRun, settings: ServerSettings, reason: str) -> None:
        if is_weekend(eastern_day(self._clock.now())):
            return
        for channel in dict.fromkeys(topic.channel for topic in settings.topics if topic.channel):
            await self._outbox.put(
                tx, key=f"digest:{run.guild_id}:{run.day}:closed:{channel}", guild_id=run.guild_id,
                place=f"channel:{channel}", kind="digest_closed", data={"reason": reason},
                expires_at=self._clock.now() + timedelta(hours=12),
            )  # fmt: skip

    async def _failed(self, _tx: Tx, post: Post, _now: datetime) -> Card:
        since = date.fromisoformat(post.data["since"])
        return cards.failed(since, post.data["cause"])

    async def _no_category(self, _tx: Tx, post: Post, _now: datetime) -> Card:
        return cards.no_category(post.data["category"])

    async def _closed(self, _tx: Tx, post: Post, _now: datetime) -> Card:
        return cards.closed(post.data["reason"])
