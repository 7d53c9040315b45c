"""/nextsession, /session …, and the Join button."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat.actions import Actions
from bot.chat.answer import answer
from bot.services.planning import Plan, Planning
from bot.services.sessions import Sessions


class SchedulingCommands(commands.Cog):
    """Planning sessions and saying what is next."""

    session = app_commands.Group(name="session", description="Plan and change sessions (for organisers)")

    def __init__(self, sessions: Sessions, planning: Planning, actions: Actions) -> None:
        self._sessions, self._planning = sessions, planning
        actions.add("join", sessions.join)

    @app_commands.command()
    async def nextsession(self, interaction: discord.Interaction[Any]) -> None:
        """What the group reads next, who presents, and when in your own time"""
        await answer(interaction, self._sessions.next)

    @session.command()
    @app_commands.describe(
        when="Discord's @time, 2026-12-07 17:00, or “next Monday 5pm” in the group's time zone",
        title="What the session is called; the paper's title if left out",
        paper="The arXiv number or link of what is read",
        presenter="The member who presents",
        speaker="Somebody from outside who presents: Name, affiliation",
        link="How to join. Never shown in public: members get it with the Join button",
    )
    async def plan(
        self,
        interaction: discord.Interaction[Any],
        when: app_commands.Range[str, 1, 200],
        title: app_commands.Range[str, 1, 250] | None = None,
        paper: app_commands.Range[str, 1, 500] | None = None,
        presenter: discord.User | None = None,
        speaker: app_commands.Range[str, 1, 200] | None = None,
        link: app_commands.Range[str, 1, 1000] | None = None,
    ) -> None:
        """Plan a session and announce it"""
        plan = Plan(when, title, paper, presenter.id if presenter else None, speaker, link)
        await answer(interaction, lambda actor: self._planning.plan(actor, plan))

    @session.command()
    @app_commands.describe(session="Which one")
    async def cancel(self, interaction: discord.Interaction[Any], session: int) -> None:
        """Call a session off and say so in the announcement channel"""
        await answer(interaction, lambda actor: self._planning.cancel(actor, session))

    @cancel.autocomplete("session")
    async def _sessions_to_choose(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[int]]:
        found = await self._sessions.choices(interaction.guild_id or 0, typed)
        return [app_commands.Choice(name=name, value=number) for number, name in found]
