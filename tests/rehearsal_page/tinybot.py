"""A bot of a few commands that uses every kind of answer: what the page must be able to show."""

from __future__ import annotations

import asyncio

import discord
from discord import app_commands

from bot.rehearsal.server import RehearsalServer

Interaction = discord.Interaction[discord.Client]
NASTY = (
    "<img src=x onerror=\"document.body.dataset.hacked='yes'\">**bold** `a<b` [x](javascript:alert(1)) R&D"
)


class Question(discord.ui.Modal, title="Ask the presenter"):
    text: discord.ui.TextInput[Question] = discord.ui.TextInput(label="Your question", min_length=5)

    async def on_submit(self, interaction: Interaction) -> None:  # type: ignore[override]
        await interaction.response.send_message(f"Asked: {self.text.value}", ephemeral=True)


class Ballot(discord.ui.View):
    def __init__(self) -> None:
        super().__init__(timeout=None)

    @discord.ui.button(label="Present", custom_id="present", style=discord.ButtonStyle.success)
    async def present(self, interaction: Interaction, _button: discord.ui.Button[Ballot]) -> None:
        await interaction.response.send_message("You would present.", ephemeral=True)

    @discord.ui.button(label="Ask", custom_id="ask")
    async def ask(self, interaction: Interaction, _button: discord.ui.Button[Ballot]) -> None:
        await interaction.response.send_modal(Question())

    @discord.ui.select(
        custom_id="topics",
        placeholder="Topics",
        max_values=2,
        options=[discord.SelectOption(label=f"Topic {key}", value=key) for key in ("A1", "B2", "C3")],
    )
    async def topics(self, interaction: Interaction, select: discord.ui.Select[Ballot]) -> None:
        await interaction.response.edit_message(content=f"Topics: {', '.join(select.values)}")


class TinyBot(discord.Client):
    """Knows /ballot, /echo, /slow, /session plan and the menu "Keep"."""

    def __init__(self, server: RehearsalServer) -> None:
        super().__init__(intents=discord.Intents.default(), guild_ready_timeout=0.05)
        self.server = server
        self.up = asyncio.Event()
        self.tree = app_commands.CommandTree(self)
        self.tree.add_command(ballot)
        self.tree.add_command(echo)
        self.tree.add_command(slow)
        self.tree.add_command(session)
        self.tree.add_command(keep)

    async def setup_hook(self) -> None:
        self.add_view(Ballot())
        await self.tree.sync()

    async def on_ready(self) -> None:
        self.up.set()


@app_commands.command(description="Post a ballot")
async def ballot(interaction: Interaction) -> None:
    embed = discord.Embed(title=NASTY, description=NASTY, color=0x5865F2)
    await interaction.response.send_message("Vote!", embed=embed, view=Ballot())


@app_commands.command(description="Say it again")
@app_commands.describe(text="What to say", whom="To whom", loud="In capitals?")
async def echo(
    interaction: Interaction,
    text: str,
    whom: discord.Member | None = None,
    loud: bool = False,  # noqa: FBT001, FBT002 — an option of a command
) -> None:
    said = text.upper() if loud else text
    await interaction.response.send_message(f"{said} {whom.mention if whom else ''}", ephemeral=True)


@echo.autocomplete("text")
async def _words(_interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    words = ("double descent", "benign overfitting")
    return [app_commands.Choice(name=f"about {word}", value=word) for word in words if current in word]


@app_commands.command(description="Think for a while")
async def slow(interaction: Interaction) -> None:
    await interaction.response.defer(ephemeral=True, thinking=True)
    await interaction.followup.send("Thought of it.")


session = app_commands.Group(
    name="session", description="Sessions", default_permissions=discord.Permissions(manage_guild=True)
)


@session.command(description="Plan one")
async def plan(interaction: Interaction, title: str) -> None:
    await interaction.response.send_message(f"Planned: {title}")


@app_commands.context_menu(name="Keep")
async def keep(interaction: Interaction, message: discord.Message) -> None:
    await interaction.response.send_message(f"Kept: {message.content}", ephemeral=True)
