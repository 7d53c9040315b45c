"""Making the ledger of a ballot what Discord shows, whatever was missed. When that is done: bot/services/recount.py."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Protocol

from bot.clock import Clock
from bot.log import event
from bot.services.roll import Members, Roll
from bot.services.votes import Votes, meaning
from storage import proposals
from storage import votes as stored
from storage.database import Database, wake
from storage.tables import Proposal
from storage.votes import CARRIED, NONE, Marks

log = logging.getLogger(__name__)

#: So many ballots are read, and then held against the ledger, at once.
TOGETHER = 20

#: How often each mark stands on a message, without the bot's own.
Counts = Counter[str]
#: Who made each mark.
People = Mapping[str, set[int]]


class Unreadable(Exception):
    """The reactions of a ballot cannot be read now; the message says why."""


class Reader(Members, Protocol):
    """Reads reactions and members. Each method raises Unreadable when Discord cannot tell now."""

    async def counts(self, channel_id: int, message_ids: Sequence[int]) -> Mapping[int, Counts]:
        """The reactions on these messages of a channel; messages that are gone are left out."""
        ...

    async def people(self, channel_id: int, message_id: int, wanted: Callable[[str], bool]) -> People | None:
        """Who (no bots) reacted with the wanted emoji, by mark; None when the message is gone."""
        ...


@dataclass
class Compared:
    """Ballots by what their counts say: not as the ledger, as the ledger and not empty, or nothing now."""

    differ: list[Proposal] = field(default_factory=list)
    equal: list[Proposal] = field(default_factory=list)
    unseen: list[Proposal] = field(default_factory=list)


@dataclass(frozen=True)
class Found:
    """What reading a ballot found: votes that are new, and gone; or why it could not be read."""

    ballot: Proposal
    new: int = 0
    gone: int = 0
    trouble: Unreadable | None = None


class Reconciling:
    """Compares and reads ballots."""

    def __init__(self, database: Database, clock: Clock, votes: Votes, roll: Roll) -> None:
        self._database, self._clock, self._votes, self._roll = database, clock, votes, roll

    async def compare(self, reader: Reader, ballots: Sequence[Proposal]) -> Compared:
        """Hold the counts of ballots, a hundred a request, against the ledger."""
        by_channel: dict[int, list[Proposal]] = defaultdict(list)
        for ballot in ballots:
            by_channel[ballot.ballot_channel_id or 0].append(ballot)
        async with self._database.reading() as tx:
            known = await stored.mark_counts(tx)
        seen = Compared()
        for channel_id, there in by_channel.items():
            try:
                shown = await reader.counts(channel_id, sorted(b.ballot_message_id or 0 for b in there))
            except Unreadable as trouble:
                event(log, "votes.unreadable", logging.WARNING, channel=channel_id, cause=trouble)
                seen.unseen += there
                continue
            for ballot in there:
                counts = shown.get(ballot.ballot_message_id or 0)
                if counts is None or _relevant(ballot, counts) != known.get(ballot.proposal_id, Counter()):
                    seen.differ.append(ballot)
                elif counts:
                    seen.equal.append(ballot)
        return seen

    async def read(self, reader: Reader, ballots: Sequence[Proposal]) -> list[Found]:
        """Make the ledger of ballots what Discord shows. One that cannot be read now is told, and left as it is."""
        found: list[Found] = []
        for start in range(0, len(ballots), TOGETHER):
            found += await self._read_together(reader, ballots[start : start + TOGETHER])
        return found

    async def _read_together(self, reader: Reader, ballots: Sequence[Proposal]) -> list[Found]:
        """Read some ballots; what happens on them meanwhile waits, and is applied after."""
        shown: dict[int, People | None] = {}
        found: list[Found] = []
        async with AsyncExitStack() as holding:
            for ballot in ballots:
                message_id, channel_id = ballot.ballot_message_id or 0, ballot.ballot_channel_id or 0
                await holding.enter_async_context(self._votes.held(message_id))
                try:
                    people = await reader.people(channel_id, message_id, _meant_on(ballot))
                    shown[ballot.proposal_id] = people
                except Unreadable as trouble:
                    event(
                        log, "votes.unreadable", logging.WARNING, proposal=ballot.proposal_id, cause=trouble
                    )
                    found.append(Found(ballot, trouble=trouble))
            async with self._database.reading() as tx:  # most are as the ledger says: that is quickly seen
                votes, hands = await stored.marks_of(tx, shown)
            for ballot in ballots:
                number = ballot.proposal_id
                if number in shown:
                    known = votes.get(number, {}), hands.get(number, {})
                    found.append(await self._apply(reader, ballot, shown[number], *known))
        return found

    async def _apply(
        self,
        reader: Reader,
        ballot: Proposal,
        people: People | None,
        known: Mapping[int, Marks],
        raised: Mapping[int, Marks],
    ) -> Found:
        if people is None:
            await self._lost(ballot)
            return Found(ballot)
        votes, hands = _by_person(ballot, people, "vote"), _by_person(ballot, people, "hand")
        target = _kept(known, votes)
        if target == known and hands == raised:
            return Found(ballot)
        try:
            barred = await self._roll.barred(reader, ballot.guild_id, votes.keys())
        except Unreadable as trouble:
            event(log, "votes.unreadable", logging.WARNING, proposal=ballot.proposal_id, cause=trouble)
            return Found(ballot, trouble=trouble)
        now = self._clock.now()
        async with self._database.transaction() as tx:
            await stored.set_votes(tx, ballot, target, now=now, barred=barred)
            await stored.set_hands(tx, ballot, dict.fromkeys(raised, NONE) | hands, now=now)
            wake(tx)
        new = sum(1 for user, marks in target.items() if marks and user not in known)
        gone = sum(1 for user in known if not target[user])
        if new or gone:
            self._votes.changed()
            event(
                log, "votes.reconciled", proposal=ballot.proposal_id, guild=ballot.guild_id,
                counted=new, taken_back=gone,
            )  # fmt: skip
        return Found(ballot, new, gone)

    async def _lost(self, ballot: Proposal) -> None:
        """A moderator deleted the ballot, or its channel: its votes stay."""
        async with self._database.transaction() as tx:
            row = await proposals.get(tx, ballot.guild_id, ballot.proposal_id)
            if row is None or row.ballot_message_id != ballot.ballot_message_id:
                return
            row.ballot_lost = True
            await stored.carry(tx, ballot.proposal_id)
        event(log, "ballot.lost", logging.WARNING, proposal=ballot.proposal_id, guild=ballot.guild_id)


def _meant_on(ballot: Proposal) -> Callable[[str], bool]:
    """Whether an emoji means something on a ballot."""
    return lambda emoji: meaning(ballot, emoji) is not None


def _relevant(ballot: Proposal, counts: Counts) -> Counts:
    return Counter({mark: number for mark, number in counts.items() if number and meaning(ballot, mark)})


def _by_person(ballot: Proposal, people: People, means: str) -> dict[int, Marks]:
    """The marks of each person that mean this."""
    found: dict[int, Marks] = {}
    for mark, users in people.items():
        if meaning(ballot, mark) == means:
            for user in users:
                found[user] = found.get(user, NONE) | {mark}
    return found


def _kept(known: Mapping[int, Marks], shown: Mapping[int, Marks]) -> dict[int, Marks]:
    """What the ledger is to hold: what is shown, and what was carried over from an earlier ballot."""
    kept = {user: marks & {CARRIED} for user, marks in known.items()}
    return kept | dict(shown)
