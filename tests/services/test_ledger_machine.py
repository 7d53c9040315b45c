"""Reaction events lost, doubled, out of order; restarts, moderators, readings: the ledger ends as Discord shows it.

The services and the database are the real ones; Discord is played by a few sets in memory.
"""
# ruff: noqa: ARG002, FBT001 - the reader's protocol; Hypothesis passes by name

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bot import config
from bot.clock import VirtualClock
from bot.services.ballots import Ballots
from bot.services.outbox import Outbox
from bot.services.reconciling import Unreadable
from bot.services.recount import Recount
from bot.services.settings import SettingsService
from bot.services.votes import Reaction, Votes, mark_of, same_emoji
from storage import guilds, proposals
from storage import votes as stored
from storage.database import Database, open_database
from storage.tables import Paper, Proposal
from tests.database import drop_all, first_day_url

NOW = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
GUILD, CHANNEL = 1, 2
VOTE, HAND = "👍", "🙋"
EMOJI = (VOTE, "👍🏽", "👍🏿", HAND, "🙋🏻", "🎉")
Mark = tuple[int, int, str, bool]  # message, user, emoji, burst


class Discord:
    """What Discord shows; also the reader of it."""

    def __init__(self) -> None:
        self.shown: set[Mark] = set()
        self.messages: set[int] = set()
        self.down = False

    async def counts(self, channel_id: int, message_ids: Sequence[int]) -> Mapping[int, Counter[str]]:
        self._there()
        return {
            message: Counter(mark_of(e, burst=b) for m, _, e, b in self.shown if m == message)
            for message in message_ids
            if message in self.messages
        }

    async def people(
        self, channel_id: int, message_id: int, wanted: Callable[[str], bool]
    ) -> Mapping[str, set[int]] | None:
        self._there()
        if message_id not in self.messages:
            return None
        found: dict[str, set[int]] = {}
        for message, user, emoji, burst in self.shown:
            if message == message_id and wanted(emoji):
                found.setdefault(mark_of(emoji, burst=burst), set()).add(user)
        return found

    async def members(self, guild_id: int, user_ids: Collection[int]) -> Mapping[int, frozenset[str]]:
        self._there()
        return {user: frozenset() for user in user_ids}

    def _there(self) -> None:
        if self.down:
            raise Unreadable("Discord is down")

    def means(self, message: int, emoji: str) -> set[int]:
        return {user for m, user, e, _ in self.shown if m == message and same_emoji(e, emoji)}


