"""The one composition root: builds the house from a config and a clock, and locks it at night."""

from __future__ import annotations

import asyncio
import functools
import gc
import logging
import math
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Self

import aiohttp
import discord
from discord.ext import commands

from bot.chat import endpoint
from bot.chat.actions import Actions
from bot.chat.answer import finish_answers
from bot.chat.client import Client, Ears, ShardedClient, connect
from bot.chat.courier import Courier
from bot.chat.guard import Guard
from bot.chat.names import Names
from bot.chat.natives import EventReader
from bot.chat.places import Places
from bot.chat.reader import Reader
from bot.chat.survey import Hands
from bot.clock import Clock
from bot.config import Settings
from bot.health import Health, Seen
from bot.log import event
from bot.services.aftercare import Aftercare
from bot.services.announcements import Announcements
from bot.services.archive import Archive
from bot.services.backups import Backups
from bot.services.ballots import Ballots
from bot.services.choosing import Choosing
from bot.services.concerned import Concerned
from bot.services.digesting import Digesting, digesting
from bot.services.digests import Digests
from bot.services.doubts import Doubts
from bot.services.editing import Editing
from bot.services.events import NativeEvents, in_list
from bot.services.gaps import GapNotices
from bot.services.history import History
from bot.services.horizon import Horizon
from bot.services.invitations import Invitations
from bot.services.leaving import Leaving
from bot.services.missed import Missed
from bot.services.notes import Notes
from bot.services.occurrences import Occurrences
from bot.services.outbox import Outbox
from bot.services.outfit import Outfit
from bot.services.outward import Outward
from bot.services.papers import Papers, Routers, arxiv_client
from bot.services.planning import Planning
from bot.services.presenters import Presenters
from bot.services.privacy import Privacy
from bot.services.proposing import Proposing, proposing
from bot.services.questions import Questions, in_box
from bot.services.records import Records
from bot.services.recount import Recount
from bot.services.reminders import Reminders
from bot.services.remindme import RemindMe
from bot.services.retention import Retention
from bot.services.rsvps import Rsvps
from bot.services.series import SeriesService
from bot.services.sessions import Sessions
from bot.services.settings import SettingsService
from bot.services.stats import Stats
from bot.services.threads import Threads
from bot.services.votes import Votes
from bot.services.week import Week
from bot.sources import ArxivClient
from bot.timers import Timers
from bot.web import Live, serving
from cogs.archive import ArchiveCommands
from cogs.attendance import AttendanceButtons
from cogs.choosing import ChoosingCommands
from cogs.digests import DigestCommands
from cogs.events import EventButtons
from cogs.leaving import LeavingCommands
from cogs.organising import OrganisingCommands
from cogs.privacy import PrivacyCommands
from cogs.proposals import ProposalCommands
from cogs.reminders import ReminderCommands
from cogs.saying import SayingCommands
from cogs.scheduling import SchedulingCommands
from cogs.series import SeriesCommands
from cogs.settings import SettingsCommands
from cogs.topics import TopicCommands
from storage.backups import folder_of
from storage.database import Database, DatabaseTrouble
from storage.leadership import Leadership, NotLeading
from storage.migrate import migrate
from storage.schema import HEAD, revision
from storage.shards import Shards
from storage.stores import store_of

log = logging.getLogger(__name__)

#: How the tasks are called in which people are answered and reactions are noted: discord.py's and ours.
_UNDER_WAY = ("CommandTree-invoker", "discord.py: on_", "answer ", "votes", "rsvps")


@dataclass
class Services:
    """What the house can do."""

    settings: SettingsService
    outbox: Outbox
    proposing: Proposing
    votes: Votes
    recount: Recount
    ballots: Ballots
    leaving: Leaving
    choosing: Choosing
    sessions: Sessions
    planning: Planning
    editing: Editing
    presenters: Presenters
    doubts: Doubts
    history: History
    horizon: Horizon
    series: SeriesService
    occurrences: Occurrences
    aftercare: Aftercare
    week: Week
    invitations: Invitations
    digests: Digests
    digesting: Digesting
    remindme: RemindMe
    rsvps: Rsvps
    events: NativeEvents
    questions: Questions
    outward: Outward
    records: Records
    archive: Archive
    missed: Missed
    stats: Stats
    privacy: Privacy
    retention: Retention
    outfit: Outfit


