"""/series …: meetings that repeat."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat.actions import Actions
from bot.chat.answer import answer
from bot.services.occurrences import Occurrences
from bot.services.rhythms import REPEATS, SeriesEdit, SeriesPlan
from bot.services.series import SeriesService
from bot.when import WEEKDAYS

Asked = discord.Interaction[Any]
_REPEAT: list[app_commands.Choice[str]] = [
    app_commands.Choice(name=name, value=key) for key, (name, _, _) in REPEATS.items()
]
_DAYS: list[app_commands.Choice[int]] = [
    app_commands.Choice(name=name, value=number) for number, name in enumerate(WEEKDAYS)
]
_Text = app_commands.Range[str, 1, 200]
_Minutes = app_commands.Range[int, 5, 24 * 60]


class SeriesCommands(commands.Cog):
    """Series, as a whole and date by date."""

    series = app_commands.Group(name="series", description="Meetings that repeat (for organisers)")

    def __init__(self, series: SeriesService, occurrences: Occurrences, actions: Actions) -> None:
        self._series, self._occurrences = series, occurrences
        actions.add("unskip", occurrences.unskip)
        actions.add_form("series_told", series.told)

    @series.command()
    @app_commands.describe(
        first="The first session, as in /session plan: it says the weekday and the time",
        repeat="How often",
        until="The last possible day; without end if left out",
        title="What the series is called",
        minutes="How long a session lasts",
        link="How to join, for all its sessions. Never shown in public",
        reminders="When the channel is reminded: “7d, the day before at 09:00”; “off”; as all sessions if left out",
    )
    @app_commands.choices(repeat=_REPEAT)
    async def create(
        self,
        interaction: Asked,
        first: _Text,
        repeat: str,
        until: _Text | None = None,
        title: _Text | None = None,
        minutes: _Minutes | None = None,
        link: app_commands.Range[str, 1, 1000] | None = None,
        reminders: _Text | None = None,
    ) -> None:
        """Make a meeting that repeats; its sessions are planned ahead"""
        plan = SeriesPlan(first, repeat, until, title, minutes, link, reminders)
        await answer(interaction, lambda actor: self._series.create(actor, plan))

    @series.command()
    @app_commands.describe(
        series="Which one",
        starting="From which date on; from now on if left out. Earlier sessions stay as they are",
        weekday="On which weekday",
        at="At what time, such as 17:00",
        repeat="How often",
        until="The last possible day",
        minutes="How long a session lasts",
        title="What the series is called",
        link="How to join, for all coming sessions whose link was not changed singly. Never shown in public",
        reminders="When the channel is reminded: “7d, the day before at 09:00”; “off”; “default” as all sessions",
    )
    @app_commands.choices(repeat=_REPEAT)
    @app_commands.choices(weekday=_DAYS)
    async def edit(
        self,
        interaction: Asked,
        series: int,
        starting: _Text | None = None,
        weekday: int | None = None,
        at: _Text | None = None,
        repeat: str | None = None,
        until: _Text | None = None,
        minutes: _Minutes | None = None,
        title: _Text | None = None,
        link: app_commands.Range[str, 1, 1000] | None = None,
        reminders: _Text | None = None,
    ) -> None:
        """Change a series from a date on"""
        wish = SeriesEdit(starting, weekday, at, repeat, until, minutes, title, link, reminders)
        await answer(interaction, lambda actor: self._series.edit(actor, series, wish))

    @series.command()
    @app_commands.describe(series="Which one")
    async def show(self, interaction: Asked, series: int) -> None:
        """How a series repeats, its next dates, and what became of each"""
        await answer(interaction, lambda actor: self._series.show(actor, series))

    @series.command()
    @app_commands.describe(date="Which date of which series")
    async def skip(self, interaction: Asked, date: _Text) -> None:
        """Call one date off; the series goes on, and a button brings it back"""
        await answer(interaction, lambda actor: self._occurrences.skip(actor, date))

    @series.command()
    @app_commands.describe(date="Which date of which series", when="Its new time, as in /session plan")
    async def move(self, interaction: Asked, date: _Text, when: _Text) -> None:
        """Move one date; the series goes on"""
        await answer(interaction, lambda actor: self._occurrences.move(actor, date, when))

    @series.command()
    @app_commands.describe(series="Which one")
    async def pause(self, interaction: Asked, series: int) -> None:
        """Plan nothing more until it is resumed"""
        await answer(interaction, lambda actor: self._series.pause(actor, series))

    @series.command()
    @app_commands.describe(series="Which one")
    async def resume(self, interaction: Asked, series: int) -> None:
        """Go on with a series that was paused"""
        await answer(interaction, lambda actor: self._series.resume(actor, series))

    @series.command()
    @app_commands.describe(
        series="Which one", last="The last possible day; today's and later ones go if left out"
    )
    async def end(self, interaction: Asked, series: int, last: _Text | None = None) -> None:
        """End a series"""
        await answer(interaction, lambda actor: self._series.end(actor, series, last))

    @edit.autocomplete("series")
    @show.autocomplete("series")
    @pause.autocomplete("series")
    @resume.autocomplete("series")
    @end.autocomplete("series")
    async def _series_to_choose(self, interaction: Asked, typed: str) -> list[app_commands.Choice[int]]:
        found = await self._series.choices(interaction.guild_id or 0, typed)
        return [app_commands.Choice(name=name, value=number) for number, name in found]

    @skip.autocomplete("date")
    @move.autocomplete("date")
    async def _dates_to_choose(self, interaction: Asked, typed: str) -> list[app_commands.Choice[str]]:
        found = await self._occurrences.choices(interaction.guild_id or 0, typed)
        return [app_commands.Choice(name=name, value=value) for value, name in found]
