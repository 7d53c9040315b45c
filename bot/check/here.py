"""What can be told without the network: the settings themselves, the database, the token."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping

from bot.check.finding import Finding, Level, from_problem
from bot.config import ConfigError, ServerSettings, Settings, read_token
from storage import guilds
from storage.backups import folder_of
from storage.database import Database, DatabaseTrouble
from storage.schema import HEAD, refuse_newer, revision
from storage.sqlite import SqliteStore
from storage.stores import store_of


def of_group(settings: ServerSettings) -> Iterator[Finding]:
    """What can be read but will not do what somebody wants."""
    if not settings.digest.days:
        yield Finding(
            "warning", "digest.days", "is empty, so no digests are posted.", 'Name days, such as ["mon"].'
        )
    if not settings.reminders.before:
        yield Finding(
            "warning", "reminders.before", "is empty, so nobody is reminded.", 'Name times, such as ["1d"].'
        )
    homeless = [topic.key for topic in settings.topics if not topic.channel]
    if homeless:
        some = ", ".join(homeless[:5]) + (" …" if len(homeless) > 5 else "")
        yield Finding(
            "warning", "topics", f"{len(homeless)} of {len(settings.topics)} have no channel ({some}): "
            "their papers are not posted.", 'Give each [[topics]] table a line channel = "…".',
        )  # fmt: skip


def of_health(settings: Settings) -> Iterator[Finding]:
    """Who can read the metrics."""
    listen = settings.health.listen
    if listen and not (listen[0] == "localhost" or listen[0].startswith("127.") or listen[0] == "::1"):
        what = f"listens on {listen[0]}, where other machines may read it."
        yield Finding(
            "warning", "health.listen", what, "Use 127.0.0.1, unless a firewall or a container is around."
        )


async def of_database(settings: Settings, *, at_work: bool) -> list[Finding]:
    """Whether the database can be used, as `run` would use it, and whether a bot is on it: it should be, `at_work`."""
    key = "storage.url"
    try:
        store = store_of(settings.storage.url)
        await store.check()
        schema = await revision(store)
        store.writable()
        refuse_newer(store.name, schema)
        holder = await store.leadership().holder()
    except DatabaseTrouble as trouble:
        level: Level = "config" if trouble.of_config else "trouble"
        return [Finding(level, key, str(trouble).removeprefix(f"{key}: "))]
    state = "is sound"
    if schema is None:
        state = "will be made at the first start"
    elif schema != HEAD:
        state = "is sound; it is backed up and brought up to date at the next start"
    findings = [Finding("fine", key, f"{store.name} {state}.")]
    if holder and at_work:
        findings.append(Finding("fine", "bot", f"is running ({holder})."))
    elif holder:
        cure = "The next one stands by." if store.shared else "Stop that one before you start another."
        findings.append(Finding("warning", key, f"a bot is running on it ({holder}).", cure))
    elif at_work and schema is not None:
        findings.append(Finding("trouble", "bot", "is not running.", "Start it, and see its log."))
    return findings


def of_backups(settings: Settings) -> Iterator[Finding]:
    """Whether the daily backup has a place. Nothing, when the database itself has none: that is told already."""
    key = "storage.backup_folder"
    try:
        store = store_of(settings.storage.url)
    except DatabaseTrouble:
        return
    if not settings.storage.backups:
        yield Finding(
            "warning", "storage.backups", "is 0, so no backups are made.", "Make them by other means."
        )
        return
    folder = folder_of(store, settings.storage.backup_folder)
    there = next(place for place in (folder.absolute(), *folder.absolute().parents) if place.exists())
    if not (there.is_dir() and os.access(there, os.W_OK)):
        yield Finding(
            "trouble", key, f"{folder} cannot be written to: no backup can be made.", "Name another place."
        )
        return
    needed = store.path.stat().st_size if isinstance(store, SqliteStore) and store.path.exists() else 0
    if (free := shutil.disk_usage(there).free) < needed:
        what = f"{folder} has room for {free / 1e6:.0f} MB, and a backup takes {needed / 1e6:.0f}."
        yield Finding("warning", key, what, "Make room, or name another place.")


async def overrides(settings: Settings) -> Mapping[int, Mapping[str, str]]:
    """What organisers set on each server, by server id; nothing when there is no database of this version."""
    try:
        store = store_of(settings.storage.url)
        if await revision(store) != HEAD:
            return {}
    except DatabaseTrouble:
        return {}
    database = Database(store)
    try:
        async with database.reading() as tx:
            return {guild_id: await guilds.overrides(tx, guild_id) for guild_id in await guilds.present(tx)}
    except DatabaseTrouble:
        return {}
    finally:
        await database.close()


def of_token(settings: Settings) -> tuple[str | None, list[Finding]]:
    """The token, if there is one, and what is to be said of it."""
    try:
        token = read_token(settings.discord)
    except ConfigError as error:
        return None, [from_problem(problem) for problem in error.problems]
    return token, [Finding("fine", "token", "there is one.")]
