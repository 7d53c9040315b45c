"""Finding talks that were held by their words, best first: one interface over the full text of SQLite and PostgreSQL.

An index has a row for each talk, of four fields by what a word in them is worth: title, people, topics, and the rest.
It is made of what stands in the tables, and can be made again at any time (`prepare`, `missing`, `put`): it is no part
of the schema. This file writes SQL by hand, for what only one of the two databases understands.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Float, delete, exists, func, select, text
from sqlalchemy.sql import column, table

from storage.database import Tx
from storage.tables import Session, Talk

#: The index's table. SQLite keeps more beside it, whose names begin so, too.
NAME = "talk_search"

_WORD = re.compile(r"[^\W_]+")
_MOST_WORDS, _LONGEST = 12, 40
#: Words that say nothing, unless nothing else is said.
_COMMON = frozenset(("a", "an", "and", "are", "as", "at", "by", "for", "from", "how", "in", "is", "it", "its", "of",
                     "on", "or", "that", "the", "to", "via", "what", "when", "why", "with"))  # fmt: skip


@dataclass(frozen=True)
class Text:
    """What a talk can be found by."""

    talk_id: int
    title: str
    people: str
    topics: str
    rest: str


@dataclass(frozen=True)
class Wanted:
    """What is looked for: all of it must be there, words also if they only begin so. Empty is everything."""

    words: str = ""
    people: str = ""
    topics: str = ""
    year: int | None = None


@dataclass(frozen=True)
class Dialect:
    """How one database does it: what makes the index, and what finds and weighs its rows for `:query`.

    A term of a query is `(word, field, prefix)`; `term` writes it in the database's language, `both` and `either` join.
    """

    create: tuple[str, ...]
    insert: str
    find: str  # gives rowid and `{weight}`
    weight: str  # of a row, the best having the least
    both: str
    either: str
    fields: tuple[str, str, str]  # anywhere, people, topics
    apart: bool  # whether it weighs only in a query that does nothing else

    def query(self, wanted: Wanted, *, every_word: bool) -> str:
        """The terms in the database's language; empty when there are none."""
        anywhere, people, topics = self.fields
        words = [anywhere.format(word) for word in terms(wanted.words)]
        joined = (self.both if every_word else self.either).join(words)
        others = [people.format(word) for word in terms(wanted.people)]
        others += [topics.format(word) for word in terms(wanted.topics)]
        return self.both.join([*([f"({joined})"] if joined else []), *others])


#: https://sqlite.org/fts5.html
SQLITE = Dialect(
    create=(
        """
        CREATE VIRTUAL TABLE IF NOT EXISTS talk_search
        USING fts5(title, people, topics, rest, prefix = '1 2 3', tokenize = 'porter unicode61 remove_diacritics 2')
    """,
    ),
    insert="INSERT INTO talk_search (rowid, title, people, topics, rest)"
    " VALUES (:talk_id, :title, :people, :topics, :rest)",
    find="SELECT rowid, {weight} AS weight FROM talk_search WHERE talk_search MATCH :query",
    weight="bm25(talk_search, 8.0, 6.0, 4.0, 1.0)",
    both=" AND ",
    either=" OR ",
    fields=('"{0}"*', 'people : "{0}"*', 'topics : "{0}"*'),
    apart=True,
)
#: https://www.postgresql.org/docs/current/textsearch-controls.html
POSTGRESQL = Dialect(
    create=(
        "CREATE TABLE IF NOT EXISTS talk_search (rowid bigint PRIMARY KEY, document tsvector NOT NULL)",
        "CREATE INDEX IF NOT EXISTS ix_talk_search ON talk_search USING gin (document)",
    ),
    insert="""
        INSERT INTO talk_search (rowid, document) VALUES (
            :talk_id,
            setweight(to_tsvector('english', CAST(:title AS text)), 'A')
            || setweight(to_tsvector('english', CAST(:people AS text)), 'B')
            || setweight(to_tsvector('english', CAST(:topics AS text)), 'C')
            || setweight(to_tsvector('english', CAST(:rest AS text)), 'D')
        )
    """,
    # What nearly all texts hold is left out of a query, unless it holds nothing else, as when somebody begins to type.
    find="""
        SELECT rowid, {weight} AS weight
        FROM talk_search, CAST(:query AS text) AS asked, COALESCE(
            NULLIF(to_tsquery('english', asked), ''), to_tsquery('simple', asked)
        ) AS wanted WHERE document @@ wanted
    """,
    weight="-ts_rank('{0.1, 0.5, 0.75, 1.0}', document, wanted)",
    both=" & ",
    either=" | ",
    fields=("'{0}':*", "'{0}':*B", "'{0}':*C"),
    apart=False,
)

