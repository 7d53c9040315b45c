"""Everything the bot says unasked: planned here, in the transaction that causes it, and delivered when it is due.

How a post is said exactly once is in exactly_once.py; in which order, in lanes.py.
"""

from __future__ import annotations

import asyncio
import secrets
from datetime import datetime
from typing import Any

from bot.clock import Clock
from bot.config import ServerSettings
from bot.services import alerts
from bot.services.delivery import Afterwards, Blocked, Courier, Kinds, Renderer
from bot.services.exactly_once import LONGEST_PAUSE, ExactlyOnce
from bot.services.lanes import Lanes
from bot.services.settings import SettingsService
from storage import outbox
from storage.database import Database, Tx
from storage.outbox import Lane
from storage.tables import Post

_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"  # no letter or digit that is read as another


class Outbox:
    """Plans and delivers posts. `courier` is given once Discord can be reached."""

    def __init__(self, database: Database, clock: Clock, settings: SettingsService) -> None:
        self._database, self._clock, self._settings = database, clock, settings
        self._courier: Courier | None = None
        self._kinds = Kinds()
        self._waiters: dict[int, asyncio.Future[None]] = {}
        self._once = ExactlyOnce(
            database, clock, self._kinds, alerts.cured, self._blocked, self._tell_waiters
        )
        self._lanes = Lanes(database, clock, self._work)
        self.says(alerts.KIND, alerts.say)
        settings.on_change(self._settings_changed)

    def says(
        self,
        kind: str,
        renderer: Renderer,
        after_sent: Afterwards | None = None,
        after_failed: Afterwards | None = None,
    ) -> None:
        """Register how posts of a kind are made, and what is done in the transaction that marks one sent or failed."""
        self._kinds.renderers[kind] = renderer
        if after_sent:
            self._kinds.after_sent[kind] = after_sent
        if after_failed:
            self._kinds.after_failed[kind] = after_failed

    async def put(
        self,
        tx: Tx,
        *,
        key: str,
        guild_id: int,
        place: str,
        kind: str,
        data: dict[str, Any],
        due_at: datetime | None = None,
        expires_at: datetime | None = None,
        op: str = "send",
        patient: bool = False,
    ) -> Post:
        """Plan a post in the transaction that causes it. A second plan with the same key changes nothing.

        A `patient` one waits for the end of the server's quiet hours.
        """
        due = due_at or self._clock.now()
        if patient:
            group = (await self._settings.of(tx, guild_id)).group
            due = group.quiet_hours.after(due, group.timezone) if group.quiet_hours else due
        nonce = "".join(secrets.choice(_ALPHABET) for _ in range(10))
        post = Post(
            key=key, nonce=nonce, guild_id=guild_id, place=place, kind=kind, data=data,
            due_at=due, next_try_at=due, expires_at=expires_at, op=op,
        )  # fmt: skip
        return await outbox.put(tx, post)

    # delivering

    def open(self, courier: Courier) -> None:
        """Discord can be reached: start to deliver."""
        self._courier = courier

    async def next_due(self, tx: Tx) -> datetime | None:
        """When there is something to deliver."""
        return await self._lanes.next_due(tx) if self._courier else None

    async def run_due(self, now: datetime) -> None:
        """Set what is due on its way. Returns at once; `settle` waits."""
        if self._courier:
            await self._lanes.run_due(now)

    async def _work(self, lane: Lane, going_on: Any) -> None:
        assert self._courier is not None  # noqa: S101 - lanes are only set to work when there is one
        await self._once.work(self._courier, lane, going_on)

    @property
    def busy(self) -> bool:
        """Whether something is being delivered."""
        return self._lanes.busy

    async def settle(self) -> None:
        """Wait until nothing is being delivered."""
        await self._lanes.settle()

    async def close(self, grace: float = 3.0) -> None:
        """Finish what is being said, for at most `grace` seconds; the rest is looked for at the next start."""
        await self._lanes.close(grace)

    def abandon(self) -> None:
        """Drop all deliveries in hand, as a process that is killed does."""
        self._lanes.abandon()

    async def wait_sent(self, post_id: int, seconds: float) -> None:
        """Return when a post is out, or after `seconds`, whichever comes first."""
        # First the waiter, then the look: in between it may go out.
        waiter = self._waiters.setdefault(post_id, asyncio.get_running_loop().create_future())
        async with self._database.reading() as tx:
            post = await outbox.get(tx, post_id)
        if post is None or post.state not in outbox.OPEN:
            self._tell_waiters(post_id)
        await asyncio.wait([waiter], timeout=seconds)

    def _tell_waiters(self, post_id: int) -> None:
        """After the commit: what waited for this post can go on."""
        if waiter := self._waiters.pop(post_id, None):
            waiter.set_result(None)

    # what is blocked, and when it may not be any more

    async def _blocked(self, tx: Tx, post: Post, trouble: Blocked) -> None:
        await alerts.blocked(self, tx, post, cause=str(trouble), place=trouble.place, now=self._clock.now())

    async def look_again(self, guild_id: int) -> None:
        """Somebody changed the server's channels or permissions: what was blocked there is tried at once."""
        async with self._database.transaction() as tx:
            await outbox.release(tx, now=self._clock.now(), guild_id=guild_id)

    async def _settings_changed(self, tx: Tx, guild_id: int, _settings: ServerSettings) -> None:
        await outbox.release(tx, now=self._clock.now(), guild_id=guild_id)

    async def clock_put_right(self) -> None:
        """Pauses that were reckoned from a future that did not come are forgotten."""
        now = self._clock.now()
        async with self._database.transaction() as tx:
            await outbox.release(tx, now=now, held_beyond=now + LONGEST_PAUSE)
