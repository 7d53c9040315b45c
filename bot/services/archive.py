"""`/archive`: what the group has had, found by words, speaker, topic and year; and one talk with all its links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.cards import Card
from bot.cards import archive as cards
from bot.cards.archive import Query
from bot.config import ServerSettings
from bot.publish import record as public
from bot.services import around, records
from bot.services.people import Actor, Refused
from bot.services.records import Records
from bot.services.sessions import Change, Sessions, number
from bot.services.settings import SettingsService
from bot.services.upkeep import topic_key
from storage import people, questions, search, sessions
from storage.database import Database, Tx
from storage.search import Text, Wanted
from storage.sessions import SessionView

#: How many sessions are put into the index in one transaction.
_BATCH = 200


class Archive:
    """Keeps the index of what was held, and looks things up in it."""

    def __init__(
        self,
        database: Database,
        settings: SettingsService,
        told: Records,
        followed: Sessions,
    ) -> None:
        self._database, self._settings, self._records = database, settings, told
        followed.follow(self._follow)

    # keeping the index

    async def take_up(self) -> None:
        """Make the index, and put in whatever was held and is not in it."""
        async with self._database.transaction() as tx:
            await search.prepare(tx)
            absent = await search.missing(tx)
        for guild_id in dict.fromkeys(guild for guild, _ in absent):
            mine = [session_id for guild, session_id in absent if guild == guild_id]
            for start in range(0, len(mine), _BATCH):
                async with self._database.transaction() as tx:
                    views = await sessions.several(tx, mine[start : start + _BATCH])
                    await self.put(tx, guild_id, views)

    async def put(self, tx: Tx, guild_id: int, views: Sequence[SessionView]) -> None:
        """Have the talks of these sessions found by what they say now."""
        settings = await self._settings.of(tx, guild_id)
        texts = [
            _text(session, talk)
            for session in await records.told(tx, guild_id, settings, views)
            for talk in session.talks
        ]
        await search.put(tx, texts)

    async def put_again(self, tx: Tx, of: Sequence[tuple[int, int]]) -> None:
        """The same for (server, session)s whose people are called otherwise now, or not named any more."""
        for guild_id in dict.fromkeys(guild for guild, _ in of):
            views = await sessions.several(tx, [session for guild, session in of if guild == guild_id])
            await self.put(tx, guild_id, views)

    async def put_papers(self, guild_id: int, paper_ids: Sequence[str]) -> None:
        """Have the talks about these papers found by what the papers say now."""
        for start in range(0, len(paper_ids), _BATCH):
            async with self._database.transaction() as tx:
                views = await sessions.about(tx, guild_id, paper_ids[start : start + _BATCH])
                await self.put(tx, guild_id, views)

    async def _follow(self, tx: Tx, change: Change) -> None:
        if change.view.session.state == "held":
            await self.put(tx, change.view.session.guild_id, [change.view])

    # looking things up

    async def search(self, actor: Actor, query: Query) -> Card:
        """The first page of what fits; the talk itself when only one does. Raises Refused for an unknown topic."""
        return await self._page(actor, query, typed=True)

    async def page(self, actor: Actor, arguments: str) -> Card:
        """The page that a button names; from outside."""
        return await self._page(actor, Query.read(arguments), typed=False)

    async def open(self, actor: Actor, arguments: str, chosen: Sequence[str]) -> Card:
        """A talk that was chosen from a page; from outside."""
        return await self.talk(actor, number(chosen[0]) if chosen else 0, back=Query.read(arguments))

    async def choices(self, guild_id: int, typed: str) -> list[tuple[str, str]]:
        """Talks that were held for what somebody has typed so far: (what to search for, title and day)."""
        async with self._database.reading() as tx:
            found, _ = await search.find(tx, guild_id, Wanted(words=typed), limit=25)
            told = await self._told(tx, guild_id, found, await self._settings.of(tx, guild_id))
        return [cards.choice(session, talk) for session, talk in told]

    async def talk(self, actor: Actor, talk_id: int, back: Query | None = None) -> Card:
        """One talk with all that belongs to it. Raises Refused when it is not in the archive."""
        async with self._database.reading() as tx:
            settings = await self._settings.of(tx, actor.guild_id)
            told = await self._told(tx, actor.guild_id, [talk_id], settings)
            if not told:
                raise Refused("This talk is not in the archive any more. `/archive` looks for others.")
            session, talk = told[0]
            asked = await questions.of_session(tx, session.number)
            beside = await around.read(tx, session.number, settings)
            person = await people.find(tx, actor.guild_id, actor.user_id)
        if await self._learned(actor.guild_id, told):
            return await self.talk(actor, talk_id, back)
        wants = person is not None and person.wants_news
        return cards.talk(
            session, talk, beside, [one.question.text for one in asked], back=back, wants_news=wants
        )

    async def _page(self, actor: Actor, query: Query, *, typed: bool) -> Card:
        guild_id, some = actor.guild_id, False
        async with self._database.reading() as tx:
            settings = await self._settings.of(tx, guild_id)
            if typed:
                query = replace(query, topic=topic_key(settings, query.topic) or "").fitted()
            topic = next((topic.name for topic in settings.topics if topic.key == query.topic), "")
            wanted = Wanted(query.words, query.speaker, topic or query.topic, query.year)
            skip = query.page * cards.PAGE
            found, total = await search.find(tx, guild_id, wanted, skip=skip, limit=cards.PAGE)
            if query.words and not total and not skip:
                found, total = await search.find(tx, guild_id, wanted, limit=cards.PAGE, every_word=False)
                some = True
            told = await self._told(tx, guild_id, found, settings)
            years = None if told else await search.years(tx, guild_id)
        if await self._learned(guild_id, told):
            return await self._page(actor, query, typed=typed)
        if typed and total == 1 and not some:
            return await self.talk(actor, found[0])
        return cards.page(
            told, query, total=total, topic=topic, archives=settings.group.archives, some=some, years=years
        )

    async def _learned(self, guild_id: int, told: Sequence[tuple[public.Session, public.Talk]]) -> bool:
        """Whether names of members who are shown without one could be learned; they are found by them from then on."""
        if not any(person.name == public.NAMELESS for _, talk in told for person in talk.speakers):
            return False
        learned = await self._records.learn_names(guild_id)
        async with self._database.transaction() as tx:
            for user_id in learned:
                await self.put_again(tx, await sessions.presented_by(tx, user_id=user_id))
        return bool(learned)

    async def _told(
        self, tx: Tx, guild_id: int, talk_ids: Sequence[int], settings: ServerSettings
    ) -> list[tuple[public.Session, public.Talk]]:
        """Talks that were held, in that order, with their sessions."""
        views = await sessions.of_talks(tx, guild_id, talk_ids) if talk_ids else []
        held = [view for view in views if view.session.state == "held"]
        told = await records.told(tx, guild_id, settings, held) if held else []
        known = {talk.number: (session, talk) for session in told for talk in session.talks}
        return [known[talk_id] for talk_id in talk_ids if talk_id in known]


def _text(session: public.Session, talk: public.Talk) -> Text:
    """What a talk is found by."""
    papers = [f"{p.title} {' '.join(p.authors)} {p.arxiv} {p.abstract}" for p in talk.papers]
    return Text(
        talk_id=talk.number,
        title=f"{talk.title} {session.title if session.title != talk.title else ''}",
        people=" ".join(f"{person.name} {person.affiliation}" for person in talk.speakers),
        topics=" ".join(f"{topic.name} {topic.area}" for topic in talk.topics),
        rest=" ".join([talk.abstract, session.series, *papers]),
    )
