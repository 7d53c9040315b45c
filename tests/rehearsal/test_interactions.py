"""Commands, buttons and forms: from a person's key press to the bot's answer."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import discord
import pytest
from aiohttp import ClientSession
from discord import app_commands

from bot.clock import VirtualClock
from bot.rehearsal.answers import NoAnswer
from bot.rehearsal.palette import CannotDo
from bot.rehearsal.server import RehearsalServer
from tests.rehearsal.conftest import Bot, running


class Form(discord.ui.Modal, title="Ask a question"):
    question: discord.ui.TextInput[Any] = discord.ui.TextInput(label="Question", min_length=3, max_length=20)
    details: discord.ui.TextInput[Any] = discord.ui.TextInput(label="Details", required=False)

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"asked: {self.question.value}", ephemeral=True)


class Panel(discord.ui.View):
    @discord.ui.button(label="Ask", custom_id="ask")
    async def ask(self, interaction: discord.Interaction, _button: discord.ui.Button[Panel]) -> None:
        await interaction.response.send_modal(Form())

    @discord.ui.button(label="Turn", custom_id="turn")
    async def turn(self, interaction: discord.Interaction, _button: discord.ui.Button[Panel]) -> None:
        await interaction.response.edit_message(content="turned")

    @discord.ui.button(label="Off", custom_id="off", disabled=True)
    async def off(self, _interaction: discord.Interaction, _button: discord.ui.Button[Panel]) -> None: ...

    @discord.ui.select(
        custom_id="topics",
        min_values=1,
        max_values=2,
        options=[
            discord.SelectOption(label=name.title(), value=name) for name in ("theory", "efficiency", "both")
        ],
    )
    async def topics(self, interaction: discord.Interaction, select: discord.ui.Select[Panel]) -> None:
        await interaction.response.defer()
        await interaction.followup.send(", ".join(select.values))


class Speaking(Bot):
    """A bot with a few commands that do what their names say."""

    def __init__(self) -> None:
        super().__init__()
        self.errors: list[Exception] = []
        self.add_commands()

    async def setup_hook(self) -> None:
        await self.tree.sync()

    def add_commands(self) -> None:
        tree = self.tree

        @tree.command(description="Repeat")
        async def echo(interaction: discord.Interaction, text: str, loud: bool = False) -> None:  # noqa: FBT001, FBT002
            await interaction.response.send_message(text.upper() if loud else text)

        @tree.command(description="Think, then answer")
        async def slowly(interaction: discord.Interaction, secretly: bool = True) -> None:  # noqa: FBT001, FBT002
            await interaction.response.defer(ephemeral=secretly, thinking=True)
            await interaction.followup.send("done", embed=discord.Embed(title="Result", description="42"))
            await interaction.followup.send("and more", ephemeral=True)

        @tree.command(description="Say nothing")
        async def silent(interaction: discord.Interaction) -> None: ...

        @tree.command(description="Show the panel")
        async def panel(interaction: discord.Interaction) -> None:
            await interaction.response.send_message("panel", view=Panel())

        session = app_commands.Group(
            name="session", description="Sessions", default_permissions=discord.Permissions(manage_guild=True)
        )

        @session.command(description="Plan one")
        @app_commands.choices(kind=[app_commands.Choice(name="Talk", value="talk")])
        async def plan(
            interaction: discord.Interaction,
            when: app_commands.Range[str, 3, 40],
            presenter: discord.Member | None = None,
            place: discord.TextChannel | None = None,
            kind: app_commands.Choice[str] | None = None,
            seats: app_commands.Range[int, 1, 50] = 10,
        ) -> None:
            who = presenter.display_name if presenter else "nobody"
            where = place.name if place else "nowhere"
            name = kind.name if kind else "-"
            await interaction.response.send_message(f"{when} by {who} in {where}: {name}, {seats}")

        tree.add_command(session)

        @tree.command(description="Pick a paper")
        async def paper(interaction: discord.Interaction, title: str) -> None:
            await interaction.response.send_message(title)

        @paper.autocomplete("title")
        async def titles(_interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
            known = ["Lottery tickets", "Neural collapse"]
            return [app_commands.Choice(name=name, value=name) for name in known if typed in name.lower()]

        @tree.context_menu(name="Propose this paper")
        async def propose(interaction: discord.Interaction, message: discord.Message) -> None:
            await interaction.response.send_message(f"proposed: {message.content}", ephemeral=True)

        @tree.error
        async def on_error(_interaction: discord.Interaction, error: Exception) -> None:
            self.errors.append(error)


@pytest.fixture
async def bot(server: RehearsalServer) -> Any:
    async with running(server, Speaking()) as client:
        yield client


async def test_a_command_is_answered(server: RehearsalServer, bot: Speaking) -> None:
    answer = await server.people["alice"].slash("/echo", text="hello", loud=True, channel="general")
    assert (answer.kind, answer.ephemeral, answer.text) == ("message", False, "HELLO")
    assert 0 < answer.answered_after < 1
    said = server.channel("general").last
    assert said is answer.message
    assert said.interaction is not None
    assert said.interaction.user.username == "alice"


async def test_a_deferred_answer_is_filled_in_place(server: RehearsalServer, bot: Speaking) -> None:
    answer = await server.people["alice"].slash("/slowly", channel="general")
    assert (answer.kind, answer.ephemeral) == ("deferred", True)
    await answer.final()
    await server.until(lambda: len(answer.messages) == 2)
    assert answer.text == "done\nResult\n42\nand more"
    assert server.channel("general").messages == []
    aloud = await (await server.people["alice"].slash("/slowly", secretly=False, channel="general")).final()
    assert [message.content for message in server.channel("general").messages] == ["done"]
    assert aloud.message.edited_at is None


async def test_silence_is_no_answer(server: RehearsalServer, bot: Speaking) -> None:
    server.world.patience = 0.05
    with pytest.raises(NoAnswer):
        await server.people["alice"].slash("/silent")


async def test_an_answer_after_the_deadline_is_unknown(server: RehearsalServer, bot: Speaking) -> None:
    server.world.patience = 0.05
    rule = server.faults.hold("POST", "/callback")
    with pytest.raises(NoAnswer):
        await server.people["alice"].slash("/echo", text="late")
    rule.lift()
    await server.until(lambda: server.requests[-1].status)
    assert (server.requests[-1].status, server.requests[-1].reply["code"]) == (404, 10062)


async def test_a_second_first_answer_is_refused(server: RehearsalServer, bot: Speaking) -> None:
    server.faults.lose_reply("POST", "/callback")
    answer = await server.people["alice"].slash("/echo", text="once")
    assert answer.text == "once"
    # the bot, which heard nothing, tries anew
    url = f"{server.api_url}/interactions/{answer.interaction.id}/{answer.interaction.token}/callback"
    async with ClientSession() as session, session.post(url, json={"type": 5}) as response:
        assert (response.status, (await response.json())["code"]) == (400, 40060)


async def test_the_token_lives_a_quarter_of_an_hour(
    server: RehearsalServer, bot: Speaking, clock: VirtualClock
) -> None:
    answer = await server.people["alice"].slash("/echo", text="hello")
    (interaction,) = [entry for entry in bot.of("interaction") if entry.data["name"] == "echo"]
    clock.advance(timedelta(minutes=14, seconds=59))
    await interaction.edit_original_response(content="edited")
    assert answer.text == "edited"
    clock.advance(timedelta(seconds=1))
    with pytest.raises(discord.HTTPException) as refused:
        await interaction.followup.send("too late")
    assert (refused.value.status, refused.value.code) == (401, 50027)


async def test_before_the_first_answer_there_is_nothing_to_edit(
    server: RehearsalServer, bot: Speaking
) -> None:
    server.world.patience = 0.2
    waiting = asyncio.create_task(server.people["alice"].slash("/silent"))
    await bot.hears("interaction")
    with pytest.raises(discord.NotFound) as unknown:
        await bot.of("interaction")[0].edit_original_response(content="early")
    assert unknown.value.code == 10015
    with pytest.raises(NoAnswer):
        await waiting


async def test_the_client_checks_options_before_it_sends(server: RehearsalServer, bot: Speaking) -> None:
    alice, bob = server.people["alice"], server.people["bob"]
    given: dict[str, Any] = {
        "when": "monday",
        "presenter": bob,
        "place": server.channel("proposals"),
        "kind": "Talk",
    }
    answer = await alice.slash("/session plan", given, channel="general", seats=5)
    assert answer.text == "monday by Bob in proposals: Talk, 5"
    for wrong in (
        {"when": "x"},
        {"when": "y" * 41},
        {"seats": 51},
        {"seats": "5"},
        {"kind": "Party"},
        {"who": "x"},
    ):
        with pytest.raises(CannotDo):
            await alice.slash("/session plan", {"when": "monday"} | wrong, channel="general")
    with pytest.raises(CannotDo, match="needs the option 'when'"):
        await alice.slash("/session plan", channel="general")
    with pytest.raises(CannotDo, match="wants one of: plan"):
        await alice.slash("/session", channel="general")
    with pytest.raises(CannotDo, match="offered no command 'nothing'"):
        await alice.slash("/nothing")


async def test_commands_for_organisers_are_not_offered_to_others(
    server: RehearsalServer, bot: Speaking
) -> None:
    with pytest.raises(CannotDo, match="offered no command 'session'"):
        await server.people["bob"].slash("/session plan", when="monday")


async def test_suggestions_come_while_typing(server: RehearsalServer, bot: Speaking) -> None:
    choices = await server.people["bob"].autocomplete("/paper", option="title", typed="lott")
    assert [choice.name for choice in choices] == ["Lottery tickets"]


async def test_a_message_menu_gets_the_text_without_any_intent(
    server: RehearsalServer, bot: Speaking
) -> None:
    message = await server.people["bob"].say("general", "see arxiv.org/abs/2401.12345")
    answer = await server.people["alice"].context_menu("Propose this paper", message)
    assert (answer.text, answer.ephemeral) == ("proposed: see arxiv.org/abs/2401.12345", True)


async def test_buttons_selects_and_forms(server: RehearsalServer, bot: Speaking) -> None:
    alice, bob = server.people["alice"], server.people["bob"]
    shown = await alice.slash("/panel", channel="general")
    opened = await bob.press(shown, label="Ask")
    assert (opened.kind, opened.modal["title"]) == ("modal", "Ask a question")
    with pytest.raises(CannotDo, match="must be filled in"):
        await bob.submit(opened, {"Details": "none"})
    with pytest.raises(CannotDo, match="3 to 20"):
        await bob.submit(opened, {"Question": "?"})
    asked = await bob.submit(opened, {"Question": "why?"})
    assert (asked.text, asked.ephemeral) == ("asked: why?", True)
    chosen = await (await bob.choose(shown, ["Theory", "both"])).final()
    assert (chosen.kind, chosen.messages[-1].content) == ("deferred_update", "theory, both")
    turned = await bob.press(shown, custom_id="turn")
    assert (turned.kind, shown.message.content) == ("update", "turned")
    with pytest.raises(CannotDo, match="greyed out"):
        await bob.press(shown, label="Off")
    with pytest.raises(CannotDo, match="one picks 1 to 2"):
        await bob.choose(shown, [])


async def test_private_answers_are_for_one_pair_of_eyes(server: RehearsalServer, bot: Speaking) -> None:
    answer = await (await server.people["alice"].slash("/slowly", channel="general")).final()
    with pytest.raises(CannotDo, match="does not see"):
        await server.people["bob"].react(answer, "👍")
    channel = bot.get_channel(answer.message.channel_id)
    assert isinstance(channel, discord.TextChannel)
    with pytest.raises(discord.NotFound):
        await channel.fetch_message(answer.message.id)
    # Discord tells the bot of its own private answers as if they stood in a DM
    await bot.hears("message", 2)
    assert {message.guild for message in bot.of("message")} == {None}
