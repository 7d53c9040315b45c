"""New versions and withdrawals at arXiv of papers that are open or to be read, told once to those they concern.

arXiv is asked once a week, for all servers and papers together.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.cards import Card
from bot.cards import watching as cards
from bot.clock import Clock
from bot.config import ServerSettings
from bot.log import event
from bot.services.ballots import Ballots
from bot.services.delivery import Drop
from bot.services.outbox import Outbox
from bot.services.papers import Papers
from bot.services.presenters import organisers_of
from bot.services.settings import SettingsService
from bot.sources import SourceTrouble
from bot.sources.text import may_be_withdrawn
from storage import guilds, presenters, proposals, sessions, watches
from storage import papers as stored_papers
from storage.database import Database, Tx
from storage.tables import Paper, Post
from storage.watches import Wanted

log = logging.getLogger(__name__)

#: How often arXiv is asked; and again after this, when it did not answer.
EVERY, AGAIN = timedelta(days=7), timedelta(hours=6)
#: What arXiv changed is no news any more after that.
_LIFE = timedelta(days=14)
_NOTE = "papers.watched"


class Watching:
    """Keeps an eye on arXiv."""

    upkeep = True  # it looks after things from time to time: nobody waits for it

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: SettingsService,
        outbox: Outbox,
        papers: Papers,
        ballots: Ballots,
    ) -> None:
        self._database, self._clock, self._settings, self._outbox = database, clock, settings, outbox
        self._papers, self._ballots = papers, ballots
        self._at: datetime | None = None
        outbox.says("paper_news", self._news)

    async def next_due(self, tx: Tx) -> datetime:
        if self._at is None:
            last = await guilds.note(tx, _NOTE)
            self._at = datetime.fromisoformat(last) + EVERY if last else self._clock.now()
        return self._at

    async def run_due(self, now: datetime) -> None:
        """Ask arXiv for everything that is watched, and plan what is to be told."""
        if self._at is None or self._at > now:
            return
        async with self._database.reading() as tx:
            wanted = await watches.wanted(tx)
            before = await stored_papers.many(tx, [one.paper_id for one in wanted])
        try:
            found = await self._papers.ask_again(list(before))
        except SourceTrouble as trouble:
            event(log, "papers.unwatched", logging.WARNING, papers=len(before), cause=trouble.sentence)
            self._at = now + AGAIN
            return
        told = 0
        for guild_id in sorted({one.guild_id for one in wanted}):
            mine = [one for one in wanted if one.guild_id == guild_id and one.paper_id in found]
            async with self._database.transaction() as tx:
                told += await self._tell(tx, guild_id, mine, before, found)
        async with self._database.transaction() as tx:
            await guilds.set_note(tx, _NOTE, now.isoformat())
        self._at = now + EVERY
        if before:
            event(log, "papers.watched", papers=len(before), changed=told)

    async def _tell(
        self,
        tx: Tx,
        guild_id: int,
        wanted: Sequence[Wanted],
        before: dict[str, Paper],
        found: dict[str, Paper],
    ) -> int:
        """Plan the news of one server; of how many papers there are any."""
        settings = await self._settings.of(tx, guild_id)
        changed: dict[str, dict[str, Any]] = {}
        for paper_id in dict.fromkeys(one.paper_id for one in wanted):
            known = await watches.begin(tx, guild_id, before[paper_id], withdrawn=gone(before[paper_id]))
            paper = found[paper_id]
            withdrawn = gone(paper) and not known.withdrawn
            if withdrawn or (paper.version or 0) > known.version:
                changed[paper_id] = {
                    "paper": paper_id,
                    "was": known.version,
                    "now": paper.version,
                    "withdrawn": withdrawn,
                }
            known.version, known.withdrawn = max(paper.version or 1, known.version), gone(paper)
        posts: dict[str, list[dict[str, Any]]] = {}
        for one in wanted:
            if news := changed.get(one.paper_id):
                await self._on_ballot(tx, one)
                about = {
                    "proposal": one.proposal.proposal_id if one.proposal else None,
                    "session": one.session.session_id if one.session else None,
                }
                for place in await self._concerned(tx, one, settings):
                    posts.setdefault(place, []).append(news | about)
        for place, all_news in posts.items():
            first = all_news[0]
            await self._outbox.put(
                tx, key=f"paper_news:{guild_id}:{place}:{first['paper']}v{first['now']}:{first['withdrawn']}",
                guild_id=guild_id, place=place, kind="paper_news", data={"news": all_news}, patient=True,
                expires_at=self._clock.now() + _LIFE,
            )  # fmt: skip
        return len(changed)

    async def _on_ballot(self, tx: Tx, one: Wanted) -> None:
        proposal = await proposals.get(tx, one.guild_id, one.proposal.proposal_id) if one.proposal else None
        if proposal is not None and proposal.state == "open":
            await self._ballots.change(tx, proposal)

    @staticmethod
    async def _concerned(tx: Tx, one: Wanted, settings: ServerSettings) -> list[str]:
        """Whom news of a paper concerns: its proposer; or, of one that is to be read, presenters and organisers."""
        if one.session is not None:
            people = [person.user_id for person in await presenters.of_talk(tx, one.talk_id)]
            places = [f"user:{user_id}" for user_id in people if user_id]
            return list(dict.fromkeys([*places, organisers_of(one.session, settings)]))
        if one.choice is not None and one.proposal is not None and one.proposal.state == "chosen":
            chosen_by = one.choice.chosen_by
            named = settings.group.organiser_channel or not chosen_by
            return ["organisers" if named else f"user:{chosen_by}"]
        return [f"user:{one.proposal.proposer_id}"] if one.proposal and one.proposal.proposer_id else []

    async def _news(self, tx: Tx, post: Post, _now: datetime) -> Card | Drop:
        told = []
        for one in post.data["news"]:
            paper = await stored_papers.get(tx, one["paper"])
            proposal = await proposals.get(tx, post.guild_id, one["proposal"]) if one["proposal"] else None
            view = await sessions.get(tx, post.guild_id, one["session"]) if one["session"] else None
            over = (proposal is not None and proposal.state not in ("open", "chosen")) or (
                view is not None and view.session.state != "planned"
            )
            if paper is not None and not over:
                told.append(
                    cards.News(
                        paper,
                        one["was"],
                        one["now"] or 0,
                        one["withdrawn"],
                        proposal,
                        view.session if view else None,
                    )
                )
        return cards.told(told) if told else Drop("nobody waits for these papers any more")


def gone(paper: Paper) -> bool:
    """Whether a paper may have been withdrawn."""
    return may_be_withdrawn(paper.comment, paper.abstract)