class App:
    """The bot, from its database to its client. Use as `async with App(settings, clock) as app: await app.run(token)`.

    `pace` is the clock by which arXiv is spared, where that is not the bot's own. Setting `stopping` ends it, also
    while it stands by. A `patient` one waits for a database that cannot be reached.
    Opens in order and closes in reverse. Raises DatabaseTrouble when the database cannot be used, NotLeading when it
    was stopped while it stood by.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        *,
        ready_timeout: float = 0.5,
        pace: Clock | None = None,
        stopping: asyncio.Event | None = None,
        patient: bool = False,
    ) -> None:
        self.settings, self.clock = settings, clock
        self._pace = pace or clock
        self.ready = asyncio.Event()
        self.stopping = stopping or asyncio.Event()
        self.client: Client | None = None
        self.site: str | None = None  # where the web site is served
        self._ready_timeout, self._patient = ready_timeout, patient
        self._stack = AsyncExitStack()
        self._guard = Guard(clock)
        self._leads = False
        self.health = Health(clock, self._seen)
        self.database: Database
        self._leadership: Leadership
        self.services: Services
        self.timers: Timers

    async def __aenter__(self) -> Self:
        try:
            await self._open()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def _open(self) -> None:
        endpoint.use(api_url=self.settings.discord.api_url, gateway_url=self.settings.discord.gateway_url)
        if listen := self.settings.health.listen:
            self._stack.push_async_callback(self.health.close)
            await self.health.open(listen)
            event(log, "health.listening", port=self.health.port)
        self.database = database = await self._lead()
        self.health.open_database(database)
        self._stack.push_async_callback(database.close)
        http = await self._stack.enter_async_context(aiohttp.ClientSession())
        arxiv = arxiv_client(self.settings, http, self._pace)
        self._stack.push_async_callback(arxiv.aclose)
        self.services = self._services(arxiv)
        self._stack.push_async_callback(self.services.votes.settle)
        self._stack.push_async_callback(self.services.outbox.close)
        services = self.services
        self.timers = Timers(
            self.clock,
            [
                *self._backups(),
                services.outbox,
                services.proposing.wishes,
                services.digests,
                services.recount,
                services.ballots,
                services.horizon,
                services.aftercare,
                services.events,
                services.choosing,
                services.proposing.watching,
                services.proposing.balance,
                services.retention,
            ],
            database.reading,
            self._guard.ahead,
        )
        if at := self.settings.site.listen:
            await self._stack.enter_async_context(self._site(at))
        database.on_wake = self.timers.kick
        self._stack.push_async_callback(self.timers.close)

    async def _lead(self) -> Database:
        """Wait until this process may speak; then the database is brought to this version's schema."""
        storage = self.settings.storage
        store = store_of(storage.url)
        store.prepare()
        discord_ = self.settings.discord
        shards = Shards(discord_.shards or tuple(range(discord_.shard_count)), discord_.shard_count)
        self._leadership = store.leadership(shards)
        await self._leadership.take(self.stopping, patient=self._patient)
        self._stack.push_async_callback(self._leadership.release)
        await store.check()
        if await self._leadership.others() and await revision(store) != HEAD:
            raise DatabaseTrouble(
                f"{store.name} has another schema, and other processes of the bot run on it. Stop them first."
            )
        if saved := await migrate(store, self.clock.now(), folder_of(store, storage.backup_folder)):
            event(log, "database.backed_up", file=saved)
        database, self._leads = Database(store, shards), True
        database.fence = self._leadership.assure
        database.on_health = _tell_health
        return database

    def _backups(self) -> list[Backups]:
        storage = self.settings.storage
        folder = folder_of(self.database.store, storage.backup_folder)
        wanted = storage.backups and 0 in self.database.shards.mine  # of several processes one makes them
        return [Backups(self.database, self.clock, folder, storage.backups)] if wanted else []

    @asynccontextmanager
    async def _site(self, at: tuple[str, int]) -> AsyncIterator[None]:
        """The group's web site, where the configuration wants one."""
        wanted = self.settings.site
        read = partial(self.services.records.only, wanted.server)
        async with serving(Live(read, self.clock, wanted.base_url or ""), at) as address:
            event(log, "site.served", address=address)
            self.site = address
            yield

    def _services(self, arxiv: ArxivClient) -> Services:
        database, clock = self.database, self.clock
        settings = SettingsService(database, clock, self.settings)
        outbox = Outbox(database, clock, settings)
        papers = Papers(database, clock, arxiv)
        routers = Routers()
        votes = Votes(database, clock, settings)
        recount = Recount(database, clock, settings, outbox, votes)
        ballots = Ballots(database, clock, settings, outbox, votes, recount)
        sessions = Sessions(database, clock, settings)
        choosing = Choosing(database, clock, settings, outbox, recount, ballots, sessions)
        doubts = Doubts(database, clock)
        proposed = proposing(database, clock, settings, outbox, papers, routers, ballots, doubts)
        planning = Planning(database, clock, settings, papers, sessions, doubts)
        editing = Editing(database, settings, papers, sessions)
        presenters = Presenters(database, clock, settings, outbox, sessions, ballots)
        history = History(database, clock, sessions)
        horizon = Horizon(database, clock, settings, sessions)
        series = SeriesService(database, clock, settings, sessions, horizon, doubts, history)
        occurrences = Occurrences(database, clock, settings, sessions, horizon, doubts, history)
        aftercare = Aftercare(database, clock, settings, outbox, sessions)
        week = Week(database, clock, settings)
        announcements = Announcements(clock, settings, outbox, sessions)
        Threads(outbox, announcements, sessions)
        events = NativeEvents(database, clock, settings, outbox, sessions)
        questions = Questions(database, clock, settings, outbox, sessions)
        outward = Outward(database, clock, settings)
        week.add(in_list, in_box)
        GapNotices(clock, settings, outbox, sessions)
        records = Records(database, settings)
        archive = Archive(database, settings, records, sessions)
        rsvps = Rsvps(database, clock, outbox)
        reminders = Reminders(database, clock, settings, outbox, sessions)
        Concerned(clock, outbox, sessions)
        remindme = RemindMe(database, clock, settings, outbox, reminders)
        papery = digesting(database, clock, settings, outbox, arxiv, papers, routers, proposed.proposals)
        return Services(
            settings,
            outbox,
            proposed,
            votes,
            recount,
            ballots,
            Leaving(database, settings),
            choosing,
            sessions,
            planning,
            editing,
            presenters,
            doubts,
            history,
            horizon,
            series,
            occurrences,
            aftercare,
            week,
            Invitations(database, clock, settings),
            papery.digests,
            papery,
            remindme,
            rsvps,
            events,
            questions,
            outward,
            records,
            archive,
            Missed(database, clock, settings, outbox, sessions),
            Stats(database, clock, settings, outbox, records, proposed.balance),
            Privacy(database, clock, settings, ballots, votes, presenters, archive),
            Retention(database, clock, settings, outbox),
            Outfit(database, settings),
        )

    def _client(self) -> Client:
        services, actions = self.services, Actions()
        cogs: list[commands.Cog] = [
            ProposalCommands(services.proposing, services.ballots, actions),
            ChoosingCommands(services.choosing, services.proposing.balance, actions),
            LeavingCommands(services.leaving),
            SchedulingCommands(
                services.sessions,
                services.planning,
                services.editing,
                services.presenters,
                services.doubts,
                actions,
            ),
            OrganisingCommands(
                services.presenters,
                services.invitations,
                services.week,
                services.history,
                services.sessions,
                actions,
            ),
            SeriesCommands(services.series, services.occurrences, actions),
            ReminderCommands(services.remindme, services.sessions, actions),
            AttendanceButtons(services.rsvps, actions),
            EventButtons(services.events, actions),
            SayingCommands(services.questions, services.outward, services.sessions, actions),
            SettingsCommands(services.settings, services.outfit, actions),
            PrivacyCommands(services.privacy, services.retention, actions),
            DigestCommands(services.digesting, services.proposing.proposals, actions),
            TopicCommands(services.digesting.taxonomies, actions),
            ArchiveCommands(
                services.archive, services.missed, services.stats, services.proposing.proposals, actions
            ),
        ]
        ears = Ears(
            services.settings,
            services.votes,
            services.recount,
            Notes(self.database),
            actions,
            services.events,
            services.outbox,
            self._on_ready,
        )
        shards = self.database.shards
        kind = Client if shards.count == 1 else functools.partial(ShardedClient, shards.mine, shards.count)
        self.client = kind(ears, cogs, self._guard, ready_timeout=self._ready_timeout)
        return self.client

    def _on_ready(self, client: discord.Client) -> None:
        """Discord can be reached: what is due may be said. Called again after lost sessions, and does no harm then."""
        self.services.outbox.open(Courier(client, Places(client, self.services.settings)))
        self.services.recount.open(Reader(client))
        self.services.events.open(EventReader(client))
        self.services.outfit.open(Hands(client))
        names = Names(client)
        self.services.outward.open(names)
        self.services.records.open(names)
        if not self.ready.is_set():
            self.timers.start()
            self.ready.set()
        self.timers.kick()

    def _seen(self) -> Seen:
        """How the bot is at this moment."""
        if self.client is None or not self.client.is_ready() or self.client.is_closed():
            return Seen(self._leads, connected=False)
        latency = self.client.latency  # no number before the first heartbeat was answered
        known = latency if math.isfinite(latency) else None
        return Seen(self._leads, connected=True, latency=known, servers=len(self.client.guilds))

    async def run(self, token: str) -> None:
        """Serve until `stop()`.

        Raises Unwelcome when Discord will not have the bot, NotLeading as soon as another process may speak.
        """
        event(log, "bot.started", database=self.database.store.name)
        serving = asyncio.create_task(self._serve(token), name="serving")
        lost = asyncio.create_task(self._leadership.lost(), name="leadership lost")
        try:
            await asyncio.wait({serving, lost}, return_when=asyncio.FIRST_COMPLETED)
            if not serving.done():
                event(log, "leadership.lost", logging.WARNING)
                await self._fall_silent(serving)
                raise NotLeading("the lock on the database is lost")
            await serving
        finally:
            serving.cancel()
            lost.cancel()
            await asyncio.gather(serving, lost, return_exceptions=True)
        event(log, "bot.stopped")

    async def _serve(self, token: str) -> None:
        await self.services.proposing.wishes.take_up()
        await self.services.archive.take_up()
        await connect(self._client, token, self.stopping, farewell=self._farewell)

    async def _farewell(self) -> None:
        """Finish what people were promised and what is being said, for a few seconds, while Discord is there."""
        await asyncio.gather(self.timers.close(2.0), finish_answers(2.0), self.services.outbox.close(3.0))

    async def kill(self, running: asyncio.Task[None]) -> None:
        """End at once, for a rehearsal of `kill -9`: nothing that is under way is finished, marked or said goodbye to.

        What the kernel would do for a dead process is done here: connections and the lock on the database go.
        """
        await self._fall_silent(running)
        await self._stack.aclose()
        gc.collect()  # a cursor that a cancelled wait still holds keeps its lock; a dead process holds none

    async def _fall_silent(self, running: asyncio.Task[None]) -> None:
        """Drop everything that is under way: not another word."""
        self.timers.abandon()
        self.services.outbox.abandon()
        under_way = [task for task in asyncio.all_tasks() if task.get_name().startswith(_UNDER_WAY)]
        for task in (running, *under_way):
            task.cancel()
        if self.client is not None:
            await self.client.close()
        await asyncio.gather(running, *under_way, return_exceptions=True)

    def stop(self) -> None:
        """Have `run` return soon."""
        self.stopping.set()


def _tell_health(illness: str | None) -> None:
    """The database fell ill, or is well again. What is under way meanwhile is not lost: it is tried again."""
    if illness is None:
        event(log, "database.well")
    else:
        event(log, "database.ill", logging.ERROR, cause=illness)
