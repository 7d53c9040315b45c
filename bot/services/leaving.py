"""Everything can leave: a group's proposals, votes, sessions and papers as files, and back again."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.cards import Card
from bot.cards import leaving as cards
from bot.publish.bibtex import bibtex, together
from bot.services.people import Actor, Refused
from bot.services.settings import SettingsService
from storage import leaving
from storage.database import Database
from storage.leaving import Data

FORMAT = "reading-group-bot 1"
#: What is exported as CSV, too.
TABLES = ("proposals", "votes", "sessions")
#: Discord takes 10 MiB a message by default.
MOST = 9_500_000


class NotImportable(Exception):
    """Why a file cannot be taken; the message is a sentence with the cure."""


class Leaving:
    """Exports a server's data."""

    def __init__(self, database: Database, settings: SettingsService) -> None:
        self._database, self._settings = database, settings

    async def export(self, actor: Actor, *, anonymous: bool) -> Card:
        """The group's data as JSON, CSV and BibTeX. Raises Refused for members, and for more than Discord takes."""
        actor.must_organise(await self._settings.read(actor.guild_id), "export the group's data")
        async with self._database.reading() as tx:
            data = await leaving.dump(tx, actor.guild_id)
        if anonymous:
            data = leaving.anonymous(data, _pseudonyms())
        files = await asyncio.to_thread(files_of, data)
        if sum(map(len, files.values())) > MOST:
            raise Refused(
                "This is more than Discord takes in a message. Ask whoever runs me for the database file."
            )
        return cards.exported(
            files, proposals=len(data["proposals"]), votes=len(data["votes"]), sessions=len(data["sessions"]),
            anonymous=anonymous,
        )  # fmt: skip


def _pseudonyms() -> Callable[[int], int]:
    """Numbers for people, in no order that would tell who they are."""
    given: dict[int, int] = {}
    taken: set[int] = set()

    def pseudonym(user_id: int) -> int:
        while user_id not in given:
            number = secrets.randbelow(10**6 + 100 * len(taken)) + 1
            if number not in taken:
                taken.add(number)
                given[user_id] = number
        return given[user_id]

    return pseudonym


def files_of(data: Data) -> dict[str, bytes]:
    """The files of an export, by name."""
    entries = (
        bibtex(
            key=row["paper_id"], title=row["title"], authors=row["authors"],
            published=datetime.fromisoformat(row["published_at"]) if row["published_at"] else None,
            category=row["categories"][0] if row["categories"] else None, doi=row["doi"],
            journal=row["journal_ref"], link=row["link"],
        )
        for row in data["papers"]
    )  # fmt: skip
    whole = {"format": FORMAT, **data}
    return {
        "group.json": json.dumps(whole, ensure_ascii=False, indent=1).encode(),
        **{f"{name}.csv": _csv(name, data[name]) for name in TABLES},
        "papers.bib": together(entries),
    }


def _csv(name: str, rows: list[dict[str, Any]]) -> bytes:
    """A table for spreadsheets, which are passed on: without ways in."""
    text = io.StringIO()
    if rows:
        columns = [key for key in rows[0] if (name, key) not in leaving.WAYS_IN]
        writer = csv.DictWriter(text, fieldnames=columns)
        writer.writeheader()
        writer.writerows({key: _cell(row[key]) for key in columns} for row in rows)
    return text.getvalue().encode()


def _cell(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@") else value


async def take_in(database: Database, file: Path) -> int:
    """Take an export back into an empty database; how many rows. Raises NotImportable, or OSError for the file."""
    try:
        data = json.loads(await asyncio.to_thread(file.read_bytes))
    except ValueError as error:
        raise NotImportable(f"{file} cannot be read as JSON ({error}).") from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise NotImportable(f"{file} is no export of this bot. `/export` makes one: its group.json.")
    async with database.transaction() as tx:
        if not await leaving.is_empty(tx):
            raise NotImportable("This database holds a group already. Name a new file in storage.url.")
        try:
            return await leaving.load(tx, data)
        except (KeyError, TypeError, ValueError) as error:
            raise NotImportable(
                f"{file} is damaged or of another version ({error!r}). Nothing was taken."
            ) from None
