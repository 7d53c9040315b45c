"""`python -m bot check`: what is wrong with config, database, token, channels, roles and permissions, before a start.

Each check is a function from what it looks at to findings; `check` runs them all. Nothing is changed: the database is
only read, Discord is asked over HTTP without a gateway session, and arXiv gets two requests.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TextIO

from bot.check import here, there, work
from bot.check.finding import Finding, exit_code, from_problem
from bot.config import ConfigError, Settings, load


async def run(path: Path, out: TextIO, *, offline: bool, as_json: bool, now: datetime | None = None) -> int:
    """Check the configuration in a file and all that it names; print the findings as they come. The exit code.

    With `now` it is looked how the work goes, too.
    """
    findings = []
    async for finding in check(path, offline=offline, now=now):
        findings.append(finding)
        if not as_json:
            print(finding, file=out, flush=True)
    if as_json:
        json.dump([asdict(finding) for finding in findings], out, ensure_ascii=False, indent=2)
        print(file=out)
    else:
        print(_last_word(findings, path), file=out)
    return exit_code(findings)


def _last_word(findings: Sequence[Finding], path: Path) -> str:
    wrong = sum(finding.level in ("trouble", "config") for finding in findings)
    if wrong:
        return f"\n{wrong} {'thing' if wrong == 1 else 'things'} to mend. Then check again."
    if any(finding.key == "network" for finding in findings):
        return "\nNothing to mend, as far as can be told offline."
    return f"\nReady. Start it with: python -m bot run --config {path}"


async def check(path: Path, *, offline: bool = False, now: datetime | None = None) -> AsyncIterator[Finding]:
    """Every finding, in the order in which a start would meet them; with `now` how the work goes, too."""
    try:
        settings = load(path)
    except ConfigError as error:
        for problem in error.problems:
            yield from_problem(problem)
        return
    token, of_token = here.of_token(settings)
    yield Finding("fine", "config", f"{path} can be read.")
    for finding in (
        *here.of_group(settings.for_server()),
        *here.of_health(settings),
        *await here.of_database(settings, at_work=now is not None),
        *here.of_backups(settings),
        *of_token,
    ):
        yield finding
    for finding in await work.of_work(settings, now) if now else ():
        yield finding
    if offline:
        yield Finding(
            "warning", "network", "Discord and arXiv were not asked.", "Leave out --offline to ask."
        )
        return
    async for finding in _network(settings, token):
        yield finding


async def _network(settings: Settings, token: str | None) -> AsyncIterator[Finding]:
    if token:
        async for finding in there.of_discord(settings, token, await here.overrides(settings)):
            yield finding
    async for finding in there.of_arxiv(settings):
        yield finding
