"""/digest settings and /digest topics: when and what the digest brings, seen and changed in one place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from bot.cards import Card
from bot.cards import digest_settings as cards
from bot.clock import Clock
from bot.config import WEEKDAYS, Schedule
from bot.services.people import Actor, Refused
from bot.services.settings import SettingsService
from storage import digests
from storage.database import Database

#: What "lately" means.
LATELY = timedelta(days=30)


class DigestSettings:
    """Shows and changes what holds for a server's digest."""

    def __init__(self, database: Database, clock: Clock, settings: SettingsService) -> None:
        self._database, self._clock, self._settings = database, clock, settings

    async def settings(
        self,
        actor: Actor,
        given: Mapping[str, str | int | bool | None],
        channel: tuple[str, str] | None = None,
    ) -> Card:
        """Change what is given, then show what holds. Raises Refused with what is wrong.

        With a `channel` (its id and its name), `days` and `at` are meant for that one alone.
        """
        changes = {name: value for name, value in given.items() if value is not None}
        if channel is not None:
            days, at = changes.pop("days", None), changes.pop("at", None)
            changes["channels"] = await self._scheduled(actor, channel, days, at)
        for name, value in changes.items():
            await self._settings.set(actor, f"digest.{name}", str(value))
        async with self._database.reading() as tx:
            settings = await self._settings.of(tx, actor.guild_id)
            coming = await digests.pending(tx, actor.guild_id)
        due = min((run.next_try_at for run in coming), default=None)
        return cards.settings(settings, due, changed=bool(changes))

    async def _scheduled(self, actor: Actor, channel: tuple[str, str], days: object, at: object) -> str:
        """`digest.channels` with a channel's days and hour changed; without either, it goes with the others again."""
        settings = await self._settings.read(actor.guild_id)
        name = next((topic.channel for topic in settings.topics if topic.channel in channel), None)
        if name is None:
            raise Refused(f"No topic's papers go to <#{channel[0]}>. `/topics channel` sends some there.")
        own = {schedule.channel: schedule for schedule in settings.digest.channels}
        known = own.pop(name, Schedule(name, settings.digest.days))
        rows = [str(schedule) for schedule in own.values()]
        if days or at:
            wanted = days or " ".join(WEEKDAYS[day] for day in sorted(known.days)) or "none"
            hour = at or (f"{known.at:%H:%M}" if known.at else "")
            rows.append(f"{name}: {wanted} {hour}".strip())
        return "; ".join(rows)

    async def topics(self, actor: Actor) -> Card:
        """Where each topic's papers go, and how many there were lately."""
        async with self._database.reading() as tx:
            settings = await self._settings.of(tx, actor.guild_id)
            since = (self._clock.now() - LATELY).date()
            counts = await digests.counts(tx, actor.guild_id, since=since)
        return cards.topics(settings.topics, counts, days=LATELY.days)
