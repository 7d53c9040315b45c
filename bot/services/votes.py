"""Votes: a reaction is a vote, and the ledger equals what Discord shows.

Live events are noted in the order they came, many in one transaction. Discord promises neither that they come nor that
they come once or in order (FIELD b16, d1), so ballots are read again from Discord after every start, after every
session that could not be resumed, and soon after a vote was taken back, since only then the order matters. Live events
of a ballot that is being read wait until it has been: whichever of the two is older, the end is the same.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.clock import Clock
from bot.log import event
from storage import proposals
from storage.database import Database, wake
from storage.tables import Proposal

log = logging.getLogger(__name__)

#: What cannot be read now is read after a pause; a ballot from which a vote was taken is, once that has settled.
_PAUSE, _SETTLED = timedelta(seconds=30), timedelta(seconds=10)
_SKIN_TONES = dict.fromkeys(range(0x1F3FB, 0x1F400))


@dataclass(frozen=True)
class Reaction:
    """A reaction was added to a message, or taken back. `emoji` as Discord names it: "👍" or "name:id"."""

    message_id: int
    user_id: int
    emoji: str
    added: bool


class Unreadable(Exception):
    """The reactions of a ballot cannot be read now; the message says why."""


class Reader(Protocol):
    """Reads who reacted."""

    async def reactors(self, channel_id: int, message_id: int, emoji: str) -> set[int] | None:
        """The ids of all people (no bots) who reacted with `emoji`; None when the message is gone.

        Raises Unreadable when Discord cannot tell now.
        """
        ...


def same_emoji(one: str, other: str) -> bool:
    """Whether two emoji count as the same vote: skin tone and presentation make no difference, nor does a rename."""
    if ":" in one or ":" in other:
        return one.rpartition(":")[2] == other.rpartition(":")[2]
    return _bare(one) == _bare(other)


def _bare(emoji: str) -> str:
    return emoji.translate(_SKIN_TONES).replace("\ufe0f", "")


_ALL = ("all", 0)


class Votes:
    """Keeps the ledger of votes."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._reader: Reader | None = None
        self._queue: list[Reaction] = []
        self._held: dict[int, list[Reaction]] = {}  # by ballot message, while it is being read
        self._writing: asyncio.Task[None] | None = None
        self._ledger = asyncio.Lock()
        self._to_read: dict[tuple[str, int], datetime] = {}  # ("proposal" or "message", id), or _ALL -> when

    def open(self, reader: Reader) -> None:
        """Discord can be reached."""
        self._reader = reader

    def note(self, reaction: Reaction) -> None:
        """A reaction event came. Never waits: it is written soon, in order, together with what came beside it."""
        self._queue.append(reaction)
        self._begin()

    def _begin(self) -> None:
        if self._writing is None and self._queue:
            self._writing = asyncio.create_task(self._write(), name="votes")
            self._writing.add_done_callback(self._written)

    def _written(self, task: asyncio.Task[None]) -> None:
        self._writing = None
        self._begin()  # what came after the last look into the queue
        if not task.cancelled() and (error := task.exception()):
            # The queue is lost, not the votes: Discord still shows them.
            log.error("votes could not be written and are read again", exc_info=error)
            self.read_again(after=_PAUSE)

    async def _write(self) -> None:
        while self._queue:
            batch, self._queue = self._queue, []
            for held in [reaction for reaction in batch if reaction.message_id in self._held]:
                self._held[held.message_id].append(held)
            async with self._ledger:
                await self._apply([reaction for reaction in batch if reaction.message_id not in self._held])

    async def _apply(self, reactions: list[Reaction]) -> None:
        if not reactions:
            return
        async with self._database.reading() as tx:
            ballots = await proposals.ballots(tx, message_ids={reaction.message_id for reaction in reactions})
        changes: dict[int, dict[int, bool]] = {}
        for reaction in reactions:
            ballot = ballots.get(reaction.message_id)
            if ballot and ballot.ballot_emoji and same_emoji(ballot.ballot_emoji, reaction.emoji):
                changes.setdefault(reaction.message_id, {})[reaction.user_id] = (
                    reaction.added
                )  # the last word counts
        if not changes:
            return
        now = self._clock.now()
        async with self._database.transaction() as tx:
            for message_id, by_user in changes.items():
                add = [user for user, added in by_user.items() if added]
                remove = [user for user, added in by_user.items() if not added]
                await proposals.set_votes(tx, ballots[message_id], add=add, remove=remove, now=now)
        for message_id in changes.keys() & {
            reaction.message_id for reaction in reactions if not reaction.added
        }:
            self.read_again(ballots[message_id].proposal_id, after=_SETTLED)
        for message_id, by_user in changes.items():
            for user, added in by_user.items():
                name = "vote.cast" if added else "vote.withdrawn"
                event(
                    log,
                    name,
                    proposal=ballots[message_id].proposal_id,
                    guild=ballots[message_id].guild_id,
                    user=user,
                )

    async def settle(self) -> None:
        """Wait until every reaction noted so far is written."""
        while self._writing is not None:
            await asyncio.wait([self._writing])
            await asyncio.sleep(0)

    # reading again

    def read_again(self, proposal_id: int | None = None, *, after: timedelta = timedelta(0)) -> None:
        """Have one ballot, or all of them, read from Discord: events may have been missed."""
        self._read_at(_ALL if proposal_id is None else ("proposal", proposal_id), self._clock.now() + after)

    def read_message(self, message_id: int) -> None:
        """Have the ballot that stands in a message read again, if there is one: its reactions were cleared in bulk."""
        self._read_at(("message", message_id), self._clock.now())

    def _read_at(self, what: tuple[str, int], at: datetime) -> None:
        self._to_read[what] = min(at, self._to_read.get(what, at))
        self._database.on_wake()

    async def next_due(self) -> datetime | None:
        return min(self._to_read.values(), default=None) if self._reader is not None else None

    async def run_due(self, now: datetime) -> None:
        """Read the ballots that are to be read; what cannot be read now is tried again."""
        if self._reader is None:
            return
        due = {what for what, at in self._to_read.items() if at <= now}
        for what in due:
            del self._to_read[what]
        try:
            await self._read_all(self._reader, due)
        except BaseException:  # nothing that was to be read is forgotten
            for what in due:
                self._read_at(what, now + _PAUSE)
            raise

    async def _read_all(self, reader: Reader, due: set[tuple[str, int]]) -> None:
        async with self._database.reading() as tx:
            ballots = [
                ballot
                for ballot in await proposals.open_ballots(tx)
                if due & {_ALL, ("proposal", ballot.proposal_id), ("message", ballot.ballot_message_id)}
            ]
        found = 0
        for ballot in ballots:
            try:
                found += await self._read(reader, ballot)
            except Unreadable as trouble:
                event(log, "votes.unreadable", logging.WARNING, proposal=ballot.proposal_id, cause=trouble)
                self.read_again(ballot.proposal_id, after=_PAUSE)
        if _ALL in due:
            event(log, "votes.read", ballots=len(ballots), changes=found)

    async def _read(self, reader: Reader, ballot: Proposal) -> int:
        """Make the ledger of one ballot what Discord shows; how many votes were different."""
        message_id, channel_id = ballot.ballot_message_id, ballot.ballot_channel_id
        assert message_id is not None  # noqa: S101 - an open ballot
        assert channel_id is not None  # noqa: S101
        self._held[message_id] = []
        try:
            async with self._ledger:
                pass  # what was noted before this reading is written before it
            shown = await reader.reactors(channel_id, message_id, ballot.ballot_emoji or "👍")
            if shown is None:
                return 0  # a moderator deleted the ballot: its votes stay
            async with self._database.transaction() as tx:
                known = await proposals.voters(tx, ballot.proposal_id)
                await proposals.set_votes(
                    tx, ballot, add=shown - known, remove=known - shown, now=self._clock.now()
                )
                wake(tx)
            changed = len(shown ^ known)
            if changed:
                event(
                    log, "votes.reconciled", proposal=ballot.proposal_id, guild=ballot.guild_id,
                    counted=len(shown - known), taken_back=len(known - shown),
                )  # fmt: skip
            return changed
        finally:
            for reaction in self._held.pop(message_id):
                self.note(reaction)
