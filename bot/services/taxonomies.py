"""A server's topics: seen, tried and changed. Its own stand in place of those of the config file once it has any."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.cards import Card
from bot.cards import topics as cards
from bot.cards.base import plain
from bot.clock import Clock
from bot.config import ServerSettings
from bot.config.readers import place, sentence
from bot.config.tables import topic_table
from bot.log import event
from bot.services.papers import Papers
from bot.services.people import Actor, Refused
from bot.services.settings import SettingsService
from bot.services.tastes import Tastes
from bot.sources import NotAnArxivId, SourceTrouble, parse
from bot.topics.taxonomy import Topic
from storage import guilds
from storage.database import Database, Tx
from storage.tables import OwnTopics

log = logging.getLogger(__name__)

TOPICS, PHRASES, PHRASE, NAME = 40, 200, 80, 80
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,15}")
_CATEGORY = re.compile(r"[a-z]+(?:-[a-z]+)*(?:\.[A-Za-z]+(?:-[a-z]+)*)?")
_SEPARATOR = re.compile(r"[,;\n]")


@dataclass(frozen=True)
class Edit:
    """What is to be changed of a topic; None leaves it as it is. Lists are separated by commas."""

    name: str | None = None
    area: str | None = None
    categories: str | None = None
    channel: str | None = None
    phrases: str | None = None
    description: str | None = None


class Taxonomies:
    """Shows and changes the topics of servers."""

    def __init__(
        self, database: Database, clock: Clock, settings: SettingsService, papers: Papers, tastes: Tastes
    ) -> None:
        self._database, self._clock, self._settings = database, clock, settings
        self._papers, self._tastes = papers, tastes

    async def list(self, actor: Actor) -> Card:
        """All topics, where their papers go, and how many phrases find them."""
        async with self._database.reading() as tx:
            settings = await self._settings.of(tx, actor.guild_id)
            own = await guilds.own_topics(tx, actor.guild_id) is not None
        return cards.listed(settings.topics, own=own)

    async def add(self, actor: Actor, key: str, edit: Edit) -> Card:
        """A new topic. Raises Refused when it cannot be one."""
        if not _KEY.fullmatch(key):
            raise Refused("A topic's key is one short word of letters and digits, such as `E1`.")
        async with self._database.transaction() as tx:
            settings = await self._allowed(tx, actor)
            if any(topic.key.casefold() == key.casefold() for topic in settings.topics):
                raise Refused(f"There is a topic `{key}` already: change it with `/topics edit`.")
            if len(settings.topics) >= TOPICS:
                raise Refused(f"There are {TOPICS} topics already, which is as many as there can be.")
            topic = _edited(Topic(key=key, name=key), edit)
            await self._save(tx, actor, (*settings.topics, topic))
        return cards.changed(topic, new=True)

    async def edit(self, actor: Actor, key: str, edit: Edit) -> Card:
        """Change a topic's name, area, categories, description or channel ("none": its papers go nowhere)."""
        async with self._database.transaction() as tx:
            settings = await self._allowed(tx, actor)
            topic = _edited(known := _topic(settings, key), edit)
            await self._save(tx, actor, [topic if one is known else one for one in settings.topics])
        return cards.changed(topic, new=False)

    async def told(self, actor: Actor, _: str, fields: Mapping[str, str]) -> Card:
        """Send the papers of all topics that go nowhere to one channel, from the form of `/setup`. Raises Refused."""
        try:
            channel = "-".join(place(fields.get("channel", "")).casefold().split())
        except ValueError as error:
            raise Refused(f"The channel {sentence(error)}") from None
        async with self._database.transaction() as tx:
            settings = await self._allowed(tx, actor)
            topics = [replace(topic, channel=topic.channel or channel) for topic in settings.topics]
            await self._save(tx, actor, topics)
        return cards.sent_to(channel, topics)

    async def remove(self, actor: Actor, key: str) -> Card:
        """A topic goes."""
        async with self._database.transaction() as tx:
            settings = await self._allowed(tx, actor)
            known = _topic(settings, key)
            if len(settings.topics) == 1:
                raise Refused("It is the only topic. Add another one first.")
            await self._save(tx, actor, [one for one in settings.topics if one is not known])
        return cards.removed(known)

    async def phrases(self, actor: Actor, key: str, add: str | None, remove: str | None) -> Card:
        """Show a topic's phrases; for organisers: add some, remove some."""
        if add is None and remove is None:
            return cards.phrases(_topic(await self._settings.read(actor.guild_id), key))
        async with self._database.transaction() as tx:
            settings = await self._allowed(tx, actor)
            known = _topic(settings, key)
            gone = {phrase.casefold() for phrase in _listed(remove or "")}
            kept = [phrase for phrase in known.phrases if phrase.casefold() not in gone]
            topic = replace(known, phrases=_phrases([*kept, *_listed(add or "")]))
            await self._save(tx, actor, [topic if one is known else one for one in settings.topics])
        return cards.phrases(topic, changed=True)

    async def reset(self, actor: Actor) -> Card:
        """Back to the topics of the config file."""
        async with self._database.transaction() as tx:
            await self._allowed(tx, actor)
            await guilds.drop_own_topics(tx, actor.guild_id)
            settings = await self._settings.of(tx, actor.guild_id)
        return cards.listed(settings.topics, own=False)

    async def attempt(self, actor: Actor, text: str) -> Card:
        """Where a paper, or any text, would go, and why. Raises Refused when arXiv does not give the paper."""
        settings = await self._settings.read(actor.guild_id)
        title, abstract, categories = text, "", tuple[str, ...]()
        try:
            paper_id = parse(text).bare
        except NotAnArxivId:
            paper_id = None
        if paper_id is not None:
            try:
                found = (await self._papers.look_up([paper_id])).get(paper_id)
            except SourceTrouble as trouble:
                raise Refused(f"{trouble.sentence} Paste the paper's title and abstract instead.") from None
            if found is None:
                raise Refused(f"arXiv has no paper **{plain(paper_id)}**.")
            title, abstract, categories = found.title, found.abstract, tuple(found.categories)
        router = await self._tastes.router(actor.guild_id, settings.topics)
        matches = await asyncio.to_thread(router.route, title, abstract, categories)
        scores = await asyncio.to_thread(router.scores, title, abstract, categories)
        return cards.tried(title, matches, scores, {topic.key: topic for topic in settings.topics})

    async def choices(self, guild_id: int, typed: str) -> Sequence[tuple[str, str]]:
        """Topics whose name or key contains what was typed: (key, name), at most 25."""
        topics = (await self._settings.read(guild_id)).topics
        typed = typed.strip().casefold()
        found = [t for t in topics if typed in t.name.casefold() or typed in t.key.casefold()]
        return [(topic.key[:100], f"{topic.key} · {topic.name}"[:100]) for topic in found[:25]]

    async def _allowed(self, tx: Tx, actor: Actor) -> ServerSettings:
        settings = await self._settings.of(tx, actor.guild_id)
        actor.must_organise(settings, "change the topics")
        return settings

    async def _save(self, tx: Tx, actor: Actor, topics: Sequence[Topic]) -> None:
        text = json.dumps([topic_table(topic) for topic in topics], ensure_ascii=False)
        await guilds.set_own_topics(
            tx,
            OwnTopics(
                guild_id=actor.guild_id, topics=text, changed_by=actor.user_id, changed_at=self._clock.now()
            ),
        )
        event(log, "topics.changed", guild=actor.guild_id, by=actor.user_id, topics=len(topics))


