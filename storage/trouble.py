"""What keeps a database from being used."""

from __future__ import annotations


class DatabaseTrouble(Exception):
    """The database cannot be used; the message is a sentence with the cure, and never holds a password.

    `of_config`: the cure is to change `storage.url`. `told`: when it is raised in the middle of work, it is in the log
    already, and whoever meets it need not repeat it.
    """

    told = True

    def __init__(self, sentence: str, *, of_config: bool = False) -> None:
        super().__init__(sentence)
        self.of_config = of_config
