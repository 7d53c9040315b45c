"""The record of a group, made from what is stored: all that the public may see, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, cast

from bot.cards.base import flat
from bot.cards.outward import place_of
from bot.cards.papers import title_of, url_of
from bot.cards.sessions import session_title, talk_title
from bot.config import ServerSettings
from bot.publish import record as public
from bot.publish.record import FORMER, NAMELESS, Record
from bot.services.outward import Names
from bot.services.settings import SettingsService
from bot.sources.text import readable
from bot.topics.taxonomy import Topic, shipped
from storage import choices, deeds, guilds, people, proposals, questions, rsvps, sessions
from storage.database import Database, Tx
from storage.rsvps import NOBODY, Counts
from storage.sessions import SessionView, TalkView
from storage.tables import Paper, Presenter


class WhichServer(Exception):
    """The bot serves none or several servers; the message says which can be named."""


class Records:
    """Reads the record. With Discord at hand it learns what the members who present are called, and remembers it."""

    def __init__(self, database: Database, settings: SettingsService) -> None:
        self._database, self._settings = database, settings
        self._names: Names | None = None

    def open(self, names: Names) -> None:
        """Discord can be reached."""
        self._names = names

    async def of(self, guild_id: int) -> Record:
        """A server's record as it is now."""
        await self.learn_names(guild_id)
        async with self._database.reading() as tx:
            return await read(tx, guild_id, await self._settings.of(tx, guild_id))

    async def learn_names(self, guild_id: int) -> set[int]:
        """Ask Discord what those are called who present and whose name is not known yet; whose it was learned."""
        async with self._database.reading() as tx:
            nameless = await people.nameless(tx, guild_id)
        if not (self._names and nameless):
            return set()
        names = await self._names.of(guild_id, nameless)
        async with self._database.transaction() as tx:
            await people.learn_names(tx, guild_id, names)
        return set(names)

    async def only(self, guild_id: int | None) -> Record:
        """The record of that server, or of the only one when none is named. Raises WhichServer."""
        return await self.of(await server_of(self._database, guild_id))


async def server_of(database: Database, wanted: int | None) -> int:
    """The server that is meant, the only one when none is named. Raises WhichServer when that is not clear."""
    async with database.reading() as tx:
        known = await guilds.present(tx)
    if wanted is None and len(known) == 1:
        return known[0]
    if wanted is not None and wanted in known:
        return wanted
    if not known:
        raise WhichServer("The bot has been on no server yet. Let it run once.")
    named = ", ".join(map(str, known))
    raise WhichServer(f"Name one of the servers that the bot is on with --guild: {named}.")


@dataclass(frozen=True)
class _Beside:
    """What belongs to sessions and stands in other tables."""

    topics: Mapping[str, public.Topic]  # of the group, by their keys and names as they are compared
    names: Mapping[int, str]
    hidden_members: frozenset[int]
    hidden_speakers: frozenset[int]
    changed: Mapping[int, datetime] = field(default_factory=dict)
    comes: Mapping[int, Counts] = field(default_factory=dict)
    asked: Mapping[int, int] = field(default_factory=dict)
    topic_of: Mapping[str, str] = field(default_factory=dict)  # of a paper, as its proposal says
    votes: Mapping[str, int] = field(default_factory=dict)  # for a paper, when it was chosen

    def topic(self, key: str) -> public.Topic:
        """A topic of the group by its key or name; one that it has no more is called what it was."""
        return self.topics.get(key.casefold()) or public.Topic(key, flat(key))


async def read(tx: Tx, guild_id: int, settings: ServerSettings) -> Record:
    """A server's record, with members' names as they were last known."""
    views = await sessions.all_of(tx, guild_id)
    beside = replace(
        await _people(tx, guild_id, settings),
        changed=await deeds.last_done(tx, guild_id, "session"),
        comes=await rsvps.counts_of(tx, guild_id),
        asked=await questions.how_many(tx, guild_id),
        topic_of=await proposals.topics_of(tx, guild_id),
        votes=await choices.votes_of(tx, guild_id),
    )
    group = settings.group
    return Record(
        group=flat(group.name),
        zone=group.timezone,
        zones=group.zones,
        place=place_of(group.announcement_channel),
        sessions=tuple(_session(view, beside) for view in views),
        topics=tuple(_of_group(topic) for topic in settings.topics),
        archives=group.archives,
        uid=public.uid(guild_id, 0),
        about=group.about or "",
    )


