"""Servers, what their organisers set, and the bot's notes to itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select

from storage.database import Tx
from storage.tables import Guild, Note, OwnTopics, Setting


async def joined(tx: Tx, *, guild_id: int, name: str, now: datetime) -> bool:
    """Remember that the bot is a member of a server. True when it is new, or new again.

    While Discord cannot serve it, its name is empty: it keeps the one that was known.
    """
    guild = await tx.get(Guild, guild_id)
    if guild is None:
        tx.add(Guild(guild_id=guild_id, name=name, joined_at=now))
        return True
    back = guild.left_at is not None
    guild.name, guild.left_at = name or guild.name, None
    return back


async def left(tx: Tx, *, guild_id: int, now: datetime) -> None:
    guild = await tx.get(Guild, guild_id)
    if guild is not None and guild.left_at is None:
        guild.left_at = now


async def present(tx: Tx) -> Sequence[int]:
    """The ids of the servers the bot is a member of."""
    return (await tx.scalars(select(Guild.guild_id).where(Guild.left_at.is_(None)))).all()


async def overrides(tx: Tx, guild_id: int) -> dict[str, str]:
    """What a server's organisers set: key -> value as text."""
    rows = await tx.scalars(select(Setting).where(Setting.guild_id == guild_id))
    return {row.key: row.value for row in rows}


async def set_override(tx: Tx, *, guild_id: int, key: str, value: str, by: int, now: datetime) -> None:
    await tx.merge(Setting(guild_id=guild_id, key=key, value=value, changed_by=by, changed_at=now))


async def reset_override(tx: Tx, *, guild_id: int, key: str) -> None:
    await tx.execute(delete(Setting).where(Setting.guild_id == guild_id, Setting.key == key))


async def own_topics(tx: Tx, guild_id: int) -> str | None:
    """A server's own topics as JSON, if it has any."""
    row = await tx.get(OwnTopics, guild_id)
    return None if row is None else row.topics


async def set_own_topics(tx: Tx, row: OwnTopics) -> None:
    await tx.merge(row)


async def drop_own_topics(tx: Tx, guild_id: int) -> None:
    """Back to the topics of the config file."""
    await tx.execute(delete(OwnTopics).where(OwnTopics.guild_id == guild_id))


async def note(tx: Tx, key: str) -> str | None:
    row = await tx.get(Note, key)
    return None if row is None else row.value


async def set_note(tx: Tx, key: str, value: str) -> None:
    await tx.merge(Note(key=key, value=value))


async def drop_note(tx: Tx, key: str) -> None:
    await tx.execute(delete(Note).where(Note.key == key))
