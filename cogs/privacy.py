"""/privacy and its buttons."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat.actions import Actions
from bot.chat.answer import answer
from bot.services.privacy import Privacy
from bot.services.retention import Retention


class PrivacyCommands(commands.Cog):
    """What the bot knows of whoever asks."""

    def __init__(self, privacy: Privacy, retention: Retention, actions: Actions) -> None:
        self._privacy = privacy
        actions.add("privacy_export", privacy.export)
        actions.add("privacy_list", privacy.list, shows="instead")
        actions.add("privacy_forget", privacy.forget, shows="instead")
        actions.add("speaker_list", privacy.list_speaker, shows="instead")
        actions.add("speaker_forget", privacy.forget_speaker, shows="instead")
        actions.add("last_export", retention.want_last_export)

    @app_commands.command()
    @app_commands.describe(speaker="For organisers: a speaker from outside, by name")
    async def privacy(
        self, interaction: discord.Interaction[Any], speaker: app_commands.Range[str, 1, 200] | None = None
    ) -> None:
        """What I know of you: see it, take it along, be forgotten"""
        if speaker is None:
            await answer(interaction, self._privacy.show)
        else:
            await answer(interaction, lambda actor: self._privacy.speaker(actor, speaker))
