"""A digest as messages: what goes into the outbox, how it reads when it is sent, and after somebody pressed 👍."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from bot.cards import Card, Thread
from bot.cards import digests as cards
from bot.clock import Clock
from bot.config import ServerSettings
from bot.services.delivery import Drop
from bot.services.digest_choice import Chosen
from bot.services.outbox import Outbox
from bot.services.selection import Line, kept
from bot.services.settings import SettingsService
from storage import digests, proposals, verdicts
from storage import outbox as stored_posts
from storage import papers as stored_papers
from storage.database import Tx, wake
from storage.tables import DigestRun, Post, Shown

#: How long a digest is still worth posting.
WORTH = timedelta(days=2)
#: Lines that are shown at a time behind "Show more".
PAGE = cards.PER_MESSAGE


class DigestPosts:
    """Puts digests into the outbox and says how they read."""

    def __init__(self, clock: Clock, settings: SettingsService, outbox: Outbox) -> None:
        self._clock, self._settings, self._outbox = clock, settings, outbox
        outbox.says("digest", self._digest, self._digest_sent)
        outbox.says("digest_thread", self._thread, self._thread_opened)

    async def post(self, tx: Tx, run: DigestRun, chosen: Chosen) -> int:
        """Put each channel's messages into the outbox and note what they show. How many papers are posted."""
        places = await digests.last_place(tx, run.guild_id, chosen.here)
        total = 0
        for channel, ranked in chosen.channels.items():
            lines = kept(ranked)
            first = places.get(channel, 0)
            key = f"digest:{run.guild_id}:{run.day}:{run.attempts}:{channel}"
            posted = sum(line.posted for line in lines)
            await digests.show(
                tx,
                [_row(run.guild_id, chosen.here, line, first + n, key, n) for n, line in enumerate(lines, 1)],
            )
            data = _heading(lines, again=first > 0) | {
                "left": len(lines) - posted, "out": len(ranked) - len(lines), "total": posted,
            }  # fmt: skip
            parts = [
                [[line.paper.paper_id, first + begin + n] for n, line in enumerate(lines[begin:end], 1)]
                for begin in range(0, posted, PAGE)
                for end in [min(begin + PAGE, posted)]
            ]
            if parts:
                await self._put(tx, run.guild_id, f"channel:{channel}", key, {
                    **data, "papers": parts[0], "rest": parts[1:],
                })  # fmt: skip
            total += posted
        return total

    async def _put(
        self, tx: Tx, guild_id: int, place: str, key: str, data: dict[str, Any], op: str = "send"
    ) -> None:
        kind = "digest_thread" if op == "thread" else "digest"
        expires = self._clock.now() + WORTH if op == "send" else None
        await self._outbox.put(
            tx, key=key, guild_id=guild_id, place=place, kind=kind, data=data, op=op, expires_at=expires
        )

    async def show_again(self, tx: Tx, row: Shown) -> None:
        """Something about a line has changed: let its message say so."""
        post = await stored_posts.by_key(tx, row.post) if row.post else None
        if post is not None and post.state == "sent":
            key = f"{post.key}:edit:{secrets.token_hex(6)}"
            await self._put(tx, post.guild_id, post.place, key, {**post.data, "of": post.key}, op="edit")
            wake(tx)

    # how it reads

    async def _digest(self, tx: Tx, post: Post, _now: datetime) -> Card | Drop:
        settings = await self._settings.of(tx, post.guild_id)
        lines = await self.lines(
            tx, post.guild_id, settings, [paper_id for paper_id, _ in post.data["papers"]]
        )
        heading = cards.Heading(
            first=date.fromisoformat(post.data["from"]),
            last=date.fromisoformat(post.data["to"]),
            late=post.data["late"],
            again=post.data["again"],
        )
        left = 0 if post.data.get("rest") else post.data["left"]
        out = post.data["out"] if left else 0
        return cards.digest(heading, lines, left=left, out=out, needed=settings.digest.likes_to_propose)

    async def lines(
        self, tx: Tx, guild_id: int, settings: ServerSettings, paper_ids: Collection[str]
    ) -> list[cards.Line]:
        """Lines of a digest as they stand now, in their order."""
        rows = await digests.lines(tx, guild_id, paper_ids)
        papers = await stored_papers.many(tx, rows)
        likes = await verdicts.likes(tx, guild_id, rows)
        ballots = await proposals.of_papers(tx, guild_id, rows)
        names = {topic.key: topic.name for topic in settings.topics}
        return [
            cards.Line(
                number=row.place,
                paper=papers[row.paper_id],
                topics=tuple(names[key] for key in row.topics if key in names),
                reason=row.reason,
                late=row.late,
                likes=likes.get(row.paper_id, 0),
                proposal=ballots.get(row.paper_id),
                colleagues=colleagues(papers[row.paper_id].authors, settings.digest.authors),
            )
            for row in sorted(rows.values(), key=lambda row: row.place)
        ]

    # more than one message: the rest goes into a thread

    async def _digest_sent(self, tx: Tx, post: Post) -> None:
        if post.op == "send" and post.data.get("rest"):
            await self._put(
                tx, post.guild_id, post.place, f"{post.key}:thread", {"of": post.key}, op="thread"
            )

    async def _thread(self, tx: Tx, post: Post, _now: datetime) -> Thread | Drop:
        origin = await stored_posts.by_key(tx, post.data["of"])
        if origin is None:
            return Drop("its digest is gone")
        return Thread(cards.thread_name(date.fromisoformat(origin.data["to"])), minutes=1440)

    async def _thread_opened(self, tx: Tx, post: Post) -> None:
        origin = await stored_posts.by_key(tx, post.data["of"])
        if origin is None or origin.message_id is None:
            return
        rest = origin.data["rest"]
        for number, papers in enumerate(rest, 1):
            left = origin.data["left"] if number == len(rest) else 0
            data = {**origin.data, "papers": papers, "rest": [], "left": left}
            await self._put(tx, post.guild_id, f"thread:{origin.message_id}", f"{origin.key}+{number}", data)


def colleagues(authors: Sequence[str], wanted: Sequence[str]) -> frozenset[str]:
    """Those of a paper's authors who are meant: the same last name, and first names that agree as far as told."""
    return frozenset(author for author in authors if any(_same_person(author, name) for name in wanted))


def _same_person(one: str, other: str) -> bool:
    first, second = (name.casefold().replace(".", " ").split() for name in (one, other))
    if not first or not second or first[-1] != second[-1]:
        return False
    return all(a.startswith(b) or b.startswith(a) for a, b in zip(first[:-1], second[:-1], strict=False))


def _heading(lines: Sequence[Line], *, again: bool) -> dict[str, Any]:
    """Which days a message is about, and whether all of it comes late."""
    late = all(line.late for line in lines)
    days = [line.day for line in lines if line.late == late]
    return {"from": min(days).isoformat(), "to": max(days).isoformat(), "late": late, "again": again}


def _row(guild_id: int, day: date, line: Line, place: int, key: str, number: int) -> dict[str, Any]:
    """What is remembered of a line; `number` counts the lines of this message and those that follow it, from 1."""
    part = (number - 1) // PAGE
    return {
        "guild_id": guild_id, "paper_id": line.paper.paper_id, "topic": line.topics[0], "score": line.score,
        "day": day, "topics": list(line.topics), "channel": line.channel, "place": place, "reason": line.reason,
        "post": (f"{key}+{part}" if part else key) if line.posted else None,
        "late": line.day if line.late else None,
    }  # fmt: skip
