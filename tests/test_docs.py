"""The docs are true: what they name exists, what exists is named, and their examples work."""

from __future__ import annotations

import argparse
import ast
import importlib
import os
import pkgutil
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from discord import app_commands
from discord.ext import commands

import cogs
from bot import config
from bot.__main__ import _parser
from bot.cards import help as help_cards
from bot.chat.survey import PERMISSIONS

ROOT = Path(__file__).resolve().parent.parent
_NOT_OURS = {".venv", ".git", ".hypothesis", ".out", "node_modules"}
DOCS = sorted(path for path in ROOT.rglob("*.md") if not _NOT_OURS.intersection(path.relative_to(ROOT).parts))
EXAMPLE = ROOT / "config.example.toml"
#: Where people look a command up.
MANUAL = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def each_doc(path: Path) -> str:
    return str(path.relative_to(ROOT))


def manual() -> str:
    return "\n".join(path.read_text("utf-8") for path in MANUAL)


# the example configuration


def test_the_example_configuration_holds_every_key_with_its_default() -> None:
    every = re.sub(r"^# (\w+ = |\[\[)", r"\1", EXAMPLE.read_text("utf-8"), flags=re.MULTILINE)
    config.parse(tomllib.loads(every))
    tables = tomllib.loads(every)
    found = {
        f"{section}.{key}": value
        for section, table in tables.items()
        if isinstance(table, dict)
        for key, value in table.items()
    }
    assert set(found) == set(config.KEYS)
    defaults = {name: key.default for name, key in config.KEYS.items() if key.default is not None}
    assert {name: found[name] for name in defaults} == defaults


def test_the_example_configuration_loads_as_it_is() -> None:
    settings = config.load(EXAMPLE)
    assert len(settings.topics) == 2
    assert all(topic.channel and topic.phrases and topic.categories for topic in settings.topics)


def written_settings() -> str:
    """docs/settings.md: every key, by section."""
    lines = [
        "# Every setting",
        "",
        "What can stand in `config.toml`; `config.example.toml` has an example of each. Where it says *yes*, the",
        "organisers of a server may decide otherwise for theirs with `/settings set`. Topics and conferences are",
        "tables of their own.",
    ]
    for section in dict.fromkeys(name.partition(".")[0] for name in config.KEYS):
        lines += [
            "",
            f"## [{section}]",
            "",
            "| key | default | organisers | what it is |",
            "|---|---|---|---|",
        ]
        for name, key in config.KEYS.items():
            head, _, short = name.partition(".")
            if head == section:
                may = "yes" if key.per_server else ""
                lines.append(f"| `{short}` | {_default(key.default)} | {may} | {key.about} |")
    return "\n".join([*lines, ""])


def _default(value: object) -> str:
    if value is None or value == []:
        return "–"
    words = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return f"`{words}`"


def test_every_setting_is_in_the_reference() -> None:
    """After a change of KEYS: REWRITE_SNAPSHOTS=1 .venv/bin/python -m pytest tests/test_docs.py"""
    page = ROOT / "docs" / "settings.md"
    if os.environ.get("REWRITE_SNAPSHOTS"):
        page.write_text(written_settings(), "utf-8")
    assert page.read_text("utf-8") == written_settings()


# commands


def slash_commands() -> Iterator[str]:
    """The full names of all commands of all cogs: "propose", "session plan"."""
    return (command.qualified_name for command in _commands())


def _commands() -> Iterator[app_commands.Command]:
    for module in pkgutil.iter_modules(cogs.__path__, "cogs."):
        for cog in vars(importlib.import_module(module.name)).values():
            if isinstance(cog, type) and issubclass(cog, commands.Cog) and cog.__module__ == module.name:
                for command in cog.__cog_app_commands__:
                    yield from _leaves(command)


def _leaves(command: app_commands.Command | app_commands.Group) -> Iterator[app_commands.Command]:
    if isinstance(command, app_commands.Group):
        for child in command.commands:
            yield from _leaves(child)
    else:
        yield command