def _topic(settings: ServerSettings, key: str) -> Topic:
    wanted = key.strip().casefold()
    for topic in settings.topics:
        if wanted in (topic.key.casefold(), topic.name.casefold()):
            return topic
    raise Refused(f"The group has no topic “{plain(key, 80)}”. `/topics list` shows them.")


def _edited(topic: Topic, edit: Edit) -> Topic:
    """The topic with the changes. Raises Refused for one that makes no sense."""
    name = topic.name if edit.name is None else edit.name.strip()
    if not 1 <= len(name) <= NAME:
        raise Refused(f"A topic's name has 1 to {NAME} characters.")
    categories = topic.categories if edit.categories is None else tuple(_listed(edit.categories))
    for category in categories:
        if not _CATEGORY.fullmatch(category):
            raise Refused(f"“{plain(category, 40)}” is no arXiv category such as `cs.LG` or `stat.ML`.")
    channel = topic.channel
    if edit.channel is not None:
        channel = None if edit.channel == "none" else edit.channel
    return replace(
        topic,
        name=name,
        area=topic.area or name if edit.area is None else edit.area.strip(),
        categories=categories,
        channel=channel,
        phrases=topic.phrases if edit.phrases is None else _phrases(_listed(edit.phrases)),
        description=topic.description if edit.description is None else edit.description.strip(),
    )


def _listed(text: str) -> list[str]:
    """What stands between commas, each once."""
    return list(dict.fromkeys(part for item in _SEPARATOR.split(text) if (part := " ".join(item.split()))))


def _phrases(given: Sequence[str]) -> tuple[str, ...]:
    unique = {phrase.casefold(): phrase for phrase in reversed(given)}
    found = tuple(reversed(unique.values()))
    if len(found) > PHRASES:
        raise Refused(f"A topic can have {PHRASES} phrases.")
    for phrase in found:
        if len(phrase) > PHRASE:
            raise Refused(
                f"A phrase has at most {PHRASE} characters: “{plain(phrase, 60)}” has {len(phrase)}."
            )
    return found
