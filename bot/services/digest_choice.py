"""What a server's next digest would show: what was announced since the last one, routed, ranked, capped."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.config import ServerSettings
from bot.services.digest_rounds import REST, categories_of, round_of
from bot.services.selection import Candidate, Line, choose
from bot.services.tastes import Readings, Tastes
from bot.sources.calendar import eastern_day
from storage import digests, papers
from storage.database import Database
from storage.tables import Paper


@dataclass(frozen=True)
class Chosen:
    """Each channel's lines, best first; all that was considered for no other round; what to remember."""

    channels: dict[str, list[Line]]
    candidates: list[Candidate]
    through: int
    today: date  # in New York
    here: date  # in the group's zone


class Shelf:
    """Papers that several servers' digests look at, read once."""

    def __init__(self, database: Database) -> None:
        self._database, self._papers, self.readings = database, dict[str, Paper](), Readings()

    async def many(self, paper_ids: Collection[str]) -> dict[str, Paper]:
        missing = [paper_id for paper_id in paper_ids if paper_id not in self._papers]
        if missing:
            async with self._database.reading() as tx:
                self._papers.update(await papers.many(tx, missing))
        return {paper_id: self._papers[paper_id] for paper_id in paper_ids if paper_id in self._papers}


class DigestChoice:
    """Chooses papers for servers; the long part runs beside the event loop."""

    def __init__(self, database: Database, clock: Clock, tastes: Tastes) -> None:
        self._database, self._clock, self._tastes = database, clock, tastes

    async def choose(self, guild_id: int, settings: ServerSettings, shelf: Shelf, name: str) -> Chosen:
        """Choose what the channels of the round `name` have not been shown; notes nothing."""
        today = eastern_day(self._clock.now())
        here = self._clock.now().astimezone(ZoneInfo(settings.group.timezone)).date()
        async with self._database.reading() as tx:
            after, after_day = await digests.last_considered(tx, guild_id, name)
            wanted = categories_of(settings, name)
            found = await digests.announced(tx, wanted, _kinds(settings), after=after)
            known = await digests.shown(tx, guild_id, found)
            through = await digests.last_announced(tx)
        papers_found = await shelf.many([paper_id for paper_id in found if paper_id not in known])
        candidates = [
            Candidate(paper, found[paper_id], _is_late(found[paper_id], after_day, today))
            for paper_id, paper in papers_found.items()
        ]
        if not candidates:
            return Chosen({}, [], through, today, here)
        router, rank = await self._tastes.of(guild_id, settings, shelf.readings)
        channels = await asyncio.to_thread(
            choose, candidates, settings.topics, router, rank, settings.digest, today
        )
        mine = {place: lines for place, lines in channels.items() if round_of(settings, place) == name}
        routed = {line.paper.paper_id for lines in channels.values() for line in lines}
        others = routed - {line.paper.paper_id for lines in mine.values() for line in lines}
        wanted_here = [
            one
            for one in candidates
            if one.paper.paper_id not in others and (name == REST or one.paper.paper_id in routed)
        ]
        return Chosen(mine, wanted_here, through, today, here)


def _kinds(settings: ServerSettings) -> list[str]:
    wanted = {"new": True, "cross": settings.digest.cross, "replace": settings.digest.replacements}
    kinds = [kind for kind, yes in wanted.items() if yes]
    return [*kinds, "replace-cross"] if settings.digest.replacements and settings.digest.cross else kinds


def _is_late(day: date, after_day: date | None, today: date) -> bool:
    """Whether the digests of that day went out without it."""
    return after_day is not None and day <= after_day and day < today