@pytest.mark.parametrize("name", sorted(set(slash_commands())))
def test_every_slash_command_is_in_the_manual(name: str) -> None:
    assert re.search(rf"`/{name}\b", manual()), f"say in README.md or docs/ what /{name} does"


@pytest.mark.parametrize("doc", MANUAL, ids=each_doc)
def test_every_slash_command_of_the_manual_exists_with_the_options_that_are_named(doc: Path) -> None:
    known = {command.qualified_name: {one.name for one in command.parameters} for command in _commands()}
    groups = {name.partition(" ")[0] for name in known if " " in name}
    for said in re.findall(r"`/([a-z][^`\n]*)`", doc.read_text("utf-8")):
        words = said.split()
        name = next((n for n in (" ".join(words[:2]), words[0]) if n in known), None)
        assert name or words[0] in groups, f"there is no /{said}"
        named = set(re.findall(r"(?:^|\s)([a-z_]+):(?=\s|$|\w)", said)) if name else set()
        assert named <= known.get(name or "", set()), f"/{name} has no such option: {said}"


def test_help_lists_every_slash_command_once_and_fits_on_a_card() -> None:
    listed = [name for _, section in (*help_cards.MEMBERS, *help_cards.ORGANISERS) for name in section]
    assert sorted(listed) == sorted(set(slash_commands())), "bot/cards/help.py says what each command is for"
    for organiser in (False, True):
        card = help_cards.card(organiser=organiser, emoji="👍")
        assert card.fitted() == card


def test_every_command_of_the_command_line_is_in_the_manual_and_no_other() -> None:
    (choices,) = [
        action.choices for action in _parser()._actions if isinstance(action, argparse._SubParsersAction)
    ]
    named = set(re.findall(r"python -m bot\s([a-z]+)", "\n".join(path.read_text("utf-8") for path in DOCS)))
    assert named == set(choices)


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    text = "\n".join(path.read_text("utf-8") for path in DOCS)
    named = set(re.findall(r"(?:`|^|&& )make ([a-z-]+)", text, re.MULTILINE))
    assert named <= targets
    assert {"demo", "test"} <= named


def test_the_layers_of_the_house_are_the_contract() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    (contract,) = [c for c in project["tool"]["importlinter"]["contracts"] if c["type"] == "layers"]
    assert "\n".join(contract["layers"]) in (ROOT / "docs" / "architecture.md").read_text("utf-8")


def test_the_invite_link_of_the_manual_asks_for_what_the_bot_needs() -> None:
    (number,) = set(re.findall(r"permissions=(\d+)", manual()))
    assert int(number) == PERMISSIONS.value


# every page


@pytest.mark.parametrize("doc", DOCS, ids=each_doc)
def test_every_relative_link_leads_somewhere(doc: Path) -> None:
    links = [link.partition("#")[0] for link in _LINK.findall(doc.read_text("utf-8"))]
    broken = [link for link in links if link and "://" not in link and not (doc.parent / link).exists()]
    assert not broken


@pytest.mark.parametrize("doc", DOCS, ids=each_doc)
def test_every_file_that_is_named_by_its_path_exists(doc: Path) -> None:
    named = re.findall(r"`((?:bot|cogs|docs|storage|tests|tools)/[\w/.-]*)`", doc.read_text("utf-8"))
    assert not [path for path in named if not (ROOT / path).exists()]


@pytest.mark.parametrize("doc", DOCS, ids=each_doc)
def test_every_example_can_be_read(doc: Path) -> None:
    for language, text in _BLOCK.findall(doc.read_text("utf-8")):
        if language == "python":
            ast.parse(text)
        elif language == "toml":
            config.parse(tomllib.loads(text))


ROOMS = [
    ROOT / "cogs",
    ROOT / "storage",
    ROOT / "tests",
    *sorted(p.parent for p in ROOT.glob("bot/*/__init__.py")),
]


@pytest.mark.parametrize("room", [room for room in ROOMS if room.name != "topics"], ids=each_doc)
def test_every_room_says_in_thirty_lines_what_lives_there(room: Path) -> None:
    assert len((room / "README.md").read_text("utf-8").splitlines()) <= 30
