"""Papers: facts that arXiv tells everybody, kept so that it need not be asked again."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, and_, delete, exists, insert, select
from sqlalchemy.orm import aliased

from storage.database import Tx
from storage.tables import Paper, PaperWord

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


async def search(tx: Tx, typed: str, *, limit: int = 25) -> Sequence[Paper]:
    """Papers with all the words of `typed` in title, authors or id, each from its beginning; the newest first.

    Of very many that fit only some are looked at: the answer comes while somebody types.
    """
    wanted = sorted(words(typed), key=len, reverse=True)[:6]
    if not wanted:
        return []
    first, *others = wanted
    query = select(PaperWord.paper_id).where(_begins(PaperWord, first)).distinct().limit(_LOOKED_AT)
    for other in others:
        also = aliased(PaperWord)
        query = query.where(exists().where(also.paper_id == PaperWord.paper_id, _begins(also, other)))
    found = await many(tx, await tx.scalars(query))
    never = datetime.min.replace(tzinfo=UTC)
    newest = sorted(found.values(), key=lambda paper: paper.published_at or never, reverse=True)
    return newest[:limit]


def _begins(table: type[PaperWord], word: str) -> ColumnElement[bool]:
    """Words that begin so; a range, which every database answers from its index."""
    return and_(table.word >= word, table.word < word + "\U0010ffff")


def _update(old: Paper, new: Paper) -> None:
    old.title, old.authors, old.abstract = new.title, new.authors or old.authors, new.abstract or old.abstract
    old.categories = new.categories or old.categories
    old.fetched_at = new.fetched_at
    for name in ("version", "published_at", "updated_at", "comment", "doi", "journal_ref"):
        value = getattr(new, name)
        if value is not None:
            setattr(old, name, value)
