"""/setup, /settings … and /help."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat.actions import Actions
from bot.chat.answer import answer
from bot.services.outfit import Outfit
from bot.services.settings import SettingsService


class SettingsCommands(commands.Cog):
    """What holds on this server."""

    settings = app_commands.Group(name="settings", description="What holds on this server (for organisers)")

    def __init__(self, settings: SettingsService, outfit: Outfit, actions: Actions) -> None:
        self._settings, self._outfit = settings, outfit
        actions.add("setup_look", outfit.show, shows="instead")
        actions.add("setup_make", outfit.make, shows="instead")
        actions.add("setup_form", outfit.form, shows="form")

    @app_commands.command()
    async def setup(self, interaction: discord.Interaction[Any]) -> None:
        """What is missing on this server, and making it (for organisers)"""
        await answer(interaction, self._outfit.show)

    @app_commands.command()
    async def help(self, interaction: discord.Interaction[Any]) -> None:
        """What this bot does, and with which commands"""
        await answer(interaction, self._settings.help)

    @settings.command()
    @app_commands.describe(key="All about one of them")
    async def show(self, interaction: discord.Interaction[Any], key: str | None = None) -> None:
        """Every setting, its value and where it comes from"""
        await answer(interaction, lambda actor: self._settings.show(actor, key))

    @settings.command()
    async def history(self, interaction: discord.Interaction[Any]) -> None:
        """Who changed which setting"""
        await answer(interaction, self._settings.history)

    @settings.command(name="set")
    @app_commands.describe(key="Which setting", value="Its new value; several are separated by commas")
    async def set_value(
        self, interaction: discord.Interaction[Any], key: str, value: app_commands.Range[str, 1, 500]
    ) -> None:
        """Change a setting for this server"""
        await answer(interaction, lambda actor: self._settings.set(actor, key, value))

    @settings.command()
    @app_commands.describe(key="Which setting")
    async def reset(self, interaction: discord.Interaction[Any], key: str) -> None:
        """Go back to the value of the config file, or the default"""
        await answer(interaction, lambda actor: self._settings.reset(actor, key))

    @set_value.autocomplete("value")
    async def _values(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        key = str(getattr(interaction.namespace, "key", ""))
        found = await self._settings.preview(interaction.guild_id or 0, key, typed)
        return [app_commands.Choice(name=name, value=value) for name, value in found if value]

    @show.autocomplete("key")
    @set_value.autocomplete("key")
    @reset.autocomplete("key")
    async def _keys(
        self, _interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=key, value=key) for key in self._settings.keys_like(typed)]
