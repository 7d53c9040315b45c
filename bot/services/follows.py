"""Following a topic, an author or words: matching papers come by direct message, to whoever asked."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from bot.cards import Card
from bot.cards import follows as cards
from bot.cards.base import plain
from bot.clock import Clock
from bot.config import ServerSettings
from bot.log import event
from bot.services.delivery import Drop
from bot.services.digest_choice import Chosen
from bot.services.digest_posts import colleagues
from bot.services.outbox import Outbox
from bot.services.people import Actor, Refused
from bot.services.sessions import number
from bot.services.settings import SettingsService
from bot.topics.words import stems
from storage import follows
from storage import papers as stored_papers
from storage.database import Database, Tx
from storage.tables import DigestRun, Follow, Paper, Post

log = logging.getLogger(__name__)

#: What one member can follow on a server, and how many papers one message tells of.
MOST, TOLD = 20, 10
LIMIT = 100


class Follows:
    """Who follows what, and telling them."""

    def __init__(self, database: Database, clock: Clock, settings: SettingsService, outbox: Outbox) -> None:
        self._database, self._clock, self._settings, self._outbox = database, clock, settings, outbox
        outbox.says("followed", self._followed, after_failed=self._not_reached)
        outbox.says("follow_closed", self._dm_closed)

    async def follow(self, actor: Actor, what: str | None, channel_id: int) -> Card:
        """Follow a topic, `author: Ada Lovelace`, or words; without `what`, the list of what one follows."""
        async with self._database.transaction() as tx:
            settings = await self._settings.of(tx, actor.guild_id)
            known = await follows.of_user(tx, actor.guild_id, actor.user_id)
            if what is not None:
                kind, meant = _meant(what, settings)
                if not any((row.kind, row.what.casefold()) == (kind, meant.casefold()) for row in known):
                    if len(known) >= MOST:
                        raise Refused(f"You follow {MOST} things already. Stop one first: `/digest follow`.")
                    tx.add(
                        Follow(
                            guild_id=actor.guild_id, user_id=actor.user_id, kind=kind, what=meant,
                            asked_in=channel_id, created_at=self._clock.now(),
                        )
                    )  # fmt: skip
                    await tx.flush()
                    known = await follows.of_user(tx, actor.guild_id, actor.user_id)
                    event(log, "follow.began", guild=actor.guild_id, user=actor.user_id, kind=kind)
        return cards.following(known, _names(settings), new=what is not None)

    async def stop(self, actor: Actor, follow_id: str) -> Card:
        """Follow something no more."""
        async with self._database.transaction() as tx:
            settings = await self._settings.of(tx, actor.guild_id)
            if row_id := number(follow_id):
                await follows.remove(tx, actor.guild_id, actor.user_id, row_id)
            known = await follows.of_user(tx, actor.guild_id, actor.user_id)
        return cards.following(known, _names(settings), new=False)

    async def tell(self, tx: Tx, run: DigestRun, chosen: Chosen) -> None:
        """Put a message into the outbox for each member who follows something among what was announced."""
        wanted = await follows.of_guild(tx, run.guild_id)
        if not wanted or not chosen.candidates:
            return
        topics = {
            line.paper.paper_id: frozenset(line.topics)
            for lines in chosen.channels.values()
            for line in lines
        }
        found: dict[int, dict[str, int]] = {}
        for row in wanted:
            for paper in _matching(row, (one.paper for one in chosen.candidates), topics):
                found.setdefault(row.user_id, {}).setdefault(paper.paper_id, row.follow_id)
        for user_id, papers in found.items():
            await self._outbox.put(
                tx,
                key=f"followed:{run.guild_id}:{run.day}:{run.channel}:{run.attempts}:{user_id}",
                guild_id=run.guild_id,
                place=f"user:{user_id}",
                kind="followed",
                data={"papers": list(papers.items())[:TOLD], "left": max(0, len(papers) - TOLD)},
                expires_at=self._clock.now() + timedelta(days=2),
            )

    async def _followed(self, tx: Tx, post: Post, _now: datetime) -> Card | Drop:
        settings = await self._settings.of(tx, post.guild_id)
        user_id = int(post.place.partition(":")[2])
        known = {row.follow_id: row for row in await follows.of_user(tx, post.guild_id, user_id)}
        papers = await stored_papers.many(tx, [paper_id for paper_id, _ in post.data["papers"]])
        told = [
            (papers[paper_id], known[follow_id])
            for paper_id, follow_id in post.data["papers"]
            if paper_id in papers and follow_id in known
        ]
        if not told:
            return Drop("they follow it no more")
        return cards.followed(told, _names(settings), group=settings.group.name, left=post.data["left"])

    async def _not_reached(self, tx: Tx, post: Post) -> None:
        """Somebody's direct messages are closed: say so once, where they asked, and do not try again."""
        user_id = int(post.place.partition(":")[2])
        known = await follows.of_user(tx, post.guild_id, user_id)
        await follows.remove(tx, post.guild_id, user_id)
        if known:
            await self._outbox.put(
                tx, key=f"{post.key}:closed", guild_id=post.guild_id, place=f"channel:{known[-1].asked_in}",
                kind="follow_closed", data={"user": user_id}, expires_at=self._clock.now() + timedelta(days=1),
            )  # fmt: skip

    async def _dm_closed(self, _tx: Tx, post: Post, _now: datetime) -> Card:
        return cards.dm_closed(post.data["user"])


def _meant(what: str, settings: ServerSettings) -> tuple[str, str]:
    """The kind and the meaning of what somebody wants to follow. Raises Refused when it says nothing."""
    text = " ".join(what.split())
    if len(text) > LIMIT:
        raise Refused(f"That has {len(text)} characters; at most {LIMIT} can be followed.")
    for topic in settings.topics:
        if text.casefold() in (topic.key.casefold(), topic.name.casefold()):
            return "topic", topic.key
    before, colon, after = text.partition(":")
    if colon and before.casefold() in ("author", "by") and after.strip():
        return "author", after.strip()
    if not stems(text):
        raise Refused(
            f"“{plain(text, 80)}” has no word to look for. Give a topic, `author: a name`, or words."
        )
    return "words", text


def _matching(row: Follow, papers: Iterable[Paper], topics: dict[str, frozenset[str]]) -> Sequence[Paper]:
    """Those papers that a member follows by `row`."""
    if row.kind == "topic":
        return [paper for paper in papers if row.what in topics.get(paper.paper_id, ())]
    if row.kind == "author":
        return [paper for paper in papers if colleagues(paper.authors, [row.what])]
    wanted = f" {' '.join(stems(row.what))} "
    return [
        paper for paper in papers if wanted in f" {' '.join(stems(f'{paper.title} . {paper.abstract}'))} "
    ]


def _names(settings: ServerSettings) -> dict[str, str]:
    return {topic.key: topic.name for topic in settings.topics}
