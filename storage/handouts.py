"""What was said of sessions outside of Discord."""

from __future__ import annotations

from datetime import datetime

from storage.database import Tx, insert
from storage.tables import Handout


async def get(tx: Tx, session_id: int) -> Handout | None:
    """What was said of a session last, if anything was."""
    return await tx.get(Handout, session_id)


async def keep(tx: Tx, *, guild_id: int, session_id: int, text: str, now: datetime) -> None:
    """Keep what is said of a session, in place of what was said before."""
    row = insert(tx, Handout).values(session_id=session_id, guild_id=guild_id, text=text, said_at=now)
    await tx.execute(
        row.on_conflict_do_update(index_elements=["session_id"], set_={"text": text, "said_at": now})
    )
