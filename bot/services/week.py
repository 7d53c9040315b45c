"""`/week`: the next two sessions as a list of what is done and what is missing, each with the button that does it.

What a list asks after is one table of checks; other services add theirs with `add`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.cards import Card
from bot.cards import week as cards
from bot.clock import Clock
from bot.config import ServerSettings
from bot.services.people import Actor
from bot.services.settings import SettingsService
from storage import outbox as stored_posts
from storage import sessions
from storage.database import Database, Tx
from storage.sessions import SessionView

#: How many coming sessions are listed, and how long a held one that lacks something stays on the list.
COMING, PAST = 2, timedelta(days=14)

#: Looks at a session: a line of the list, or None where it does not apply.
Check = Callable[[Tx, SessionView, ServerSettings], Awaitable[cards.Item | None]]


class Week:
    """The organisers' list."""

    def __init__(self, database: Database, clock: Clock, settings: SettingsService) -> None:
        self._database, self._clock, self._settings = database, clock, settings
        self._checks: list[Check] = [_content, _announced, _reminders]

    def add(self, *checks: Check) -> None:
        """Have more things looked after, at the end of each session's list."""
        self._checks += checks

    async def show(self, actor: Actor) -> Card:
        """The list, for organisers. Raises Refused for others."""
        settings = await self._settings.read(actor.guild_id)
        actor.must_organise(settings, "see the week's list")
        now = self._clock.now()
        async with self._database.reading() as tx:
            past = await sessions.between(tx, actor.guild_id, after=now - PAST, until=now)
            coming = await sessions.upcoming(tx, actor.guild_id, now=now, limit=COMING)
            lists = [(view, await self._items(tx, view, settings)) for view in coming]
        lacking = [view for view in past if cards.materials_missing(view)]
        return cards.week([(view, cards.materials(view)) for view in lacking[-1:]] + lists)

    async def _items(self, tx: Tx, view: SessionView, settings: ServerSettings) -> list[cards.Item]:
        items = cards.basics(view)
        for check in self._checks:
            if item := await check(tx, view, settings):
                items.append(item)
        return [*items, cards.to_come(view)]


async def _content(_tx: Tx, view: SessionView, _settings: ServerSettings) -> cards.Item | None:
    return cards.content(view)


async def _announced(tx: Tx, view: SessionView, _settings: ServerSettings) -> cards.Item | None:
    post = await stored_posts.by_key(tx, f"session:{view.session.session_id}:announcement")
    return cards.announced(view, post)


async def _reminders(tx: Tx, view: SessionView, _settings: ServerSettings) -> cards.Item | None:
    prefix = f"session:{view.session.session_id}:reminder:"
    return cards.armed(await stored_posts.waiting_under(tx, view.session.guild_id, prefix))
