"""The papers that a file of the past names: kept under the names it gives, and filled in from arXiv, politely."""

from __future__ import annotations

from collections.abc import Sequence

from bot.publish import record as public
from bot.publish.past import Incoming
from bot.services.papers import NEVER, Papers
from bot.sources import NotAnArxivId, parse
from bot.sources.works import Named, named
from storage import papers as stored
from storage.database import Database, Tx
from storage.tables import Paper

#: How many ids one request asks for.
_BATCH = 100


class PastPapers:
    """Finds papers by what a file calls them."""

    def __init__(self, database: Database, papers: Papers) -> None:
        self._database, self._papers = database, papers

    async def fill(self, rows: Sequence[Incoming]) -> int:
        """Ask arXiv for the papers that are named and not known, many at a time; how many it told of.

        Raises SourceTrouble; what came before stays.
        """
        ids = self.arxiv_ids(rows)
        async with self._database.reading() as tx:
            known = await stored.many(tx, ids)
        unknown = [one for one in ids if one not in known or known[one].fetched_at == NEVER]
        found = 0
        for start in range(0, len(unknown), _BATCH):
            found += len(await self._papers.ask_again(unknown[start : start + _BATCH]))
        return found

    @staticmethod
    def arxiv_ids(rows: Sequence[Incoming]) -> list[str]:
        """The papers of arXiv that are named, each once."""
        names = (paper.key for row in rows for paper in row.papers)
        return list(dict.fromkeys(paper_id for name in names if (paper_id := _arxiv_id(name))))

    async def put(self, tx: Tx, guild_id: int, rows: Sequence[Incoming]) -> dict[str, str]:
        """Have a row for each paper that is named; from what the file calls it to its id."""
        found: dict[str, str] = {}
        wanted: dict[str, Paper] = {}
        works: dict[str, Named] = {}
        for about, title in ((paper, _title(row, paper)) for row in rows for paper in row.papers):
            if about.key in found:
                continue
            if arxiv := _arxiv_id(about.key):
                found[about.key] = arxiv
                wanted[arxiv] = _told(arxiv, about, title)
            elif work := named(about.key):
                known = await stored.of_name(tx, guild_id, work.name)
                key = found[about.key] = known or work.key(guild_id)
                works[key] = work
                if known is None:
                    wanted[key] = _told(key, about, title, work, guild_id)
        known_already = await stored.many(tx, wanted)
        await stored.save(tx, [paper for key, paper in wanted.items() if key not in known_already])
        for key, work in works.items():
            if ":" in key:
                await stored.add_name(tx, guild_id, work.name, key)
        return found


def _arxiv_id(text: str) -> str | None:
    try:
        return parse(text).bare
    except NotAnArxivId:
        return None


def _title(row: Incoming, paper: public.Paper) -> str:
    """What the file calls a paper; a talk on one paper is mostly called as that is."""
    return paper.tex or paper.title or (row.title if len(row.papers) == 1 else "")


def _told(
    key: str, about: public.Paper, title: str, work: Named | None = None, guild_id: int | None = None
) -> Paper:
    """A paper as the file tells of it."""
    return Paper(
        paper_id=key,
        title=title or (work.link if work else f"arXiv:{key}"),
        authors=list(about.authors),
        abstract=about.abstract,
        categories=[],
        fetched_at=NEVER,
        link=work.link if work else None,
        doi=work.name.partition(":")[2] if work and work.name.startswith("doi:") else None,
        told_in=guild_id,
    )
