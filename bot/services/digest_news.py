"""What organisers and readers are told when no digest comes: arXiv fails, knows a category not, or is closed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from bot.cards import Card
from bot.cards import digest_news as cards
from bot.cards.digests import day_name
from bot.clock import Clock
from bot.config import ServerSettings
from bot.services.digest_rounds import topics_of
from bot.services.outbox import Outbox
from bot.sources.calendar import eastern_day, is_feed_day, is_weekend, next_feed_day
from storage import digests
from storage.database import Tx
from storage.tables import DigestRun, Post


def reason_for_silence(now: datetime) -> str | None:
    """Why arXiv has nothing today, if it said so beforehand."""
    today = eastern_day(now)
    if is_feed_day(today):
        return None
    kind = "for the weekend" if is_weekend(today) else "for a holiday"
    return f"arXiv announces nothing today {kind}. The next papers come on {day_name(next_feed_day(today))}."


class DigestNews:
    """Puts such news into the outbox."""

    def __init__(self, clock: Clock, outbox: Outbox) -> None:
        self._clock, self._outbox = clock, outbox
        outbox.says("digest_failed", self._say_failed)
        outbox.says("digest_category", self._say_no_category)
        outbox.says("digest_closed", self._say_closed)

    async def failed(self, tx: Tx, run: DigestRun) -> None:
        """After the second failed day in a row, and no more until one went well."""
        before = await digests.last_runs(tx, run.guild_id, run.channel, before=run.day, limit=2)
        if [row.state for row in before[:2]] in (["failed"], ["failed", "done"]):
            data = {
                "day": run.day.isoformat(),
                "cause": run.last_error or "",
                "since": before[0].day.isoformat(),
            }
            await self._organisers(
                tx, run.guild_id, f"digest:{run.guild_id}:{run.day}:failed", "digest_failed", data
            )

    async def no_category(self, tx: Tx, guild_id: int, category: str) -> None:
        key = f"digest:{guild_id}:no_category:{category}"
        await self._organisers(tx, guild_id, key, "digest_category", {"category": category})

    async def _organisers(self, tx: Tx, guild_id: int, key: str, kind: str, data: dict[str, str]) -> None:
        await self._outbox.put(
            tx, key=key, guild_id=guild_id, place="organisers", kind=kind, data=data,
            expires_at=self._clock.now() + timedelta(days=2),
        )  # fmt: skip

    async def closed(self, tx: Tx, run: DigestRun, settings: ServerSettings, reason: str) -> None:
        if is_weekend(eastern_day(self._clock.now())):
            return
        for channel in dict.fromkeys(topic.channel for topic in topics_of(settings, run.channel)):
            await self._outbox.put(
                tx, key=f"digest:{run.guild_id}:{run.day}:closed:{channel}", guild_id=run.guild_id,
                place=f"channel:{channel}", kind="digest_closed", data={"reason": reason},
                expires_at=self._clock.now() + timedelta(hours=12),
            )  # fmt: skip

    async def _say_failed(self, _tx: Tx, post: Post, _now: datetime) -> Card:
        since = date.fromisoformat(post.data["since"])
        return cards.failed(since, post.data["cause"])

    async def _say_no_category(self, _tx: Tx, post: Post, _now: datetime) -> Card:
        return cards.no_category(post.data["category"])

    async def _say_closed(self, _tx: Tx, post: Post, _now: datetime) -> Card:
        return cards.closed(post.data["reason"])
