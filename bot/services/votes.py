"""Votes: a reaction is a vote, and the ledger equals what Discord shows.

Live events are noted in the order they came, many in one transaction. Discord promises neither that they come nor that
they come once (FIELD b16, d1), so ballots are also read from Discord (bot/services/recount.py). Live events of a ballot
that is being read wait until it has been: whichever of the two is older, the end is the same.

The ledger holds every reaction that is a vote. Which of them count is a matter of the group's rules: its role that may
vote, a number of votes a member, none for one's own.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal

from bot.clock import Clock
from bot.config import ServerSettings
from bot.log import event
from bot.services.settings import SettingsService
from storage import proposals
from storage import votes as stored
from storage.database import Database, Tx
from storage.tables import Proposal
from storage.votes import CARRIED, Marks, Rules

log = logging.getLogger(__name__)

_SKIN_TONES = dict.fromkeys(range(0x1F3FB, 0x1F400))
#: Ends the mark of a super-reaction, which Discord counts beside the plain one of the same emoji.
BURST = "*"

Means = Literal["vote", "hand"]


@dataclass(frozen=True)
class Reaction:
    """A reaction was added to a message, or taken back. `emoji` as Discord names it: "👍" or "name:id".

    `roles` are the ids and names of the person's roles, where Discord tells them.
    """

    message_id: int
    user_id: int
    emoji: str
    added: bool
    burst: bool = False
    roles: frozenset[str] | None = None

    @property
    def mark(self) -> str:
        return mark_of(self.emoji, burst=self.burst)


def mark_of(emoji: str, *, burst: bool) -> str:
    """How the ledger writes a reaction: exactly as it is, for a person may react in two skin tones at once."""
    name = emoji.rpartition(":")[2] if ":" in emoji else emoji  # a custom emoji may be renamed; its id stays
    return name + BURST if burst else name


def same_emoji(one: str, other: str) -> bool:
    """Whether two emoji mean the same: skin tone and presentation make no difference, nor does a rename."""
    return _bare(one) == _bare(other)


def _bare(emoji: str) -> str:
    return emoji.rpartition(":")[2].removesuffix(BURST).translate(_SKIN_TONES).replace("\ufe0f", "")


def meaning(ballot: Proposal, emoji: str) -> Means | None:
    """What a reaction (an emoji or a mark) on a ballot says, if anything."""
    if ballot.ballot_emoji and same_emoji(ballot.ballot_emoji, emoji):
        return "vote"
    if ballot.ballot_presenter_emoji and same_emoji(ballot.ballot_presenter_emoji, emoji):
        return "hand"
    return None


def rules_of(settings: ServerSettings) -> Rules:
    """Which votes count on a server."""
    return Rules(own=settings.group.own_votes, most=settings.group.votes_per_member)


def may_vote(settings: ServerSettings, roles: frozenset[str] | None) -> bool:
    """Whether somebody with these roles may vote; roles that are not known speak against nobody."""
    wanted = settings.group.vote_role
    return wanted is None or roles is None or any(role.casefold() == wanted.casefold() for role in roles)


class Votes:
    """Notes reactions in the ledger."""

    def __init__(self, database: Database, clock: Clock, settings: SettingsService) -> None:
        self._database, self._clock, self._settings = database, clock, settings
        self.changed: Callable[[], None] = lambda: None  # called when the standing may have changed
        self.taken_back: Callable[[int], None] = lambda _proposal_id: None  # called when a mark was removed
        self.failed = asyncio.Event()  # reactions could not be written: they must be read again
        self._queue: list[Reaction] = []
        self._held: dict[int, list[Reaction]] = {}  # by ballot message, while it is being read
        self._writing: asyncio.Task[None] | None = None
        self._ledger = asyncio.Lock()

    def note(self, reaction: Reaction) -> None:
        """A reaction event came. Never waits: it is written soon, in order, together with what came beside it."""
        self._queue.append(reaction)
        self._begin()

    def _begin(self) -> None:
        if self._writing is None and self._queue:
            self._writing = asyncio.create_task(self._write(), name="votes")
            self._writing.add_done_callback(self._written)

    @asynccontextmanager
    async def held(self, message_id: int) -> AsyncIterator[None]:
        """While a ballot is being read, what happens on it waits."""
        self._held[message_id] = []
        try:
            async with self._ledger:
                pass  # what was noted before this reading is written before it
            yield
        finally:
            for reaction in self._held.pop(message_id):
                self.note(reaction)

    @property
    def busy(self) -> bool:
        """Whether something is being written."""
        return self._writing is not None

    async def settle(self) -> None:
        """Wait until every reaction noted so far is written."""
        while self._writing is not None:
            await asyncio.wait([self._writing])
            await asyncio.sleep(0)

    def _written(self, task: asyncio.Task[None]) -> None:
        self._writing = None
        self._begin()  # what came after the last look into the queue
        if not task.cancelled() and (error := task.exception()):
            # The queue is lost, not the votes: Discord still shows them.
            log.error("votes could not be written and are read again", exc_info=error)
            self.failed.set()
            self._database.on_wake()

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
        if not ballots:
            return
        said: dict[tuple[int, Means], list[Reaction]] = defaultdict(list)
        for reaction in reactions:
            ballot = ballots.get(reaction.message_id)
            if ballot and (means := meaning(ballot, reaction.emoji)):
                said[reaction.message_id, means].append(reaction)
        if not said:
            return
        async with self._database.transaction() as tx:
            for (message_id, means), of_ballot in said.items():
                await self._apply_to(tx, ballots[message_id], means, of_ballot)
        for message_id in {
            reaction.message_id for reaction in reactions if not reaction.added
        } & ballots.keys():
            self.taken_back(ballots[message_id].proposal_id)
        self.changed()

    async def _apply_to(self, tx: Tx, ballot: Proposal, means: Means, reactions: list[Reaction]) -> None:
        users = {reaction.user_id for reaction in reactions}
        now = self._clock.now()
        if means == "vote":
            settings = await self._settings.of(tx, ballot.guild_id)
            known = await stored.vote_marks(tx, ballot.proposal_id, users)
            barred = {r.user_id for r in reactions if not may_vote(settings, r.roles)}
            await stored.set_votes(tx, ballot, after(known, reactions), now=now, barred=barred)
        else:
            known = await stored.hand_marks(tx, ballot.proposal_id, users)
            await stored.set_hands(tx, ballot, after(known, reactions), now=now)
        for reaction in reactions:
            name = f"{means}.cast" if reaction.added else f"{means}.withdrawn"
            event(log, name, proposal=ballot.proposal_id, guild=ballot.guild_id, user=reaction.user_id)


def after(known: dict[int, Marks], reactions: Iterable[Reaction]) -> dict[int, Marks]:
    """The marks of those who reacted, after what they did; doing it twice changes nothing."""
    marks: dict[int, Marks] = {}
    for reaction in reactions:
        # A word on the ballot that stands now takes the place of one that was carried over from an earlier ballot.
        held = marks.get(reaction.user_id, known.get(reaction.user_id, stored.NONE)) - {CARRIED}
        marks[reaction.user_id] = held | {reaction.mark} if reaction.added else held - {reaction.mark}
    return marks
