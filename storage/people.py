"""What members asked for themselves, and what those who presented are called in public."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select

from storage.database import Tx
from storage.tables import Person, Presenter, Speaker


async def get(tx: Tx, guild_id: int, user_id: int) -> Person:
    """What is known of a member on a server: a row of the transaction, to read or to change."""
    person = await tx.get(Person, (guild_id, user_id))
    if person is None:
        person = Person(guild_id=guild_id, user_id=user_id)
        tx.add(person)
    return person


async def unlisted(tx: Tx, guild_id: int) -> frozenset[int]:
    """The members who asked to be left out of what is published."""
    rows = await tx.scalars(
        select(Person.user_id).where(Person.guild_id == guild_id, Person.unlisted.is_(True))
    )
    return frozenset(rows)


async def find(tx: Tx, guild_id: int, user_id: int) -> Person | None:
    """What is known of a member on a server, if anything is."""
    return await tx.get(Person, (guild_id, user_id))


async def nameless(tx: Tx, guild_id: int) -> set[int]:
    """The members who presented on a server, or will, and whose name is not known."""
    rows = await tx.scalars(
        select(Presenter.user_id)
        .outerjoin(Person, (Person.guild_id == Presenter.guild_id) & (Person.user_id == Presenter.user_id))
        .where(Presenter.guild_id == guild_id, Presenter.user_id.is_not(None), Person.name.is_(None))
        .distinct()
    )
    return {user_id for user_id in rows if user_id is not None}


async def known(tx: Tx, guild_id: int) -> Sequence[Person]:
    """Everybody of a server of whom something is known."""
    return (await tx.scalars(select(Person).where(Person.guild_id == guild_id))).all()


async def unlisted_speakers(tx: Tx, guild_id: int) -> frozenset[int]:
    """The speakers from outside who asked to be left out of what is published."""
    rows = await tx.scalars(
        select(Speaker.speaker_id).where(Speaker.guild_id == guild_id, Speaker.unlisted.is_(True))
    )
    return frozenset(rows)


async def learn_names(tx: Tx, guild_id: int, names: Mapping[int, str]) -> None:
    """Remember what members are called now."""
    for user_id, name in names.items():
        (await get(tx, guild_id, user_id)).name = name


async def wanting_news(tx: Tx, guild_id: int, user_ids: Collection[int]) -> list[Person]:
    """Those among members who asked to be told of slides and recordings."""
    rows = await tx.scalars(
        select(Person).where(
            Person.guild_id == guild_id, Person.user_id.in_(user_ids), Person.wants_news.is_(True)
        )
    )
    return list(rows)
