"""The baseline of `make bench`: a discord.py bot that does nothing but answer, thank and count.

API, GATEWAY and DISCORD_TOKEN come from the environment.
"""

from __future__ import annotations

import os

import discord
import discord.gateway
import discord.http
import yarl
from discord import app_commands

discord.http.Route.BASE = os.environ["API"]
discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["GATEWAY"])


class Bare(discord.Client):
    """Registers one command, counts reactions."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents(guilds=True, guild_reactions=True), guild_ready_timeout=0.5)
        self.tree = app_commands.CommandTree(self)
        self.count = 0

    async def setup_hook(self) -> None:
        """Register the command."""

        @self.tree.command(name="nextsession")
        async def _answer(interaction: discord.Interaction) -> None:
            """Answer at once"""
            await interaction.response.send_message("Nothing is planned.", ephemeral=True)

        await self.tree.sync()

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Thank for a press."""
        if interaction.type is discord.InteractionType.component:
            await interaction.response.send_message("You are going.", ephemeral=True)

    async def on_raw_reaction_add(self, _payload: discord.RawReactionActionEvent) -> None:
        """Count."""
        self.count += 1


Bare().run(os.environ["DISCORD_TOKEN"], log_handler=None)
