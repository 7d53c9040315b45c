"""The whole fault matrix of the outbox (tests/crash/matrix.py), and the table of how it ended.

    python tools/crash.py [--stride N] [--kind NAME] [--trouble NAME]

With a stride only every N-th moment is taken. It exits with 1 if anything was doubled or lost, and names those cases.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.crash.bench import Bench, open_bench
from tests.crash.matrix import KINDS, MOMENTS, PAUSES, TROUBLES, Case, play

COLUMNS = ("cases", "once", "none", "doubled", "lost")


async def row(bench: Bench, kind: str, trouble: str, stride: int) -> tuple[Counter[str], Counter[str]]:
    """Play a kind against a trouble; how often it ended how, and why nothing was said."""
    table, causes = Counter[str](), Counter[str]()
    for pause in PAUSES:
        for moment in range(0, MOMENTS, stride):
            case = Case(kind, trouble, moment, pause)
            ends, struck = await play(bench, case)
            table["cases"] += 1
            for one in ends:
                table[one.verdict] += 1
                if one.verdict == "none":
                    causes[one.why] += 1
                elif one.verdict != "once":
                    print(f"{one.verdict}: {case}: {one.why}", file=sys.stderr)
            if not struck:
                break
    return table, causes


def show(what: str, tables: dict[str, Counter[str]]) -> None:
    """Print a table for the docs."""
    print(f"\n| {what:<37} | {' | '.join(f'{name:>7}' for name in COLUMNS)} |")
    print(f"|{'-' * 39}|{'|'.join('-' * 8 + ':' for _ in COLUMNS)}|")
    for name, table in tables.items():
        print(f"| {name:<37} | {' | '.join(f'{table[column]:>7}' for column in COLUMNS)} |")


async def run(options: argparse.Namespace) -> int:
    """Play and print; how many cases ended wrong."""
    began, total, causes = time.monotonic(), Counter[str](), Counter[str]()
    by_kind: dict[str, Counter[str]] = defaultdict(Counter)
    by_trouble: dict[str, Counter[str]] = defaultdict(Counter)
    for kind in KINDS if options.kind is None else [options.kind]:
        with tempfile.TemporaryDirectory(prefix="crash-") as folder:
            async with open_bench(Path(folder)) as bench:
                for trouble in TROUBLES if options.trouble is None else [options.trouble]:
                    table, why = await row(bench, kind, trouble, options.stride)
                    causes.update(why)
                    total.update(table)
                    by_kind[kind].update(table)
                    by_trouble[trouble].update(table)
                    print(f"{kind}, {trouble}: {dict(table)}", flush=True)
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
    parser.add_argument("--kind", choices=KINDS)
    parser.add_argument("--trouble", choices=TROUBLES)
    logging.disable(logging.ERROR)
    with contextlib.suppress(KeyboardInterrupt):
        return 1 if asyncio.run(run(parser.parse_args())) else 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