_rows = table(NAME, column("rowid"))


def _dialect(tx: Tx) -> Dialect:
    return POSTGRESQL if tx.get_bind().dialect.name == "postgresql" else SQLITE


async def prepare(tx: Tx) -> None:
    """Make the index, if it is not there yet."""
    for statement in _dialect(tx).create:
        await tx.execute(text(statement))


async def missing(tx: Tx) -> Sequence[tuple[int, int]]:
    """(server, session) of each talk that was held and is not in the index."""
    rows = await tx.execute(
        select(Session.guild_id, Session.session_id)
        .join(Talk, Talk.session_id == Session.session_id)
        .where(Session.state == "held", ~exists().where(_rows.c.rowid == Talk.talk_id))
        .distinct()
        .order_by(Session.session_id)
    )
    return [(guild_id, session_id) for guild_id, session_id in rows]


async def put(tx: Tx, texts: Sequence[Text]) -> None:
    """Have talks found by these texts, instead of those before."""
    if not texts:
        return
    await tx.execute(delete(_rows).where(_rows.c.rowid.in_([one.talk_id for one in texts])))
    rows = [
        {"talk_id": one.talk_id, "title": bare(one.title), "people": bare(one.people), "topics": bare(one.topics),
         "rest": bare(one.rest)}
        for one in texts
    ]  # fmt: skip
    await tx.execute(text(_dialect(tx).insert), rows)


async def drop(tx: Tx, guild_id: int) -> None:
    """Forget the texts of a server's talks, before these are deleted."""
    await prepare(tx)
    theirs = select(Talk.talk_id).where(Talk.guild_id == guild_id)
    await tx.execute(delete(_rows).where(_rows.c.rowid.in_(theirs)))


async def find(
    tx: Tx, guild_id: int, wanted: Wanted, *, skip: int = 0, limit: int, every_word: bool = True
) -> tuple[list[int], int]:
    """The talks held on a server that fit, best first (without words: the latest first), and how many there are."""
    dialect = _dialect(tx)
    query = dialect.query(wanted, every_word=every_word)
    fits = [Session.guild_id == guild_id, Session.state == "held"]
    if wanted.year is not None:
        fits.append(Session.wall_time.startswith(f"{wanted.year:04}"))
    latest = (Session.starts_at.desc(), Talk.position, Talk.talk_id)
    talks = select(Talk.talk_id).join(Session, Session.session_id == Talk.session_id).where(*fits)
    if query:
        # Of a speaker, of a topic, or of what begins with a letter, the latest come first: nothing fits better.
        weighs = any(len(word) > 1 for word in terms(wanted.words))
        find = dialect.find.replace("{weight}", dialect.weight if weighs else "CAST(0 AS real)")
        weighed = text(find).columns(column("rowid", BigInteger), column("weight", Float))
        hits = weighed.cte("hits").prefix_with("MATERIALIZED") if dialect.apart else weighed.subquery("hits")
        best = (hits.c.weight, *latest) if weighs else latest
        talks = talks.join(hits, hits.c.rowid == Talk.talk_id).order_by(*best).offset(skip).limit(limit)
        found: Any = (await tx.execute(talks.add_columns(func.count().over()), {"query": query})).all()
        return [talk_id for talk_id, _ in found], found[0][1] if found else 0
    if wanted.words or wanted.people or wanted.topics:
        return [], 0  # something was looked for, and nothing of it is a word
    page = (await tx.scalars(talks.order_by(*latest).offset(skip).limit(limit))).all()
    return list(page), await tx.scalar(select(func.count()).select_from(talks.subquery())) or 0


async def years(tx: Tx, guild_id: int) -> tuple[int, int] | None:
    """The years of the first and of the last session that was held on a server, if any was."""
    held = select(Session.wall_time).where(Session.guild_id == guild_id, Session.state == "held").limit(1)
    first = await tx.scalar(held.order_by(Session.starts_at))
    last = await tx.scalar(held.order_by(Session.starts_at.desc()))
    return (int(first[:4]), int(last[:4])) if first and last else None


def bare(words: str) -> str:
    """The words of a text without case, accents and punctuation: so both databases see the same ones."""
    plain = "".join(
        c for c in unicodedata.normalize("NFKD", words.casefold()) if not unicodedata.combining(c)
    )
    return " ".join(_WORD.findall(plain))


def terms(words: str) -> list[str]:
    """What a query looks for: each word once, those that say nothing left out where others say something."""
    every = list(dict.fromkeys(word[:_LONGEST] for word in bare(words).split()))
    return [word for word in every if word not in _COMMON][:_MOST_WORDS] or every[:_MOST_WORDS]
