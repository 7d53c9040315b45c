"""Series: meetings that repeat, changed as a whole or from a date on. Single dates: `occurrences.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

from bot.cards import Card
from bot.cards import series as cards
from bot.cards.base import plain, stamp
from bot.clock import Clock
from bot.config import ServerSettings
from bot.recurrence import changed_from, ended_before, occurrences
from bot.services import sense
from bot.services.doubts import Doubts
from bot.services.history import History
from bot.services.horizon import Horizon, rule_on, rules_of
from bot.services.occurrences import its_series
from bot.services.people import Actor, Refused
from bot.services.reading import is_off, read_clock, read_day, read_leads, read_link, read_moment
from bot.services.rescheduling import follow_rules, withdraw_from
from bot.services.rhythms import SeriesEdit, SeriesPlan, first_rule, read_repeat, repeating, sensible
from bot.services.sessions import Sessions
from bot.services.settings import SettingsService
from bot.when import local, resolve_wall
from storage import series as stored
from storage import sessions as stored_sessions
from storage.database import Database, Tx, wake
from storage.sessions import SessionView
from storage.tables import Series

#: How far ahead the next dates are looked for: the rarest rhythms included.
_SHOWN_AHEAD = timedelta(days=3 * 366)


class SeriesService:
    """What organisers do with series."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: SettingsService,
        sessions: Sessions,
        horizon: Horizon,
        doubts: Doubts,
        history: History,
    ) -> None:
        self._database, self._clock, self._settings = database, clock, settings
        self._sessions, self._horizon, self._doubts, self._history = sessions, horizon, doubts, history
        doubts.does("series", self._create_surely)

    async def create(self, actor: Actor, plan: SeriesPlan, *, sure: bool = False) -> Card:
        """Make a series and plan its sessions as far as the horizon reaches; asks back when the first is doubtful.

        Raises Refused for who may not, and for what cannot be read or makes no sense.
        """
        settings = await self._settings.read(actor.guild_id)
        actor.must_organise(settings, "make series")
        zone, now = settings.group.timezone, self._clock.now()
        first = await read_moment(plan.first, zone, now)
        until = await read_day(plan.until, zone, now) if plan.until else None
        rule = first_rule(first, plan, until, settings)
        link, reminders = read_link(plan.link or "", "`link`"), _reminders(plan.reminders or "default")
        if not sure and (not first.certain or first.instant <= now):
            data = asdict(
                replace(plan, first=first.instant.isoformat(), until=until.isoformat() if until else None)
            )
            reads = f"I read **{plain(rule.describe())}**, first on {stamp(first.instant, 'F')}."
            return await self._doubts.ask(actor, "series", data, reads=reads, notes=first.notes)
        async with self._database.transaction() as tx:
            series = Series(
                guild_id=actor.guild_id,
                rules=[rule.to_dict()],
                created_by=actor.user_id,
                created_at=now,
                next_plan_at=now,
                title=plan.title,
                link=link,
                reminders=reminders,
            )
            tx.add(series)
            await tx.flush()
            return await self._done(tx, actor, settings, series, "created", cards.created)

    async def told(self, actor: Actor, _: str, fields: Mapping[str, str]) -> Card:
        """Make one from the form of `/setup`. Raises Refused as `create` does."""
        title, link, reminders = (fields.get(name) or None for name in ("title", "link", "reminders"))
        repeat = read_repeat(fields.get("repeat", ""))
        plan = SeriesPlan(fields.get("first", ""), repeat, title=title, link=link, reminders=reminders)
        return await self.create(actor, plan)

    async def _create_surely(self, actor: Actor, data: dict[str, Any]) -> Card:
        return await self.create(actor, SeriesPlan(**data), sure=True)

    async def edit(self, actor: Actor, series_id: int, wish: SeriesEdit) -> Card:
        """Change a series from a date on; what is before stays. Sessions that are planned go to their new dates."""
        settings = await self._settings.read(actor.guild_id)
        zone, now = settings.group.timezone, self._clock.now()
        day = await read_day(wish.starting, zone, now) if wish.starting else local(now, zone).date()
        until = await read_day(wish.until, zone, now) if wish.until else None
        clock = await read_clock(wish.at, zone, now) if wish.at else None
        async with self._database.transaction() as tx:
            series = await self._series(tx, actor, series_id, "change series")
            if wish.title:
                series.title = wish.title
            if wish.link:
                await self._give_link(tx, actor, settings, series, read_link(wish.link, "`link`"), day)
            if wish.reminders:
                series.reminders = _reminders(wish.reminders)
                await self._settings.tell(tx, actor.guild_id)
            old = rules_of(series)
            former = rule_on(old, day.isoformat())
            rule = replace(
                former,
                start=day,
                until=until or (former.until if former.until and former.until >= day else None),
                at=clock or former.at,
                weekday=former.weekday if wish.weekday is None else wish.weekday,
                minutes=wish.minutes or former.minutes,
            )
            if wish.repeat:
                rule = repeating(rule, wish.repeat, rule.day_from(day))
            kept: list[SessionView] = []
            if replace(rule, start=former.start) != former:
                new = sensible(lambda: changed_from(old, day, rule))
                series.rules = [one.to_dict() for one in new]
                kept = await follow_rules(tx, self._sessions, settings, actor, series, old, new, day, now)
            return await self._done(tx, actor, settings, series, "changed", cards.changed, kept)

    async def _give_link(
        self, tx: Tx, actor: Actor, settings: ServerSettings, series: Series, link: str | None, day: date
    ) -> None:
        """A new way to join, also for the sessions that are planned from a day on and had that of the series."""
        former, series.link = series.link, link
        midnight, _ = resolve_wall(datetime.combine(day, time()), settings.group.timezone)
        after = max(self._clock.now(), midnight)
        for session_id in await stored.coming(tx, series.series_id, after=after, link=former):
            async with self._sessions.changing_within(tx, settings, actor, session_id, "edited") as change:
                change.session.link = link

    async def show(self, actor: Actor, series_id: int) -> Card:
        """A series for everybody: how it repeats, and what becomes of its next dates. Raises Refused for none such."""
        now = self._clock.now()
        async with self._database.reading() as tx:
            series = await stored.get(tx, actor.guild_id, series_id)
            if series is None:
                raise Refused(f"There is no series {series_id} here. Choose one from the list as you type.")
            organises = actor.organises(await self._settings.of(tx, actor.guild_id))
            skips = set(await stored.skips_of(tx, series_id))
            rules = rules_of(series) if series.state == "active" else ()
            dates = list(islice(occurrences(rules, now, now + _SHOWN_AHEAD), cards.DATES))
            found = await stored_sessions.of_dates(tx, series_id, [one.key for one in dates])
            views = {view.session.occurrence: view for view in found}
        rows = [cards.DateRow(one, views.get(one.key), skipped=one.key in skips) for one in dates]
        return cards.show(series, rules_of(series), rows, organiser=organises)

    async def pause(self, actor: Actor, series_id: int) -> Card:
        """Plan nothing more until it is resumed. Sessions that nothing is known of yet go; the others stay."""
        async with self._database.transaction() as tx:
            series = await self._series(tx, actor, series_id, "pause series")
            if series.state != "active":
                raise Refused("This series is paused already. `/series resume` goes on with it.")
            series.state, series.next_plan_at = "paused", None
            return await self._stopped(tx, actor, series, "paused", cards.paused)

    async def resume(self, actor: Actor, series_id: int) -> Card:
        """Go on from now."""
        async with self._database.transaction() as tx:
            series = await self._series(tx, actor, series_id, "resume series")
            if series.state != "paused":
                raise Refused("This series is not paused.")
            series.state = "active"
            settings = await self._settings.of(tx, actor.guild_id)
            return await self._done(tx, actor, settings, series, "resumed", cards.changed)

    async def end(self, actor: Actor, series_id: int, last: str | None) -> Card:
        """No session after the day `last`; without one, none from now on."""
        settings = await self._settings.read(actor.guild_id)
        zone, now = settings.group.timezone, self._clock.now()
        today = local(now, zone).date()
        day = await read_day(last, zone, now) + timedelta(days=1) if last else today
        async with self._database.transaction() as tx:
            series = await self._series(tx, actor, series_id, "end series")
            rules = ended_before(rules_of(series), day)
            series.rules = [rule.to_dict() for rule in rules] or series.rules
            if day <= today or not rules:
                series.state, series.next_plan_at = "ended", None
            return await self._stopped(tx, actor, series, "ended", cards.ended, day)

    async def _stopped(
        self, tx: Tx, actor: Actor, series: Series, what: str, said: cards.Said, day: date | None = None
    ) -> Card:
        settings = await self._settings.of(tx, actor.guild_id)
        kept = await withdraw_from(tx, self._sessions, settings, actor, series, day, self._clock.now())
        self._history.note(tx, actor.guild_id, "series", series.series_id, what, actor.user_id)
        return said(series, rules_of(series), [], kept)

    async def _done(
        self,
        tx: Tx,
        actor: Actor,
        settings: ServerSettings,
        series: Series,
        what: str,
        said: cards.Said,
        kept: list[SessionView] | None = None,
    ) -> Card:
        """Plan ahead, write down, and say what comes next and where clocks will be in the way."""
        if series.state == "active":
            await self._horizon.plan_ahead(tx, series, settings)
            wake(tx)
        self._history.note(tx, actor.guild_id, "series", series.series_id, what, actor.user_id)
        now = self._clock.now()
        coming = list(occurrences(rules_of(series), now, now + timedelta(days=2 * 366)))
        card = said(series, rules_of(series), coming, kept or [])
        instants = [occurrence.instant for occurrence in coming]
        remarks = await sense.of_many(instants, rules_of(series)[-1].zone, settings)
        return replace(card, text="\n".join([card.text, *(f"⚠️ {plain(line)}" for line in remarks)]))

    async def _series(self, tx: Tx, actor: Actor, series_id: int, what: str) -> Series:
        return await its_series(tx, await self._settings.of(tx, actor.guild_id), actor, series_id, what)

    async def choices(self, guild_id: int, typed: str) -> list[tuple[int, str]]:
        """The server's series for a list to choose from."""
        async with self._database.reading() as tx:
            rows = await stored.of_guild(tx, guild_id, states=("active", "paused"))
        found = [(row.series_id, cards.choice(row, rules_of(row))) for row in rows]
        return [row for row in found if typed.casefold() in row[1].casefold()][:25]


def _reminders(text: str) -> list[str] | None:
    """Lead times of a series' own; none at all, for "off"; None, for "default": those of the server."""
    if text.strip().casefold() == "default":
        return None
    return [] if is_off(text) else read_leads(text)
