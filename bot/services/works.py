"""Works that arXiv does not have, and one work under several names: merged when that is certain, asked when likely."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from bot.cards import Card, Form
from bot.cards import works as cards
from bot.cards.base import flat, plain
from bot.clock import Clock
from bot.log import event
from bot.services.doubts import Doubts
from bot.services.forward import Forward
from bot.services.papers import Papers
from bot.services.people import Actor, Refused
from bot.services.settings import SettingsService
from bot.services.upkeep import topic_key
from bot.sources import NotAnArxivId, parse
from bot.sources.works import Named, named, people
from storage import papers as stored
from storage import proposals
from storage.database import Database, Tx
from storage.tables import Paper, Post

log = logging.getLogger(__name__)

_QUESTION = "work"


class Works:
    """What members tell of works from elsewhere."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: SettingsService,
        papers: Papers,
        forward: Forward,
        doubts: Doubts,
    ) -> None:
        self._database, self._clock, self._settings = database, clock, settings
        self._papers, self._forward, self._doubts = papers, forward, doubts

    async def propose(
        self, actor: Actor, paper: Paper, why: str | None, topic: str | None, *, again: bool
    ) -> Card:
        """Put a work forward that the server knows. `topic` is a key."""
        if not again and (had := await self._forward.had(actor, paper.paper_id)):
            return had
        async with self._database.transaction() as tx:
            post = await self._forward.put(tx, actor.guild_id, actor.user_id, paper, why=why, topic=topic)
        return await self._forward.answer(actor, paper.paper_id, new=post is not None)

    @staticmethod
    def form(work: Named, why: str | None, topic: str | None) -> Form:
        """Ask for what arXiv would have told of a work."""
        return cards.form(work.link, why=why or "", topic=topic or "")

    async def told(self, actor: Actor, topic: str, said: Mapping[str, str]) -> Card:
        """Take the form in. Raises Refused for what cannot be read, and when the link is arXiv's."""
        settings = await self._settings.read(actor.guild_id)
        data = self._read(said) | {"topic": topic_key(settings, topic)}
        async with self._database.reading() as tx:
            known = await self._papers.called(tx, actor.guild_id, data["link"])
        if known is None:
            await self._papers.look_for(
                data["title"], data["authors"]
            )  # perhaps arXiv has it, and nobody knew
        async with self._database.transaction() as tx:
            paper = await self._papers.called(tx, actor.guild_id, data["link"])
            twin = None
            if paper is None:
                twin = await self._papers.twin(tx, actor.guild_id, data["title"], data["authors"])
            if twin and twin[0] == "likely":
                return await self._ask(tx, actor, self._paper(actor.guild_id, data), twin[1], data)
            paper, post = await self._put(tx, actor, data, paper or (twin[1] if twin else None))
        note = cards.same_as(paper) if twin else ""
        return await self._forward.answer(actor, paper.paper_id, new=post is not None, note=note)

    async def same(self, actor: Actor, question: str) -> Card:
        """Yes, it is the same work."""
        return await self._answered(actor, question, same=True)

    async def other(self, actor: Actor, question: str) -> Card:
        """No, it is another work."""
        return await self._answered(actor, question, same=False)

    async def join(self, tx: Tx, guild_id: int, paper: Paper) -> Paper | None:
        """Before a paper of arXiv is proposed: a work from elsewhere that is the same becomes it, with its votes.

        A work that is only likely the same comes back: `ask`.
        """
        if await proposals.of_paper(tx, guild_id, paper.paper_id):
            return None
        by_doi = await stored.of_name(tx, guild_id, f"doi:{paper.doi}") if paper.doi else None
        told = await stored.told(tx, guild_id)
        twin = await self._papers.twin(tx, guild_id, paper.title, paper.authors, told)
        if of_doi := next((one for one in told if one.paper_id == by_doi), None):
            twin = ("same", of_doi)
        if twin is not None and twin[0] == "same":
            await self._become(tx, guild_id, twin[1], paper)
            return None
        return twin[1] if twin else None

    async def ask(
        self, tx: Tx, actor: Actor, paper: Paper, twin: Paper, *, why: str | None, topic: str | None
    ) -> Card:
        """Ask whether a paper of arXiv is a work that the server knows."""
        return await self._ask(tx, actor, paper, twin, {"paper": paper.paper_id, "why": why, "topic": topic})

    # helpers

    @staticmethod
    def _read(said: Mapping[str, str]) -> dict[str, Any]:
        """What a form says, as plain data. Raises Refused."""
        title, link = flat(said.get("title", "")), said.get("link", "").strip()
        try:
            raise Refused(
                f"arXiv has this one, as **{parse(link).bare}**: `/propose` takes its number, and asks nothing more."
            )
        except NotAnArxivId:
            work = named(link)
        if work is None:
            raise Refused(
                f"**{plain(link, 200)}** is no link and no DOI. Please say where the work can be found."
            )
        authors = [flat(name)[:200] for name in people(said.get("authors", ""))]
        if not title or not authors:
            raise Refused("A work needs a title and at least one author.")
        return {
            "name": work.name, "link": work.link, "title": title[: cards.TITLE_LIMIT], "authors": authors,
            "abstract": said.get("abstract", ""), "why": said.get("why", "")[: cards.WHY_LIMIT] or None,
        }  # fmt: skip

    def _paper(self, guild_id: int, data: Mapping[str, Any]) -> Paper:
        name = data["name"]
        return Paper(
            paper_id=Named(name, data["link"]).key(guild_id), title=data["title"], authors=data["authors"],
            abstract=data["abstract"], categories=[], fetched_at=self._clock.now(), link=data["link"],
            doi=name.partition(":")[2] if name.startswith("doi:") else None, told_in=guild_id,
        )  # fmt: skip

    async def _ask(self, tx: Tx, actor: Actor, said: Paper, known: Paper, data: dict[str, Any]) -> Card:
        question = await self._doubts.put(tx, actor, _QUESTION, {**data, "twin": known.paper_id})
        proposal = await proposals.of_paper(tx, actor.guild_id, known.paper_id)
        return cards.likely(said, known, proposal, question)

    async def _answered(self, actor: Actor, question: str, *, same: bool) -> Card:
        async with self._database.transaction() as tx:
            data = (await self._doubts.take(tx, actor, question, _QUESTION)).data
            twin = await stored.get(tx, data["twin"]) if same else None
            if "paper" in data:
                paper = await stored.get(tx, data["paper"])
                assert paper is not None  # noqa: S101 - papers of arXiv are never deleted
                if twin is not None:
                    await self._become(tx, actor.guild_id, twin, paper)
                post = await self._forward.put(
                    tx, actor.guild_id, actor.user_id, paper, why=data["why"], topic=data["topic"]
                )
            else:
                paper, post = await self._put(tx, actor, data, twin)
        return await self._forward.answer(actor, paper.paper_id, new=post is not None)

    async def _put(
        self, tx: Tx, actor: Actor, data: Mapping[str, Any], same: Paper | None
    ) -> tuple[Paper, Post | None]:
        """Put a work forward that was told, or the paper that it is the same as."""
        paper = same or self._paper(actor.guild_id, data)
        if same is None:
            await stored.save(tx, [paper])
            event(log, "work.told", guild=actor.guild_id, user=actor.user_id, paper=paper.paper_id)
        await stored.add_name(tx, actor.guild_id, data["name"], paper.paper_id)
        post = await self._forward.put(
            tx, actor.guild_id, actor.user_id, paper, why=data["why"], topic=data["topic"]
        )
        return paper, post

    async def _become(self, tx: Tx, guild_id: int, told: Paper, paper: Paper) -> None:
        await stored.become(tx, guild_id, told.paper_id, paper.paper_id)
        if proposal := await proposals.of_paper(tx, guild_id, paper.paper_id):
            await self._forward.changed(tx, proposal)
        event(log, "work.became", guild=guild_id, work=told.paper_id, paper=paper.paper_id)
