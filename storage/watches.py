"""Which version of each paper a server has been told of."""

from __future__ import annotations

from storage.database import Tx
from storage.tables import Paper, Watch


async def begin(tx: Tx, guild_id: int, paper: Paper) -> None:
    """From now on a server is to be told what changes of a paper. One that arXiv does not have does not change."""
    if paper.told_in is None and await tx.get(Watch, (guild_id, paper.paper_id)) is None:
        tx.add(Watch(guild_id=guild_id, paper_id=paper.paper_id, version=paper.version or 1))
        await tx.flush()
