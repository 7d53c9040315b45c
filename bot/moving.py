"""For a human at the keyboard of the server: talks of the past and settings, from files and into files."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import aiohttp

from bot.clock import Clock
from bot.config import Settings
from bot.desk import alone, opened, record_of
from bot.publish import talks
from bot.publish.past import Incoming, read
from bot.services import settings_file
from bot.services.archive import Archive
from bot.services.papers import Papers, arxiv_client
from bot.services.past import Outcome, Past
from bot.services.past_papers import PastPapers
from bot.services.records import Records, server_of
from bot.services.sessions import Sessions
from bot.services.settings import SettingsService
from bot.sources import SourceTrouble
from storage import guilds

#: What `export talks` writes, by the end of the file's name.
FORMATS = {".csv": talks.to_csv, ".json": talks.to_json}


@dataclass(frozen=True)
class Asked:
    """What the person at the keyboard wants: of which server (None: the only one), and how."""

    guild_id: int | None = None
    dry_run: bool = False
    day: str = ""  # for papers of a bibliography that do not say when they were read
    ask_arxiv: bool = True


async def import_talks(
    settings: Settings, clock: Clock, file: Path, asked: Asked, out: TextIO, progress: TextIO
) -> int:
    """Take talks of the past from a file, and print what became of each. Returns the exit code: 1 if any was refused.

    `progress` gets a bar if it is a terminal. Raises NotReadable or OSError for the file, WhichServer, and
    DatabaseTrouble, also while a bot runs on the database.
    """
    rows = read(file.name, await asyncio.to_thread(file.read_bytes), day=asked.day)
    bar = _Bar(progress)
    async with alone(settings, clock.now()) as database, aiohttp.ClientSession() as http:
        guild_id = await server_of(database, asked.guild_id)
        service = SettingsService(database, clock, settings)
        arxiv = arxiv_client(settings, http, clock)
        papers = PastPapers(database, Papers(database, clock, arxiv))
        archive = Archive(database, service, Records(database, service), Sessions(database, clock, service))
        past = Past(database, clock, service, archive, papers)
        try:
            outcomes = await past.take(guild_id, rows, dry_run=asked.dry_run, progress=bar.show)
            bar.end()
            _tell(outcomes, out, dry_run=asked.dry_run)
            if asked.ask_arxiv and not asked.dry_run:
                named = [row for row in rows if isinstance(row, Incoming)]
                await _fill(papers, archive, named, guild_id, out)
        finally:
            await arxiv.aclose()
    return 1 if any(one.what == "refused" for one in outcomes) else 0


async def _fill(
    papers: PastPapers, archive: Archive, rows: list[Incoming], guild_id: int, out: TextIO
) -> None:
    try:
        if filled := await papers.fill(rows):
            await archive.put_papers(guild_id, papers.arxiv_ids(rows))
            print(f"arXiv told of {filled} papers.", file=out)
    except SourceTrouble as trouble:
        print(f"{trouble.sentence} The talks are in; run this again later to fill in their papers.", file=out)


def _tell(outcomes: list[Outcome], out: TextIO, *, dry_run: bool) -> None:
    for one in outcomes:
        if one.what != "known":
            print(
                f"{one.where}: {one.what}: {one.about}",
                *(f"   {note}" for note in one.notes),
                sep="\n",
                file=out,
            )
    counts = Counter(one.what for one in outcomes)
    said = ", ".join(f"{counts[what]} {what}" for what in ("added", "merged", "known", "refused"))
    print(f"{said}.{' Nothing was changed: this was a dry run.' if dry_run else ''}", file=out)


async def export_talks(settings: Settings, clock: Clock, file: Path, guild_id: int | None) -> int:
    """Write the talks that were held to a file, CSV or JSON by the end of its name; how many.

    Members are called what Discord called them last. Raises WhichServer, ValueError for another kind of file, and
    DatabaseTrouble when there is no usable database.
    """
    write = FORMATS.get(file.suffix.casefold())
    if write is None:
        raise ValueError(f"{file}: the name must end in {' or '.join(FORMATS)}.")
    record = await record_of(settings, clock, guild_id)
    await asyncio.to_thread(file.write_bytes, write(record))
    return sum(1 for _ in record.held())


class _Bar:
    """How far it is, on a terminal."""

    def __init__(self, out: TextIO) -> None:
        self._out, self._shown = out, -1

    def show(self, done: int, total: int) -> None:
        percent = 100 * done // total
        if self._out.isatty() and percent != self._shown:
            self._shown = percent
            self._out.write(f"\r{'█' * (percent // 4):<25} {percent:3} %  {done:,} of {total:,}")
            self._out.flush()

    def end(self) -> None:
        if self._shown >= 0:
            self._out.write("\r" + " " * 60 + "\r")


async def export_settings(settings: Settings, file: Path | None, guild_id: int | None, out: TextIO) -> None:
    """Write what a server's organisers set, to a file or to `out`. Raises WhichServer, DatabaseTrouble, OSError."""
    async with opened(settings) as database:
        text = await settings_file.export(database, await server_of(database, guild_id))
    if file is None:
        out.write(text)
    else:
        await asyncio.to_thread(file.write_text, text, "utf-8")
        print(f"Written to {file}.", file=out)


async def import_settings(settings: Settings, clock: Clock, file: Path, asked: Asked, out: TextIO) -> int:
    """Make a server's settings those of a file, and print what changes; with `dry_run` print it only.

    Raises ConfigError for what cannot be set, OSError for the file, WhichServer, and DatabaseTrouble.
    """
    wanted = settings_file.read(await asyncio.to_thread(file.read_text, "utf-8"), settings)
    if asked.dry_run:
        async with opened(settings) as database, database.reading() as tx:
            before = await guilds.overrides(tx, await server_of(database, asked.guild_id))
            changes = settings_file.difference(before, wanted)
    else:
        async with alone(settings, clock.now()) as database:
            guild_id = await server_of(database, asked.guild_id)
            changes = await settings_file.take_in(database, guild_id, wanted, clock.now())
    for key, was, becomes in changes:
        print(f"{key}: {was} → {becomes}", file=out)
    print(f"{len(changes)} {'would change' if asked.dry_run else 'changed'}.", file=out)
    return 0
