"""What people do with a line of a digest: read the abstract, propose it, press 👍, say "not for us", see more.

The buttons carry the paper's id and nothing else, so they work for months and after any restart.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from bot.cards import Card, digest_papers
from bot.cards import digests as cards
from bot.clock import Clock
from bot.log import event
from bot.services.digest_posts import PAGE, DigestPosts
from bot.services.people import Actor, Refused
from bot.services.proposals import Proposals
from bot.services.settings import SettingsService
from storage import digests, verdicts
from storage.database import Database
from storage.tables import Shown, Verdict

log = logging.getLogger(__name__)


class DigestPresses:
    """Answers presses on digests."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: SettingsService,
        posts: DigestPosts,
        proposals: Proposals,
    ) -> None:
        self._database, self._clock, self._settings = database, clock, settings
        self._posts, self._proposals = posts, proposals

    async def open(self, actor: Actor, _arguments: str, chosen: Sequence[str]) -> Card:
        """A paper chosen from the menu: its abstract, why it is here, and what can be done with it."""
        return await self.paper(actor, chosen[0] if chosen else "")

    async def paper(self, actor: Actor, paper_id: str) -> Card:
        """A line in full, privately."""
        async with self._database.reading() as tx:
            settings = await self._settings.of(tx, actor.guild_id)
            lines = await self._posts.lines(tx, actor.guild_id, settings, [paper_id])
        if not lines:
            raise Refused("This paper is in none of this server's digests.")
        return digest_papers.paper(lines[0], needed=settings.digest.likes_to_propose)

    async def like(self, actor: Actor, paper_id: str) -> Card:
        """👍: the group should read it. The last one that is needed makes it a proposal."""
        line, needed = await self._note(actor, paper_id, verdicts.LIKE)
        if line.proposal is None and 0 < needed <= line.likes:
            return await self._proposals.read_this(actor, paper_id, why=digest_papers.liked_by(line.likes))
        return digest_papers.liked(line, needed=needed)

    async def dislike(self, actor: Actor, paper_id: str) -> Card:
        """Not for us: papers like it come lower."""
        line, _ = await self._note(actor, paper_id, verdicts.DISLIKE)
        return digest_papers.disliked(line)

    async def take_back(self, actor: Actor, paper_id: str) -> Card:
        """Neither 👍 nor "not for us" any more."""
        line, _ = await self._note(actor, paper_id, None)
        return digest_papers.taken_back(line)

    async def more(self, actor: Actor, paper_id: str) -> Card:
        """The lines that come after a paper's and were not posted, a page of them."""
        async with self._database.reading() as tx:
            settings = await self._settings.of(tx, actor.guild_id)
            row = _found(await digests.line(tx, actor.guild_id, paper_id))
            rows = await digests.lines_after(tx, row, limit=10_000)
            page = [after.paper_id for after in rows[:PAGE]]
            lines = await self._posts.lines(tx, actor.guild_id, settings, page)
        if not lines:
            raise Refused("There is no more of this digest.")
        return cards.more(lines, left=len(rows) - len(page), day=row.day)

    async def _note(self, actor: Actor, paper_id: str, verdict: str | None) -> tuple[cards.Line, int]:
        """Note a verdict (None: take it back) and let the message show it; the line, and how many 👍 are needed."""
        async with self._database.transaction() as tx:
            settings = await self._settings.of(tx, actor.guild_id)
            row = _found(await digests.line(tx, actor.guild_id, paper_id))
            if verdict is None:
                await verdicts.take_back(tx, actor.guild_id, paper_id, actor.user_id)
            else:
                await verdicts.note(
                    tx,
                    Verdict(
                        guild_id=actor.guild_id, paper_id=paper_id, user_id=actor.user_id, verdict=verdict,
                        noted_at=self._clock.now(),
                    ),
                )  # fmt: skip
            await tx.flush()
            await self._posts.show_again(tx, row)
            (line,) = await self._posts.lines(tx, actor.guild_id, settings, [paper_id])
        event(
            log, "digest.verdict", guild=actor.guild_id, user=actor.user_id, paper=paper_id,
            verdict=verdict or "taken back",
        )  # fmt: skip
        return line, settings.digest.likes_to_propose


def _found(row: Shown | None) -> Shown:
    if row is None:
        raise Refused("This paper is in none of this server's digests.")
    return row
