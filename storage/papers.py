"""Papers: facts that arXiv tells everybody, kept so that it need not be asked again; and works that members told of."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, and_, delete, exists, func, insert, or_, select, update
from sqlalchemy.orm import aliased

from storage.database import Tx
from storage.shards import one_process_at_a_time
from storage.tables import Paper, PaperName, PaperWord, Row

#: SQLite takes 32,766 variables a statement; longer lists of ids are asked for in parts.
_CHUNK = 5_000
_WORD = re.compile(r"[^\W_]+")
_LONGEST, _LOOKED_AT = 40, 200


async def get(tx: Tx, paper_id: str) -> Paper | None:
    return await tx.get(Paper, paper_id)


async def many(tx: Tx, paper_ids: Iterable[str]) -> dict[str, Paper]:
    """The known ones among `paper_ids`, by id."""
    ids = list(dict.fromkeys(paper_ids))
    found: dict[str, Paper] = {}
    for start in range(0, len(ids), _CHUNK):
        rows: Sequence[Paper] = (
            await tx.scalars(select(Paper).where(Paper.paper_id.in_(ids[start : start + _CHUNK])))
        ).all()
        found.update({row.paper_id: row for row in rows})
    return found


async def save(tx: Tx, papers: Iterable[Paper]) -> None:
    """Insert papers or bring known ones up to date; older news never replaces a newer version."""
    fresh = {paper.paper_id: paper for paper in papers}
    await one_process_at_a_time(tx, "papers")
    known = await many(tx, fresh)
    for paper_id, paper in fresh.items():
        old = known.get(paper_id)
        if old is None:
            tx.add(paper)
        elif (paper.version or 0) >= (old.version or 0):
            _update(old, paper)
    await tx.flush()
    await index(tx, [known.get(paper_id, paper) for paper_id, paper in fresh.items()])


async def index(tx: Tx, papers: Sequence[Paper]) -> None:
    """Make papers findable by their words."""
    ids = [paper.paper_id for paper in papers]
    for start in range(0, len(ids), _CHUNK):
        await tx.execute(delete(PaperWord).where(PaperWord.paper_id.in_(ids[start : start + _CHUNK])))
    rows = [
        {"paper_id": paper.paper_id, "word": word}
        for paper in papers
        for word in words(" ".join([paper.paper_id, paper.title, *paper.authors]))
    ]
    if rows:
        await tx.execute(insert(PaperWord), rows)


def words(text: str) -> list[str]:
    """The words of a text as they are looked up: without case and accents, each once, in order."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return list(dict.fromkeys(word[:_LONGEST] for word in _WORD.findall(bare)))


async def search(tx: Tx, guild_id: int, typed: str, *, limit: int = 25) -> Sequence[Paper]:
    """Papers with all the words of `typed` in title, authors or id, each from its beginning; the newest first.

    Of works that members told of, only those of this server are found.

    Of very many that fit only some are looked at: the answer comes while somebody types.
    """
    wanted = sorted(words(typed), key=len, reverse=True)[:6]
    if not wanted:
        return []
    first, *others = wanted
    of_others = select(Paper.paper_id).where(Paper.told_in.is_not(None), Paper.told_in != guild_id)
    query = (
        select(PaperWord.paper_id)
        .where(_begins(PaperWord, first), PaperWord.paper_id.not_in(of_others))
        .distinct()
        .limit(_LOOKED_AT)
    )
    for other in others:
        also = aliased(PaperWord)
        query = query.where(exists().where(also.paper_id == PaperWord.paper_id, _begins(also, other)))
    found = await many(tx, await tx.scalars(query))
    never = datetime.min.replace(tzinfo=UTC)
    newest = sorted(found.values(), key=lambda paper: paper.published_at or never, reverse=True)
    return newest[:limit]


# works that have other names, too


async def of_name(tx: Tx, guild_id: int, name: str) -> str | None:
    """The paper that a server knows by a name ("doi:10.1145/3292500"), or that arXiv says has that DOI."""
    known: str | None = await tx.scalar(
        select(PaperName.paper_id).where(PaperName.guild_id == guild_id, PaperName.name == name)
    )
    kind, _, doi = name.partition(":")
    if known is None and kind == "doi":
        known = await tx.scalar(
            select(Paper.paper_id)
            .where(Paper.doi == doi, Paper.told_in.is_(None))
            .order_by(Paper.paper_id)
            .limit(1)
        )
    return known


async def add_name(tx: Tx, guild_id: int, name: str, paper_id: str) -> None:
    """Remember that a server's members call a paper so, too."""
    await tx.merge(PaperName(guild_id=guild_id, name=name, paper_id=paper_id))


async def told(tx: Tx, guild_id: int) -> Sequence[Paper]:
    """The works that a server's members told of."""
    rows = await tx.scalars(select(Paper).where(Paper.told_in == guild_id).order_by(Paper.paper_id))
    return rows.all()


async def like(tx: Tx, guild_id: int, title_words: Sequence[str], *, limit: int = 50) -> Sequence[Paper]:
    """Papers that share most of a title's longest words."""
    wanted = sorted({word[:_LONGEST] for word in title_words}, key=lambda word: (-len(word), word))[:6]
    if not wanted:
        return []
    shared = func.count().label("shared")
    query = (
        select(PaperWord.paper_id, shared)
        .join(Paper, Paper.paper_id == PaperWord.paper_id)
        .where(PaperWord.word.in_(wanted), or_(Paper.told_in.is_(None), Paper.told_in == guild_id))
        .group_by(PaperWord.paper_id)
        .having(func.count() >= max(len(wanted) - 2, 1))
        .order_by(shared.desc(), PaperWord.paper_id)
        .limit(limit)
    )
    found = await many(tx, [row[0] for row in await tx.execute(query)])
    return list(found.values())


async def become(tx: Tx, guild_id: int, old: str, new: str) -> None:
    """A work that a server's members told of turns out to be `new`: all that the server has of it is of that now."""
    for table in Row.metadata.sorted_tables:
        column = table.columns.get("paper_id")
        if column is not None and column.foreign_keys and "guild_id" in table.columns:
            await tx.execute(
                update(table).where(column == old, table.columns["guild_id"] == guild_id).values(paper_id=new)
            )
    await tx.execute(delete(Paper).where(Paper.paper_id == old, Paper.told_in == guild_id))


def _begins(table: type[PaperWord], word: str) -> ColumnElement[bool]:
    """Words that begin so; a range, which every database answers from its index."""
    return and_(table.word >= word, table.word < word + "\U0010ffff")


def _update(old: Paper, new: Paper) -> None:
    old.title, old.authors, old.abstract = new.title, new.authors or old.authors, new.abstract or old.abstract
    old.categories = new.categories or old.categories
    old.fetched_at = new.fetched_at
    for name in ("version", "published_at", "updated_at", "comment", "doi", "journal_ref", "link"):
        value = getattr(new, name)
        if value is not None:
            setattr(old, name, value)
