"""Papers: facts that arXiv tells everybody, kept so that it need not be asked again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from storage.database import Tx
from storage.tables import Paper

#: SQLite takes 32,766 variables a statement; longer lists of ids are asked for in parts.
_CHUNK = 5_000


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


def _update(old: Paper, new: Paper) -> None:
    old.title, old.authors, old.abstract = new.title, new.authors or old.authors, new.abstract or old.abstract
    old.categories = new.categories or old.categories
    old.fetched_at = new.fetched_at
    for name in ("version", "published_at", "updated_at", "comment", "doi", "journal_ref"):
        value = getattr(new, name)
        if value is not None:
            setattr(old, name, value)
