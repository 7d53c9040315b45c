"""What organisers set on a server as a file, to keep, to look through and to give to another server."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from datetime import datetime

from bot.config import KEYS, ConfigError, Settings
from bot.config.readers import sentence
from bot.config.tables import suggest
from bot.services.settings import NOUN, PER_SERVER, in_words
from storage import guilds
from storage.database import Database, Tx
from storage.tables import Deed


def written(overrides: Mapping[str, str]) -> str:
    """The settings as TOML, each under what it is for."""
    lines = ["# What the organisers of a server set. python -m bot settings import takes it back."]
    section = ""
    for key in (key for key in PER_SERVER if key in overrides):
        head, _, short = key.partition(".")
        if head != section:
            section = head
            lines.append(f"\n[{section}]")
        lines += [f"# {KEYS[key].about}", f"{short} = {json.dumps(overrides[key], ensure_ascii=False)}"]
    return "\n".join([*lines, ""])


def read(text: str, settings: Settings) -> dict[str, str]:
    """The settings of such a file. Raises ConfigError with every problem."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f"the file is not valid TOML: {error}"]) from None
    found: dict[str, str] = {}
    problems: list[str] = []
    for section, table in tables.items():
        for short, value in table.items() if isinstance(table, dict) else ():
            key = f"{section}.{short}"
            if key not in PER_SERVER:
                problems.append(f"{key}: cannot be set for a server.{suggest(key, PER_SERVER)}")
                continue
            try:
                KEYS[key].read(value)
                found[key] = value if isinstance(value, str) else in_words(KEYS[key].read(value))
            except ValueError as error:
                problems.append(f"{key}: {sentence(error)}")
    if problems:
        raise ConfigError(problems)
    settings.for_server(found)
    return found


async def export(database: Database, guild_id: int) -> str:
    """A server's settings as such a file."""
    async with database.reading() as tx:
        return written(await guilds.overrides(tx, guild_id))


async def take_in(
    database: Database, guild_id: int, wanted: Mapping[str, str], now: datetime
) -> list[list[str]]:
    """Make a server's settings those of a file, and no others; what changed: key, before, after.

    The bot acts on it when it starts: it sees that its settings are others than last time.
    """
    async with database.transaction() as tx:
        before = await guilds.overrides(tx, guild_id)
        changes = difference(before, wanted)
        for key, _, _ in changes:
            await _change(tx, guild_id, key, wanted.get(key), now)
        if changes:
            tx.add(
                Deed(guild_id=guild_id, noun=NOUN, noun_id=0, what="changed", done_by=0, done_at=now, changes=changes)
            )  # fmt: skip
    return changes


async def _change(tx: Tx, guild_id: int, key: str, value: str | None, now: datetime) -> None:
    if value is None:
        await guilds.reset_override(tx, guild_id=guild_id, key=key)
    else:
        await guilds.set_override(tx, guild_id=guild_id, key=key, value=value, by=0, now=now)


def difference(before: Mapping[str, str], after: Mapping[str, str]) -> list[list[str]]:
    """What changes between two sets of settings: key, before, after; "–" where the config file decides."""
    keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    return [[key, before.get(key, "–"), after.get(key, "–")] for key in sorted(keys)]
