"""Nothing of people is kept for ever: answers lose their names, and servers that the bot left are deleted."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from bot.cards import Card
from bot.cards import privacy as cards
from bot.clock import LULL, Clock
from bot.log import event
from bot.services.delivery import Drop
from bot.services.leaving import files_of
from bot.services.outbox import Outbox
from bot.services.people import Actor
from bot.services.settings import SettingsService
from storage import guilds, leaving, people, persons
from storage import outbox as stored_posts
from storage.database import Database, Tx
from storage.tables import Guild, Post

log = logging.getLogger(__name__)

#: How often it is looked, and how long a last export is tried to be sent.
PAUSE, LAST_TRY = timedelta(days=1), timedelta(days=3)
#: How long it is known what was said to whom, after it was of use (PRIVACY.md), and what is said of people elsewhere.
SAID, ABOUT_PEOPLE = timedelta(days=30), ("volunteered", "dm_closed", "follow_closed")


class Retention:
    """Looks once a day at what is older than a group wants it to be."""

    upkeep = True  # it looks after things from time to time: nobody waits for it

    def __init__(self, database: Database, clock: Clock, settings: SettingsService, outbox: Outbox) -> None:
        self._database, self._clock, self._settings, self._outbox = database, clock, settings, outbox
        self._next = clock.now() + LULL
        outbox.says("last_export", self._last_export)

    async def want_last_export(self, actor: Actor, wanted: str) -> Card:
        """An organiser wants the group's data sent to them, before they are deleted; or not any more ("no")."""
        async with self._database.transaction() as tx:
            settings = await self._settings.of(tx, actor.guild_id)
            actor.must_organise(settings, "have the group's data sent")
            person = await people.get(tx, actor.guild_id, actor.user_id)
            person.wants_last_export = wanted != "no"
        return cards.last_export_noted(wanted=wanted != "no", days=settings.privacy.left_days)

    async def next_due(self, _tx: Tx) -> datetime | None:
        return self._next

    async def run_due(self, now: datetime) -> None:
        """A transaction for each server."""
        self._next = now + PAUSE
        async with self._database.reading() as tx:
            here, gone = await guilds.present(tx), await persons.left(tx)
        for guild_id in here:
            async with self._database.transaction() as tx:
                await self._lose_names(tx, guild_id, now)
                if forgotten := await stored_posts.forget_said(
                    tx, guild_id, before=now - SAID, now=now, about_people=ABOUT_PEOPLE
                ):
                    event(log, "retention.said_forgotten", guild=guild_id, rows=forgotten)
        for guild in gone:
            async with self._database.transaction() as tx:
                await self._let_go(tx, guild, now)

    async def _lose_names(self, tx: Tx, guild_id: int, now: datetime) -> None:
        days = (await self._settings.of(tx, guild_id)).privacy.answers_days
        if days and (changed := await persons.lose_names(tx, guild_id, before=now - timedelta(days=days))):
            event(log, "retention.names_lost", guild=guild_id, rows=changed)

    async def _let_go(self, tx: Tx, guild: Guild, now: datetime) -> None:
        """Delete what is known of a server, once its days are over and the last exports are sent or cannot be."""
        days = (await self._settings.of(tx, guild.guild_id)).privacy.left_days
        if guild.left_at is None or now < guild.left_at + timedelta(days=days):
            return
        for user_id in await persons.wanting_last_export(tx, guild.guild_id):
            key = f"last_export:{guild.guild_id}:{user_id}:{guild.left_at:%Y%m%dT%H%M%SZ}"
            post = await stored_posts.by_key(tx, key) or await self._outbox.put(
                tx, key=key, guild_id=guild.guild_id, place=f"user:{user_id}", kind="last_export", data={},
                expires_at=now + LAST_TRY,
            )  # fmt: skip
            if post.state in stored_posts.OPEN:
                return
        await persons.delete_server(tx, guild.guild_id)
        event(log, "retention.server_deleted", guild=guild.guild_id, left_at=guild.left_at)

    async def _last_export(self, tx: Tx, post: Post, _now: datetime) -> Card | Drop:
        guild = await tx.get(Guild, post.guild_id)
        if guild is None or guild.left_at is None:
            return Drop("the bot is on this server again")
        return cards.last_export(guild.name, files_of(await leaving.dump(tx, post.guild_id)))
