"""What a group has taught its digests: which topic a paper belongs to, and which papers it would like.

Both are learned beside the event loop, when a digest is made: the taste takes in what has changed since the last one
(votes that came and votes that were taken back alike) and is stored; the router's corrections are few and learned anew.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from bot.clock import Clock
from bot.config import ServerSettings
from bot.services.papers import Routers
from bot.services.selection import Line, Ranking, by_topic
from bot.sources.calendar import eastern_day
from bot.topics import taste as tasting
from bot.topics.corrections import NEWEST, Label, taught
from bot.topics.ranker import Candidate, rank
from bot.topics.router import Router
from bot.topics.taste import Taste
from bot.topics.taxonomy import Topic
from storage import digests, verdicts
from storage.database import Database
from storage.tables import Paper, TasteState
from storage.verdicts import Opinion

_WORTH = {
    "proposed": tasting.PROPOSED,
    "voted": tasting.VOTED,
    "read": tasting.READ,
    "liked": tasting.VOTED,
    "disliked": tasting.TURNED_DOWN,
}
#: Shown papers that are taken in at a time: what was shown and not liked tells what is ordinary.
_SEEN = 400
#: Labels below which nothing can be learned, and servers whose corrected routers are kept.
_LABELS, _KEPT = 8, 32


class Readings:
    """Papers as tastes see them, read once for all servers of a round: reading costs more than judging."""

    def __init__(self) -> None:
        self._known: dict[str, tasting.Paper] = {}

    def of(self, paper: Paper) -> tasting.Paper:
        known = self._known.get(paper.paper_id)
        if known is None:
            known = self._known[paper.paper_id] = _read(paper)
        return known


class Tastes:
    """The router and the order of each server's digests."""

    def __init__(self, database: Database, clock: Clock, routers: Routers) -> None:
        self._database, self._clock, self._routers = database, clock, routers
        self._corrected: dict[int, tuple[str, Router]] = {}

    async def of(self, guild_id: int, settings: ServerSettings, readings: Readings) -> tuple[Router, Ranking]:
        """How a server's papers are routed and put in order."""
        return await self.router(guild_id, settings.topics), await self.ranking(guild_id, readings)

    async def router(self, guild_id: int, topics: tuple[Topic, ...]) -> Router:
        """The router of a server's topics, corrected by the papers that its members filed under one."""
        router = await self._routers.built(topics)
        async with self._database.reading() as tx:
            filed = await verdicts.filed(tx, guild_id, limit=NEWEST)
        if len(filed) < _LABELS:
            return router
        told = repr((topics, [(paper.paper_id, topic) for paper, topic in filed]))
        print_ = hashlib.sha256(told.encode()).hexdigest()
        known = self._corrected.pop(guild_id, None)
        if known is None or known[0] != print_:
            known = (print_, await asyncio.to_thread(taught, router, [_label(*one) for one in filed]))
        self._corrected[guild_id] = known
        if len(self._corrected) > _KEPT:
            del self._corrected[next(iter(self._corrected))]
        return known[1]

    async def ranking(self, guild_id: int, readings: Readings) -> Ranking:
        """The order that a group would like; that of the topics while nothing is known of it."""
        async with self._database.reading() as tx:
            opinions = await verdicts.opinions(tx, guild_id)
            row = await verdicts.taste(tx, guild_id)
            state: dict[str, Any] = row.state if row else {"worth": {}, "seen": ""}
            wanted = _worths(opinions)
            if not wanted and row is None:
                return by_topic
            seen = await digests.shown_since(tx, guild_id, state["seen"], limit=_SEEN)
            gone = await verdicts.papers_of(tx, state["worth"].keys() - wanted.keys())
        papers = {opinion.paper.paper_id: opinion.paper for opinion in opinions} | gone
        if wanted != state["worth"] or seen:
            state = await asyncio.to_thread(_taken_in, state, wanted, papers, seen)
            async with self._database.transaction() as tx:
                await verdicts.save_taste(
                    tx, TasteState(guild_id=guild_id, learned_at=self._clock.now(), state=state)
                )
        today = eastern_day(self._clock.now())
        seed = f"{guild_id} {today}"
        return lambda lines: _ranked(lines, state["taste"], today, seed, readings)


def _worths(opinions: Sequence[Opinion]) -> dict[str, float]:
    """What each paper is worth to a group, by all that it did with it."""
    worth: dict[str, float] = {}
    for one in opinions:
        worth[one.paper.paper_id] = worth.get(one.paper.paper_id, 0.0) + _WORTH[one.deed] * one.times
    return {paper_id: value for paper_id, value in worth.items() if value}


def _taken_in(
    state: Mapping[str, Any],
    wanted: Mapping[str, float],
    papers: Mapping[str, Paper],
    seen: Sequence[tuple[Paper, date]],
) -> dict[str, Any]:
    """The state after what was learned before is made what should be learned now."""
    taste = Taste.of(state["taste"]) if "taste" in state else Taste()
    before: Mapping[str, float] = state["worth"]
    for paper_id in sorted(before.keys() | wanted.keys()):
        old, new = before.get(paper_id, 0.0), wanted.get(paper_id, 0.0)
        if old == new or paper_id not in papers:
            continue
        paper = _read(papers[paper_id])
        if old:
            taste.unlearn(paper, old)
        if new:
            taste.learn(paper, new)
    for shown, _ in seen:
        if shown.paper_id not in wanted:
            taste.see(_read(shown))
    last = max((day.isoformat() for _, day in seen), default=state["seen"])
    return {"taste": taste.state(), "worth": dict(wanted), "seen": last}


def _ranked(
    lines: Sequence[Line], state: Mapping[str, Any], today: date, seed: str, readings: Readings
) -> Sequence[Line]:
    by_id = {line.paper.paper_id: line for line in lines}
    candidates = [
        Candidate(readings.of(line.paper), topic=line.score, age=max((today - line.day).days, 0))
        for line in lines
    ]
    return [
        replace(by_id[one.paper.id], reason=one.reason)
        for one in rank(candidates, Taste.of(state), seed=seed)
    ]


def _read(paper: Paper) -> tasting.Paper:
    return tasting.Paper.read(paper.paper_id, paper.title, paper.abstract, paper.categories)


def _label(paper: Paper, topic: str) -> Label:
    return Label(paper.title, paper.abstract, frozenset([topic]), tuple(paper.categories))
