"""The world in a file, so that a rehearsal can go on another day: who is there, what was said, what time it is.

The file is read back by this program alone. It is a pickle of plain data; whatever else it names is refused, so that
a file from a stranger can do no more than be wrong.
"""

from __future__ import annotations

import io
import os
import pickle
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.rehearsal.world import World

#: What belongs to the running program and not to the world.
_OURS = {"clock", "files_url", "_listeners"}
_PLAIN = {
    ("builtins", "set"),
    ("builtins", "frozenset"),
    ("datetime", "datetime"),
    ("datetime", "timedelta"),
    ("datetime", "timezone"),
}
_ROOMS = {"bot.rehearsal.models", "bot.rehearsal.flags"}


class CannotRead(Exception):
    """The file is not a world that this version kept. The message names it."""


def save(world: World, path: Path) -> None:
    """Write the world to a file, in whose place it stands complete or not at all."""
    state = {name: value for name, value in vars(world).items() if name not in _OURS}
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_bytes(pickle.dumps((world.now(), state)))
    os.replace(fresh, path)  # noqa: PTH105 — as one step, on every system


def load(world: World, path: Path) -> datetime:
    """Put what `save` wrote into a world; gives the instant at which it was saved. Raises CannotRead."""
    try:
        now, state = _Reader(io.BytesIO(path.read_bytes())).load()
    except (OSError, pickle.UnpicklingError, EOFError, AttributeError, TypeError, ValueError) as error:
        raise CannotRead(f"{path} was not kept by this version of the rehearsal ({error}).") from None
    if not isinstance(now, datetime) or set(state) != set(vars(world)) - _OURS:
        raise CannotRead(f"{path} was not kept by this version of the rehearsal.")
    vars(world).update(state)
    return now


class _Reader(pickle.Unpickler):
    """Makes plain data and the nouns of the rehearsal, and nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _PLAIN or (module in _ROOMS and "." not in name):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"it names {module}.{name}")
