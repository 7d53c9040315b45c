"""How the work goes: what is late, what failed, what keeps failing. For `python -m bot doctor`, at 2 a.m."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from bot.check.finding import Finding
from bot.config import Settings
from storage import jobs, outbox
from storage.database import Database, DatabaseTrouble
from storage.schema import HEAD, revision
from storage.stores import store_of
from storage.tables import Post

#: What is not done so long after it was due is late.
LATE = timedelta(minutes=10)


async def of_work(settings: Settings, now: datetime) -> list[Finding]:
    """The outbox and the timed work of all servers. Nothing, when there is no usable database: a check says why."""
    try:
        store = store_of(settings.storage.url)
        if await revision(store) != HEAD:
            return []
    except DatabaseTrouble:
        return []
    database = Database(store)
    try:
        async with database.reading() as tx:
            posts, counts = await outbox.waiting(tx, limit=500), await outbox.counts(tx)
            timed = await jobs.of_all(tx)
    except DatabaseTrouble as trouble:
        return [Finding("trouble", "outbox", f"cannot be read. {trouble}")]
    finally:
        await database.close()
    return [*_of_outbox(posts, counts.get("failed", 0), now), *_of_jobs(timed, now)]


def _of_outbox(posts: Sequence[Post], failed: int, now: datetime) -> Iterator[Finding]:
    late = [post for post in posts if post.state in outbox.OPEN and post.due_at < now - LATE]
    by_place: dict[tuple[int, str], list[Post]] = {}
    for post in late:
        by_place.setdefault((post.guild_id, post.place), []).append(post)
    for (guild_id, place), waiting in by_place.items():
        since = f"{waiting[0].due_at:%Y-%m-%d %H:%M} UTC"
        cause = next(
            (post.last_error for post in waiting if post.last_error), "It was not tried: does the bot run?"
        )
        what = f"{len(waiting)} waiting for {place} on server {guild_id} since {since}: {cause}"
        yield Finding(
            "trouble",
            "outbox",
            what,
            "It goes out by itself once that is mended. python -m bot outbox shows all.",
        )
    if failed:
        cure = "python -m bot outbox says why; /outbox on the server drops them."
        yield Finding("warning", "outbox", f"{failed} could not be said and are given up.", cure)
    if not late and not failed:
        yield Finding("fine", "outbox", "nothing is late.")


def _of_jobs(timed: Sequence[jobs.Job], now: datetime) -> Iterator[Finding]:
    for job in timed:
        if job.trouble:
            cure = "It is tried again by itself; look at arXiv, then at the log."
            yield Finding("warning", job.what, f"{job.whose}: {job.trouble}", cure)
        elif job.due < now - LATE:
            since = f"{job.due:%Y-%m-%d %H:%M} UTC"
            cure = "Is the bot running, and is Discord connected? Its log says more."
            yield Finding("trouble", job.what, f"{job.whose}: due since {since} and not done.", cure)
    if not any(job.trouble or job.due < now - LATE for job in timed):
        yield Finding("fine", "jobs", f"{len(timed)} wait for their time; none is late.")
