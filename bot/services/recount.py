"""Reading the ballots from Discord, so that the ledger equals what it shows whatever was missed.

A start reads counts, a hundred messages a request, and at once people where the counts differ. Equal counts can hide
that one vote came and another went: so every ballot is read in full afterwards, the youngest first, a few a minute; and
again every day, and all of them before a choice.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.cards import Card
from bot.cards import votes as cards
from bot.clock import Clock
from bot.config import ServerSettings
from bot.log import event
from bot.services.outbox import Outbox
from bot.services.reconciling import Reader, Reconciling, Unreadable
from bot.services.roll import Roll
from bot.services.settings import SettingsService
from bot.services.votes import Votes
from storage import guilds, proposals
from storage.database import Database, Tx, wake
from storage.tables import Post, Proposal

log = logging.getLogger(__name__)

#: What cannot be read now is read after a pause; a ballot from which a vote was taken is, once that has settled: only
#: then the order of events, which Discord does not promise, matters.
_PAUSE, _SETTLED = timedelta(seconds=30), timedelta(seconds=10)
#: After the counts: so many ballots are read in full, so often; and all over again a day later.
PORTION, PORTION_PAUSE, ROUND = 20, timedelta(minutes=1), timedelta(days=1)
#: What was missed is not worth telling after that.
NEWS = timedelta(hours=6)


class Recount:
    """Reads ballots when they may differ from the ledger, and what it found is told."""

    upkeep = True  # it looks after things from time to time: nobody waits for it

    def __init__(
        self, database: Database, clock: Clock, settings: SettingsService, outbox: Outbox, votes: Votes
    ) -> None:
        self._database, self._clock, self._settings = database, clock, settings
        self._outbox, self._votes, self._roll = outbox, votes, Roll(database, settings)
        self._reader: Reader | None = None
        self._everything_at: datetime | None = None  # by counts
        self._wanted: dict[
            tuple[str, int], datetime
        ] = {}  # ("proposal" or "message", id) -> when to read in full
        self._round: list[int] = []  # the slow reading of all in full
        self._round_at: datetime | None = None
        self._rolls: set[int] = set()  # servers where another role may vote
        self._ledger = Reconciling(database, clock, votes, self._roll)
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

    async def next_due(self, _tx: Tx) -> datetime | None:
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
            try:
                await self._roll.after_change(self._reader, guild_id)
            except Unreadable as trouble:
                event(log, "votes.unreadable", logging.WARNING, guild=guild_id, cause=trouble)
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
        ballots = await self._ballots()
        seen = await self._ledger.compare(reader, ballots)
        if seen.unseen:
            self._everything_at = self._clock.now() + _PAUSE
        found = await self._read_all(seen.differ)
        looked = len(ballots) - len(seen.unseen)
        event(log, "votes.read", ballots=looked, differed=len(seen.differ), **_sums(found))
        await self._tell(found)
        self._round, self._round_at = [], self._clock.now()

    async def before_choice(self, guild_id: int) -> None:
        """Read every ballot of a server, and who of its voters is there and may vote. Raises Unreadable.

        In full where anybody reacted: equal counts can hide that one vote came and another went. That there is no
        reaction at all, the counts of a hundred ballots say in one request.
        """
        if self._reader is None:
            raise Unreadable("Discord cannot be reached")
        ballots = [ballot for ballot in await self._ballots() if ballot.guild_id == guild_id]
        seen = await self._ledger.compare(self._reader, ballots)
        if seen.unseen:
            raise Unreadable("the channel of the ballots cannot be read")
        for found in await self._ledger.read(self._reader, seen.differ + seen.equal):
            if found.trouble:
                raise found.trouble
        await self._roll.call(self._reader, guild_id)

    async def _ballots(self) -> Sequence[Proposal]:
        async with self._database.reading() as tx:
            return await proposals.open_ballots(tx)

    # reading

    async def _read_all(self, ballots: Sequence[Proposal]) -> dict[int, tuple[int, int]]:
        """Read ballots in full: how many votes came and went, by server."""
        assert self._reader is not None  # noqa: S101 - asked by the callers
        found: dict[int, tuple[int, int]] = {}
        for one in await self._ledger.read(self._reader, ballots):
            if one.trouble:
                self.ballot(one.ballot.proposal_id, after=_PAUSE)
            new, gone = found.get(one.ballot.guild_id, (0, 0))
            found[one.ballot.guild_id] = new + one.new, gone + one.gone
        return found

    async def _settings_changed(self, tx: Tx, guild_id: int, _settings: ServerSettings) -> None:
        self._rolls.add(guild_id)
        wake(tx)

    # what the outbox says of it

    async def _tell(self, found: Mapping[int, tuple[int, int]]) -> None:
        """Say what was missed: in `/proposals`, and to organisers who have a channel; members saw it happen."""
        now = self._clock.now()
        for guild_id, (new, gone) in found.items():
            if not new and not gone:
                continue
            async with self._database.transaction() as tx:
                await guilds.set_note(tx, note_of(guild_id), f"{now.isoformat()} {new} {gone}")
                if (await self._settings.of(tx, guild_id)).group.organiser_channel:
                    await self._outbox.put(
                        tx, key=f"recount:{guild_id}:{now.isoformat()}", guild_id=guild_id, place="organisers",
                        kind="recounted", data={"new": new, "gone": gone}, expires_at=now + NEWS,
                    )  # fmt: skip

    async def _recounted(self, _tx: Tx, post: Post, _now: datetime) -> Card:
        return cards.recounted(post.data["new"], post.data["gone"])


def note_of(guild_id: int) -> str:
    """Where it is noted what the last reading of a server's ballots found: instant, votes that came, that went."""
    return f"recount:{guild_id}"


def _sums(found: Mapping[int, tuple[int, int]]) -> dict[str, int]:
    return {"counted": sum(new for new, _ in found.values()), "taken_back": sum(g for _, g in found.values())}
