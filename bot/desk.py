"""For a human at the keyboard of the server: what is in the database, read without stopping the bot."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import IO, TextIO

from bot.clock import Clock
from bot.config import Settings
from bot.config.readers import listen
from bot.publish.record import Record
from bot.publish.schedule import schedule
from bot.publish.site import Site, site
from bot.services.records import Records, WhichServer
from bot.services.settings import SettingsService
from bot.web import Live, serving
from storage import jobs, outbox
from storage.backups import folder_of
from storage.database import Database
from storage.migrate import migrate
from storage.schema import revision
from storage.stores import Store, store_of


async def show_outbox(settings: Settings, now: datetime, out: TextIO, *, limit: int = 50) -> int:
    """Print what waits to be said or could not be said, and why. Returns the exit code: 1 when something failed.

    Raises DatabaseTrouble when there is no usable database.
    """
    if await _is_new(store_of(settings.storage.url), out):
        return 0
    async with opened(settings) as database, database.reading() as tx:
        counts = await outbox.counts(tx)
        posts = await outbox.waiting(tx, limit=limit)
    print(
        "  ".join(f"{state} {count}" for state, count in sorted(counts.items())) or "nothing was ever said",
        file=out,
    )
    for post in posts:
        late = (now - post.due_at).total_seconds()
        when = f"{late:.0f}s late" if late > 0 else f"due {post.due_at:%Y-%m-%d %H:%M} UTC"
        print(
            f"\n#{post.post_id} {post.state:<8} {when}  {post.kind} → {post.place}  (server {post.guild_id})",
            file=out,
        )
        print(f"   key {post.key} · ref {post.nonce} · tries {post.attempts}", file=out)
        if post.last_error:
            print(f"   {post.last_error}", file=out)
    return 1 if counts.get("failed") else 0


async def _is_new(store: Store, out: TextIO) -> bool:
    """Whether there is nothing to look at yet, which is said."""
    if await revision(store) is not None:
        return False
    print(f"{store.name} holds nothing yet: the bot has not run with this configuration.", file=out)
    return True


@asynccontextmanager
async def nobody_else(store: Store) -> AsyncIterator[None]:
    """No bot runs on the store meanwhile. Raises DatabaseTrouble while one does."""
    store.prepare()
    leadership = store.leadership()
    await leadership.take_at_once()
    try:
        yield
    finally:
        await leadership.release()


async def show_jobs(settings: Settings, now: datetime, out: TextIO) -> int:
    """Print what waits for its time, apart from the outbox. The exit code: 1 when something is in trouble.

    Raises DatabaseTrouble when there is no usable database.
    """
    if await _is_new(store_of(settings.storage.url), out):
        return 0
    async with opened(settings) as database, database.reading() as tx:
        found = await jobs.of_all(tx)
    for job in found:
        late = (now - job.due).total_seconds()
        when = f"{late:.0f}s late" if late > 0 else f"due {job.due:%Y-%m-%d %H:%M} UTC"
        print(f"{job.what:<14} {when:<26} {job.whose}", file=out)
        if job.trouble:
            print(f"   {job.trouble}", file=out)
    if not found:
        print("Nothing waits for its time.", file=out)
    return 1 if any(job.trouble for job in found) else 0


@asynccontextmanager
async def alone(settings: Settings, now: datetime) -> AsyncIterator[Database]:
    """The database for work that no running bot may see half done. Raises DatabaseTrouble while one runs."""
    store = store_of(settings.storage.url)
    async with nobody_else(store):
        await migrate(store, now, folder_of(store, settings.storage.backup_folder))
        database = Database(store)
        try:
            yield database
        finally:
            await database.close()


async def record_of(settings: Settings, clock: Clock, guild_id: int | None) -> Record:
    """The public record of a server, of the only one when none is named, also while a bot runs on the database.

    Members who present are called what they were called when the bot last asked. Raises WhichServer, or
    DatabaseTrouble when there is no usable database.
    """
    async with opened(settings) as database:
        return await _records(database, settings, clock).only(guild_id)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Database]:
    """The database to read in, also while a bot runs on it. Raises WhichServer when no bot ever has."""
    store = store_of(settings.storage.url)
    if await revision(store) is None:
        raise WhichServer(f"{store.name} holds nothing yet: the bot has not run with this configuration.")
    database = Database(store)
    try:
        yield database
    finally:
        await database.close()


def _records(database: Database, settings: Settings, clock: Clock) -> Records:
    return Records(database, SettingsService(database, clock, settings))


async def write_calendar(
    settings: Settings, clock: Clock, guild_id: int | None, file: Path | None, out: IO[bytes]
) -> None:
    """Write the schedule of a server as an iCalendar file, or to `out`. Raises as `record_of` does, and OSError."""
    record = await record_of(settings, clock, guild_id or settings.site.server)
    data = schedule(record, settings.site.base_url or "")
    if file is None:
        out.write(data)
    else:
        await asyncio.to_thread(file.write_bytes, data)


async def build_site(
    settings: Settings, clock: Clock, guild_id: int | None, folder: Path, out: TextIO
) -> None:
    """Write the web site of a server into a folder. Raises as `record_of` does, and OSError."""
    record = await record_of(settings, clock, guild_id or settings.site.server)
    told = await asyncio.to_thread(write_site, site(record, settings.site.base_url or ""), folder)
    print(told, file=out)


async def serve_site(
    settings: Settings, clock: Clock, guild_id: int | None, where: str | None, out: TextIO
) -> None:
    """Serve the web site of a server until cancelled. Raises as `record_of` does, ValueError and ConfigError."""
    at = listen(where) or settings.site.listen or _LOOPBACK
    async with opened(settings) as database:
        read = partial(_records(database, settings, clock).only, guild_id or settings.site.server)
        await read()
        async with serving(Live(read, clock, settings.site.base_url or ""), at) as address:
            print(f"The site is at {address} until Ctrl-C.", file=out, flush=True)
            await asyncio.Event().wait()


_LOOPBACK = ("127.0.0.1", 8780)
#: Names in a folder what the last `site build` wrote: only that is ever deleted.
_MANIFEST = ".reading-group-site"


def write_site(made: Site, folder: Path) -> str:
    """Write a site into a folder; says what was done.

    What an earlier site wrote there and this one does not have goes; whatever else is there stays. Raises OSError.
    """
    manifest = folder / _MANIFEST
    before = manifest.read_text("utf-8").splitlines() if manifest.exists() else []
    gone = [folder / path for path in before if path not in made and _can_be_ours(path)]
    for old in gone:
        old.unlink(missing_ok=True)
    for parent in {(folder / path).parent for path in made}:
        parent.mkdir(parents=True, exist_ok=True)
    changed = [path for path, make in made.items() if _write(folder / path, make())]
    _write(manifest, "".join(f"{path}\n" for path in sorted(made)).encode())
    told = f"{folder}: {len(made)} files, {len(changed)} of them new or changed"
    return f"{told}, {len(gone)} old ones gone." if gone else f"{told}."


def _write(file: Path, data: bytes) -> bool:
    """Whether there was anything to do: a file that is right already keeps its date."""
    with suppress(FileNotFoundError):
        if file.read_bytes() == data:
            return False
    file.write_bytes(data)
    return True


def _can_be_ours(path: str) -> bool:
    """Whether a site can have such a path: no manifest makes us delete another."""
    return re.fullmatch(r"(?:(?:archive|talks|topics)/)?[a-z0-9-]+\.[a-z]+", path) is not None
