"""What findings mean for the exit code."""

from __future__ import annotations

from collections.abc import Iterable

from bot.services.outfit import Finding, Level

__all__ = ["Finding", "Level", "exit_code", "from_problem"]


def exit_code(findings: Iterable[Finding]) -> int:
    """0 when all is fine, 1 when something stops the bot or hurts, 2 when the configuration or the token is bad."""
    levels = {finding.level for finding in findings}
    return 2 if "config" in levels else int("trouble" in levels)


def from_problem(problem: str, level: Level = "config") -> Finding:
    """A problem of the configuration says "key: what. Cure." already."""
    key, _, what = problem.partition(": ")
    return Finding(level, key, what)
