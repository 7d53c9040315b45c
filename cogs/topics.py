"""/topics …"""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat.actions import Actions
from bot.chat.answer import answer
from bot.services.taxonomies import Edit, Taxonomies

Text = app_commands.Range[str, 1, 1000]
Key = app_commands.Range[str, 1, 100]
_LIST = "Several are separated by commas"


class TopicCommands(commands.Cog):
    """What the group is interested in."""

    topics = app_commands.Group(name="topics", description="The topics of the group's digests")

    def __init__(self, taxonomies: Taxonomies, actions: Actions) -> None:
        self._taxonomies = taxonomies
        actions.add_form("topics_told", taxonomies.told)

    @topics.command(name="list")
    async def show(self, interaction: discord.Interaction[Any]) -> None:
        """All topics, where their papers go, and what finds them"""
        await answer(interaction, self._taxonomies.list)

    @topics.command()
    @app_commands.describe(
        key="A short word for it, such as E1",
        name="What it is called",
        phrases=f"What finds its papers in titles and abstracts. {_LIST}",
        categories=f"The arXiv categories its papers come from, such as cs.LG. {_LIST}",
        channel="Where its papers go",
        area="Under which heading it stands",
        description="What it is about, in a sentence",
    )
    async def add(
        self,
        interaction: discord.Interaction[Any],
        key: app_commands.Range[str, 1, 16],
        name: app_commands.Range[str, 1, 80],
        phrases: Text,
        categories: Text,
        channel: discord.TextChannel | None = None,
        area: app_commands.Range[str, 1, 80] | None = None,
        description: app_commands.Range[str, 1, 300] | None = None,
    ) -> None:
        """Add a topic (for organisers)"""
        edit = Edit(name, area, categories, str(channel.id) if channel else None, phrases, description)
        await answer(interaction, lambda actor: self._taxonomies.add(actor, key, edit))

    @topics.command()
    @app_commands.describe(
        topic="Which one",
        categories=_LIST,
        area="Under which heading it stands",
        description="What it is about, in a sentence",
        remove="Whether it goes",
    )
    async def edit(
        self,
        interaction: discord.Interaction[Any],
        topic: Key,
        name: app_commands.Range[str, 1, 80] | None = None,
        categories: Text | None = None,
        area: app_commands.Range[str, 1, 80] | None = None,
        description: app_commands.Range[str, 1, 300] | None = None,
        remove: bool = False,  # noqa: FBT001, FBT002 - an option of the command
    ) -> None:
        """Change or remove a topic (for organisers)"""
        edit = Edit(name, area, categories, description=description)
        topics = self._taxonomies
        await answer(
            interaction,
            lambda actor: topics.remove(actor, topic) if remove else topics.edit(actor, topic, edit),
        )

    @topics.command()
    @app_commands.describe(
        topic="Which one", add=f"Phrases to add. {_LIST}", remove=f"Phrases to take out. {_LIST}"
    )
    async def phrases(
        self,
        interaction: discord.Interaction[Any],
        topic: Key,
        add: Text | None = None,
        remove: Text | None = None,
    ) -> None:
        """See what finds a topic's papers; add and remove phrases (for organisers)"""
        await answer(interaction, lambda actor: self._taxonomies.phrases(actor, topic, add, remove))

    @topics.command()
    @app_commands.describe(topic="Which one", channel="Where its papers go; nowhere, if left out")
    async def channel(
        self, interaction: discord.Interaction[Any], topic: Key, channel: discord.TextChannel | None = None
    ) -> None:
        """Send a topic's papers to a channel, or nowhere (for organisers)"""
        edit = Edit(channel=str(channel.id) if channel else "none")
        await answer(interaction, lambda actor: self._taxonomies.edit(actor, topic, edit))

    @topics.command(name="try")
    @app_commands.describe(paper="An arXiv number or link, or any text such as a title and abstract")
    async def attempt(
        self, interaction: discord.Interaction[Any], paper: app_commands.Range[str, 1, 4000]
    ) -> None:
        """See where a paper would go, and why"""
        await answer(interaction, lambda actor: self._taxonomies.attempt(actor, paper))

    @topics.command()
    async def reset(self, interaction: discord.Interaction[Any]) -> None:
        """Go back to the topics of the config file (for organisers)"""
        await answer(interaction, self._taxonomies.reset)

    @edit.autocomplete("topic")
    @phrases.autocomplete("topic")
    @channel.autocomplete("topic")
    async def _topics_known(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        found = await self._taxonomies.choices(interaction.guild_id or 0, typed)
        return [app_commands.Choice(name=name, value=key) for key, name in found]
