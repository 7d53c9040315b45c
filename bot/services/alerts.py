"""Telling the organisers, once, that somewhere the bot cannot speak."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.cards import Card, answers
from bot.cards.waiting import kind_of
from storage import guilds
from storage.database import Tx
from storage.tables import Post

if TYPE_CHECKING:
    from bot.services.outbox import Outbox

KIND = "undeliverable"


async def blocked(outbox: Outbox, tx: Tx, post: Post, *, cause: str, place: str, now: datetime) -> None:
    """Nothing can be posted to a post's place: the organisers are told, unless they have been since it last worked."""
    note = _note(post)
    if post.kind == KIND or await guilds.note(tx, note) is not None:
        return
    await guilds.set_note(tx, note, now.isoformat())
    await outbox.put(
        tx,
        key=f"{note}:{now:%Y%m%dT%H%M%SZ}",
        guild_id=post.guild_id,
        place="organisers",
        kind=KIND,
        data={"place": place, "cause": cause, "what": post.kind},
        expires_at=now + timedelta(days=1),
        patient=True,
    )


async def cured(tx: Tx, post: Post) -> None:
    """Something was posted there: the next time it is blocked is news again."""
    await guilds.drop_note(tx, _note(post))


async def say(_tx: Tx, post: Post, _now: datetime) -> Card:
    """What the outbox says of it."""
    return answers.undeliverable(post.data["place"], post.data["cause"], kind_of(post.data["what"]))


def _note(post: Post) -> str:
    return f"blocked:{post.guild_id}:{post.place}"
