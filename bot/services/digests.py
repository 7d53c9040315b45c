"""When digests are made: on a server's digest days, and again within the day while arXiv may still bring something.

A digest is a row that is due at an instant. What it shows (bot/services/digest_choice.py) is put into the outbox
in one transaction with the note of what was shown; a fetch that fails leaves it due, so that failure is never taken for
a quiet day.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.cards import Card
from bot.cards import digest_news as cards
from bot.clock import Clock
from bot.config import ServerSettings
from bot.log import event
from bot.services.arxiv_days import ArxivDays, News
from bot.services.digest_choice import DigestChoice, Shelf
from bot.services.digest_news import DigestNews, reason_for_silence
from bot.services.digest_posts import DigestPosts
from bot.services.digest_rounds import categories_of, next_time, rounds
from bot.services.follows import Follows
from bot.services.outbox import Outbox
from bot.services.people import Actor
from bot.services.selection import Line
from bot.services.settings import SettingsService
from bot.sources import SourceTrouble
from storage import digests, guilds
from storage.database import Database, Tx, wake
from storage.tables import DigestRun

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
        self._database, self._clock, self._settings = database, clock, settings
        self._days, self._choice, self._posts, self._follows = days, choice, posts, follows
        self._making = asyncio.Lock()
        self._news = DigestNews(clock, outbox)
        settings.on_change(self._plan)

    # planning

    async def _plan(self, tx: Tx, guild_id: int, settings: ServerSettings) -> None:
        """Make the next digest day of every round of a server due."""
        planned = [name for name in rounds(settings) if await self._plan_round(tx, guild_id, settings, name)]
        await digests.unplan(tx, guild_id, but=planned)
        wake(tx)

    async def _plan_round(self, tx: Tx, guild_id: int, settings: ServerSettings, name: str) -> bool:
        run = next_time(settings, name, now := self._clock.now())
        while run and (known := await digests.run(tx, guild_id, run[0], name)) and known.state != "due":
            run = next_time(settings, name, run[1])
        if run is not None:
            await digests.plan(tx, guild_id=guild_id, day=run[0], channel=name, at=run[1], now=now)
        return run is not None

    async def next_due(self, tx: Tx) -> datetime | None:
        return await digests.next_run_at(tx)

    async def run_due(self, now: datetime) -> None:
        """Make every digest that is due; what fails stays due."""
        async with self._making:
            async with self._database.reading() as tx:
                here = set(await guilds.present(tx))
                runs = await digests.due(tx, now)
                settings = {run.guild_id: await self._settings.of(tx, run.guild_id) for run in runs}
            staying = [run for run in runs if run.guild_id in here]
            wanted = {
                category for run in staying for category in categories_of(settings[run.guild_id], run.channel)
            }
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
                runs = [await self._asked_for(tx, actor, settings, name) for name in rounds(settings)]
            news = await self._days.fetch(sorted(categories_of(settings)))
            before, shelf = sum(run.papers for run in runs), Shelf(self._database)
            made = [await self._make(run, settings, news, shelf) or run for run in runs]
        mine = categories_of(settings)
        return cards.made_now(
            sum(run.papers for run in made) - before,
            [trouble.sentence for category, trouble in news.troubles.items() if category in mine],
            [lag for category, lag in news.lags.items() if category in mine],
            reason_for_silence(self._clock.now()),
        )

    async def _asked_for(self, tx: Tx, actor: Actor, settings: ServerSettings, name: str) -> DigestRun:
        """Today's digest of a round, due now."""
        now = self._clock.now()
        today = now.astimezone(ZoneInfo(settings.group.timezone)).date()
        run = await digests.run(tx, actor.guild_id, today, name)
        if run is None:
            run = DigestRun(guild_id=actor.guild_id, day=today, next_try_at=now, channel=name)
            tx.add(run)
        run.state, run.next_try_at, run.asked_by, run.began_at = "due", now, actor.user_id, now
        return run

    async def preview(self, actor: Actor) -> Card:
        """What the next digest would show, as far as arXiv has it already; nothing is posted or noted."""
        settings = await self._settings.read(actor.guild_id)
        actor.must_organise(settings, "preview the digest")
        news = await self._days.fetch(sorted(categories_of(settings)))
        shelf, channels = Shelf(self._database), dict[str, list[Line]]()
        for name in rounds(settings):
            channels |= (await self._choice.choose(actor.guild_id, settings, shelf, name)).channels
        names = {topic.key: topic.name for topic in settings.topics}
        return cards.preview(channels, names, [trouble.sentence for trouble in news.troubles.values()])

    # making

    async def _make(
        self, run: DigestRun, settings: ServerSettings, news: News, shelf: Shelf
    ) -> DigestRun | None:
        """Choose, put into the outbox, and decide whether the day is done."""
        mine = categories_of(settings, run.channel)
        troubles = {category: trouble for category, trouble in news.troubles.items() if category in mine}
        lags = [lag for category, lag in news.lags.items() if category in mine]
        chosen = await self._choice.choose(run.guild_id, settings, shelf, run.channel)
        async with self._database.transaction() as tx:
            row = await digests.claim(tx, run.guild_id, run.day, run.channel)
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
                await self._news.no_category(tx, run.guild_id, category)
        if curable and waited < PATIENCE:
            asked = max((trouble.retry_after or 0 for trouble in curable), default=0)
            pause = PAUSES[min(run.attempts - 1, len(PAUSES) - 1)]
            run.next_try_at = now + max(pause, timedelta(seconds=asked))
        elif lags and waited < LAG_PATIENCE:
            run.next_try_at = now + LAG_PAUSE
        else:
            run.state = "failed" if curable else "done"
            if curable:
                await self._news.failed(tx, run)
            elif settings.digest.say_closed and (reason := reason_for_silence(now)):
                await self._news.closed(tx, run, settings, reason)
            await self._plan(tx, run.guild_id, settings)
        wake(tx)