class Ledger(RuleBasedStateMachine):
    """The bot beside Discord."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.clock, self.discord = VirtualClock(NOW), Discord()
        self.held: list[Reaction] = []  # events that Discord has not delivered yet
        self.ballots = {1: 101, 2: 102}  # proposal -> message
        self.carried: dict[int, set[int]] = {1: set(), 2: set()}
        self.next_message = 103
        self.discord.messages = set(self.ballots.values())
        self.url = first_day_url(Path(self.folder.name))
        self.database: Database
        self.runner.run(self._start())
        self.runner.run(self._fill())

    async def _start(self) -> None:
        self.database = open_database(self.url)
        service = SettingsService(self.database, self.clock, config.parse({}))
        outbox = Outbox(self.database, self.clock, service)
        self.votes = Votes(self.database, self.clock, service)
        self.recount = Recount(self.database, self.clock, service, outbox, self.votes)
        Ballots(self.database, self.clock, service, outbox, self.votes, self.recount)
        self.recount.open(self.discord)

    async def _fill(self) -> None:
        async with self.database.transaction() as tx:
            await guilds.joined(tx, guild_id=GUILD, name="group", now=NOW)
            for number, message in self.ballots.items():
                paper = Paper(
                    paper_id=f"p{number}", title="T", authors=[], abstract="", categories=[], fetched_at=NOW
                )
                tx.add(paper)
                await tx.flush()
                proposal = Proposal(
                    guild_id=GUILD, paper_id=paper.paper_id, proposer_id=9, created_at=NOW, ballot_emoji=VOTE,
                    ballot_presenter_emoji=HAND, ballot_channel_id=CHANNEL, ballot_message_id=message,
                )  # fmt: skip
                tx.add(proposal)
                await tx.flush()

    def teardown(self) -> None:
        self.discord.down = False
        self._deliver(self.held)
        self.runner.run(self._restart())  # by itself, without anybody's choosing
        self._check()
        self.runner.run(self.database.close())
        self.runner.close()
        drop_all()
        self.folder.cleanup()

    # what happens

    @rule(
        proposal=st.sampled_from((1, 2)),
        user=st.integers(11, 14),
        emoji=st.sampled_from(EMOJI),
        burst=st.booleans(),
        added=st.booleans(),
        delivery=st.sampled_from(("once", "twice", "lost", "late")),
    )
    def a_reaction(
        self,
        proposal: int,
        user: int,
        emoji: str,
        burst: bool,
        added: bool,
        delivery: str,
    ) -> None:
        message = self.ballots[proposal]
        mark = (message, user, emoji, burst)
        if message not in self.discord.messages or added == (mark in self.discord.shown):
            return
        (self.discord.shown.add if added else self.discord.shown.discard)(mark)
        if added and same_emoji(emoji, VOTE) and delivery in ("once", "twice"):
            self.carried[proposal].discard(user)  # a word on the new ballot takes the place of the old one
        happened = Reaction(message, user, emoji, added, burst)
        if delivery == "late":
            self.held.append(happened)
        elif delivery != "lost":
            self._deliver([happened] * (2 if delivery == "twice" else 1))

    @rule(order=st.randoms(use_true_random=False))
    def late_events_come_in_any_order(self, order: object) -> None:
        events, self.held = self.held, []
        order.shuffle(events)  # type: ignore[attr-defined]
        self._deliver(events)

    @rule(proposal=st.sampled_from((1, 2)))
    def a_moderator_clears_the_reactions(self, proposal: int) -> None:
        message = self.ballots[proposal]
        self.discord.shown = {mark for mark in self.discord.shown if mark[0] != message}
        self.recount.message(message)

    @rule(proposal=st.sampled_from((1, 2)))
    def a_moderator_deletes_the_ballot_and_it_is_posted_again(self, proposal: int) -> None:
        message = self.ballots[proposal]
        self.discord.down = False
        self._check_after_a_full_reading()
        self.discord.messages.discard(message)
        self.discord.shown = {mark for mark in self.discord.shown if mark[0] != message}
        known = self.runner.run(self._voters(proposal))
        self.runner.run(self.recount.before_choice(GUILD))
        assert self.runner.run(self._voters(proposal)) == known
        self.carried[proposal] = known
        self.held = [reaction for reaction in self.held if reaction.message_id != message]
        self.ballots[proposal] = self.next_message
        self.discord.messages.add(self.next_message)
        self.next_message += 1
        self.runner.run(self._post_again(proposal))

    @rule()
    def the_bot_restarts(self) -> None:
        self.held = []  # what was not delivered to a session that ended never is
        self.runner.run(self._restart())

    @rule(down=st.booleans())
    def discord_is_down_or_up(self, down: bool) -> None:
        self.discord.down = down

    @rule(minutes=st.integers(1, 90))
    def time_passes(self, minutes: int) -> None:
        self.clock.set(self.clock.now() + timedelta(minutes=minutes))
        self.runner.run(self.recount.run_due(self.clock.now()))

    @invariant()
    def nobody_votes_who_never_did(self) -> None:
        assert self.runner.run(self._voters(1)) <= set(range(11, 15))

    # helpers

    def _deliver(self, events: Sequence[Reaction]) -> None:
        async def deliver() -> None:
            for happened in events:
                self.votes.note(happened)
            await self.votes.settle()

        self.runner.run(deliver())

    async def _restart(self) -> None:
        await self.votes.settle()
        await self.database.close()
        await self._start()
        self.recount.everything()
        await self.recount.run_due(self.clock.now())
        await self.recount.run_due(self.clock.now())

    async def _post_again(self, proposal: int) -> None:
        async with self.database.transaction() as tx:
            row = await proposals.get(tx, GUILD, proposal)
            assert row is not None
            assert row.ballot_lost
            row.ballot_lost, row.ballot_message_id = False, self.ballots[proposal]

    async def _voters(self, proposal: int) -> set[int]:
        async with self.database.reading() as tx:
            return await stored.voters(tx, proposal)

    def _check_after_a_full_reading(self) -> None:
        self.runner.run(self.recount.before_choice(GUILD))
        self._check()

    def _check(self) -> None:
        for proposal, message in self.ballots.items():
            ledger = self.runner.run(self._voters(proposal))
            shown = self.discord.means(message, VOTE)
            assert shown <= ledger, "a vote that Discord shows is missing"
            assert ledger - shown <= self.carried[proposal], "a vote that nobody cast"
            hands = self.runner.run(self._hands(proposal))
            assert hands == self.discord.means(message, HAND)

    async def _hands(self, proposal: int) -> set[int]:
        async with self.database.reading() as tx:
            return set(await stored.hand_marks(tx, proposal))


TestLedger = Ledger.TestCase
TestLedger.settings = settings(
    max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
