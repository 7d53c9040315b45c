"""What it costs to remind: a burst, a long queue, a day.

    python tools/bench_reminders.py [--reminders 10000] [--channels 500]

1. All reminders are due at the same moment, which is worse than in the same hour; beside a bare loop that only sends,
   in the same run, with as many requests at once. Both over the real discord.py, to the Discord double in this process.
2. The cost of looking what is due, with 100,000 rows waiting.
3. Resident memory after a day of a busy server on a virtual clock (tools/soak.py), and after one more.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import io
import logging
import statistics
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bot.cards import Card
from bot.rehearsal import build
from bot.services.lanes import AT_ONCE
from storage.database import Tx
from storage.tables import Post
from tests.crash.bench import START, Bench, Process, open_bench
from tools.soak import soak

ROWS, LOOKS = 100_000, 200


def post(number: int, guild_id: int, place: str, due: datetime) -> Post:
    """A reminder of the bench."""
    return Post(
        key=f"reminder {number}", nonce=f"n{number}", guild_id=guild_id, place=place, kind="reminder",
        data={"text": f"In one hour: session {number}"}, due_at=due, next_try_at=due,
    )  # fmt: skip


async def burst(bench: Bench, reminders: int, channels: list[int]) -> tuple[list[float], list[float]]:
    """Seconds from the moment it was due until each reminder stood in its channel: ours, and the bare loop's."""
    now = bench.clock.now()
    async with bench.process() as process:
        process.outbox.says("reminder", _said)
        async with process.database.transaction() as tx:
            for number in range(reminders):
                place = f"channel:{channels[number % len(channels)]}"
                tx.add(post(number, bench.guild.id, place, now))
        ours = await timed(bench, lambda: _deliver(process))
    free, limit = iter(range(reminders)), asyncio.Semaphore(AT_ONCE)

    async def send(number: int) -> None:
        async with limit:
            channel = bench.client.get_partial_messageable(channels[number % len(channels)])
            await channel.send(f"In one hour: session {number}")

    bare = await timed(bench, lambda: asyncio.gather(*map(send, free)))
    return ours, bare


async def timed(bench: Bench, work: object) -> list[float]:
    """When each message came, in seconds since the start."""
    came: list[float] = []
    off = bench.server.world.listen(
        lambda event: came.append(time.perf_counter()) if event.name == "MESSAGE_CREATE" else None
    )
    gc.collect()
    began = time.perf_counter()
    await work()  # type: ignore[operator]
    off()
    bench.server.exchanges.clear()
    return [at - began for at in came]


async def _said(_tx: Tx, post: Post, _now: datetime) -> Card:
    return Card(title=post.data["text"])


async def _deliver(process: Process) -> None:
    """As the timers do: look, set to work, look again when a lane is done."""
    rang = asyncio.Event()
    process.database.on_wake = rang.set
    while True:
        rang.clear()
        due = await process.next_due()
        if due is not None and due <= process.clock.now():
            await process.outbox.run_due(process.clock.now())
        elif not process.outbox.busy:
            return
        await rang.wait()


async def queue(bench: Bench) -> tuple[float, float]:
    """Median milliseconds of a look for what is due next, with nothing waiting and with very many rows."""
    bench.new_file()
    async with bench.process() as process:
        empty = await looks(process)
        async with process.database.transaction() as tx:
            for number in range(ROWS):
                due = START + timedelta(days=400, seconds=number)
                tx.add(post(number, number % 500, "announcements", due))
        return empty, await looks(process)


async def looks(process: Process) -> float:
    """Median milliseconds of asking what is due next, and doing what is due."""
    took = []
    for _ in range(LOOKS):
        began = time.perf_counter()
        await process.next_due()
        await process.outbox.run_due(process.clock.now())
        took.append(time.perf_counter() - began)
    return statistics.median(took) * 1e3


def row(name: str, ours: float, other: float, digits: int = 2) -> None:
    """A line of the table."""
    print(f"{name:<44}{ours:>10.{digits}f}{other:>10.{digits}f}{ours / other:>8.2f}")


async def run(reminders: int, channels: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        async with open_bench(Path(folder)) as bench:
            places = [
                build.add_channel(bench.server.world, bench.guild, f"channel-{number}").id
                for number in range(channels)
            ]
            ours, bare = await burst(bench, reminders, places)
            if not len(ours) == len(bare) == reminders:
                raise RuntimeError("not each reminder came once")
            print(f"{f'{reminders} reminders due at once':<44}{'ours':>10}{'bare':>10}{'ratio':>8}")
            for name, place in (
                ("lateness, median s", 0.5),
                ("lateness, p99 s", 0.99),
                ("lateness, last s", 1),
            ):
                at = min(int(reminders * place), reminders - 1)
                row(name, sorted(ours)[at], sorted(bare)[at])
            empty, full = await queue(bench)
            print(f"\n{'a look for what is due':<44}{'100,000':>10}{'none':>10}{'ratio':>8}")
            row("median ms, so many rows waiting", full, empty, 3)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reminders", type=int, default=10_000)
    parser.add_argument("--channels", type=int, default=500)
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    asyncio.run(run(options.reminders, options.channels))
    print("\na day of a busy server on a virtual clock")
    with contextlib.redirect_stdout(io.StringIO()) as said:
        asyncio.run(soak(2, 1))
    print(next(line for line in said.getvalue().splitlines() if line.startswith("memory")))


if __name__ == "__main__":
    main()
