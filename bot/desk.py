"""For a human at the keyboard of the server: what is in the database, read without stopping the bot."""

from __future__ import annotations

from datetime import datetime
from typing import TextIO

from bot.config import Settings
from bot.publish.calendar import to_ics
from bot.services.outward import calendar_events, group_of
from storage import guilds, outbox, sessions
from storage.database import database_path, open_database
from storage.migrate import revision


async def show_outbox(settings: Settings, now: datetime, out: TextIO, *, limit: int = 50) -> int:
    """Print what waits to be said or could not be said, and why. Returns the exit code: 1 when something failed.

    Raises DatabaseTrouble when there is no usable database.
    """
    path = database_path(settings.storage.url)
    if revision(path) is None:
        print(f"{path} holds nothing yet: the bot has not run with this configuration.", file=out)
        return 0
    database = open_database(settings.storage.url)
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


class WhichServer(Exception):
    """The bot serves none or several servers; the message says which can be named."""


async def calendar(settings: Settings, guild_id: int | None) -> bytes:
    """The schedule of a server, of the only one when none is named, as an iCalendar file.

    Members who present appear as "a member": only Discord knows their names. Raises WhichServer, or DatabaseTrouble
    when there is no usable database.
    """
    path = database_path(settings.storage.url)
    if revision(path) is None:
        raise WhichServer(f"{path} holds nothing yet: the bot has not run with this configuration.")
    database = open_database(settings.storage.url)
    try:
        async with database.reading() as tx:
            known = await guilds.present(tx)
            wanted = known[0] if guild_id is None and len(known) == 1 else guild_id
            if wanted is None or wanted not in known:
                named = ", ".join(map(str, known)) or "none yet"
                raise WhichServer(f"Name one of the servers that I am a member of with --guild: {named}.")
            group = group_of(settings.for_server(await guilds.overrides(tx, wanted)), {})
            views = await sessions.all_of(tx, wanted)
            return to_ics(await calendar_events(tx, wanted, group, views), name=group.name)
    finally:
        await database.close()
