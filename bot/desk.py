"""For a human at the keyboard of the server: what is in the database, read without stopping the bot."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TextIO

from bot.config import Settings
from bot.publish.calendar import to_ics
from bot.services.outward import calendar_events, group_of
from storage import guilds, jobs, outbox, sessions
from storage.backups import folder_of
from storage.database import Database
from storage.migrate import migrate
from storage.schema import revision
from storage.stores import Store, store_of


async def show_outbox(settings: Settings, now: datetime, out: TextIO, *, limit: int = 50) -> int:
    """Print what waits to be said or could not be said, and why. Returns the exit code: 1 when something failed.

    Raises DatabaseTrouble when there is no usable database.
    """
    store = store_of(settings.storage.url)
    if await revision(store) is None:
        print(f"{store.name} holds nothing yet: the bot has not run with this configuration.", file=out)
        return 0
    database = Database(store)
    try:
        async with database.reading() as tx:
            counts = await outbox.counts(tx)
            posts = await outbox.waiting(tx, limit=limit)
    finally:
        await database.close()
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

    Raises WhichServer or DatabaseTrouble when there is no usable database.
    """
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


class WhichServer(Exception):
    """The bot serves none or several servers; the message says which can be named."""


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


async def server_of(database: Database, wanted: int | None) -> int:
    """The server that is meant, the only one when none is named. Raises WhichServer when that is not clear."""
    async with database.reading() as tx:
        known = await guilds.present(tx)
    if wanted is None and len(known) == 1:
        return known[0]
    if wanted is not None and wanted in known:
        return wanted
    named = ", ".join(map(str, known)) or "none yet; let the bot run once"
    raise WhichServer(f"Name one of the servers that I am a member of with --guild: {named}.")


async def calendar(settings: Settings, guild_id: int | None) -> bytes:
    """The schedule of a server, of the only one when none is named, as an iCalendar file.

    Members who present appear as "a member": only Discord knows their names. Raises WhichServer, or DatabaseTrouble
    when there is no usable database.
    """
    async with opened(settings) as database:
        wanted = await server_of(database, guild_id)
        async with database.reading() as tx:
            group = group_of(settings.for_server(await guilds.overrides(tx, wanted)), {})
            views = await sessions.all_of(tx, wanted)
            return to_ics(await calendar_events(tx, wanted, group, views), name=group.name)
