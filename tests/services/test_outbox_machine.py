"""The outbox against a Discord of few lines that loses, refuses, delays and forgets, while the process dies at will.

Whatever happens, in whatever order: what was to be said is said once or, with a reason, not at all.
"""

from __future__ import annotations

import asyncio
import gc
import tempfile
from collections import Counter, deque
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import select

from bot import config
from bot.cards import Card, Said
from bot.clock import VirtualClock
from bot.services.delivery import Blocked, Drop, Impossible, NotNow, Sent, Target, Unclear
from bot.services.outbox import Outbox
from bot.services.settings import SettingsService
from storage import guilds
from storage import outbox as stored
from storage.database import Database, Tx
from storage.tables import Note, Post
from tests.brisk import open_briskly
from tests.crash.dying import Dying
from tests.database import drop_all, first_day_url

NOW = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
GUILD = 1
PLACES = ("announcements", "proposals", "user:7")
NONCES_FOR = timedelta(seconds=180)
FATES = ("lost before", "lost after", "late", "not now", "pause", "never")


class Discord:
    """Channels with messages, a memory for nonces that fades, and what fate has in store for the next requests."""

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self.channels = {place: number for number, place in enumerate((*PLACES, "organisers"), 100)}
        self.said: list[tuple[int, str, str]] = []  # channel, nonce, key
        self.nonces: dict[str, tuple[int, datetime]] = {}
        self.late: list[tuple[datetime, int, str, str]] = []
        self.fates = deque[str]()
        self.blocked = set[str]()

    async def where(self, post: Post) -> int | None:
        await asyncio.sleep(0)
        if post.place.startswith("user:"):
            return None
        if post.place in self.blocked:
            raise Blocked("no such channel", post.place)
        return self.channels[post.place]

    async def find(self, post: Post) -> Sent | None:
        await asyncio.sleep(0)
        self._late_ones_land()
        if self.fates and self.fates.popleft() in ("lost before", "lost after"):
            raise Unclear("the reply was lost")
        channel = post.channel_id or self.channels[post.place]
        for number, (there, nonce, _) in enumerate(self.said):
            if (there, nonce) == (channel, post.nonce):
                return Sent(channel, number)
        return None

    async def deliver(self, post: Post, said: Said, target: Target | None) -> Sent:  # noqa: ARG002 - the protocol's
        await asyncio.sleep(0)
        self._late_ones_land()
        if post.place in self.blocked:
            raise Blocked("not allowed", post.place)
        fate = self.fates.popleft() if self.fates else "well"
        channel = post.channel_id or self.channels[post.place]
        if fate == "late":
            self.late.append((self.clock.now() + timedelta(seconds=20), channel, post.nonce, post.key))
            raise Unclear("timed out")
        if fate == "lost before":
            raise Unclear("the connection broke")
        if fate in ("not now", "pause"):
            raise NotNow("not now", timedelta(seconds=30) if fate == "pause" else None)
        if fate == "never":
            raise Impossible("Discord will not have it")
        number = self._take(self.clock.now(), channel, post.nonce, post.key)
        await asyncio.sleep(0)
        if fate == "lost after":
            raise Unclear("the reply was lost")
        return Sent(channel, number)

    def _take(self, now: datetime, channel: int, nonce: str, key: str) -> int:
        number, at = self.nonces.get(nonce, (None, NOW))
        if number is not None and now - at <= NONCES_FOR:
            return number
        self.said.append((channel, nonce, key))
        self.nonces[nonce] = (len(self.said) - 1, now)
        return len(self.said) - 1

    def _late_ones_land(self) -> None:
        for landing in [one for one in self.late if one[0] <= self.clock.now()]:
            self.late.remove(landing)
            self._take(*landing)  # at its own time, though it is looked at only now


