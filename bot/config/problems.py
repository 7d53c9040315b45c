"""What is wrong with a configuration."""

from __future__ import annotations


class ConfigError(Exception):
    """What is wrong with the configuration; `problems` holds one sentence each, naming the key and the cure."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
