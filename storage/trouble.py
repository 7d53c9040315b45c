"""What keeps a database from being used."""

from __future__ import annotations

import errno
from pathlib import Path


class DatabaseTrouble(Exception):
    """The database cannot be used; the message is a sentence with the cure, and never holds a password.

    `of_config`: the cure is to change `storage.url`. `told`: when it is raised in the middle of work, it is in the log
    already, and whoever meets it need not repeat it.
    """

    told = True

    def __init__(self, sentence: str, *, of_config: bool = False) -> None:
        super().__init__(sentence)
        self.of_config = of_config


class Damaged(DatabaseTrouble):
    """What is stored is broken: no waiting mends it, only a backup."""


def unwritable(folder: Path, error: OSError) -> DatabaseTrouble:
    """What an error in a folder for the database means: a full disk is no matter of the configuration."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DatabaseTrouble(f"{folder} cannot be written to: the disk is full. Make room on it.")
    return DatabaseTrouble(
        f"storage.url: cannot write to {folder} ({error.strerror}). Make it writable, or name another place.",
        of_config=True,
    )
