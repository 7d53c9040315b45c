"""What it costs to write the web site of a group with 2,000 talks, from its database to the last file.

    python tools/bench_site.py [--talks 2000] [--rounds 3]

Quoted are processor seconds, the best of the rounds, for the machine may be busy with something else, and each part
beside what it takes to put the same bytes into one JSON text. Exits with 1 when that ratio is too high. The files go
into memory where that can be had: how long a disk takes to make 2,000 files says nothing about us.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bot import config
from bot.clock import SystemClock
from bot.desk import record_of, write_site
from bot.publish.bibtex import entry
from bot.publish.record import Record
from bot.publish.site import site
from storage.database import Database, Tx, open_database
from storage.tables import Guild, Paper, Presenter, Session, Speaker, Talk
from tests.database import first_day
from tests.publish.made_up import TOPICS, record

GUILD, NOW = 987654321012345678, datetime(2026, 6, 1, 12, tzinfo=UTC)
#: How much longer all of it may take than the baseline: 2 seconds for 2,000 talks where nothing else runs.
LIMIT = 20


async def fill(tx: Tx, made: Record) -> None:
    """The made-up record as rows."""
    tx.add(Guild(guild_id=GUILD, name="A group", joined_at=NOW))
    people: dict[str, Speaker] = {}
    for session in made.sessions:
        (talk,) = session.talks
        row = Session(guild_id=GUILD, starts_at=session.when.start, wall_time=session.when.wall, zone=session.when.zone,
                      minutes=session.when.minutes, created_by=0, created_at=NOW, state=session.state)  # fmt: skip
        tx.add(row)
        for paper in talk.papers:
            tx.add(Paper(paper_id=paper.key, title=paper.tex, authors=list(paper.authors), abstract=paper.abstract,
                         categories=[paper.category], fetched_at=NOW, published_at=NOW))  # fmt: skip
        for speaker in talk.speakers:
            if speaker.name not in people:
                people[speaker.name] = Speaker(
                    guild_id=GUILD, name=speaker.name, affiliation=speaker.affiliation
                )
                tx.add(people[speaker.name])
        await tx.flush()
        told = Talk(guild_id=GUILD, session_id=row.session_id, title=talk.title, abstract=talk.abstract or None,
                    paper_id=talk.papers[0].key if talk.papers else None, topics=[topic.key for topic in talk.topics],
                    slides=talk.slides or None, recording=talk.recording or None)  # fmt: skip
        tx.add(told)
        await tx.flush()
        tx.add_all(
            Presenter(guild_id=GUILD, talk_id=told.talk_id, speaker_id=people[one.name].speaker_id, name=one.name,
                      affiliation=one.affiliation)
            for one in talk.speakers
        )  # fmt: skip


async def filled(folder: Path, talks: int) -> config.Settings:
    """A configuration whose database holds so many talks."""
    file = first_day(folder / "bot.db")
    url = f"sqlite+aiosqlite:///{file}"
    database: Database = open_database(url)
    async with database.transaction() as tx:
        await fill(tx, record(talks))
    await database.close()
    topics = [{"key": topic.key, "name": topic.name, "area": topic.area} for topic in TOPICS]
    return config.parse({"storage": {"url": url}, "topics": topics})


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Processor seconds of this process, and what came of it."""
    began = time.process_time()
    found = work()
    return time.process_time() - began, found


async def read_record(settings: config.Settings) -> tuple[float, Record]:
    """How long reading takes, and what was read."""
    began = time.process_time()
    known = await record_of(settings, SystemClock(), None)
    return time.process_time() - began, known


def one_round(settings: config.Settings, folder: Path) -> dict[str, float]:
    """Read, make and write once; and the baselines."""
    entry.cache_clear()
    read, known = asyncio.run(read_record(settings))
    make, files = timed(lambda: {path: made() for path, made in site(known).items()})
    out = folder / "out"
    write, _ = timed(lambda: write_site({path: lambda data=data: data for path, data in files.items()}, out))
    again, _ = timed(lambda: write_site({path: lambda data=data: data for path, data in files.items()}, out))
    shutil.rmtree(out)
    plain, _ = timed(lambda: json.dumps([data.decode() for data in files.values()]))
    size = sum(map(len, files.values())) / 1e6
    return {
        "read": read, "make": make, "write": write, "whole": read + make + write, "write when nothing changed": again,
        "the same bytes as JSON": plain, "files": len(files), "megabytes": size,
    }  # fmt: skip


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--talks", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    gc.set_threshold(50_000, 20)  # as the command does
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - a folder of our own is made there
    with tempfile.TemporaryDirectory(prefix="bench-", dir=memory) as name:
        folder = Path(name)
        settings = asyncio.run(filled(folder, options.talks))
        found = [one_round(settings, folder) for _ in range(options.rounds)]
    best = {part: min(one[part] for one in found) for part in found[0]}
    print(f"{options.talks} talks: {best.pop('files'):.0f} files, {best.pop('megabytes'):.1f} MB")
    baseline = best["the same bytes as JSON"]
    for part, seconds in best.items():
        print(f"  {part:<28}{seconds:8.3f} s {seconds / baseline:7.1f} ×")
    sys.exit(best["whole"] > LIMIT * baseline)


if __name__ == "__main__":
    main()
