"""What a person sets for themselves, and what organisers see and change of what is armed."""

from __future__ import annotations

from bot.cards import Card
from bot.cards import reminders as cards
from bot.cards.base import plain
from bot.cards.waiting import kind_of
from bot.clock import Clock
from bot.services.outbox import Outbox
from bot.services.people import Actor, Refused
from bot.services.reading import is_off, read_leads
from bot.services.reminders import Reminders
from bot.services.settings import SettingsService
from storage import deeds, people, reminders, sessions
from storage import outbox as stored_posts
from storage.database import Database, Tx
from storage.tables import Post, ReminderChoice


class RemindMe:
    """`/remindme`, `/reminders` and `/outbox`."""

    def __init__(
        self, database: Database, clock: Clock, settings: SettingsService, outbox: Outbox, planner: Reminders
    ) -> None:
        self._database, self._clock, self._settings = database, clock, settings
        self._outbox, self._planner = outbox, planner

    async def choose(self, actor: Actor, text: str | None, channel_id: int) -> Card:
        """Set one's own lead times ("1d, 1h"), turn them off ("off"), or see them (nothing).

        Raises Refused for lead times that cannot be read.
        """
        async with self._database.transaction() as tx:
            if text is None:
                known = await reminders.choice(tx, actor.guild_id, actor.user_id)
                person = await people.find(tx, actor.guild_id, actor.user_id)
                return cards.choice(known.leads if known else [], news=bool(person and person.wants_news))
            if is_off(text):
                await reminders.unchoose(tx, actor.guild_id, actor.user_id)
                leads: list[str] = []
            else:
                leads = read_leads(text)
                row = ReminderChoice(
                    guild_id=actor.guild_id, user_id=actor.user_id, leads=leads, asked_in=channel_id,
                    changed_at=self._clock.now(),
                )  # fmt: skip
                await reminders.choose(tx, row)
            await self._replan(tx, actor.guild_id)
        return cards.chosen(leads)

    async def armed(self, actor: Actor, session_id: int | None) -> Card:
        """What is armed for a session (the next one by default): all of it for organisers, one's own for members."""
        now = self._clock.now()
        async with self._database.reading() as tx:
            settings = await self._settings.of(tx, actor.guild_id)
            coming = await sessions.upcoming(tx, actor.guild_id, now=now, limit=100)
            view = next((v for v in coming if session_id in (None, v.session.session_id)), None)
            if view is None:
                raise Refused("No such session is planned. `/nextsession` shows the next one.")
            prefix = f"session:{view.session.session_id}:reminder:"
            posts = await stored_posts.waiting_under(tx, actor.guild_id, prefix)
        organises = actor.organises(settings)
        mine = ("announcements", f"user:{actor.user_id}")
        shown = [post for post in posts if organises or post.place in mine]
        return cards.armed(view, shown, organiser=organises)

    async def queue(self, actor: Actor) -> Card:
        """`/outbox`: what waits or has failed on this server, for organisers."""
        async with self._database.reading() as tx:
            actor.must_organise(await self._settings.of(tx, actor.guild_id), "see the outbox")
            posts = await stored_posts.waiting(tx, actor.guild_id, limit=10)
        return cards.queue(posts, self._clock.now())

    async def send_now(self, actor: Actor, post_id: str) -> Card:
        """Send a post at once, or try one again. `post_id` is from outside."""
        async with self._database.transaction() as tx:
            post = await self._post(tx, actor, post_id)
            self._note(tx, actor, post, "sent at once")
            stored_posts.hurry(tx, post, self._clock.now())
        return cards.hurried(plain(post.kind))

    async def drop(self, actor: Actor, post_id: str) -> Card:
        """Have a post not sent. `post_id` is from outside."""
        async with self._database.transaction() as tx:
            post = await self._post(tx, actor, post_id)
            self._note(tx, actor, post, "switched off")
            post.state, post.last_error = "dropped", "an organiser dropped it"
        return cards.dropped(plain(post.kind))

    def _note(self, tx: Tx, actor: Actor, post: Post, what: str) -> None:
        """What is said of a session is part of its history."""
        if "session" in post.data:
            deeds.note(
                tx, guild_id=actor.guild_id, noun="session", noun_id=post.data["session"],
                what=what, by=actor.user_id, now=self._clock.now(),
                changes=[[kind_of(post.kind), f"waiting for {post.due_at:%d %B %H:%M} UTC", what]],
            )  # fmt: skip

    async def _post(self, tx: Tx, actor: Actor, post_id: str) -> Post:
        actor.must_organise(await self._settings.of(tx, actor.guild_id), "change what I say")
        post = await stored_posts.get(tx, int(post_id)) if post_id.isdecimal() and len(post_id) < 19 else None
        if post is None or post.guild_id != actor.guild_id or post.state not in ("waiting", "failed"):
            raise Refused("That has been sent, or dropped, in the meantime.")
        return post

    async def _replan(self, tx: Tx, guild_id: int) -> None:
        settings = await self._settings.of(tx, guild_id)
        for view in await sessions.upcoming(tx, guild_id, now=self._clock.now(), limit=1000):
            await self._planner.plan(tx, view, settings)
