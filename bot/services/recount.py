"""Reading the ballots from Discord, so that the ledger equals what it shows whatever was missed.

A start reads counts, a hundred messages a request, and at once people where the counts differ. Equal counts can hide
that one vote came and another went: so every ballot is read in full afterwards, the youngest first, a few a minute; and
again every day, and all of them before a choice.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.cards import Card
from bot.cards import votes as cards
from bot.clock import Clock
from bot.config import ServerSettings
from bot.log import event
from bot.services.outbox import Outbox
from bot.services.settings import SettingsService
from bot.services.votes import Votes, may_vote, meaning
from storage import proposals
from storage import votes as stored
from storage.database import Database, Tx, wake
from storage.tables import Post, Proposal
from storage.votes import CARRIED, NONE, Marks

log = logging.getLogger(__name__)

#: What cannot be read now is read after a pause; a ballot from which a vote was taken is, once that has settled: only
#: then the order of events, which Discord does not promise, matters.
_PAUSE, _SETTLED = timedelta(seconds=30), timedelta(seconds=10)
#: After the counts: so many ballots are read in full, so often; and all over again a day later.
PORTION, PORTION_PAUSE, ROUND = 20, timedelta(minutes=1), timedelta(days=1)
#: What was missed is not worth telling after that.
_NEWS = timedelta(hours=6)

#: How often each mark stands on a message, without the bot's own.
Counts = Counter[str]
#: Who made each mark.
People = Mapping[str, set[int]]


class Unreadable(Exception):
    """The reactions of a ballot cannot be read now; the message says why."""


class Reader(Protocol):
    """Reads reactions and members. Each method raises Unreadable when Discord cannot tell now."""

    async def counts(self, channel_id: int, message_ids: Sequence[int]) -> Mapping[int, Counts]:
        """The reactions on these messages of a channel; messages that are gone are left out."""
        ...

    async def people(self, channel_id: int, message_id: int, wanted: Callable[[str], bool]) -> People | None:
        """Who (no bots) reacted with the wanted emoji, by mark; None when the message is gone."""
        ...

    async def members(self, guild_id: int, user_ids: Collection[int]) -> Mapping[int, frozenset[str]]:
        """The ids and names of the roles of those who are members; who is none is left out."""
        ...


class Recount:
    """Reads ballots when they may differ from the ledger, and what it found is told."""

    def __init__(
        self, database: Database, clock: Clock, settings: SettingsService, outbox: Outbox, votes: Votes
    ) -> None:
        self._database, self._clock, self._settings = database, clock, settings
        self._outbox, self._votes = outbox, votes
        self._reader: Reader | None = None
        self._everything_at: datetime | None = None  # by counts
        self._wanted: dict[
            tuple[str, int], datetime
        ] = {}  # ("proposal" or "message", id) -> when to read in full
        self._round: list[int] = []  # the slow reading of all in full
        self._round_at: datetime | None = None
        self._rolls: set[int] = set()  # servers where another role may vote
        outbox.says("recounted", self._recounted)
        settings.on_change(self._settings_changed)
        votes.taken_back = lambda proposal_id: self.ballot(proposal_id, after=_SETTLED)

    def open(self, reader: Reader) -> None:
        """Discord can be reached."""
        self._reader = reader

    def everything(self) -> None:
        """Have all ballots looked at: events may have been missed."""
        self._everything_at = self._clock.now()
        self._database.on_wake()

    def ballot(self, proposal_id: int, *, after: timedelta = timedelta(0)) -> None:
        """Have one ballot read in full."""
        self._want(("proposal", proposal_id), self._clock.now() + after)

    def message(self, message_id: int) -> None:
        """Have the ballot that stands in a message read, if there is one: its reactions were cleared in bulk."""
        self._want(("message", message_id), self._clock.now())

    def _want(self, what: tuple[str, int], at: datetime) -> None:
        self._wanted[what] = min(at, self._wanted.get(what, at))
        self._database.on_wake()

    # timed

    async def settle(self) -> None:
        """Wait until every reaction noted so far is written."""
        await self._votes.settle()

    async def next_due(self) -> datetime | None:
        if self._reader is None:
            return None
        if self._votes.failed.is_set():
            self._votes.failed.clear()
            self._everything_at = self._clock.now() + _PAUSE
        rolls_at = self._clock.now() if self._rolls else None
        dues = (self._everything_at, self._round_at, rolls_at, *self._wanted.values())
        return min((at for at in dues if at is not None), default=None)

    async def run_due(self, now: datetime) -> None:
        """Read what is to be read; what cannot be read now is tried again."""
        if self._reader is None:
            return
        if self._everything_at and self._everything_at <= now:
            self._everything_at = None
            try:
                await self._look_at_all(self._reader)
            except BaseException:  # it is not forgotten
                self._everything_at = now + _PAUSE
                raise
        if due := {what for what, at in self._wanted.items() if at <= now}:
            await self._read_wanted(due, now)
        while self._rolls:
            guild_id = self._rolls.pop()
            await self._new_rules(self._reader, guild_id)
        if self._round_at and self._round_at <= now:
            await self._read_portion(now)

    async def _read_wanted(self, due: set[tuple[str, int]], now: datetime) -> None:
        for what in due:
            del self._wanted[what]
        try:
            ballots = await self._ballots()
            await self._read_all(
                [b for b in ballots if due & {("proposal", b.proposal_id), ("message", b.ballot_message_id)}]
            )
        except BaseException:  # nothing that was to be read is forgotten
            for what in due:
                self._want(what, now + _PAUSE)
            raise

    async def _read_portion(self, now: datetime) -> None:
        """The slow round: the next few ballots in full; at its end the next round is set."""
        ballots = {ballot.proposal_id: ballot for ballot in await self._ballots()}
        if not self._round:
            self._round = sorted(ballots, reverse=True)  # the young ones are voted on most
        portion, self._round = self._round[:PORTION], self._round[PORTION:]
        found = await self._read_all([ballots[number] for number in portion if number in ballots])
        await self._tell(found)
        self._round_at = now + (PORTION_PAUSE if self._round else ROUND)

    async def _look_at_all(self, reader: Reader) -> None:
        """Compare counts, and read in full where they differ."""
        by_channel: dict[int, list[Proposal]] = defaultdict(list)
        for ballot in await self._ballots():
            by_channel[ballot.ballot_channel_id or 0].append(ballot)
        async with self._database.reading() as tx:
            known = await stored.mark_counts(tx)
        differ: list[Proposal] = []
        looked = 0
        for channel_id, ballots in by_channel.items():
            try:
                shown = await reader.counts(channel_id, sorted(b.ballot_message_id or 0 for b in ballots))
            except Unreadable as trouble:
                event(log, "votes.unreadable", logging.WARNING, channel=channel_id, cause=trouble)
                self._everything_at = self._clock.now() + _PAUSE
                continue
            looked += len(ballots)
            for ballot in ballots:
                counts = shown.get(ballot.ballot_message_id or 0)
                if counts is None or _relevant(ballot, counts) != known.get(ballot.proposal_id, Counter()):
                    differ.append(ballot)
        found = await self._read_all(differ)
        event(log, "votes.read", ballots=looked, differed=len(differ), **_sums(found))
        await self._tell(found)
        self._round, self._round_at = [], self._clock.now()

    async def before_choice(self, guild_id: int) -> None:
        """Read every ballot of a server in full, and who of its voters is there and may vote. Raises Unreadable."""
        if self._reader is None:
            raise Unreadable("Discord cannot be reached")
        for ballot in await self._ballots():
            if ballot.guild_id == guild_id:
                await self._read(self._reader, ballot)
        await self._call_roll(self._reader, guild_id)

    async def _ballots(self) -> Sequence[Proposal]:
        async with self._database.reading() as tx:
            return await proposals.open_ballots(tx)

    # reading

    async def _read_all(self, ballots: Sequence[Proposal]) -> dict[int, tuple[int, int]]:
        """Read ballots in full: how many votes came and went, by server."""
        assert self._reader is not None  # noqa: S101 - asked by the callers
        found: dict[int, tuple[int, int]] = {}
        for ballot in ballots:
            try:
                new, gone = await self._read(self._reader, ballot)
            except Unreadable as trouble:
                event(log, "votes.unreadable", logging.WARNING, proposal=ballot.proposal_id, cause=trouble)
                self.ballot(ballot.proposal_id, after=_PAUSE)
                continue
            before = found.get(ballot.guild_id, (0, 0))
            found[ballot.guild_id] = before[0] + new, before[1] + gone
        return found

    async def _read(self, reader: Reader, ballot: Proposal) -> tuple[int, int]:
        """Make the ledger of one ballot what Discord shows; how many votes are new, and gone."""
        message_id, channel_id = ballot.ballot_message_id or 0, ballot.ballot_channel_id or 0
        async with self._votes.held(message_id):
            people = await reader.people(channel_id, message_id, lambda e: meaning(ballot, e) is not None)
            if people is None:
                await self._lost(ballot)
                return 0, 0
            votes, hands = _by_person(ballot, people, "vote"), _by_person(ballot, people, "hand")
            async with (
                self._database.reading() as tx
            ):  # most ballots are as the ledger says: that is quickly seen
                known = await stored.vote_marks(tx, ballot.proposal_id)
                raised = await stored.hand_marks(tx, ballot.proposal_id)
            target = _kept(known, votes)
            if target == known and hands == raised:
                return 0, 0
            barred = await self._barred(reader, ballot, votes)
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
        return new, gone

    async def _lost(self, ballot: Proposal) -> None:
        """A moderator deleted the ballot, or its channel: its votes stay."""
        async with self._database.transaction() as tx:
            row = await proposals.get(tx, ballot.guild_id, ballot.proposal_id)
            if row is None or row.ballot_message_id != ballot.ballot_message_id:
                return
            row.ballot_lost = True
            await stored.carry(tx, ballot.proposal_id)
        event(log, "ballot.lost", logging.WARNING, proposal=ballot.proposal_id, guild=ballot.guild_id)

    # who may vote

    async def _barred(self, reader: Reader, ballot: Proposal, votes: Mapping[int, Marks]) -> set[int]:
        """Those of the voters who may not vote."""
        settings = await self._settings.read(ballot.guild_id)
        if settings.group.vote_role is None or not votes:
            return set()
        members = await reader.members(ballot.guild_id, votes.keys())
        return {user for user in votes if user not in members or not may_vote(settings, members[user])}

    async def _call_roll(self, reader: Reader, guild_id: int) -> None:
        """Whose votes count: of members who are there and may vote."""
        async with self._database.reading() as tx:
            settings = await self._settings.of(tx, guild_id)
            voters = await stored.all_voters(tx, guild_id)
        if not voters:
            return
        members = await reader.members(guild_id, voters)
        may = {user for user in voters if user in members and may_vote(settings, members[user])}
        async with self._database.transaction() as tx:
            changed = await stored.set_counts(tx, guild_id, may, counts=True)
            changed += await stored.set_counts(tx, guild_id, voters - may, counts=False)
        event(log, "votes.roll", guild=guild_id, voters=len(voters), may=len(may), changed=changed)

    async def _new_rules(self, reader: Reader, guild_id: int) -> None:
        """The group's settings changed: whose votes count now? Where everybody may vote, nobody need be asked."""
        async with self._database.transaction() as tx:  # waits for the one that changes them
            settings = await self._settings.of(tx, guild_id)
        if settings.group.vote_role is not None:
            try:
                await self._call_roll(reader, guild_id)
            except Unreadable as trouble:
                event(log, "votes.unreadable", logging.WARNING, guild=guild_id, cause=trouble)
            return
        async with self._database.transaction() as tx:
            voters = await stored.all_voters(tx, guild_id)
            await stored.set_counts(tx, guild_id, voters, counts=True)

    async def _settings_changed(self, tx: Tx, guild_id: int, _settings: ServerSettings) -> None:
        self._rolls.add(guild_id)
        wake(tx)

    # what the outbox says of it

    async def _tell(self, found: Mapping[int, tuple[int, int]]) -> None:
        now = self._clock.now()
        for guild_id, (new, gone) in found.items():
            if not new and not gone:
                continue
            async with self._database.transaction() as tx:
                await self._outbox.put(
                    tx, key=f"recount:{guild_id}:{now.isoformat()}", guild_id=guild_id, place="organisers",
                    kind="recounted", data={"new": new, "gone": gone}, expires_at=now + _NEWS,
                )  # fmt: skip

    async def _recounted(self, _tx: Tx, post: Post, _now: datetime) -> Card:
        return cards.recounted(post.data["new"], post.data["gone"])


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


def _sums(found: Mapping[int, tuple[int, int]]) -> dict[str, int]:
    return {"counted": sum(new for new, _ in found.values()), "taken_back": sum(g for _, g in found.values())}
