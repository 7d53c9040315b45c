"""`/balance`, and telling the organisers when an area of the group has starved."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.cards import Card
from bot.cards import balance as cards
from bot.cards.base import plain
from bot.cards.papers import title_of
from bot.clock import LULL, Clock
from bot.log import event
from bot.pictures import NotDrawn, draw
from bot.services.delivery import Drop
from bot.services.outbox import Outbox
from bot.services.papers import Routers
from bot.services.people import Actor
from bot.services.presenters import organisers_of
from bot.services.settings import SettingsService
from bot.services.votes import rules_of
from bot.topics.taxonomy import Topic
from bot.when import local
from storage import guilds, proposals, sessions
from storage.database import Database, Tx
from storage.proposals import Standing
from storage.sessions import SessionView
from storage.tables import Post

log = logging.getLogger(__name__)

MOST = 200
#: How often it is asked whether an area has starved.
EVERY = timedelta(days=1)
_LIFE = timedelta(days=7)


class Balance:
    """Weighs what is read against what the group is for."""

    upkeep = True  # it looks after things from time to time: nobody waits for it

    def __init__(
        self, database: Database, clock: Clock, settings: SettingsService, outbox: Outbox, routers: Routers
    ) -> None:
        self._database, self._clock, self._settings = database, clock, settings
        self._outbox, self._routers = outbox, routers
        self._look_at = clock.now() + LULL
        outbox.says("starved", self._starved)

    async def show(self, actor: Actor, last: int) -> Card:
        """How the last so many sessions, and the open proposals, spread over areas and topics; with a picture."""
        async with self._database.reading() as tx:
            settings = await self._settings.of(tx, actor.guild_id)
            held = await sessions.last_held(tx, actor.guild_id, limit=min(last, MOST))
            topic_of = await self.chosen(tx, actor.guild_id, held)
            waiting = await proposals.standings(tx, actor.guild_id, rules_of(settings))
        read = await self.topics_of(settings.topics, held, topic_of)
        opened = [row.proposal.topic for row in waiting]
        spread = cards.Spread(settings.topics, len(held), Counter(read), Counter(opened))
        return cards.balance(spread, await _drawn(spread))

    # timed

    async def next_due(self, _tx: Tx) -> datetime:
        return self._look_at

    async def run_due(self, now: datetime) -> None:
        """Look whether an area of a server has starved."""
        if self._look_at > now:
            return
        self._look_at = now + EVERY
        async with self._database.reading() as tx:
            servers = await guilds.present(tx)
        for guild_id in servers:
            await self._look(guild_id, now)

    async def _look(self, guild_id: int, now: datetime) -> None:
        async with self._database.reading() as tx:
            settings = await self._settings.of(tx, guild_id)
            after = settings.group.starved_after
            held = await sessions.last_held(tx, guild_id, limit=after) if after else []
            topic_of = await self.chosen(tx, guild_id, held)
        if not held or len(held) < after:
            return
        areas = cards.starved(await self.topics_of(settings.topics, held, topic_of), settings.topics)
        if not areas:
            return
        month = f"{local(now, settings.group.timezone):%Y-%m}"
        async with self._database.transaction() as tx:
            for area in areas:
                await self._outbox.put(
                    tx, key=f"starved:{guild_id}:{area[:80]}:{month}", guild_id=guild_id,
                    place=organisers_of(held[0].session, settings), kind="starved", patient=True,
                    data={"area": area, "sessions": after}, expires_at=now + _LIFE,
                )  # fmt: skip
        event(log, "areas.starved", guild=guild_id, areas=len(areas))

    async def _starved(self, tx: Tx, post: Post, _now: datetime) -> Card | Drop:
        settings = await self._settings.of(tx, post.guild_id)
        if not settings.group.starved_after:
            return Drop("the organisers do not want to hear of it any more")
        area = {topic.key for topic in settings.topics if cards.area_of(topic) == post.data["area"]}
        rows: Sequence[Standing] = await proposals.standings(tx, post.guild_id, rules_of(settings))
        waiting = [(plain(title_of(row.paper), 120), row.votes) for row in rows if row.proposal.topic in area]
        return cards.hungry(post.data["area"], post.data["sessions"], waiting)

    # which topic a talk was of

    @staticmethod
    async def chosen(tx: Tx, guild_id: int, held: Sequence[SessionView]) -> dict[str, str]:
        """The topics of papers whose proposals say so."""
        papers = {talk.paper.paper_id for view in held for talk in view.talks if talk.paper}
        known = await proposals.of_papers(tx, guild_id, papers) if papers else {}
        return {paper_id: row.topic for paper_id, row in known.items() if row.topic}

    async def topics_of(
        self, topics: tuple[Topic, ...], held: Sequence[SessionView], known: dict[str, str]
    ) -> list[str | None]:
        """The topic of each talk, by key; None for one that fits none."""
        router = await self._routers.built(topics)
        called = {name.casefold(): topic.key for topic in topics for name in (topic.name, topic.key)}
        talks = [(view.session.title or "", talk) for view in held for talk in view.talks]

        def work() -> list[str | None]:
            found: list[str | None] = []
            for session_title, talk in talks:
                paper, row = talk.paper, talk.talk
                if paper is not None and paper.paper_id in known:
                    found.append(known[paper.paper_id])
                    continue
                if said := [called[name.casefold()] for name in row.topics if name.casefold() in called]:
                    found.append(said[0])
                    continue
                title, abstract = row.title or session_title, row.abstract or ""
                if paper is not None:
                    title, abstract = f"{paper.title} {title}", f"{paper.abstract} {abstract}"
                if not title.strip() and not abstract.strip():
                    continue  # nobody knows what it was
                matches = router.route(title, abstract, paper.categories if paper else ())
                found.append(matches[0].topic_key if matches else None)
            return found

        return await asyncio.to_thread(work)


async def _drawn(spread: cards.Spread) -> bytes | None:
    """The picture; without one the numbers in words are enough."""
    if not spread.read and not spread.open:
        return None
    try:
        return await draw(cards.picture(spread))
    except NotDrawn as trouble:
        event(log, "picture.failed", logging.WARNING, cause=trouble)
        return None
