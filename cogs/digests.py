"""/digest … and everything that can be pressed on a digest."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat.actions import Actions
from bot.chat.answer import answer
from bot.services.digesting import Digesting
from bot.services.proposals import Proposals


class DigestCommands(commands.Cog):
    """New papers: when, what, and what people do with them."""

    digest = app_commands.Group(name="digest", description="New papers from arXiv")

    def __init__(self, services: Digesting, proposals: Proposals, actions: Actions) -> None:
        self._digests, self._wanted, self._follows = services.digests, services.settings, services.follows
        self._proposals = proposals
        presses = services.presses
        actions.add_menu("paper", presses.open)
        actions.add("like", presses.like)
        actions.add("not_for_us", presses.dislike)
        actions.add("no_verdict", presses.take_back, shows="instead")
        actions.add("more_papers", presses.more, shows="instead")
        actions.add("unfollow", services.follows.stop, shows="instead")

    @digest.command()
    async def now(self, interaction: discord.Interaction[Any]) -> None:
        """Ask arXiv now and post what is new (for organisers)"""
        await answer(interaction, self._digests.now)

    @digest.command()
    async def preview(self, interaction: discord.Interaction[Any]) -> None:
        """See what the next digest would show, without posting it (for organisers)"""
        await answer(interaction, self._digests.preview)

    @digest.command()
    @app_commands.describe(
        at="The time of day in the group's zone, such as 08:30",
        days="daily, weekly, none, or weekdays such as “mon, thu”",
        papers="Papers a channel gets at most",
        cross="Whether cross-lists count as new",
        replacements="Whether new versions of papers never shown count",
        channel="Give “days” and “at” to one channel only; without them, it goes with the others again",
    )
    async def settings(
        self,
        interaction: discord.Interaction[Any],
        at: app_commands.Range[str, 1, 10] | None = None,
        days: app_commands.Range[str, 1, 60] | None = None,
        papers: app_commands.Range[int, 1, 50] | None = None,
        cross: bool | None = None,  # noqa: FBT001 - an option of the command
        replacements: bool | None = None,  # noqa: FBT001
        channel: discord.TextChannel | None = None,
    ) -> None:
        """When and what the digest brings; with options, change it (for organisers)"""
        given = {"at": at, "days": days, "max_papers": papers, "cross": cross, "replacements": replacements}
        only = (str(channel.id), channel.name) if channel else None
        await answer(interaction, lambda actor: self._wanted.settings(actor, given, only))

    @digest.command()
    async def topics(self, interaction: discord.Interaction[Any]) -> None:
        """Which topics go to which channel, and how many papers they brought lately"""
        await answer(interaction, self._wanted.topics)

    @digest.command()
    @app_commands.describe(what="A topic, “author: Ada Lovelace”, or words; without it, what you follow")
    async def follow(
        self, interaction: discord.Interaction[Any], what: app_commands.Range[str, 1, 100] | None = None
    ) -> None:
        """Get new papers of a topic, an author or with words by direct message"""
        where = interaction.channel_id or 0
        await answer(interaction, lambda actor: self._follows.follow(actor, what, where))

    @follow.autocomplete("what")
    async def _topics_to_follow(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        found = await self._proposals.topic_choices(interaction.guild_id or 0, typed)
        return [app_commands.Choice(name=name, value=name) for _, name in found]
