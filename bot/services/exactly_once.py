"""How a post is said exactly once.

It is claimed in a transaction of its own, said without any, and marked. What was claimed and not marked (the process
died, or Discord's reply was lost) is first looked for where it was tried, then said again with the same nonce: the
nonce covers minutes, the look covers the rest. Its text is made when it is claimed, so that it tells the truth of that
moment.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.cards import Said
from bot.clock import Clock
from bot.log import event
from bot.services.delivery import (
    Blocked,
    Courier,
    Drop,
    Impossible,
    Kinds,
    NotNow,
    Sent,
    Target,
    Trouble,
    Unclear,
    is_new,
)
from storage import outbox
from storage.database import Database, Tx
from storage.outbox import Lane
from storage.tables import Post

log = logging.getLogger(__name__)

#: The longest pause between two tries of one post.
LONGEST_PAUSE = timedelta(hours=1)
UNKNOWN = ", and whether it was done is not known"
#: Somebody must mend what blocks a post; nobody does within this.
BLOCKED_PAUSE = timedelta(minutes=1)

#: Called in the transaction that marks a post sent, and in the one that notes it blocked.
Told = Callable[[Tx, Post], Awaitable[None]]
ToldBlocked = Callable[[Tx, Post, Blocked], Awaitable[None]]


@dataclass
class _Claim:
    """A post in hand. Without anything `said` it is to be looked for; with `trouble` it cannot even be tried.

    `unsure`: an earlier try may have said it, whatever becomes of this one.
    """

    post: Post
    unsure: bool
    said: Said | None = None
    target: Target | None = None
    trouble: Trouble | None = None


class ExactlyOnce:
    """Takes the posts of a lane from waiting to sent, expired, cancelled or failed."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        kinds: Kinds,
        cured: Told,
        blocked: ToldBlocked,
        ended: Callable[[int], None],
    ) -> None:
        self._database, self._clock, self._kinds = database, clock, kinds
        self._cured, self._blocked, self._ended = cured, blocked, ended

    async def work(self, courier: Courier, lane: Lane, going_on: Callable[[], bool]) -> None:
        """Deliver what is due in a lane, in order, until nothing is, the first must wait, or it is not `going_on`."""
        looked = set[int]()
        while going_on() and (claim := await self._claim(courier, lane, looked)) is not None:
            post = claim.post
            try:
                if claim.trouble is not None:
                    raise claim.trouble
                if claim.said is not None:
                    await self._mark(post, await courier.deliver(post, claim.said, claim.target))
                elif sent := await courier.find(post):
                    await self._mark(post, sent)
                else:
                    looked.add(post.post_id)
            except Impossible as trouble:
                await self._fail(post, str(trouble))
            except Trouble as trouble:
                await self._postpone(lane, claim, trouble)
                return

    async def _claim(self, courier: Courier, lane: Lane, looked: set[int]) -> _Claim | None:
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
                claim = _Claim(post, unsure=post.state == "sending")
                if post.post_id not in looked:
                    post.attempts += 1
                    if claim.unsure:
                        return claim
                if post.expires_at is not None and now >= post.expires_at:
                    unknown = claim.unsure and not is_new(post)
                    self._end(post, "expired", f"its time had passed{UNKNOWN if unknown else ''}")
                    continue
                renderer = self._kinds.renderers.get(post.kind)
                said = (
                    await renderer(tx, post, now)
                    if renderer
                    else Drop(f"nothing knows how to say {post.kind}")
                )
                if isinstance(said, Drop):
                    self._end(post, "cancelled", said.cause)
                    continue
                claim.said, claim.target = said, await _target(tx, post)
                try:
                    channel_id = await _where(courier, post, claim.target)
                except Trouble as trouble:
                    claim.trouble = trouble
                else:
                    post.state, post.claimed_at, post.channel_id = "sending", now, channel_id
            return claim

    async def _mark(self, post: Post, sent: Sent) -> None:
        async with self._database.transaction() as tx:
            row = await tx.get_one(Post, post.post_id)
            row.channel_id, row.message_id = sent
            row.sent_at = self._clock.now()
            self._end(row, "sent")
            await self._cured(tx, row)
            if after := self._kinds.after_sent.get(row.kind):
                await after(tx, row)
        self._ended(post.post_id)

    async def _fail(self, post: Post, cause: str) -> None:
        async with self._database.transaction() as tx:
            row = await tx.get_one(Post, post.post_id)
            self._end(row, "failed", cause, logging.WARNING)
            if after := self._kinds.after_failed.get(row.kind):
                await after(tx, row)
        self._ended(post.post_id)

    def _end(self, post: Post, state: str, cause: str | None = None, level: int = logging.INFO) -> None:
        """Note a post's last state. Called in a transaction; the log line may precede its commit by a moment."""
        post.state = state
        post.last_error = cause
        late = (self._clock.now() - post.due_at).total_seconds()
        event(
            log, f"outbox.{state}", level, post=post.post_id, key=post.key, guild=post.guild_id, ref=post.nonce,
            channel=post.channel_id, message=post.message_id, late=f"{late:.1f}s", cause=cause,
        )  # fmt: skip

    async def _postpone(self, lane: Lane, claim: _Claim, trouble: Trouble) -> None:
        """Try again after a pause, that grows; the rest of the lane waits, too."""
        now, post = self._clock.now(), claim.post
        unsure = claim.unsure or isinstance(trouble, Unclear)
        pause = min(timedelta(seconds=2) * 2 ** min(post.attempts, 12), LONGEST_PAUSE)
        if isinstance(trouble, NotNow) and trouble.after:
            pause = trouble.after
        elif isinstance(trouble, Blocked):
            pause = max(pause, BLOCKED_PAUSE)
        async with self._database.transaction() as tx:
            row = await tx.get_one(Post, post.post_id)
            row.last_error = str(trouble)
            row.state = "sending" if unsure else "waiting"
            if not unsure:
                row.claimed_at = row.channel_id = None
            await tx.flush()
            await outbox.hold_back(tx, lane, until=now + pause, now=now)
            if isinstance(trouble, Blocked):
                await self._blocked(tx, row, trouble)
        event(
            log, "outbox.postponed", logging.WARNING, post=post.post_id, key=post.key, ref=post.nonce,
            attempts=post.attempts, again_in=f"{pause.total_seconds():g}s", unclear=unsure or None, cause=trouble,
        )  # fmt: skip


async def _target(tx: Tx, post: Post) -> Target | None:
    """The message that an edit or a reaction is for: that of the post named in `data["of"]`."""
    of = await outbox.by_key(tx, post.data["of"]) if "of" in post.data else None
    if of is None or of.message_id is None or of.channel_id is None:
        return None
    return Target(of.channel_id, of.message_id, of.nonce)


async def _where(courier: Courier, post: Post, target: Target | None) -> int | None:
    """The channel that a message is sent to: its place's, or the thread of the message that it is said of.

    It is noted with the claim: there, and nowhere else, it is looked for, wherever the place may lead by then.
    """
    if post.op != "send":
        return None
    return target.message_id if target else await courier.where(post)  # a thread bears the id of its message
