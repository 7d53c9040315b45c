"""Finding a paper: what is stored already, else what arXiv says."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import aiohttp

from bot.cards.base import plain
from bot.clock import Clock
from bot.config import Settings
from bot.log import event
from bot.services.people import Refused
from bot.sources import ArxivClient, Entry, NotAnArxivId, SourceTrouble, parse, readable, works
from bot.topics.prior import shipped_prior
from bot.topics.router import Router
from bot.topics.taxonomy import Topic
from storage import papers
from storage.database import Database, Tx
from storage.tables import Paper

#: When arXiv was asked about a paper of which only a list of the past told.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


log = logging.getLogger(__name__)

#: Seconds that arXiv is given when the answer to a person would be good without its own.
_WHILE_SOMEBODY_WAITS = 5.0


def paper_from(entry: Entry, now: datetime) -> Paper:
    """What arXiv says of a paper, as the row that remembers it."""
    return Paper(
        paper_id=entry.arxiv_id,
        title=entry.title,
        authors=list(entry.authors),
        abstract=entry.abstract,
        categories=list(entry.categories),
        fetched_at=now,
        version=entry.version,
        published_at=entry.published,
        updated_at=entry.updated,
        comment=entry.comment,
        doi=entry.doi.lower() if entry.doi else None,  # as names of works have it
        journal_ref=entry.journal_ref,
    )


def arxiv_client(settings: Settings, http: aiohttp.ClientSession, pace: Clock) -> ArxivClient:
    """The one that asks arXiv, as the configuration wants it; `pace` is the clock by which arXiv is spared."""
    arxiv, discord = settings.arxiv, settings.discord
    processes = discord.shard_count / (len(discord.shards) or discord.shard_count)  # arXiv counts all as one
    return ArxivClient(
        http,
        api_url=arxiv.api_url,
        feed_url=arxiv.feed_url,
        min_interval=arxiv.min_interval * processes,
        contact=arxiv.contact,
        timeout=aiohttp.ClientTimeout(total=arxiv.timeout),
        monotonic=pace.monotonic,
    )


class Papers:
    """Looks papers up, asking arXiv no more than once for each."""

    def __init__(self, database: Database, clock: Clock, arxiv: ArxivClient) -> None:
        self._database, self._clock, self._arxiv = database, clock, arxiv

    async def known(self, paper_id: str) -> Paper | None:
        async with self._database.reading() as tx:
            return await papers.get(tx, paper_id)

    async def look_up(self, paper_ids: Sequence[str]) -> dict[str, Paper]:
        """The papers that are stored or that arXiv serves, by id; asked in one request. Raises SourceTrouble."""
        async with self._database.reading() as tx:
            found = await papers.many(tx, paper_ids)
        missing = [one for one in paper_ids if one not in found or found[one].fetched_at == NEVER]
        if missing:
            fetched = await self._arxiv.fetch_papers(missing)
            rows = await self.keep(fetched.values())
            found.update({row.paper_id: row for row in rows if row.paper_id in missing})
        return found

    async def ask_again(self, paper_ids: Sequence[str]) -> dict[str, Paper]:
        """What arXiv says of papers now, by id; those it does not serve are left out. Raises SourceTrouble."""
        if not paper_ids:
            return {}
        fetched = await self._arxiv.fetch_papers(paper_ids)
        return {row.paper_id: row for row in await self.keep(fetched.values())}

    async def look_for(self, title: str, authors: Sequence[str]) -> None:
        """Ask arXiv for a work of that title, and keep what may be it. When arXiv does not answer, so be it."""
        telling = sorted(
            {word for word in works.words(title) if word.isascii()}, key=lambda word: (-len(word), word)
        )
        if not telling:
            return
        try:
            found = await self._arxiv.of_title(telling[:6], deadline=_WHILE_SOMEBODY_WAITS)
        except SourceTrouble as trouble:
            event(log, "papers.not_looked_for", logging.WARNING, cause=trouble.sentence)
            return
        alike = [one for one in found if works.likeness(title, authors, one.title, one.authors) != "other"]
        await self.keep(alike)

    async def called(self, tx: Tx, guild_id: int, text: str) -> Paper | None:
        """The stored paper that `text` names on a server: by its key, arXiv's number or link, or another name of it."""
        paper = await papers.get(tx, text.strip())
        if paper is None:
            try:
                paper = await papers.get(tx, parse(text).bare)
            except NotAnArxivId:
                one = works.named(text)
                known = await papers.of_name(tx, guild_id, one.name) if one else None
                paper = await papers.get(tx, known) if known else None
        return paper if paper is not None and paper.told_in in (None, guild_id) else None

    async def twin(
        self, tx: Tx, guild_id: int, title: str, authors: Sequence[str], among: Sequence[Paper] | None = None
    ) -> tuple[works.Likeness, Paper] | None:
        """A paper that is, or is likely, the work of that title and first author; of several the surest."""
        if among is None:
            among = await papers.like(tx, guild_id, papers.words(readable(title)))
        found = [(works.likeness(title, authors, one.title, one.authors), one) for one in among]
        alike = sorted((pair for pair in found if pair[0] != "other"), key=lambda pair: pair[0] != "same")
        return alike[0] if alike else None

    async def named(self, guild_id: int, text: str) -> str:
        """The key of the paper that a person names. Raises Refused when neither we nor arXiv have such a paper."""
        async with self._database.reading() as tx:
            if known := await self.called(tx, guild_id, text):
                return known.paper_id
        try:
            paper_id = parse(text).bare
        except NotAnArxivId as error:
            more = (
                " A work that arXiv does not have is proposed first, with `/propose`."
                if works.named(text)
                else ""
            )
            raise Refused(plain(str(error), 1000) + more) from None
        try:
            found = await self.look_up([paper_id])
        except SourceTrouble as trouble:
            raise Refused(f"{trouble.sentence} Leave the paper out for now, or try again later.") from None
        if paper_id not in found:
            raise Refused(
                f"arXiv has no paper **{plain(paper_id)}**. Please check the number; a link works, too."
            )
        return paper_id

    async def keep(self, entries: Iterable[Entry]) -> list[Paper]:
        """Store what arXiv said."""
        now = self._clock.now()
        rows = [paper_from(entry, now) for entry in entries]
        async with self._database.transaction() as tx:
            await papers.save(tx, rows)
        return rows


#: Sets of topics whose routers are kept: each takes some megabytes.
_KEPT = 16


class Routers:
    """A router for each set of topics in use; building one costs more than asking it."""

    def __init__(self) -> None:
        self._built: dict[tuple[Topic, ...], Router] = {}

    def of(self, topics: tuple[Topic, ...]) -> Router:
        """The router of these topics; the shipped ones among them with what was learned of them beforehand."""
        router = self._built.pop(topics, None) or Router(topics, shipped_prior())
        self._built[topics] = router  # the one used last comes last
        if len(self._built) > _KEPT:
            del self._built[next(iter(self._built))]
        return router

    async def built(self, topics: tuple[Topic, ...]) -> Router:
        """The same, built beside the event loop where it is not there yet."""
        if topics not in self._built:
            self._built[topics] = await asyncio.to_thread(Router, topics, shipped_prior())
        return self.of(topics)
