"""`python -m bot setup`: from a token to a configuration, by questions or by flags."""

from __future__ import annotations

import base64
import binascii
import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import discord

from bot.chat.survey import PERMISSIONS
from bot.config import KEYS, ConfigError, load, read_token
from bot.services.outfit import HELPFUL, NEEDED

#: What is asked for, in this order: the flag, and the key that it sets. All other keys keep their defaults.
ASKED = {
    "name": "group.name",
    "timezone": "group.timezone",
    "announcements": "group.announcement_channel",
    "proposals": "group.proposal_channel",
    "organisers": "group.organiser_role",
    "contact": "arxiv.contact",
}


@dataclass(frozen=True)
class Person:
    """Who answers: `ask(question, default)`, and `ask_secret(question)` without an echo. None: nobody is there."""

    ask: Callable[[str, str], str] | None
    ask_secret: Callable[[str], str] | None


def write(
    config: Path,
    given: Mapping[str, str | None],
    person: Person,
    out: TextIO,
    *,
    token_file: Path,
    force: bool,
) -> None:
    """Ask for what was not given, write `config`, and show the invite link.

    Raises ConfigError when a file is in the way that nobody wants overwritten, or an answer cannot be used.
    """
    if config.exists() and not force and not _yes(person, f"{config} exists. Overwrite it? (yes/no)"):
        raise ConfigError(
            [f"{config}: exists, and is left as it is. Name another with --config, or say --force."]
        )
    values = {flag: _value(flag, given.get(flag), person, out) for flag in ASKED}
    kept = _keep_token(token_file, person, out)
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text("\n".join(_lines(values, kept)), "utf-8")
    print(
        f"Wrote {config}. config.example.toml explains all that can stand in it; add your topics there.",
        file=out,
    )
    for line in invitation(read_token(load(config).discord)):
        print(line, file=out)


def _yes(person: Person, question: str) -> bool:
    return person.ask is not None and person.ask(question, "no").strip().casefold() in ("y", "yes")


def _value(flag: str, given: str | None, person: Person, out: TextIO) -> str | None:
    """A value that its key can read: as given, or asked for until it is one."""
    key = KEYS[ASKED[flag]]
    while True:
        answer = given if given is not None else _asked(key.about, key.default, person)
        try:
            if answer:
                key.read(answer)
        except ValueError as error:
            if given is not None or person.ask is None:
                raise ConfigError([f"--{flag}: {error}"]) from None
            print(f"  {error}", file=out)
            continue
        return answer or None


def _asked(question: str, default: Any, person: Person) -> str:
    shown = str(default or "")
    return person.ask(question, shown).strip() or shown if person.ask else shown


def _keep_token(file: Path, person: Person, out: TextIO) -> Path | None:
    """Have the token in a file that only its owner can read, unless the environment holds it."""
    if os.environ.get("DISCORD_TOKEN", "").strip():
        print("The token is taken from DISCORD_TOKEN, and written nowhere.", file=out)
        return None
    if not file.exists():
        question = "The bot's token (Discord's developer page, Bot, Reset Token)"
        token = person.ask_secret(question) if person.ask_secret else ""
        if not token.strip():
            raise ConfigError([f"{file}: there is no token. Put it there, or into DISCORD_TOKEN."])
        file.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(
            os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
        ) as secret:
            secret.write(token.strip() + "\n")
        print(f"Wrote the token to {file}, for you alone to read.", file=out)
    return file


def _lines(values: Mapping[str, str | None], token_file: Path | None) -> Iterator[str]:
    """The configuration: a section at a time, each line under what it is for."""
    chosen = {ASKED[flag]: value for flag, value in values.items() if value is not None}
    if token_file is not None:
        chosen["discord.token_file"] = str(token_file.absolute())
    section = ""
    for name in sorted(chosen, key=list(KEYS).index):
        if name.partition(".")[0] != section:
            section = name.partition(".")[0]
            yield f"\n[{section}]"
        yield f"# {KEYS[name].about}"
        yield f"{name.partition('.')[2]} = {json.dumps(chosen[name], ensure_ascii=False)}"
    yield ""


def invitation(token: str) -> Iterator[str]:
    """The link that invites the bot, and what each permission in it is for."""
    try:
        application = int(base64.b64decode(token.partition(".")[0] + "==", validate=False))
    except (ValueError, binascii.Error):
        return  # not as Discord makes them today; the check asks Discord, and prints the link
    link = discord.utils.oauth_url(
        application, permissions=PERMISSIONS, scopes=("bot", "applications.commands")
    )
    yield f"\nInvite the bot to your server:\n  {link}\nIt asks for no more than it uses:"
    for permission in (*NEEDED.values(), *HELPFUL.values()):
        yield f"  {permission.words}: to {permission.why}"
