"""/remindme, /reminders, /outbox and their buttons."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat.actions import Actions
from bot.chat.answer import answer
from bot.services.remindme import RemindMe
from bot.services.sessions import Sessions


class ReminderCommands(commands.Cog):
    """Who is reminded when, and what waits to be said."""

    def __init__(self, remindme: RemindMe, sessions: Sessions, actions: Actions) -> None:
        self._remindme, self._sessions = remindme, sessions
        actions.add("post_now", remindme.send_now)
        actions.add("post_drop", remindme.drop)

    @app_commands.command()
    @app_commands.describe(before="Lead times such as “1d, 1h” or “the day before at 09:00”; “off” for none")
    async def remindme(
        self, interaction: discord.Interaction[Any], before: app_commands.Range[str, 1, 200] | None = None
    ) -> None:
        """Be reminded of sessions by direct message, when you want"""
        where = interaction.channel_id or 0
        await answer(interaction, lambda actor: self._remindme.choose(actor, before, where))

    @app_commands.command()
    @app_commands.describe(session="Which session; the next one if left out")
    async def reminders(self, interaction: discord.Interaction[Any], session: int | None = None) -> None:
        """What will be said of a session, and when"""
        await answer(interaction, lambda actor: self._remindme.armed(actor, session))

    @reminders.autocomplete("session")
    async def _sessions_to_choose(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[int]]:
        found = await self._sessions.choices(interaction.guild_id or 0, typed)
        return [app_commands.Choice(name=name, value=number) for number, name in found]

    @app_commands.command()
    async def outbox(self, interaction: discord.Interaction[Any]) -> None:
        """What waits to be said or could not be said, and why (for organisers)"""
        await answer(interaction, self._remindme.queue)
