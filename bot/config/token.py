"""The one secret: where the bot's token is, and that nobody else can read it."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from bot.config.problems import ConfigError


class HasTokenFile(Protocol):
    """The section [discord]."""

    @property
    def token_file(self) -> str | None: ...


def read_token(discord: HasTokenFile, environ: Mapping[str, str] = os.environ) -> str:
    """The bot's token from DISCORD_TOKEN or `discord.token_file`. Raises ConfigError with the cure."""
    token = environ.get("DISCORD_TOKEN", "").strip()
    if token:
        return _checked_token(token, "DISCORD_TOKEN")
    if not discord.token_file:
        raise ConfigError(
            [
                "discord.token_file: no token. Set the environment variable DISCORD_TOKEN, or name a file that has it."
            ]
        )
    path = Path(discord.token_file)
    if is_open_to_others(path):
        raise ConfigError(
            [f"discord.token_file: other users of this machine can read {path}. Run: chmod 600 {path}"]
        )
    try:
        token = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            [f"discord.token_file: {path} cannot be read ({type(error).__name__}). Check the path."]
        ) from None
    return _checked_token(token, "discord.token_file")


def is_open_to_others(path: Path) -> bool:
    """Whether other users of the machine can read a file that holds a secret (POSIX only)."""
    return os.name == "posix" and path.exists() and bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def _checked_token(token: str, source: str) -> str:
    """A token is one word of printable ASCII; what was wrong is said without showing it."""
    token = token.removeprefix("Bot ").strip()
    if not re.fullmatch(r"[!-~]+", token):
        raise ConfigError(
            [f"{source}: does not hold a token (one word). Copy it again from Discord's developer page."]
        )
    return token
