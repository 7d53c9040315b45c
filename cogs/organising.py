"""/present, /invite, /week, /history …, and the buttons by which presenters are found."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat.actions import Actions
from bot.chat.answer import answer
from bot.services.history import History
from bot.services.invitations import Invitations
from bot.services.presenters import Presenters
from bot.services.sessions import Sessions
from bot.services.week import Week


class OrganisingCommands(commands.Cog):
    """Finding presenters and keeping the week's list."""

    history = app_commands.Group(name="history", description="Who changed what")

    def __init__(
        self,
        presenters: Presenters,
        invitations: Invitations,
        week: Week,
        history: History,
        sessions: Sessions,
        actions: Actions,
    ) -> None:
        self._invitations = invitations
        self._presenters, self._week, self._history, self._sessions = presenters, week, history, sessions
        actions.add("history", history.page, shows="instead")
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

    @app_commands.command()
    @app_commands.describe(
        speaker="Name, affiliation",
        zone="The speaker's city or time zone; known from before, if you gave it",
        contact="How to reach the speaker. Only organisers see it",
        session="Offer this session only; otherwise the next ones without a presenter",
    )
    async def invite(
        self,
        interaction: discord.Interaction[Any],
        speaker: app_commands.Range[str, 1, 200],
        zone: app_commands.Range[str, 1, 60] | None = None,
        contact: app_commands.Range[str, 1, 200] | None = None,
        session: int | None = None,
    ) -> None:
        """For organisers: draft a mail to a speaker from outside, with free dates in their time"""
        await answer(
            interaction,
            lambda actor: self._invitations.draft(
                actor, speaker, zone=zone, contact=contact, session_id=session
            ),
        )

    @invite.autocomplete("speaker")
    async def _speakers_to_choose(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        found = await self._invitations.speaker_choices(interaction.guild_id or 0, typed)
        return [app_commands.Choice(name=text, value=text) for text in found]

    @invite.autocomplete("zone")
    async def _zones_to_choose(
        self, _interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=zone, value=zone) for zone in self._invitations.zone_choices(typed)]

    @app_commands.command()
    async def week(self, interaction: discord.Interaction[Any]) -> None:
        """For organisers: what the next sessions still need, each with its button"""
        await answer(interaction, self._week.show)

    @history.command(name="session")
    @app_commands.describe(session="Which one")
    async def history_of_session(self, interaction: discord.Interaction[Any], session: int) -> None:
        """Who changed what of a session, and when"""
        await answer(interaction, lambda actor: self._history.session(actor, session))

    @invite.autocomplete("session")
    @history_of_session.autocomplete("session")
    async def _sessions_to_choose(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[int]]:
        found = await self._sessions.choices(interaction.guild_id or 0, typed)
        return [app_commands.Choice(name=name, value=number) for number, name in found]
