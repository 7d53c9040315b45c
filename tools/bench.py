"""What the bot costs beside a bare discord.py bot, in the same run on the same machine.

    python tools/bench.py [--rounds 5]

Both run as their own process against the rehearsal server. Quoted are medians and their ratio; absolute times depend
on the machine. Votes are durable: each of ours is a row in SQLite, where the bare bot only counts.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bot.clock import SystemClock
from bot.rehearsal.arxiv import ArxivDouble
from bot.rehearsal.scene import library
from bot.rehearsal.server import RehearsalServer

ROOT = Path(__file__).resolve().parent.parent
ANSWERS, REACTIONS, PEOPLE = 200, 4_000, 200
Command = Callable[[RehearsalServer, Path], tuple[list[str], dict[str, str]]]


def ours(server: RehearsalServer, folder: Path) -> tuple[list[str], dict[str, str]]:
    """The bot, on a database of its own."""
    config = folder / "config.toml"
    config.write_text(
        f"""
        [discord]
        api_url = "{server.api_url}"
        gateway_url = "{server.gateway_url}"
        [storage]
        url = "sqlite+aiosqlite:///{folder}/bot.db"
        [arxiv]
        api_url = "{server.url}/arxiv/api/query"
        feed_url = "{server.url}/arxiv/atom/{{category}}"
        min_interval = 0.0
        """
    )
    return [sys.executable, "-m", "bot", "run", "--config", str(config)], {}


def bare(server: RehearsalServer, _folder: Path) -> tuple[list[str], dict[str, str]]:
    """The baseline."""
    return [sys.executable, "tools/bare_bot.py"], {"API": server.api_url, "GATEWAY": server.gateway_url}


@asynccontextmanager
async def running(
    server: RehearsalServer, command: Command, folder: Path
) -> AsyncIterator[tuple[int, float]]:
    """A bot's process id and the seconds from its start to its first answer."""
    arguments, more = command(server, folder)
    environment = {**os.environ, **more, "DISCORD_TOKEN": server.token}
    with (folder / "log").open("ab") as log:
        began = time.monotonic()
        process = await asyncio.create_subprocess_exec(*arguments, cwd=ROOT, env=environment, stderr=log)
    try:
        await server.until(lambda: server.gateway.sessions and server.world.commands, timeout=30)
        while True:
            try:
                await server.people["alice"].slash("/nextsession", channel="general")
                break
            except Exception:  # noqa: BLE001 - not there yet
                await asyncio.sleep(0.005)
        yield process.pid, time.monotonic() - began
    finally:
        process.terminate()
        await process.wait()


def memory(pid: int) -> float:
    """Resident megabytes."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def cpu(pid: int) -> float:
    """Processor seconds used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def measure(command: Command) -> dict[str, float]:
    """One round."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        server = RehearsalServer(SystemClock())
        members = {f"member{number}": () for number in range(PEOPLE)}
        server.group(
            "Bench", channels=("general", "announcements", "proposals"), members={"alice": (), **members}
        )
        arxiv = ArxivDouble((paper for paper, _ in library()), SystemClock())
        arxiv.mount(server.app, "/arxiv")
        async with server:
            folder = Path(name)
            if command is ours:
                async with running(server, command, folder):
                    pass  # the first start makes the database: the second is the usual one
            async with running(server, command, folder) as (pid, start):
                found = {"start to first answer, s": start, "memory when idle, MB": memory(pid)}
                before = cpu(pid)
                answers = [
                    (await server.people["alice"].slash("/nextsession", channel="general")).answered_after
                    for _ in range(ANSWERS)
                ]
                found["answer, median ms"] = statistics.median(answers) * 1e3
                found["answer, p99 ms"] = sorted(answers)[int(ANSWERS * 0.99)] * 1e3
                found["processor per answer, ms"] = (cpu(pid) - before) / ANSWERS * 1e3
                found["processor per reaction, ms"] = await reactions(
                    server, pid, library()[0][0].id if command is ours else None
                )
            return found


async def reactions(server: RehearsalServer, pid: int, ballot_of: str | None) -> float:
    """Processor milliseconds per reaction added or taken back, until the bot is idle again; on a ballot for ours."""
    message = await server.people["alice"].say("proposals", "React to this.")
    if ballot_of:
        answer = await server.people["alice"].slash("/propose", channel="general", paper=ballot_of)
        await answer.final()
        await server.until(lambda: len(server.channel("proposals").messages) > 1, timeout=30)
        message = server.channel("proposals").messages[-1]
    people = [server.people[f"member{number}"] for number in range(PEOPLE)]
    before = cpu(pid)
    for turn in range(REACTIONS // PEOPLE):
        for person in people:
            await (person.react if turn % 2 == 0 else person.unreact)(message, "👍")
        await asyncio.sleep(0)
    used = -1.0
    while used != cpu(pid):
        used = cpu(pid)
        await asyncio.sleep(0.3)
    return (used - before) / REACTIONS * 1e3


async def main_async(rounds: int) -> None:
    """Measure in turns and print medians and ratios."""
    found: dict[str, list[dict[str, float]]] = {"ours": [], "bare": []}
    for _ in range(rounds):
        found["ours"].append(await measure(ours))
        found["bare"].append(await measure(bare))
    print(f"{'':<30}{'ours':>10}{'bare':>10}{'ratio':>8}   (medians of {rounds} rounds in turns)")
    for name in found["ours"][0]:
        mine, other = (statistics.median(row[name] for row in found[who]) for who in ("ours", "bare"))
        print(f"{name:<30}{mine:>10.3f}{other:>10.3f}{mine / other if other else float('nan'):>8.2f}")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    asyncio.run(main_async(parser.parse_args().rounds))


if __name__ == "__main__":
    main()
