"""The whole fault matrix of the outbox (tests/crash/matrix.py), and the table of how it ended.

    python tools/crash.py [--stride N] [--kind NAME]… [--trouble NAME]… [--jobs N]

With a stride only every N-th moment is taken. As many processes play as there are cores, or `--jobs`. It exits with 1
if anything was doubled or lost, and names those cases.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.crash.bench import open_bench
from tests.crash.matrix import KINDS, MOMENTS, PAUSES, TROUBLES, Case, play

#: Where the files are: a disk would only be waited for, and nobody cuts the power.
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - a new folder in it
COLUMNS = ("cases", "once", "none", "doubled", "lost")


class Row(NamedTuple):
    """How a kind fared against a trouble: the counts, why nothing was said, and the cases that ended wrong."""

    kind: str
    trouble: str
    table: Counter[str]
    causes: Counter[str]
    wrong: list[str]


def row(kind: str, trouble: str, stride: int) -> Row:
    """Play a kind against a trouble, on a bench of its own."""
    logging.disable(logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="crash-", dir=MEMORY) as folder:
        return asyncio.run(_row(Path(folder), kind, trouble, stride))


async def _row(folder: Path, kind: str, trouble: str, stride: int) -> Row:
    found = Row(kind, trouble, Counter(), Counter(), [])
    async with open_bench(folder) as bench:
        for pause in PAUSES:
            for moment in range(0, MOMENTS, stride):
                case = Case(kind, trouble, moment, pause)
                ends, struck = await play(bench, case)
                found.table["cases"] += 1
                for one in ends:
                    found.table[one.verdict] += 1
                    if one.verdict == "none":
                        found.causes[one.why] += 1
                    elif one.verdict != "once":
                        found.wrong.append(f"{one.verdict}: {case}: {one.why}")
                if not struck:
                    break
            else:
                raise AssertionError(f"{kind} has more than {MOMENTS} moments")
    return found


def show(what: str, tables: dict[str, Counter[str]]) -> None:
    """Print a table for the docs."""
    print(f"\n| {what:<37} | {' | '.join(f'{name:>7}' for name in COLUMNS)} |")
    print(f"|{'-' * 39}|{'|'.join('-' * 8 + ':' for _ in COLUMNS)}|")
    for name, table in tables.items():
        print(f"| {name:<37} | {' | '.join(f'{table[column]:>7}' for column in COLUMNS)} |")


def run(kinds: list[str], troubles: list[str], stride: int, jobs: int) -> int:
    """Play and print; how many posts ended wrong."""
    began, total, causes = time.monotonic(), Counter[str](), Counter[str]()
    by_kind: dict[str, Counter[str]] = {kind: Counter() for kind in kinds}
    by_trouble: dict[str, Counter[str]] = {trouble: Counter() for trouble in troubles}
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        rows = [pool.submit(row, kind, trouble, stride) for kind in kinds for trouble in troubles]
        for done in as_completed(rows):
            kind, trouble, table, why, wrong = done.result()
            causes.update(why)
            for sums in (total, by_kind[kind], by_trouble[trouble]):
                sums.update(table)
            print(f"{kind}, {trouble}: {dict(table)}", *wrong, sep="\n  ", flush=True)
    show("kind", by_kind)
    show("trouble", by_trouble)
    print("\nnot said, and why:")
    for cause, number in causes.most_common():
        print(f"{number:>7}  {cause}")
    print(f"\n{time.monotonic() - began:.0f} s: {', '.join(f'{total[name]} {name}' for name in COLUMNS)}")
    return total["doubled"] + total["lost"]


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stride", type=int, default=1)
    parser.add_argument("--kind", choices=KINDS, action="append")
    parser.add_argument("--trouble", choices=TROUBLES, action="append")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    kinds, troubles = options.kind or list(KINDS), options.trouble or list(TROUBLES)
    return 1 if run(kinds, troubles, options.stride, options.jobs) else 0


if __name__ == "__main__":
    sys.exit(main())
