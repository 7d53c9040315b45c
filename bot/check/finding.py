"""What a check finds: plain lines for people, and what they mean for the exit code."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

#: "fine"; "warning": worth knowing, exit 0; "trouble": stops the bot or hurts, exit 1; "config": exit 2.
Level = Literal["fine", "warning", "trouble", "config"]
_MARKS = {"fine": "✔", "warning": "!", "trouble": "✘", "config": "✘"}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: a key of the configuration or a word for it, what was found, the cure if any."""

    level: Level
    key: str
    what: str
    cure: str = ""
    server: str = ""

    def __str__(self) -> str:
        where = f"{self.server} · {self.key}" if self.server else self.key
        return " ".join(part for part in (_MARKS[self.level], f"{where}:", self.what, self.cure) if part)


def exit_code(findings: Iterable[Finding]) -> int:
    """0 when all is fine, 1 when something stops the bot or hurts, 2 when the configuration or the token is bad."""
    levels = {finding.level for finding in findings}
    return 2 if "config" in levels else int("trouble" in levels)


def from_problem(problem: str, level: Level = "config") -> Finding:
    """A problem of the configuration says "key: what. Cure." already."""
    key, _, what = problem.partition(": ")
    return Finding(level, key, what)
