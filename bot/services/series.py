"""Series: meetings that repeat, changed as a whole, from a date on, or one by one."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date, timedelta
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
from bot.services.people import Actor, Refused
from bot.services.planning import new_talk, put_at
from bot.services.reading import read_clock, read_day, read_link, read_moment
from bot.services.rescheduling import follow_rules, withdraw_from
from bot.services.rhythms import SeriesEdit, SeriesPlan, first_rule, repeating, sensible
from bot.services.sessions import Sessions, number
from bot.services.settings import SettingsService
from bot.when import Moment, local
from storage import series as stored
from storage.database import Database, Tx, wake
from storage.sessions import SessionView
from storage.tables import Series, Session


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
        doubts.does("occurrence", self._move_surely)

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
        read_link(plan.link or "", "`link`")
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
                link=read_link(plan.link or "", "`link`"),
            )
            tx.add(series)
            await tx.flush()
            return await self._done(tx, actor, settings, series, "created", cards.created)

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
                series.link = read_link(wish.link, "`link`")
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

    async def skip(self, actor: Actor, which: str) -> Card:
        """Call one occurrence off, "series:date"; the series goes on."""
        async with self._database.transaction() as tx:
            series, key, session = await self._occurrence(tx, actor, which, "skip sessions")
            if session is None:
                await stored.skip(tx, series, key)
            else:
                settings = await self._settings.of(tx, actor.guild_id)
                async with self._sessions.changing_within(
                    tx, settings, actor, session.session_id, "cancelled"
                ) as change:
                    change.session.state = "cancelled"
            self._history.note(
                tx,
                actor.guild_id,
                "series",
                series.series_id,
                "skipped",
                actor.user_id,
                [["date", key, "skipped"]],
            )
        return cards.skipped(series, key)

    async def move(self, actor: Actor, which: str, when: str) -> Card:
        """Give one occurrence, "series:date", another time; asks back when that is doubtful."""
        settings = await self._settings.read(actor.guild_id)
        actor.must_organise(settings, "move sessions")
        now = self._clock.now()
        moment = await read_moment(when, settings.group.timezone, now)
        if moment.instant <= now:
            raise Refused("That has passed: give a time that is still to come.")
        if not moment.certain:
            data = {"which": which, "when": moment.instant.isoformat()}
            return await self._doubts.ask(
                actor, "occurrence", data, reads=f"I read {stamp(moment.instant, 'F')}.", notes=moment.notes
            )
        return await self._move(actor, which, moment)

    async def _move_surely(self, actor: Actor, data: dict[str, Any]) -> Card:
        settings = await self._settings.read(actor.guild_id)
        moment = await read_moment(data["when"], settings.group.timezone, self._clock.now())
        return await self._move(actor, data["which"], moment)

    async def _move(self, actor: Actor, which: str, moment: Moment) -> Card:
        async with self._database.transaction() as tx:
            settings = await self._settings.of(tx, actor.guild_id)
            series, key, session = await self._occurrence(tx, actor, which, "move sessions")
            if session is None:  # it is planned now, with its own time
                rule = rule_on(rules_of(series), key)
                session = Session(
                    guild_id=actor.guild_id, starts_at=moment.instant, wall_time=f"{moment.wall:%Y-%m-%dT%H:%M}",
                    zone=moment.zone, minutes=rule.minutes, created_by=actor.user_id, created_at=self._clock.now(),
                    link=series.link, series_id=series.series_id, occurrence=key,
                )  # fmt: skip
                await new_talk(tx, session)
                view = await self._sessions.planned(tx, session, settings, actor.user_id)
            else:
                async with self._sessions.changing_within(
                    tx, settings, actor, session.session_id, "moved"
                ) as change:
                    put_at(change.session, moment.instant, moment.wall, moment.zone)
                view = change.view
            self._history.note(
                tx, actor.guild_id, "series", series.series_id, "moved one", actor.user_id,
                [["date", key, f"{moment.wall:%Y-%m-%d %H:%M}"]],
            )  # fmt: skip
        return cards.moved_one(series, key, view)

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
        """A series that is not over. Raises Refused for who may not, and when there is none."""
        actor.must_organise(await self._settings.of(tx, actor.guild_id), what)
        series = await stored.get(tx, actor.guild_id, series_id)
        if series is None or series.state == "ended":
            raise Refused(f"There is no series {series_id} here. Choose one from the list as you type.")
        return series

    async def _occurrence(
        self, tx: Tx, actor: Actor, which: str, what: str
    ) -> tuple[Series, str, Session | None]:
        """A coming occurrence by "series:date", and its session if it is planned. Raises Refused."""
        series_id, _, key = which.partition(":")
        series = await self._series(tx, actor, number(series_id), what)
        session = await stored.session_of(tx, series.series_id, key)
        skipped = key in await stored.skips_of(tx, series.series_id)
        if skipped or (session is not None and session.state != "planned"):
            raise Refused("This date has been called off, or is over.")
        if session is None and not any(
            occurrence.key == key
            for occurrence in occurrences(
                rules_of(series), self._clock.now(), self._clock.now() + timedelta(days=3 * 366)
            )
        ):
            raise Refused("The series has no such date. Choose one from the list as you type.")
        return series, key, session

    async def choices(self, guild_id: int, typed: str) -> list[tuple[int, str]]:
        """The server's series for a list to choose from."""
        async with self._database.reading() as tx:
            rows = await stored.of_guild(tx, guild_id, states=("active", "paused"))
        found = [(row.series_id, cards.choice(row, rules_of(row))) for row in rows]
        return [row for row in found if typed.casefold() in row[1].casefold()][:25]

    async def date_choices(self, guild_id: int, typed: str) -> list[tuple[str, str]]:
        """Coming occurrences of the server's series that are neither skipped nor cancelled."""
        now, found = self._clock.now(), []
        async with self._database.reading() as tx:
            for series in await stored.of_guild(tx, guild_id, states=("active", "paused")):
                gone = await stored.gone(tx, series.series_id)
                found += [
                    (
                        occurrence.instant,
                        f"{series.series_id}:{occurrence.key}",
                        cards.date_choice(series, occurrence),
                    )
                    for occurrence in occurrences(rules_of(series), now, now + timedelta(days=200))
                    if occurrence.key not in gone
                ]
        rows = [(value, name) for _, value, name in sorted(found) if typed.casefold() in name.casefold()]
        return rows[:25]