async def told(
    tx: Tx, guild_id: int, settings: ServerSettings, views: Sequence[SessionView]
) -> list[public.Session]:
    """Some sessions of a server as the record tells them, but for when they were changed and their questions."""
    papers = {talk.talk.paper_id for view in views for talk in view.talks if talk.talk.paper_id}
    beside = replace(
        await _people(tx, guild_id, settings),
        comes=await rsvps.counts(tx, [view.session.session_id for view in views]),
        topic_of={
            paper_id: proposal.topic
            for paper_id, proposal in (await proposals.of_papers(tx, guild_id, papers)).items()
            if proposal.topic
        },
        votes=await choices.votes_of(tx, guild_id),
    )
    return [_session(view, beside) for view in views]


async def _people(tx: Tx, guild_id: int, settings: ServerSettings) -> _Beside:
    known = await people.known(tx, guild_id)
    return _Beside(
        topics={
            name.casefold(): _of_group(topic)
            for topic in reversed(settings.topics)
            for name in (topic.name, topic.key)
        },
        names={person.user_id: person.name for person in known if person.name},
        hidden_members=frozenset(person.user_id for person in known if person.unlisted),
        hidden_speakers=await people.unlisted_speakers(tx, guild_id),
    )


def _session(view: SessionView, beside: _Beside) -> public.Session:
    session, title = view.session, session_title(view)
    going, maybe, _ = beside.comes.get(session.session_id, NOBODY)
    return public.Session(
        number=session.session_id,
        uid=public.uid(session.guild_id, session.session_id),
        sequence=session.version,
        updated=beside.changed.get(session.session_id, session.created_at),
        state=cast("Literal['planned', 'held', 'cancelled']", session.state),
        title=title,
        when=public.When(session.wall_time, session.zone, session.starts_at, session.minutes),
        talks=tuple(_talk(talk, title, beside) for talk in view.talks),
        series=flat(view.series or ""),
        attendance=public.Attendance(going, maybe, session.came),
        questions=beside.asked.get(session.session_id, 0),
    )


def _talk(view: TalkView, title: str, beside: _Beside) -> public.Talk:
    talk = view.talk
    chosen = beside.topic_of.get(talk.paper_id or "")
    return public.Talk(
        number=talk.talk_id,
        title=talk_title(view) or title,
        speakers=_speakers(view.presenters, beside),
        abstract=_text(talk.abstract or ""),
        papers=tuple(map(published, view.papers)),
        topics=tuple(beside.topic(key) for key in talk.topics or ([chosen] if chosen else [])),
        slides=talk.slides or "",
        recording=talk.recording or "",
        notes=talk.notes or "",
        votes=beside.votes.get(talk.paper_id or "", 0),
    )


def _speakers(presenters: Sequence[Presenter], beside: _Beside) -> tuple[public.Speaker, ...]:
    """Who presents, without those who asked to be left out."""
    found = []
    for person in presenters:
        if person.user_id in beside.hidden_members or person.speaker_id in beside.hidden_speakers:
            continue
        unnamed = NAMELESS if person.user_id else FORMER
        name = beside.names.get(person.user_id, unnamed) if person.user_id else person.name or unnamed
        found.append(public.Speaker(flat(name), flat(person.affiliation or "")))
    return tuple(found)


def published(paper: Paper) -> public.Paper:
    """A paper as the public reads of it."""
    return public.Paper(
        key=paper.paper_id,
        title=title_of(paper),
        tex=paper.title,
        authors=tuple(flat(readable(author)) for author in paper.authors),
        abstract=_text(paper.abstract),
        url=url_of(paper),
        published=paper.published_at.date() if paper.published_at else None,
        category=paper.categories[0] if paper.categories else "",
        doi=paper.doi or "",
        journal=flat(paper.journal_ref or ""),
    )


def _of_group(topic: Topic) -> public.Topic:
    return public.Topic(topic.key, topic.name, shipped().area_name(topic.area), topic.description)


def _text(text: str) -> str:
    """Text of several paragraphs from outside, readable, without what does not show."""
    return "\n\n".join(line for part in readable(text).split("\n\n") if (line := flat(part)))
