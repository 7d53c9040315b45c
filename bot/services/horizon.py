"""Planning the sessions of series ahead, as far as the server's horizon reaches."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.config import ServerSettings
from bot.log import event
from bot.recurrence import Occurrence, Rule, occurrences
from bot.services.planning import new_talk
from bot.services.sessions import Sessions
from bot.services.settings import SettingsService
from bot.when import local
from storage import series as stored
from storage.database import Database, Tx
from storage.tables import Series, Session

log = logging.getLogger(__name__)

#: How far beyond the horizon the next occurrence is looked for: the rarest rule, every 52nd fifth Monday, included.
FAR = timedelta(days=60 * 366)


def rules_of(series: Series) -> tuple[Rule, ...]:
    """The rules of a series, which follow one another."""
    return tuple(Rule.from_dict(rule) for rule in series.rules)


class Horizon:
    """Makes a session of every occurrence that comes within reach, once."""

    def __init__(
        self, database: Database, clock: Clock, settings: SettingsService, followed: Sessions
    ) -> None:
        self._database, self._clock, self._settings, self._sessions = database, clock, settings, followed
        settings.on_change(self._settings_changed)

    async def _settings_changed(self, tx: Tx, guild_id: int, _settings: ServerSettings) -> None:
        await stored.look_again(tx, guild_id, now=self._clock.now())

    async def next_due(self, tx: Tx) -> datetime | None:
        return await stored.next_due(tx)

    async def run_due(self, now: datetime) -> None:
        """Plan ahead what is due, a transaction for each series."""
        async with self._database.reading() as tx:
            due = await stored.due(tx, now)
        for series_id in due:
            async with self._database.transaction() as tx:
                if series := await stored.claim(tx, series_id):
                    await self.plan_ahead(tx, series, await self._settings.of(tx, series.guild_id))

    async def plan_ahead(self, tx: Tx, series: Series, settings: ServerSettings) -> None:
        """Plan what lies within the horizon and neither is planned nor skipped; note when to look again."""
        now, rules = self._clock.now(), rules_of(series)
        lead = settings.sessions.plan_ahead
        reach = now + timedelta(days=lead.days, minutes=lead.minutes)
        settled = await stored.settled(tx, series.series_id)
        for occurrence in occurrences(rules, now, reach):
            if occurrence.key not in settled:
                await self._plan(tx, series, occurrence, rules, settings)
        following = next(occurrences(rules, reach, reach + FAR), None)
        series.next_plan_at = following.instant - (reach - now) if following else None
        await tx.flush()

    async def _plan(
        self, tx: Tx, series: Series, occurrence: Occurrence, rules: Sequence[Rule], settings: ServerSettings
    ) -> None:
        rule = rule_on(rules, occurrence.key)
        session = Session(
            guild_id=series.guild_id,
            starts_at=occurrence.instant,
            wall_time=f"{local(occurrence.instant, rule.zone):%Y-%m-%dT%H:%M}",
            zone=rule.zone,
            minutes=rule.minutes,
            created_by=series.created_by,
            created_at=self._clock.now(),
            link=series.link,
            series_id=series.series_id,
            occurrence=occurrence.key,
        )
        await new_talk(tx, session)
        await self._sessions.planned(tx, session, settings, 0)
        event(
            log, "session.planned", session=session.session_id, series=series.series_id, at=occurrence.instant
        )


def rule_on(rules: Sequence[Rule], key: str) -> Rule:
    """The rule that an occurrence is of."""
    return next((rule for rule in reversed(rules) if rule.start.isoformat() <= key), rules[0])
