"""What a session's card shows beside the session itself."""

from __future__ import annotations

from bot.cards.sessions import Around
from bot.config import ServerSettings
from storage import outbox as stored_posts
from storage import rsvps
from storage.database import Tx


def announcement_key(session_id: int) -> str:
    """The outbox key of a session's one public message."""
    return f"session:{session_id}:announcement"


def thread_key(session_id: int) -> str:
    """The outbox key of a session's discussion thread. A post with `of` this key goes into the thread."""
    return f"session:{session_id}:thread"


async def read(tx: Tx, session_id: int, settings: ServerSettings) -> Around:
    """The zones to tell the time in, who comes, and the thread, as they are now."""
    thread = await stored_posts.by_key(tx, thread_key(session_id))
    return Around(
        zones=settings.group.zones,
        counts=(await rsvps.counts(tx, [session_id]))[session_id],
        thread_id=thread.message_id if thread and thread.state == "sent" else None,
    )
