"""/archive, /stats and their buttons."""

from __future__ import annotations

from typing import Any, Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.cards.archive import Query
from bot.chat.actions import Actions
from bot.chat.answer import answer
from bot.services.archive import Archive
from bot.services.missed import Missed
from bot.services.proposals import Proposals
from bot.services.stats import Stats


class ArchiveCommands(commands.Cog):
    """What the group has had."""

    def __init__(
        self, archive: Archive, missed: Missed, stats: Stats, proposals: Proposals, actions: Actions
    ) -> None:
        self._archive, self._stats, self._proposals = archive, stats, proposals
        actions.add("stats_post", stats.post)
        actions.add("archive", archive.page, shows="instead")
        actions.add("news", missed.want, shows="instead")
        actions.add_menu("archive_open", archive.open, shows="instead")

    @app_commands.command()
    @app_commands.describe(
        words="Words of the title, the abstract, the paper …; their beginnings will do",
        speaker="Only talks by this person, or from this place",
        topic="Only talks of this topic",
        year="Only talks of this year",
    )
    async def archive(
        self,
        interaction: discord.Interaction[Any],
        words: app_commands.Range[str, 1, 200] | None = None,
        speaker: app_commands.Range[str, 1, 100] | None = None,
        topic: app_commands.Range[str, 1, 100] | None = None,
        year: app_commands.Range[int, 1900, 2200] | None = None,
    ) -> None:
        """What the group has read and heard: find a talk, its slides, its recording"""
        query = Query(words or "", speaker or "", topic or "", year)
        await answer(interaction, lambda actor: self._archive.search(actor, query))

    @app_commands.command()
    @app_commands.describe(
        year="The round-up of one year; all years without it", look="How the picture looks"
    )
    async def stats(
        self,
        interaction: discord.Interaction[Any],
        year: app_commands.Range[int, 1900, 2200] | None = None,
        look: Literal["dark", "light"] = "dark",
    ) -> None:
        """The group in numbers and pictures: sessions, who came, what about, votes"""
        await answer(interaction, lambda actor: self._stats.show(actor, year, dark=look == "dark"))

    @archive.autocomplete("words")
    async def _talks(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        found = await self._archive.choices(interaction.guild_id or 0, typed)
        return [app_commands.Choice(name=name, value=value) for value, name in found]

    @archive.autocomplete("topic")
    async def _topics(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        found = await self._proposals.topic_choices(interaction.guild_id or 0, typed)
        return [app_commands.Choice(name=name, value=key) for key, name in found]
