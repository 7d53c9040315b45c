"""The votes at the moment of a choice: the open proposals, who is for each, and how both rules rank them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.cards import choosing as cards
from bot.services.fair import Candidate, Round, by_approval, by_fairness, loads_after
from bot.services.settings import SettingsService
from bot.services.votes import rules_of
from storage import choices, proposals, votes
from storage.database import Database


@dataclass(frozen=True)
class Profile:
    """All that a choice is made from."""

    chances: Mapping[int, cards.Chance]
    approval: Sequence[int]
    fair: Sequence[int]
    supporters: Mapping[int, set[int]]
    newest: datetime | None
    without_votes: int

    def ranked(self, way: str) -> list[cards.Chance]:
        return [self.chances[number] for number in (self.approval if way == "approval" else self.fair)]

    def reason(self, proposal_id: int, way: str) -> str:
        return cards.reason(self.chances[proposal_id], self.newest, way=way)


async def profile_of(database: Database, service: SettingsService, guild_id: int) -> Profile:
    """The open proposals with votes that count, ranked by both rules."""
    async with database.reading() as tx:
        rules = rules_of(await service.of(tx, guild_id))
        standing = await proposals.standings(tx, guild_id, rules)
        supporters = await votes.supporters(tx, guild_id, rules)
        past = await choices.rounds(tx, guild_id)
        served = await choices.last_served(tx, guild_id)
    candidates = [
        Candidate(
            row.proposal.proposal_id, row.proposal.created_at,
            frozenset(supporters.get(row.proposal.proposal_id, ())),
        )
        for row in standing
    ]  # fmt: skip
    rounds = [Round(*one) for one in past]
    fair = await asyncio.to_thread(lambda: by_fairness(candidates, loads_after(rounds)))
    chances = {
        row.proposal.proposal_id: cards.Chance(
            row.proposal, row.paper,
            tuple(served.get(user) for user in sorted(supporters.get(row.proposal.proposal_id, ()))),
        )
        for row in standing
    }  # fmt: skip
    return Profile(
        chances=chances,
        approval=[candidate.proposal_id for candidate in by_approval(candidates)],
        fair=[candidate.proposal_id for candidate in fair],
        supporters=supporters,
        newest=max(served.values(), default=None),
        without_votes=sum(1 for candidate in candidates if not candidate.voters),
    )
