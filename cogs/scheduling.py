"""/nextsession, /schedule, /session …, and the buttons and forms of sessions."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat.actions import Actions
from bot.chat.answer import answer
from bot.services.doubts import Doubts
from bot.services.editing import Editing
from bot.services.planning import Plan, Planning
from bot.services.presenters import Presenters
from bot.services.sessions import Sessions
from bot.services.speakers import SpeakerSaid

Asked = discord.Interaction[Any]
Choices = list[app_commands.Choice[int]]


class SchedulingCommands(commands.Cog):
    """Planning sessions and saying what is next."""

    session = app_commands.Group(name="session", description="Plan and change sessions (for organisers)")

    def __init__(
        self,
        sessions: Sessions,
        planning: Planning,
        editing: Editing,
        presenters: Presenters,
        doubts: Doubts,
        actions: Actions,
    ) -> None:
        self._sessions, self._planning, self._editing = sessions, planning, editing
        self._presenters = presenters
        actions.add("join", sessions.join)
        actions.add("restore", planning.restore, shows="instead")
        actions.add("schedule", sessions.page, shows="instead")
        actions.add("sure", doubts.yes, shows="instead")
        actions.add("unsure", doubts.no, shows="instead")
        actions.add("edit", editing.form, shows="form")
        actions.add("links", editing.links_form, shows="form")
        actions.add_form("edited", editing.save)

    @app_commands.command()
    async def nextsession(self, interaction: Asked) -> None:
        """What the group reads next, who presents, and when in your own time"""
        await answer(interaction, self._sessions.next)

    @app_commands.command()
    async def schedule(self, interaction: Asked) -> None:
        """All sessions that are planned, who presents, and which look for a presenter"""
        await answer(interaction, lambda actor: self._sessions.page(actor, "0"))

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
        interaction: Asked,
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
    @app_commands.describe(session="Which one", talk="Which talk of it; the first if left out")
    async def edit(self, interaction: Asked, session: int, talk: int | None = None) -> None:
        """Change title, abstract, paper or length in a form"""
        await answer(interaction, lambda actor: self._editing.form_of(actor, session, talk), shows="form")

    @session.command()
    @app_commands.describe(session="Which one", talk="Which talk of it; the first if left out")
    async def links(self, interaction: Asked, session: int, talk: int | None = None) -> None:
        """How to join, a talk's slides, recording and notes, and how many came"""
        which = f"{session}:{talk or 0}"
        await answer(interaction, lambda actor: self._editing.links_form(actor, which), shows="form")

    @session.command()
    @app_commands.describe(session="Which one", when="Its new time, as in /session plan")
    async def move(self, interaction: Asked, session: int, when: app_commands.Range[str, 1, 200]) -> None:
        """Give one session another time and say so in the announcement channel"""
        await answer(interaction, lambda actor: self._planning.move(actor, session, when))

    @session.command()
    @app_commands.describe(session="Which one")
    async def cancel(self, interaction: Asked, session: int) -> None:
        """Call a session off and say so in the announcement channel"""
        await answer(interaction, lambda actor: self._planning.cancel(actor, session))

    @session.command()
    @app_commands.describe(session="Which one")
    async def close(self, interaction: Asked, session: int) -> None:
        """Note that a session has been held"""
        await answer(interaction, lambda actor: self._planning.close(actor, session))

    @session.command()
    @app_commands.describe(
        session="Which one",
        member="The member who presents",
        speaker="Somebody from outside: Name, affiliation",
        zone="The speaker's city or time zone",
        contact="How to reach the speaker. Only organisers see it",
        talk="Which talk of the session; the first if left out",
        instead="Take everybody else off this talk",
    )
    async def assign(
        self,
        interaction: Asked,
        session: int,
        member: discord.User | None = None,
        speaker: app_commands.Range[str, 1, 200] | None = None,
        zone: app_commands.Range[str, 1, 60] | None = None,
        contact: app_commands.Range[str, 1, 200] | None = None,
        talk: int | None = None,
        instead: bool = False,  # noqa: FBT001, FBT002 - an option of the command
    ) -> None:
        """Say who presents; with nobody named the session is open again"""
        await answer(
            interaction,
            lambda actor: self._presenters.assign(
                actor,
                session,
                talk_id=talk,
                member=member.id if member else None,
                speaker=SpeakerSaid.read(speaker, zone, contact) if speaker else None,
                alone=instead,
            ),
        )

    @edit.autocomplete("session")
    @links.autocomplete("session")
    @move.autocomplete("session")
    @cancel.autocomplete("session")
    @close.autocomplete("session")
    @assign.autocomplete("session")
    async def _sessions_to_choose(self, interaction: Asked, typed: str) -> Choices:
        found = await self._sessions.choices(interaction.guild_id or 0, typed)
        return [app_commands.Choice(name=name, value=number) for number, name in found]

    @edit.autocomplete("talk")
    @links.autocomplete("talk")
    @assign.autocomplete("talk")
    async def _talks_to_choose(self, interaction: Asked, _typed: str) -> Choices:
        session = getattr(interaction.namespace, "session", None) or 0
        found = await self._editing.talk_choices(interaction.guild_id or 0, int(session))
        return [app_commands.Choice(name=name, value=number) for number, name in found]
