"""/pick and /balance, and the buttons on what it shows."""

from __future__ import annotations

from typing import Any, Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat.actions import Actions
from bot.chat.answer import answer
from bot.services.balance import Balance
from bot.services.choosing import Choosing


class ChoosingCommands(commands.Cog):
    """Choosing the next paper."""

    def __init__(self, choosing: Choosing, balance: Balance, actions: Actions) -> None:
        self._choosing, self._balance = choosing, balance
        actions.add("pick", choosing.take)
        actions.add_menu("pick_other", choosing.other, shows="form")
        actions.add_form("pick_why", choosing.because)

    @app_commands.command()
    @app_commands.describe(
        deadline="When the choice falls by itself: @time, “next Monday 5pm”, or off",
        rule="Which rule then chooses; fair if left out",
    )
    async def pick(
        self,
        interaction: discord.Interaction[Any],
        deadline: app_commands.Range[str, 1, 200] | None = None,
        rule: Literal["fair", "approval"] = "fair",
    ) -> None:
        """Choose the next paper (for organisers): see first what the votes say, by two rules"""
        await answer(interaction, lambda actor: self._choosing.pick(actor, deadline=deadline, way=rule))

    @app_commands.command()
    @app_commands.describe(sessions="How many of the last sessions are looked at")
    async def balance(
        self, interaction: discord.Interaction[Any], sessions: app_commands.Range[int, 1, 200] = 12
    ) -> None:
        """How what we read, and what is proposed, spreads over our areas and topics"""
        await answer(interaction, lambda actor: self._balance.show(actor, sessions))
