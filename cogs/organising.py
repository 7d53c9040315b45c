"""/present, and the buttons by which presenters are found."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat.actions import Actions
from bot.chat.answer import answer
from bot.services.presenters import Presenters


class OrganisingCommands(commands.Cog):
    """Finding presenters and keeping the week's list."""

    def __init__(self, presenters: Presenters, actions: Actions) -> None:
        self._presenters = presenters
        actions.add("volunteer", presenters.volunteer)
        actions.add("withdraw", presenters.withdraw)
        actions.add("step_back", presenters.step_back)
        actions.add("confirm", presenters.confirm)
        actions.add("choose_presenter", presenters.choose)
        actions.add_menu("presenter_chosen", presenters.chosen, shows="instead")
        actions.add("speaker", presenters.speaker_form, shows="form")
        actions.add_form("speaker_named", presenters.speaker_named)

    @app_commands.command()
    async def present(self, interaction: discord.Interaction[Any]) -> None:
        """Offer to present, edit your talk, or step back"""
        await answer(interaction, self._presenters.present)
