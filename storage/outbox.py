"""The outbox's rows. The protocol they follow is in bot/services/outbox.py."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, func, or_, select, update

from storage.database import Tx, wake
from storage.tables import Post, Session

OPEN = ("waiting", "sending")


class Lane(NamedTuple):
    """Posts of one lane go out one after the other, in order; lanes do not wait for each other."""

    guild_id: int
    place: str


async def put(tx: Tx, post: Post) -> Post:
    """Plan a post. One with the same key stands already: that one is returned, revived if it had been cancelled."""
    known: Post | None = await by_key(tx, post.key)
    if known is None:
        tx.add(post)
        await tx.flush()
        wake(tx)
        return post
    if known.state == "cancelled":
        known.state, known.due_at, known.next_try_at = "waiting", post.due_at, post.next_try_at
        known.expires_at, known.data, known.place = post.expires_at, post.data, post.place
        known.attempts, known.last_error = 0, None
        wake(tx)
    return known


async def by_key(tx: Tx, key: str) -> Post | None:
    found: Post | None = await tx.scalar(select(Post).where(Post.key == key))
    return found


async def last(tx: Tx, guild_id: int, key_prefix: str) -> Post | None:
    """The newest post whose key starts with `key_prefix`."""
    found: Post | None = await tx.scalar(
        select(Post)
        .where(Post.guild_id == guild_id, Post.key.startswith(key_prefix, autoescape=True))
        .order_by(Post.post_id.desc())
        .limit(1)
    )
    return found


async def get(tx: Tx, post_id: int) -> Post | None:
    return await tx.get(Post, post_id)


async def cancel(tx: Tx, *, guild_id: int, key_prefix: str, due_after: datetime | None = None) -> int:
    """Cancel what waits under keys that start with `key_prefix`; what is being sent is sent. How many were.

    With `due_after` only what is due later than that: what is overdue still goes out.
    """
    query = update(Post).where(
        Post.guild_id == guild_id,
        Post.state == "waiting",
        Post.key.startswith(key_prefix, autoescape=True),
    )
    if due_after is not None:
        query = query.where(Post.due_at > due_after)
    result = await tx.execute(query.values(state="cancelled"))
    return int(result.rowcount)  # type: ignore[attr-defined]


async def due_lanes(tx: Tx, now: datetime, *, limit: int) -> list[Lane]:
    """Lanes that have something to try now, the longest due first; `limit` at most."""
    rows = await tx.execute(
        select(Post.guild_id, Post.place)
        .where(Post.state.in_(OPEN), Post.next_try_at <= now)
        .group_by(Post.guild_id, Post.place)
        .order_by(func.min(Post.next_try_at))
        .limit(limit)
    )
    return [Lane(guild_id, place) for guild_id, place in rows]


async def next_try_after(tx: Tx, instant: datetime) -> datetime | None:
    """The first instant after `instant` at which a post is to be tried."""
    # A question for each state: so each is a step in the index, however many posts wait.
    found = [
        await tx.scalar(
            select(func.min(Post.next_try_at)).where(Post.state == state, Post.next_try_at > instant)
        )
        for state in OPEN
    ]
    return min((at for at in found if at is not None), default=None)


async def head(tx: Tx, lane: Lane, now: datetime) -> Post | None:
    """The first post of a lane that is due, whether or not it may be tried yet."""
    found: Post | None = await tx.scalar(
        select(Post)
        .where(
            Post.guild_id == lane.guild_id, Post.place == lane.place, Post.state.in_(OPEN), Post.due_at <= now
        )
        .order_by(Post.due_at, Post.post_id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return found


async def hold_back(tx: Tx, lane: Lane, *, until: datetime, now: datetime) -> None:
    """Nothing of a lane is tried before `until`: its order is kept while its first post waits."""
    await tx.execute(
        update(Post)
        .where(
            Post.guild_id == lane.guild_id,
            Post.place == lane.place,
            Post.state.in_(OPEN),
            Post.due_at <= now,
            Post.next_try_at < until,
        )
        .values(next_try_at=until)
    )


async def release(
    tx: Tx, *, now: datetime, guild_id: int | None = None, held_beyond: datetime | None = None
) -> None:
    """What is due and held back is tried now: that of one server, or what is held back beyond an instant."""
    query = update(Post).where(
        Post.state.in_(OPEN), Post.due_at <= now, Post.next_try_at > (held_beyond or now)
    )
    if guild_id is not None:
        query = query.where(Post.guild_id == guild_id)
    await tx.execute(query.values(next_try_at=now))
    wake(tx)


async def waiting(tx: Tx, guild_id: int | None = None, *, limit: int = 50) -> Sequence[Post]:
    """What is not out yet, soonest first."""
    query = (
        select(Post).where(Post.state.in_((*OPEN, "failed"))).order_by(Post.due_at, Post.post_id).limit(limit)
    )
    if guild_id is not None:
        query = query.where(Post.guild_id == guild_id)
    return (await tx.scalars(query)).all()


async def waiting_under(tx: Tx, guild_id: int, key_prefix: str) -> Sequence[Post]:
    """What waits under keys that start with `key_prefix`, soonest first."""
    rows = await tx.scalars(
        select(Post)
        .where(
            Post.guild_id == guild_id,
            Post.state == "waiting",
            Post.key.startswith(key_prefix, autoescape=True),
        )
        .order_by(Post.due_at, Post.post_id)
    )
    return rows.all()


async def places_told(tx: Tx, guild_id: int, key_prefix: str) -> Sequence[str]:
    """The people ("user:<id>") who were sent something under keys that start with `key_prefix`, or may have been."""
    rows = await tx.scalars(
        select(Post.place)
        .where(
            Post.guild_id == guild_id,
            Post.state.in_(("sent", "sending")),
            Post.key.startswith(key_prefix, autoescape=True),
            Post.place.startswith("user:"),
        )
        .distinct()
        .order_by(Post.place)
    )
    return rows.all()


async def forget_said(
    tx: Tx, guild_id: int, *, before: datetime, now: datetime, about_people: Sequence[str], limit: int = 1000
) -> int:
    """Delete what was said to single people, or of them (those kinds), and was of no use after `before`. How many rows.

    What concerns a session that is to come stays: who was told of it is asked when it moves. Nothing can be said anew,
    though the keys are free again: they say of what time or change they are, or what they are of is gone.
    """
    of_people = or_(Post.place.startswith("user:"), Post.kind.in_(about_people))
    rows = await tx.execute(
        select(Post.post_id, Post.key)
        .where(Post.guild_id == guild_id, Post.state.not_in(OPEN), Post.expires_at < before, of_people)
        .order_by(Post.expires_at)
        .limit(limit)
    )
    coming = await tx.scalars(
        select(Session.session_id).where(Session.guild_id == guild_id, Session.starts_at > now)
    )
    kept = tuple(f"session:{session_id}:" for session_id in coming)
    gone = [post_id for post_id, key in rows if not key.startswith(kept)]
    await tx.execute(delete(Post).where(Post.post_id.in_(gone)))
    return len(gone)


def hurry(tx: Tx, post: Post, now: datetime) -> None:
    """Have a post tried at once."""
    post.state, post.due_at, post.next_try_at = "waiting", min(post.due_at, now), now
    wake(tx)


async def counts(tx: Tx) -> dict[str, int]:
    """How many posts are in each state."""
    rows = await tx.execute(select(Post.state, func.count()).group_by(Post.state))
    return {row[0]: row[1] for row in rows}
