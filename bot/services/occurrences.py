"""What organisers do with one date of a series: skip it, give it another time, have it take place after all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.cards import Card
from bot.cards import series as cards
from bot.cards.base import stamp
from bot.clock import Clock
from bot.config import ServerSettings
from bot.recurrence import occurrences
from bot.services import sense
from bot.services.doubts import Doubts
from bot.services.history import History
from bot.services.horizon import Horizon, rule_on, rules_of
from bot.services.people import Actor, Refused
from bot.services.planning import must_be_ahead, new_talk, put_at
from bot.services.reading import read_moment
from bot.services.sessions import Sessions, number
from bot.services.settings import SettingsService
from bot.when import Moment
from storage import series as stored
from storage.database import Database, Tx, wake
from storage.tables import Series, Session

#: How far ahead a date may be that is skipped or moved before it is planned, and how far ahead dates are listed.
FAR, LISTED = timedelta(days=3 * 366), timedelta(days=200)


async def its_series(tx: Tx, settings: ServerSettings, actor: Actor, series_id: int, what: str) -> Series:
    """A series that is not over. Raises Refused for who may not, and when there is none."""
    actor.must_organise(settings, what)
    series = await stored.get(tx, actor.guild_id, series_id)
    if series is None or series.state == "ended":
        raise Refused(f"There is no series {series_id} here. Choose one from the list as you type.")
    return series


class Occurrences:
    """Dates of series, each named "series:date"."""

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
        doubts.does("occurrence", self._move_surely)

    async def skip(self, actor: Actor, which: str) -> Card:
        """Call one date off; the series goes on, and the answer's button takes it back."""
        async with self._database.transaction() as tx:
            settings = await self._settings.of(tx, actor.guild_id)
            series, key, session = await self._coming(tx, settings, actor, which, "skip sessions")
            if session is None:
                await stored.skip(tx, series, key)
            else:
                async with self._sessions.changing_within(
                    tx, settings, actor, session.session_id, "cancelled"
                ) as change:
                    change.session.state = "cancelled"
            self._note(tx, actor, series, "skipped", ["date", key, "skipped"])
        return cards.skipped(series, key)

    async def unskip(self, actor: Actor, which: str) -> Card:
        """Have a date that was called off take place after all, with all that was known of it."""
        series_id, _, key = which.partition(":")
        async with self._database.transaction() as tx:
            settings = await self._settings.of(tx, actor.guild_id)
            series = await its_series(tx, settings, actor, number(series_id), "bring dates back")
            session = await stored.session_of(tx, series.series_id, key)
            if session is not None:
                async with self._sessions.changing_within(
                    tx, settings, actor, session.session_id, "restored"
                ) as change:
                    must_be_ahead(change.session, self._clock.now())
                    change.session.state = "planned"
            elif not await stored.drop_skip(tx, series.series_id, key):
                raise Refused("This date is not called off.")
            elif series.state == "active":
                await self._horizon.plan_ahead(tx, series, settings)
                wake(tx)
            self._note(tx, actor, series, "brought back", ["date", key, "takes place"])
        return cards.unskipped(series, key)

    async def move(self, actor: Actor, which: str, when: str) -> Card:
        """Give one date another time; asks back when that is doubtful."""
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
            series, key, session = await self._coming(tx, settings, actor, which, "move sessions")
            if session is None:
                view = await self._sessions.planned(
                    tx, await self._planned_at(tx, actor, series, key, moment), settings, actor.user_id
                )
            else:
                async with self._sessions.changing_within(
                    tx, settings, actor, session.session_id, "moved"
                ) as change:
                    put_at(change.session, moment.instant, moment.wall, moment.zone)
                view = change.view
            self._note(tx, actor, series, "moved one", ["date", key, f"{moment.wall:%Y-%m-%d %H:%M}"])
        notes = await sense.remarks(moment.instant, moment.zone, settings)
        return cards.moved_one(series, key, view, notes)

    async def _planned_at(self, tx: Tx, actor: Actor, series: Series, key: str, moment: Moment) -> Session:
        """A date beyond the horizon is planned now, with its own time."""
        session = Session(
            guild_id=actor.guild_id, starts_at=moment.instant, wall_time=f"{moment.wall:%Y-%m-%dT%H:%M}",
            zone=moment.zone, minutes=rule_on(rules_of(series), key).minutes, created_by=actor.user_id,
            created_at=self._clock.now(), link=series.link, series_id=series.series_id, occurrence=key,
        )  # fmt: skip
        await new_talk(tx, session)
        return session

    def _note(self, tx: Tx, actor: Actor, series: Series, what: str, change: list[str]) -> None:
        self._history.note(tx, actor.guild_id, "series", series.series_id, what, actor.user_id, [change])

    async def _coming(
        self, tx: Tx, settings: ServerSettings, actor: Actor, which: str, what: str
    ) -> tuple[Series, str, Session | None]:
        """A coming date by "series:date", and its session if it is planned. Raises Refused."""
        series_id, _, key = which.partition(":")
        series = await its_series(tx, settings, actor, number(series_id), what)
        session = await stored.session_of(tx, series.series_id, key)
        skipped = key in await stored.skips_of(tx, series.series_id)
        if skipped or (session is not None and session.state != "planned"):
            raise Refused("This date has been called off, or is over. `/series show` tells.")
        now = self._clock.now()
        if session is None and not any(
            occurrence.key == key for occurrence in occurrences(rules_of(series), now, now + FAR)
        ):
            raise Refused("The series has no such date. Choose one from the list as you type.")
        return series, key, session

    async def choices(self, guild_id: int, typed: str) -> list[tuple[str, str]]:
        """Coming dates of the server's series that are neither skipped nor cancelled."""
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
                    for occurrence in occurrences(rules_of(series), now, now + LISTED)
                    if occurrence.key not in gone
                ]
        rows = [(value, name) for _, value, name in sorted(found) if typed.casefold() in name.casefold()]
        return rows[:25]
