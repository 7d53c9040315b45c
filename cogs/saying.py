"""/ask, /calendar, /announce, and their buttons."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat.actions import Actions
from bot.chat.answer import answer
from bot.services.outward import Outward
from bot.services.questions import LENGTH, Questions
from bot.services.sessions import Sessions


class SayingCommands(commands.Cog):
    """Questions for sessions, and what is said of them outside of Discord."""

    def __init__(self, questions: Questions, outward: Outward, sessions: Sessions, actions: Actions) -> None:
        self._questions, self._outward, self._sessions = questions, outward, sessions
        actions.add("question_want", questions.want, shows="instead")
        actions.add("question_remove", questions.remove, shows="instead")
        actions.add("handout_kept", outward.kept)
        actions.add("announce_now", outward.announce_now)

    @app_commands.command()
    @app_commands.describe(
        question="What you would like to know; leave it out to see what others asked",
        anonymous="Nobody will know that it was you: your name is not kept",
    )
    async def ask(
        self,
        interaction: discord.Interaction[Any],
        question: app_commands.Range[str, 1, LENGTH] | None = None,
        anonymous: bool = False,  # noqa: FBT001, FBT002 - an option of the command
    ) -> None:
        """Put a question into the next session's box, by name or anonymously"""
        await answer(interaction, lambda actor: self._questions.ask(actor, question, anonymous=anonymous))

    @app_commands.command()
    @app_commands.describe(session="Only this one; all of them without it")
    async def calendar(self, interaction: discord.Interaction[Any], session: int | None = None) -> None:
        """The schedule for your calendar: a file, and links for Google and Outlook"""
        await answer(interaction, lambda actor: self._outward.calendar(actor, session))

    @app_commands.command()
    @app_commands.describe(session="Which one; the next without it")
    async def announce(self, interaction: discord.Interaction[Any], session: int | None = None) -> None:
        """For organisers: one session as card, e-mail, web block and short text, to take along"""
        await answer(interaction, lambda actor: self._outward.announce(actor, session))

    @calendar.autocomplete("session")
    @announce.autocomplete("session")
    async def _sessions_to_choose(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[int]]:
        found = await self._sessions.choices(interaction.guild_id or 0, typed)
        return [app_commands.Choice(name=name, value=number) for number, name in found]
