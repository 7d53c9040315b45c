"""`/stats`: what the group has done, in numbers and pictures; and the round-up of a year, which organisers post."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import datetime

from bot.cards import Card
from bot.cards import stats as cards
from bot.cards.balance import area_of
from bot.cards.stats import Numbers, month_of
from bot.clock import Clock
from bot.log import event
from bot.pictures import NotDrawn, draw
from bot.services.balance import Balance
from bot.services.outbox import Outbox
from bot.services.people import Actor, Refused
from bot.services.records import Records
from bot.services.settings import SettingsService
from storage import numbers as counted
from storage import sessions
from storage.database import Database, Tx
from storage.tables import Post

log = logging.getLogger(__name__)


class Stats:
    """Counts what was held, and draws it."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: SettingsService,
        outbox: Outbox,
        records: Records,
        balance: Balance,
    ) -> None:
        self._database, self._clock, self._settings, self._outbox = database, clock, settings, outbox
        self._records, self._balance = records, balance
        outbox.says("round_up", self._round_up, self._sent)

    async def show(self, actor: Actor, year: int | None, *, dark: bool) -> Card:
        """All years, or the round-up of one; with a picture, light or dark."""
        numbers = await self._numbers(actor.guild_id, year)
        picture = await _drawn(numbers, dark=dark)
        if year is None:
            return cards.stats(numbers, picture)
        organiser = actor.organises(await self._settings.read(actor.guild_id))
        return cards.year(numbers, picture, organiser=organiser)

    async def post(self, actor: Actor, year: str) -> Card:
        """An organiser posts the round-up of a year, once in a day; `year` is from outside."""
        if not (year.isdecimal() and len(year) == 4):
            raise Refused("This button belongs to an older version of me and does nothing any more.")
        actor.must_organise(await self._settings.read(actor.guild_id), "post the round-up")
        card, now = await self.show(actor, int(year), dark=True), self._clock.now()
        async with self._database.transaction() as tx:
            await self._outbox.put(
                tx, key=f"round-up:{actor.guild_id}:{year}:{now:%Y-%m-%d}", guild_id=actor.guild_id,
                place="announcements", kind="round_up", data=cards.kept(card),
            )  # fmt: skip
        event(log, "stats.posted", guild=actor.guild_id, by=actor.user_id, year=year)
        return cards.posted()

    @staticmethod
    async def _round_up(_tx: Tx, post: Post, _now: datetime) -> Card:
        return cards.as_kept(post.data)

    @staticmethod
    async def _sent(_tx: Tx, post: Post) -> None:
        post.data = {}  # the picture is out

    async def _numbers(self, guild_id: int, year: int | None) -> Numbers:
        record = await self._records.of(guild_id)
        held = [
            session
            for session in record.sessions
            if session.state == "held" and year in (None, session.when.year)
        ]
        async with self._database.reading() as tx:
            votes, proposals = await counted.votes(tx, guild_id), await counted.proposals(tx, guild_id)
        if year is not None:
            votes, proposals = (
                {month: n for month, n in of.items() if month.startswith(f"{year}-")}
                for of in (votes, proposals)
            )
        numbers = Numbers(record.group, held, votes, proposals, year=year)
        return replace(numbers, areas=await self._areas(guild_id, numbers))

    async def _areas(self, guild_id: int, numbers: Numbers) -> dict[str, Counter[str]]:
        """How many talks of each month were of which area of the group."""
        months = {session.number: month_of(session) for session in numbers.held}
        async with self._database.reading() as tx:
            settings = await self._settings.of(tx, guild_id)
            views = await sessions.several(tx, months)
            topic_of = await self._balance.chosen(tx, guild_id, views)
        area = {topic.key: area_of(topic) for topic in settings.topics}
        found: dict[str, Counter[str]] = {}
        by_month = defaultdict(list)
        for view in views:
            by_month[months[view.session.session_id]].append(view)
        for month, mine in by_month.items():
            topics = await self._balance.topics_of(settings.topics, mine, topic_of)
            found[month] = Counter(dict.fromkeys(area.values(), 0))  # in the group's order
            found[month].update(area[key] for key in topics if key in area)
        return found


async def _drawn(numbers: Numbers, *, dark: bool) -> bytes | None:
    """The picture; without one the numbers in words are enough."""
    if numbers.nothing:
        return None
    try:
        return await draw(cards.picture(numbers, dark=dark))
    except NotDrawn as trouble:
        event(log, "picture.failed", logging.WARNING, cause=trouble)
        return None
