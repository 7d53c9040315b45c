"""Asking back: what may have been meant otherwise is shown with two buttons before anything is done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

from bot.cards import Card, answers
from bot.clock import Clock
from bot.services.people import Actor, Refused
from bot.services.sessions import number
from storage import deeds
from storage.database import Database, Tx
from storage.tables import Doubt

#: How long a question stands.
LIFE = timedelta(days=1)

Deed = Callable[[Actor, dict[str, Any]], Awaitable[Card]]


class Doubts:
    """Remembers what was asked for until the person says yes or no; that outlives a restart."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._deeds: dict[str, Deed] = {}

    def does(self, name: str, deed: Deed) -> None:
        """Register what a "yes" to a question of that name does, with the data that `ask` was given."""
        self._deeds[name] = deed

    async def ask(
        self, actor: Actor, name: str, data: dict[str, Any], *, reads: str, notes: Sequence[str]
    ) -> Card:
        """A card that shows how something was read (`reads`, as markup) and why that is doubtful, and asks."""
        async with self._database.transaction() as tx:
            doubt_id = await self.put(tx, actor, name, data)
        return answers.doubt(doubt_id, reads, notes)

    async def put(self, tx: Tx, actor: Actor, name: str, data: dict[str, Any]) -> int:
        """Note a question that is asked on a card of its own; what `take` is given to answer it."""
        now = self._clock.now()
        await deeds.drop_doubts(tx, before=now - LIFE)
        doubt = Doubt(guild_id=actor.guild_id, user_id=actor.user_id, deed=name, data=data, asked_at=now)
        tx.add(doubt)
        await tx.flush()
        return doubt.doubt_id

    async def yes(self, actor: Actor, doubt_id: str) -> Card:
        """Do what was asked for. Raises Refused when it was answered already, or by somebody else's button."""
        async with self._database.transaction() as tx:
            doubt = await self.take(tx, actor, doubt_id)
        return await self._deeds[doubt.deed](actor, doubt.data)

    async def no(self, actor: Actor, doubt_id: str) -> Card:
        """Leave it."""
        async with self._database.transaction() as tx:
            await self.take(tx, actor, doubt_id)
        return answers.left_alone()

    async def take(self, tx: Tx, actor: Actor, doubt_id: str, name: str | None = None) -> Doubt:
        """What was asked, once: a question of that name, or one whose answer is registered. Raises Refused."""
        doubt = await deeds.take_doubt(tx, actor.guild_id, actor.user_id, number(doubt_id))
        if doubt is None or (doubt.deed not in self._deeds if name is None else doubt.deed != name):
            raise Refused("This question is answered already. Please give the command again.")
        return doubt
