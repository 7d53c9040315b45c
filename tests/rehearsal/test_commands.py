"""Registering commands: what Discord takes, keeps and counts."""

from __future__ import annotations

from typing import Any

import pytest

from bot.rehearsal import commands
from bot.rehearsal.errors import DiscordError
from bot.rehearsal.server import RehearsalServer


def slash(name: str = "propose", **more: Any) -> dict[str, Any]:
    return {"name": name, "description": "Does something", "type": 1} | more


def option(name: str = "paper", **more: Any) -> dict[str, Any]:
    return {"name": name, "description": "Which", "type": 3} | more


LONG = {"name": "n" * 90, "value": "v" * 90}
WRONG = {
    "capitals": slash("Propose"),
    "space": slash("propose paper"),
    "long name": slash("x" * 33),
    "no description": slash(description=""),
    "long description": slash(description="x" * 101),
    "26 options": slash(options=[option(f"o{i}") for i in range(26)]),
    "twin options": slash(options=[option(), option()]),
    "required last": slash(options=[option("a"), option("b", required=True)]),
    "26 choices": slash(options=[option(choices=[{"name": str(i), "value": str(i)} for i in range(26)])]),
    "both": slash(options=[option(autocomplete=True, choices=[{"name": "a", "value": "a"}])]),
    "8000 characters": slash(options=[option(f"o{i}", choices=[LONG, LONG]) for i in range(25)]),
    "menu with description": {"name": "Propose this", "type": 3, "description": "no"},
}


@pytest.mark.parametrize("body", WRONG.values(), ids=WRONG.keys())
async def test_an_ill_formed_command_is_refused(server: RehearsalServer, body: dict[str, Any]) -> None:
    with pytest.raises(DiscordError) as refused:
        commands.overwrite(server.world, None, [body])
    assert refused.value.code == 50035


async def test_twins_are_refused(server: RehearsalServer) -> None:
    with pytest.raises(DiscordError, match="50035"):
        commands.overwrite(server.world, None, [slash(), slash()])


async def test_a_known_command_keeps_its_id_and_costs_no_create(server: RehearsalServer) -> None:
    (before,) = commands.overwrite(server.world, None, [slash()])
    version = before.version
    (same,) = commands.overwrite(server.world, None, [slash()])
    assert (same.id, same.version) == (before.id, version)
    after, new = commands.overwrite(server.world, None, [slash(description="Other"), slash("vote")])
    assert (after.id, after.version > version, new.id != after.id) == (before.id, True, True)
    assert len(server.world.command_creates) == 2
    commands.overwrite(server.world, None, [])
    assert commands.listed(server.world, None) == []


async def test_a_hundred_commands_and_fifteen_menus_fit(server: RehearsalServer) -> None:
    menus = [{"name": f"Menu {i}", "type": 3} for i in range(15)]
    commands.overwrite(server.world, None, [slash(f"c{i}") for i in range(100)] + menus)
    for more in (slash("one-more"), {"name": "One more", "type": 3}):
        with pytest.raises(DiscordError, match="30032"):
            commands.upsert(server.world, None, more)


async def test_two_hundred_creates_a_day_and_no_more(server: RehearsalServer) -> None:
    for number in range(200):
        commands.overwrite(server.world, None, [slash(f"c{number}")])
    with pytest.raises(DiscordError, match="30034"):
        commands.overwrite(server.world, None, [slash("last-straw")])
