"""/export."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat.answer import answer
from bot.services.leaving import Leaving


class LeavingCommands(commands.Cog):
    """Taking the group's data along."""

    def __init__(self, leaving: Leaving) -> None:
        self._leaving = leaving

    @app_commands.command()
    @app_commands.describe(anonymous="Numbers in place of people")
    async def export(self, interaction: discord.Interaction[Any], anonymous: bool = False) -> None:  # noqa: FBT001, FBT002 - an option
        """Proposals, votes, sessions and papers as JSON, CSV and BibTeX (for organisers)"""
        await answer(interaction, lambda actor: self._leaving.export(actor, anonymous=anonymous))
