"""/propose, /proposals, /paper, the message menu, and the buttons on what they show."""

from __future__ import annotations

from typing import Any, Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat.actions import Actions
from bot.chat.answer import answer
from bot.services.ballots import Ballots
from bot.services.proposals import may_need_a_form
from bot.services.proposing import Proposing
from bot.services.upkeep import Upkeep
from bot.services.works import Works


class ProposalCommands(commands.Cog):
    """Putting papers forward, and looking at what was."""

    def __init__(self, services: Proposing, ballots: Ballots, actions: Actions) -> None:
        self._proposals, self._shelf = services.proposals, services.shelf
        self.menus = [app_commands.ContextMenu(name="Propose this paper", callback=self._propose_message)]
        actions.add("propose", services.proposals.propose)
        actions.add("propose_anyway", services.proposals.propose_anyway)
        actions.add_menu("propose_chosen", services.proposals.from_choice, shows="form")
        actions.add("repost", ballots.repost)
        actions.add("proposals", services.shelf.page, shows="instead")
        self._on_what_is_there(services.works, services.upkeep, actions)

    @staticmethod
    def _on_what_is_there(works: Works, upkeep: Upkeep, actions: Actions) -> None:
        actions.add("edit_proposal", upkeep.edit, shows="form")
        actions.add_form("edit_proposal_done", upkeep.edited)
        actions.add("withdraw_proposal", upkeep.withdraw)
        actions.add("retire_proposal", upkeep.retire)
        actions.add("reopen_proposal", upkeep.reopen)
        actions.add_form("work_told", works.told)
        actions.add("work_same", works.same)
        actions.add("work_other", works.other)

    async def _propose_message(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        parts = [
            message.content,
            *(f"{e.url or ''} {e.title or ''} {e.description or ''}" for e in message.embeds),
        ]
        text = "\n".join(parts)
        shows: Literal["form", "new"] = "form" if may_need_a_form(text) else "new"
        await answer(interaction, lambda actor: self._proposals.from_message(actor, text), shows=shows)

    @app_commands.command()
    @app_commands.describe(
        paper="An arXiv number or link in any form, a DOI, or any other link",
        why="Why the group should read it",
        topic="One of the group's topics; guessed if left out",
    )
    async def propose(
        self,
        interaction: discord.Interaction[Any],
        paper: app_commands.Range[str, 1, 500],
        why: app_commands.Range[str, 1, 500] | None = None,
        topic: app_commands.Range[str, 1, 100] | None = None,
    ) -> None:
        """Put a paper forward for the group to read"""
        await answer(
            interaction,
            lambda actor: self._proposals.propose(actor, paper, why=why, topic=topic),
            shows="form" if may_need_a_form(paper) else "new",
        )

    @app_commands.command()
    @app_commands.describe(sort="What comes first; most votes if left out", topic="Of one topic only")
    async def proposals(
        self,
        interaction: discord.Interaction[Any],
        sort: Literal["votes", "age", "chance"] = "votes",
        topic: app_commands.Range[str, 1, 100] | None = None,
    ) -> None:
        """The open proposals and how many votes each has"""
        await answer(interaction, lambda actor: self._shelf.page(actor, f"0:{sort}:{topic or ''}"))

    @app_commands.command()
    @app_commands.describe(paper="Words of its title, an author, or its arXiv number")
    async def paper(
        self, interaction: discord.Interaction[Any], paper: app_commands.Range[str, 1, 500]
    ) -> None:
        """One paper: what became of it here, who would present it, its BibTeX"""
        await answer(interaction, lambda actor: self._shelf.paper(actor, paper))

    @propose.autocomplete("topic")
    @proposals.autocomplete("topic")
    async def _topics(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        found = await self._proposals.topic_choices(interaction.guild_id or 0, typed)
        return [app_commands.Choice(name=name, value=key) for key, name in found]

    @propose.autocomplete("paper")
    @paper.autocomplete("paper")
    async def _papers(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        found = await self._shelf.choices(interaction.guild_id or 0, typed)
        return [app_commands.Choice(name=name, value=key) for key, name in found]
