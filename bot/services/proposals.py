"""Proposing: whatever names a work, a paper of arXiv or any other, leads to its one ballot."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards import Card, Form
from bot.cards import shelf as shelf_cards
from bot.cards.base import plain
from bot.cards.papers import is_arxiv
from bot.services.papers import Papers
from bot.services.people import Actor, Refused
from bot.services.settings import SettingsService
from bot.services.shelf import Shelf
from bot.services.upkeep import topic_key
from bot.services.wishes import Wishes
from bot.services.works import Works
from bot.sources import ArxivId, NotAnArxivId, parse
from bot.sources.works import named
from storage.database import Database

WHY_LIMIT = 500


class Proposals:
    """From a link to a ballot."""

    def __init__(
        self,
        database: Database,
        settings: SettingsService,
        papers: Papers,
        wishes: Wishes,
        works: Works,
        shelf: Shelf,
    ) -> None:
        self._database, self._settings, self._papers = database, settings, papers
        self._wishes, self._works, self._shelf = wishes, works, shelf

    async def propose(
        self,
        actor: Actor,
        text: str,
        *,
        why: str | None = None,
        topic: str | None = None,
        again: bool = False,
    ) -> Card | Form:
        """Put a work forward; the answer says where its ballot is. One that nobody knows needs a form.

        One that was read here is only taken `again` when somebody says so.
        Raises Refused when `text` names no work, or `topic` is none of the group's.
        """
        if why is not None and len(why) > WHY_LIMIT:
            raise Refused(
                f"`why` has {len(why)} characters; at most {WHY_LIMIT} fit on a ballot. Please shorten it."
            )
        key = topic_key(await self._settings.read(actor.guild_id), topic)
        async with self._database.reading() as tx:
            known = await self._papers.called(tx, actor.guild_id, text)
        if known is not None and not is_arxiv(known.paper_id):
            return await self._works.propose(actor, known, why, key, again=again)
        try:
            arxiv_id = ArxivId(known.paper_id) if known else parse(text)
        except NotAnArxivId as error:
            if work := named(text):
                return self._works.form(work, why, key)
            raise Refused(plain(f"{error} Any other work is named by its DOI or a link.", 1000)) from None
        return await self._wishes.propose(actor, arxiv_id, why=why, topic=key, again=again)

    async def read_this(self, actor: Actor, paper_id: str, *, why: str) -> Card:
        """Put a paper of arXiv forward because members want it."""
        return await self._wishes.propose(actor, ArxivId(paper_id), why=why, topic=None, again=False)

    async def propose_anyway(self, actor: Actor, text: str) -> Card | Form:
        """Put a paper forward that the group has read."""
        return await self.propose(actor, text, again=True)

    async def from_message(self, actor: Actor, text: str) -> Card | Form:
        """Put forward what a message names; of several works, ask which. Raises Refused when it names none."""
        works = await self._shelf.several(actor.guild_id, text)
        if not works:
            raise Refused(
                "I see no paper in this message: no arXiv number, no DOI and no link. `/propose` takes one directly."
            )
        return await self.propose(actor, works[0][0]) if len(works) == 1 else shelf_cards.several(works)

    async def from_choice(self, actor: Actor, _arguments: str, values: Sequence[str]) -> Card | Form:
        """Put forward which of several papers was chosen."""
        return await self.propose(actor, values[0] if values else "")

    async def topic_choices(self, guild_id: int, typed: str) -> list[tuple[str, str]]:
        """The group's topics whose name or key contains what was typed: (key, name), at most 25."""
        topics = (await self._settings.read(guild_id)).topics
        typed = typed.strip().casefold()
        found = [t for t in topics if typed in t.name.casefold() or typed == t.key.casefold()]
        return [(topic.key[:100], topic.name[:100]) for topic in found[:25]]


def may_need_a_form(text: str) -> bool:
    """Whether proposing what `text` names can end in a form, which Discord takes at once or never."""
    try:
        parse(text)
    except NotAnArxivId:
        return named(text) is not None
    return False
