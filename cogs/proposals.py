"""/propose, /proposals, and the Propose button."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat.actions import Actions
from bot.chat.answer import answer
from bot.services.ballots import Ballots
from bot.services.proposals import Proposals


class ProposalCommands(commands.Cog):
    """Putting papers forward."""

    def __init__(self, proposals: Proposals, ballots: Ballots, actions: Actions) -> None:
        self._proposals = proposals
        actions.add("propose", proposals.propose)
        actions.add("repost", ballots.repost)

    @app_commands.command()
    @app_commands.describe(
        paper="An arXiv number or link, in any form",
        why="Why the group should read it",
        topic="One of the group's topics; guessed if left out",
    )
    async def propose(
        self,
        interaction: discord.Interaction[Any],
        paper: app_commands.Range[str, 1, 500],
        why: app_commands.Range[str, 1, 500] | None = None,
        topic: app_commands.Range[str, 1, 100] | None = None,
    ) -> None:
        """Put a paper forward for the group to read"""
        await answer(interaction, lambda actor: self._proposals.propose(actor, paper, why=why, topic=topic))

    @propose.autocomplete("topic")
    async def _topics(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        found = await self._proposals.topic_choices(interaction.guild_id or 0, typed)
        return [app_commands.Choice(name=name, value=key) for key, name in found]

    @app_commands.command()
    async def proposals(self, interaction: discord.Interaction[Any]) -> None:
        """The open proposals and how many votes each has"""
        await answer(interaction, self._proposals.standing)
