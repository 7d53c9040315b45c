"""Every command and every button, tried by those who may not, and with what nobody would send.

Commands and buttons are taken from the bot as it runs: a new one is tried, too, without a change here.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from typing import Any

import pytest
from discord import AppCommandOptionType as Kind
from discord import app_commands

from bot.cards import Card, Form
from bot.cards.help import MEMBERS, ORGANISERS
from bot.services.people import Actor, Refused
from storage.tables import Row
from tests.stage.conftest import Bench


async def tables(
    stage: Bench, *, but: frozenset[str] = frozenset({"notes"}), guild: int | None = None
) -> dict[str, list[Any]]:
    """All that is stored, or all of one server."""
    found = {}
    for name, table in Row.metadata.tables.items():
        if name in but or (guild and "guild_id" not in table.columns):
            continue
        where = f" WHERE guild_id = {guild}" if guild else ""
        found[name] = sorted(map(repr, await stage.rows(f"SELECT * FROM {name}{where}")))  # noqa: S608
    return found


async def something_of_everything(stage: Bench) -> None:
    """A ballot with votes, a session with a presenter, a series, a question: what there is to tamper with."""
    ballot = await stage.ballot(by="bob")
    await stage.bob.react(ballot, "👍")
    await stage.plan("2026-06-15 17:00", title="Sparsity", presenter=stage.bob)
    for person, command, options in (
        (stage.olga, "/series create", {"first": "2026-07-06 17:00", "repeat": "every week"}),
        (stage.bob, "/ask", {"question": "Why?"}),
        (stage.bob, "/digest follow", {"what": "author: Ada Lovelace"}),
    ):
        await (await person.slash(command, options, channel="general")).final()
    await stage.settled()


def organisers_commands(stage: Bench) -> Iterator[app_commands.Command[Any, Any, Any]]:
    assert stage.app.client is not None
    ours = {name for _, commands in ORGANISERS for name in commands}
    everybodys = {name for _, commands in MEMBERS for name in commands}
    for command in stage.app.client.tree.walk_commands():
        if isinstance(command, app_commands.Command):
            assert command.qualified_name in ours | everybodys, "say in bot/cards/help.py whose command it is"
            if command.qualified_name in ours:
                yield command


def filled(stage: Bench, command: app_commands.Command[Any, Any, Any]) -> dict[str, Any]:
    """Something plausible for each option that must be given."""
    values = {
        Kind.string: "2026-06-20 17:00", Kind.integer: 1, Kind.boolean: True, Kind.number: 1.0, Kind.user: stage.bob,
    }  # fmt: skip
    known = {"topic": "T", "key": "T" if command.parent and command.parent.name == "topics" else "group.name"}
    return {
        option.name: option.choices[0].value
        if option.choices
        else known.get(option.name, values.get(option.type, stage.server.channel("general")))
        for option in command.parameters
        if option.required
    }


async def test_a_member_without_the_role_is_refused_every_organisers_command(stage: Bench) -> None:
    await something_of_everything(stage)
    before, tried = await tables(stage), []
    for command in organisers_commands(stage):
        answer = await stage.alice.slash(
            f"/{command.qualified_name}", filled(stage, command), channel="general"
        )
        await answer.final()
        tried.append(command.qualified_name)
        open_to_all = command.qualified_name in {"settings show", "digest settings", "topics phrases"}
        assert open_to_all or "Only organisers" in answer.text, (command.qualified_name, answer.text)
    await stage.settled()
    assert await tables(stage) == before
    assert len(tried) >= 20


def work_of(stage: Bench) -> dict[str, Any]:
    assert stage.app.client is not None
    return {name: entry.work for name, entry in stage.app.client._ears.actions._entries.items()}


def arguments(stage: Bench, *, wild: bool) -> list[str]:
    """What stands behind the name in a custom_id: what there is, what there is not, and what nobody would send."""
    bob = stage.bob.id
    real = ["", "1", "1:1", f"1:{bob}", "s:1", "p:1", "1:going", "1803.03635"]
    if not wild:
        return real
    return [*real, ":", "9" * 20, "\0" + "é" * 80, "' OR 1=1 --"]


#: What is chosen from a menu, and handed in with a form.
DATA = {"values": ["1"], "components": [{"components": [{"custom_id": "title", "value": "x" * 5000}]}]}


async def pressed(stage: Bench, actor: Actor, *, wild: bool) -> list[str]:
    """Press everything with everything; what went wrong otherwise than by a refusal."""
    wrong = []
    for name, work in work_of(stage).items():
        for argument in arguments(stage, wild=wild):
            try:
                async with asyncio.timeout(10):
                    said = await work(actor, argument, DATA)
                assert isinstance(said, Card | Form)
            except Refused:
                continue
            except Exception as error:  # noqa: BLE001 - each is a finding
                wrong.append(f"{name}:{argument[:20]!r} {type(error).__name__}: {str(error)[:80]}")
    return wrong


async def test_no_custom_id_breaks_the_bot_or_reaches_another_server(stage: Bench) -> None:
    """An organiser of another server sends every custom_id there is, and what nobody would send."""
    await something_of_everything(stage)
    other = stage.server.group(
        "Elsewhere", channels=("general", "announcements", "proposals"), roles={"Organiser": ()}
    )
    await stage.settled()
    before = await tables(stage, guild=stage.group.id, but=frozenset({"notes", "outbox"}))
    wrong = await pressed(
        stage, Actor(other.id, 999999999999999999, frozenset({"Organiser"}), manages=True), wild=True
    )
    assert wrong == []
    await stage.settled()
    assert await tables(stage, guild=stage.group.id, but=frozenset({"notes", "outbox"})) == before


#: What a member's press may change: what is theirs.
THEIRS = frozenset({
    "notes", "outbox", "votes", "hands", "volunteers", "rsvps", "questions", "question_votes", "verdicts", "follows",
    "people", "reminder_choices", "wishes", "proposals", "papers", "paper_words", "paper_names", "doubts",
    "deeds", "watches", "shown_papers",
})  # fmt: skip


async def test_a_member_without_the_role_changes_nothing_of_the_groups_by_any_button(stage: Bench) -> None:
    await something_of_everything(stage)
    proposed = "SELECT state, topic, why, proposer_id FROM proposals"
    before, proposals = await tables(stage, but=THEIRS), await stage.rows(proposed)
    sessions = before.pop("sessions")
    wrong = await pressed(stage, Actor(stage.group.id, stage.alice.id), wild=False)
    assert wrong == []
    await stage.settled()
    after = await tables(stage, but=THEIRS)
    # An offer to present is a new version of its session, and nothing else of it.
    changed = [re.sub(r", \d+, (None|\d+), ", ", v, ", row) for row in after.pop("sessions")]
    assert len(changed) == len(sessions)
    assert after == before
    assert await stage.rows(proposed) == proposals


@pytest.mark.parametrize("name", ["setup_make", "post_drop", "last_export", "speaker_forget"])
async def test_the_buttons_of_organisers_refuse_members(stage: Bench, name: str) -> None:
    work = work_of(stage)[name]
    with pytest.raises(Refused):
        await work(Actor(stage.group.id, stage.alice.id), "1", {})