class Machine(RuleBasedStateMachine):
    """Lives of the bot, one after the other, on one file."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.url = first_day_url(Path(self.folder.name))
        self.clock = VirtualClock(NOW)
        self.discord = Discord(self.clock)
        self.planned = 0
        self.obsolete = set[str]()
        self.runner.run(self._start())

    async def _start(self) -> None:
        self.database: Database = open_briskly(self.url)
        service = SettingsService(self.database, self.clock, config.parse({}))
        self.outbox = Outbox(self.database, self.clock, service)
        self.outbox.says("line", self._line, self._afterwards)
        self.outbox.says("undeliverable", self._line)
        self.outbox.open(self.discord)

    async def _line(self, _tx: Tx, post: Post, _now: datetime) -> Card | Drop:
        return Drop("it is not so any more") if post.key in self.obsolete else Card(title=post.key)

    async def _afterwards(self, tx: Tx, post: Post) -> None:
        tx.add(Note(key=f"said {post.key}", value="once"))  # a second time breaks the primary key

    # what people do

    @rule(
        place=st.sampled_from(PLACES),
        after=st.sampled_from([0, 0, 0, 30]),
        life=st.none() | st.integers(1, 600),
    )
    def plan(self, place: str, after: int, life: int | None) -> None:
        self.planned += 1
        self.runner.run(self._plan(f"post {self.planned}", place, after, life))

    @rule(which=st.integers(0, 30), place=st.sampled_from(PLACES))
    def plan_again(self, which: int, place: str) -> None:
        if which < self.planned:
            self.runner.run(self._plan(f"post {which + 1}", place, 0, None))

    async def _plan(self, key: str, place: str, after: int, life: int | None) -> None:
        due = self.clock.now() + timedelta(seconds=after)
        async with self.database.transaction() as tx:
            await self.outbox.put(
                tx, key=key, guild_id=GUILD, place=place, kind="line", data={}, due_at=due,
                expires_at=due + timedelta(seconds=life) if life else None,
            )  # fmt: skip

    @rule(which=st.integers(1, 30))
    def cancel(self, which: int) -> None:
        async def work() -> None:
            async with self.database.transaction() as tx:
                await stored.cancel(tx, guild_id=GUILD, key_prefix=f"post {which}")

        self.runner.run(work())

    @rule(which=st.integers(1, 30))
    def overtake(self, which: int) -> None:
        """What a post would say is not so any more."""
        self.obsolete.add(f"post {which}")

    # what goes wrong

    @rule(fates=st.lists(st.sampled_from(FATES), min_size=1, max_size=4))
    def deliver_into_trouble(self, fates: list[str]) -> None:
        self.discord.fates.extend(fates)
        self.runner.run(self._deliver())

    @rule(place=st.sampled_from(PLACES))
    def block(self, place: str) -> None:
        self.discord.blocked.add(place)

    @rule(place=st.sampled_from(PLACES))
    def cure(self, place: str) -> None:
        self.discord.blocked.discard(place)
        self.runner.run(self.outbox.look_again(GUILD))

    @rule(place=st.sampled_from(PLACES[:2]))
    def remake_the_channel(self, place: str) -> None:
        self.discord.channels[place] += 1000

    @rule(at=st.integers(0, 40), under_way=st.booleans(), away=st.sampled_from([0, 10, 200, 4000]))
    def die_while_delivering(self, at: int, under_way: bool, away: int) -> None:  # noqa: FBT001 - by name
        self.runner.run(self._die(Dying(at, under_way=under_way)))
        self.clock.advance(timedelta(seconds=away))

    async def _die(self, dying: Dying) -> None:
        work = self.outbox._lanes._work
        self.outbox._lanes._work = lambda lane, going_on: dying.run(work(lane, going_on))
        await self.outbox.run_due(self.clock.now())
        await self.outbox.settle()
        self.outbox.abandon()
        await self.database.close()
        gc.collect()  # a cursor that a cancelled wait still holds keeps its lock; a dead process holds none
        await self._start()

    # time

    @rule(seconds=st.sampled_from([0, 10, 200, 4000]))
    def later(self, seconds: int) -> None:
        self.clock.advance(timedelta(seconds=seconds))
        self.runner.run(self._deliver())

    async def _deliver(self) -> None:
        await self.outbox.run_due(self.clock.now())
        await self.outbox.settle()

    # what must hold

    @invariant()
    def nothing_is_said_twice(self) -> None:
        assert max(Counter(key for _, _, key in self.discord.said).values(), default=0) <= 1

    def teardown(self) -> None:
        try:
            self.runner.run(self._come_to_rest())
        finally:
            self.runner.run(self.database.close())
            self.runner.close()
            self.folder.cleanup()
            drop_all()

    async def _come_to_rest(self) -> None:
        self.discord.fates.clear()
        self.discord.blocked.clear()
        self.clock.advance(timedelta(seconds=30))  # what is under way arrives
        for _ in range(500):
            await self._deliver()
            async with self.database.reading() as tx:
                due = await self.outbox.next_due(tx)
            if due is None:
                break
            self.clock.set(due)
        else:
            raise AssertionError("it does not come to an end")
        async with self.database.reading() as tx:
            posts = (await tx.scalars(select(Post))).all()
            for post in posts:
                said = [key for _, _, key in self.discord.said if key == post.key]
                noted = await guilds.note(tx, f"said {post.key}")
                assert post.state in ("sent", "expired", "cancelled", "failed"), post
                if post.state == "sent":
                    assert len(said) == 1, post
                    assert noted == "once" or post.kind != "line"
                else:
                    assert noted is None
                    assert post.last_error or post.state == "cancelled", post


TestTheOutbox = Machine.TestCase
TestTheOutbox.settings = settings(
    max_examples=6, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
