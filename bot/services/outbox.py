"""Everything the bot says unasked, exactly once.

A post is planned in the transaction that causes it, claimed in one of its own, said without any, and marked. What was
claimed and not marked (the process died, or Discord's reply was lost) is first looked for in the channel, then said
again with the same nonce: the nonce covers minutes, the look covers the rest. Its text is made when it is claimed, so
that it tells the truth of that moment.

Posts of one lane (a place on a server) go out in order. A lane whose first post cannot go out waits; others do not.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.cards import Said
from bot.clock import Clock
from bot.log import event
from bot.services import alerts
from bot.services.delivery import Blocked, Courier, Drop, Impossible, NotNow, Sent, Target, Unclear
from bot.services.settings import SettingsService
from storage import outbox
from storage.database import Database, Tx
from storage.outbox import Lane
from storage.tables import Post

log = logging.getLogger(__name__)

#: The longest pause between two tries of one post.
LONGEST_PAUSE = timedelta(hours=1)
#: How long a lane rests after a mistake of our own.
AFTER_ERROR = timedelta(minutes=1)
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"  # no letter or digit that is read as another


Renderer = Callable[[Tx, Post, datetime], Awaitable[Said | Drop]]
Afterwards = Callable[[Tx, Post], Awaitable[None]]


@dataclass
class _Claim:
    post: Post
    said: Said | None
    target: Target | None
    again: bool


class Outbox:
    """Plans and delivers posts. `courier` is given once Discord can be reached."""

    def __init__(self, database: Database, clock: Clock, settings: SettingsService) -> None:
        self._database, self._clock, self._settings = database, clock, settings
        self._courier: Courier | None = None
        self._renderers: dict[str, Renderer] = {}
        self._after: dict[str, Afterwards] = {}
        self._after_failed: dict[str, Afterwards] = {}
        self._lanes: dict[Lane, asyncio.Task[None]] = {}
        self._waiters: dict[int, asyncio.Future[None]] = {}
        self._closing = False
        self._renderers[alerts.KIND] = alerts.say

    def says(
        self,
        kind: str,
        renderer: Renderer,
        after_sent: Afterwards | None = None,
        after_failed: Afterwards | None = None,
    ) -> None:
        """Register how posts of a kind are made, and what is done in the transaction that marks one sent or failed."""
        self._renderers[kind] = renderer
        if after_sent:
            self._after[kind] = after_sent
        if after_failed:
            self._after_failed[kind] = after_failed

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

    async def next_due(self) -> datetime | None:
        """When a lane that is idle has something to do."""
        if self._courier is None or self._closing:
            return None
        async with self._database.reading() as tx:
            return await outbox.next_try_at(tx, besides=self._lanes.keys())

    async def run_due(self, now: datetime) -> None:
        """Set every lane with something due to work. Returns at once; `settle` waits."""
        if self._courier is None or self._closing:
            return
        async with self._database.reading() as tx:
            lanes = await outbox.due_lanes(tx, now)
        for lane in lanes:
            if lane not in self._lanes:
                task = asyncio.create_task(self._work(lane), name=f"outbox {lane.guild_id} {lane.place}")
                self._lanes[lane] = task
                task.add_done_callback(functools.partial(self._rest, lane))

    def _rest(self, lane: Lane, task: asyncio.Task[None]) -> None:
        self._lanes.pop(lane, None)
        if not task.cancelled() and (error := task.exception()):
            # Not even the rest could be noted, so the database is ill; the timers' safety net looks again.
            log.error("a lane of the outbox stopped: %s", lane, exc_info=error)
        else:
            self._database.on_wake()

    @property
    def busy(self) -> bool:
        """Whether a lane is at work."""
        return bool(self._lanes)

    async def settle(self) -> None:
        """Wait until no lane is at work."""
        while self._lanes:
            await asyncio.wait(list(self._lanes.values()))
            await asyncio.sleep(0)  # let the done-callbacks run

    async def close(self, grace: float = 3.0) -> None:
        """Finish what is being said, for at most `grace` seconds; the rest is looked for at the next start."""
        self._closing = True
        if self._lanes:
            _, late = await asyncio.wait(list(self._lanes.values()), timeout=grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def abandon(self) -> None:
        """Drop all deliveries in hand, as a process that is killed does."""
        self._closing = True
        for task in self._lanes.values():
            task.cancel()

    async def wait_sent(self, post_id: int, seconds: float) -> None:
        """Return when a post is out, or after `seconds`, whichever comes first."""
        # First the waiter, then the look: in between it may go out.
        waiter = self._waiters.setdefault(post_id, asyncio.get_running_loop().create_future())
        async with self._database.reading() as tx:
            post = await outbox.get(tx, post_id)
        if post is None or post.state not in outbox.OPEN:
            self._tell_waiters(post_id)
        await asyncio.wait([waiter], timeout=seconds)

    async def _work(self, lane: Lane) -> None:
        """Deliver what is due in a lane, in order, until nothing is or the first must wait."""
        try:
            while not self._closing and (claim := await self._claim(lane)) is not None:
                if not await self._carry(lane, claim):
                    return
        except Exception:  # our own mistake: the lane rests, so that it neither spins nor holds up the others
            log.exception("a lane of the outbox broke: %s", lane)
            now = self._clock.now()
            async with self._database.transaction() as tx:
                await outbox.hold_back(tx, lane, until=now + AFTER_ERROR, now=now)

    async def _claim(self, lane: Lane) -> _Claim | None:
        """Take the next post of a lane that can be said; those that need not be said any more are put away."""
        while True:
            now = self._clock.now()
            async with self._database.transaction() as tx:
                post = await outbox.head(tx, lane, now)
                if post is None:
                    return None
                if post.next_try_at > now:  # what has become due behind it waits with it
                    await outbox.hold_back(tx, lane, until=post.next_try_at, now=now)
                    return None
                again = post.state == "sending"
                if not again and post.expires_at is not None and now >= post.expires_at:
                    self._end(post, "expired", "its time had passed")
                    continue
                said = await self._render(tx, post, now)
                target = await self._target(tx, post)
                if post.op == "send" and target:
                    post.channel_id = target.message_id  # into the thread of that message, which bears its id
                if not again and isinstance(said, Drop):
                    self._end(post, "cancelled", said.cause)
                    continue
                post.state, post.claimed_at = "sending", post.claimed_at or now
                post.attempts += 1
            return _Claim(post, None if isinstance(said, Drop) else said, target, again)

    async def _render(self, tx: Tx, post: Post, now: datetime) -> Said | Drop:
        renderer = self._renderers.get(post.kind)
        return await renderer(tx, post, now) if renderer else Drop(f"nothing knows how to say {post.kind}")

    @staticmethod
    async def _target(tx: Tx, post: Post) -> Target | None:
        """The message that an edit or a reaction is for: that of the post named in `data["of"]`."""
        of = await outbox.by_key(tx, post.data["of"]) if "of" in post.data else None
        if of is None or of.message_id is None or of.channel_id is None:
            return None
        return Target(of.channel_id, of.message_id, of.nonce)

    async def _carry(self, lane: Lane, claim: _Claim) -> bool:
        """Say a claimed post. True when the lane may go on."""
        post = claim.post
        assert self._courier is not None  # noqa: S101 - lanes are only set to work when there is one
        try:
            sent = await self._courier.find(post) if claim.again else None
            if sent is None:
                if claim.said is None or self._stale(post):
                    await self._put_away(post)
                    return True
                sent = await self._courier.deliver(post, claim.said, claim.target)
        except NotNow as trouble:
            await self._postpone(lane, post, str(trouble), trouble.after, unclear=claim.again)
        except Unclear as trouble:
            await self._postpone(lane, post, str(trouble), None, unclear=True)
        except Blocked as trouble:
            await self._postpone(lane, post, str(trouble), None, unclear=claim.again, blocked=trouble.place)
        except Impossible as trouble:
            await self._fail(post, str(trouble))
            return True
        else:
            await self._mark(post, sent)
            return True
        return False

    def _stale(self, post: Post) -> bool:
        return post.expires_at is not None and self._clock.now() >= post.expires_at

    def _tell_waiters(self, post_id: int) -> None:
        """After the commit: what waited for this post can go on."""
        if waiter := self._waiters.pop(post_id, None):
            waiter.set_result(None)

    async def _mark(self, post: Post, sent: Sent) -> None:
        async with self._database.transaction() as tx:
            row = await tx.get_one(Post, post.post_id)
            row.channel_id, row.message_id = sent
            row.sent_at, row.last_error = self._clock.now(), None
            self._end(row, "sent")
            await alerts.cured(tx, row)
            if after := self._after.get(row.kind):
                await after(tx, row)
        self._tell_waiters(post.post_id)

    async def _put_away(self, post: Post) -> None:
        async with self._database.transaction() as tx:
            self._end(await tx.get_one(Post, post.post_id), "expired", "its time had passed")

    async def _fail(self, post: Post, cause: str) -> None:
        async with self._database.transaction() as tx:
            row = await tx.get_one(Post, post.post_id)
            self._end(row, "failed", cause, logging.WARNING)
            if after := self._after_failed.get(row.kind):
                await after(tx, row)
        self._tell_waiters(post.post_id)

    def _end(self, post: Post, state: str, cause: str | None = None, level: int = logging.INFO) -> None:
        """Note a post's last state. Called in a transaction; the log line may precede its commit by a moment."""
        post.state = state
        post.last_error = cause
        late = (self._clock.now() - post.due_at).total_seconds()
        event(
            log, f"outbox.{state}", level, post=post.post_id, key=post.key, guild=post.guild_id, ref=post.nonce,
            channel=post.channel_id, message=post.message_id, late=f"{late:.1f}s", cause=cause,
        )  # fmt: skip

    async def _postpone(
        self,
        lane: Lane,
        post: Post,
        cause: str,
        after: timedelta | None,
        *,
        unclear: bool,
        blocked: str | None = None,
    ) -> None:
        now = self._clock.now()
        pause = after or min(timedelta(seconds=2) * 2 ** min(post.attempts, 12), LONGEST_PAUSE)
        if blocked:
            pause = max(pause, timedelta(minutes=1))
        async with self._database.transaction() as tx:
            row = await tx.get_one(Post, post.post_id)
            row.last_error = cause
            row.state = "sending" if unclear else "waiting"
            row.channel_id = post.channel_id if unclear else None  # where it is looked for
            if not unclear:
                row.claimed_at = None
            await tx.flush()
            await outbox.hold_back(tx, lane, until=now + pause, now=now)
            if blocked:
                await alerts.blocked(self, tx, row, cause=cause, place=blocked, now=now)
        event(
            log, "outbox.postponed", logging.WARNING, post=post.post_id, key=post.key, ref=post.nonce,
            attempts=post.attempts, again_in=f"{pause.total_seconds():g}s", unclear=unclear or None, cause=cause,
        )  # fmt: skip
