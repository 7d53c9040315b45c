"""`python -m bot rehearse`: the rehearsal room with the demo group, or with the group of somebody's configuration."""

from __future__ import annotations

import asyncio
import signal
import tomllib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from bot import config
from bot.clock import VirtualClock
from bot.rehearsal import keep, own, scene
from bot.rehearsal.room import Room
from bot.rehearsal.server import RehearsalServer
from bot.rehearsal.world import World
from bot.stage import Stage
from bot.topics.taxonomy import shipped

#: Nobody asks the real arXiv more often, whatever a configuration says: seconds.
POLITE = 3.0


class NotOurs(Exception):
    """`--keep` names a file that no rehearsal made. The message is a sentence with the cure."""


@dataclass(frozen=True)
class Kept:
    """Where a rehearsal lives: the bot's database, and Discord's side of it beside it."""

    database: Path

    @property
    def world(self) -> Path:
        """Who is there, what was said, and the group's clock."""
        return self.database.with_name(f"{self.database.name}.world")

    def check(self) -> None:
        """Raise NotOurs for a database without its world: it may be a real one."""
        if self.database.exists() and not self.world.exists():
            raise NotOurs(
                f"{self.database} was not made by a rehearsal, so it is left alone. Name a new file, "
                "which will be made."
            )

    def throw_away(self) -> None:
        """Begin anew: remove what an earlier rehearsal kept."""
        self.check()
        for ending in ("", "-wal", "-shm", ".lock", ".world"):
            self.database.with_name(self.database.name + ending).unlink(missing_ok=True)


@dataclass(frozen=True)
class Play:
    """What is rehearsed. Without `settings` it is the demo group; `samples` are real arXiv days beside the checkout."""

    kept: Kept
    settings: config.Settings | None = None
    live_arxiv: bool = False
    samples: Path | None = None


@asynccontextmanager
async def room(play: Play, *, port: int) -> AsyncIterator[Stage]:
    """The group with its bot, running: Discord, arXiv and the page on one loopback port.

    Raises NotOurs, and keep.CannotRead for a world of another version.
    """
    play.kept.check()
    # A group of one's own, and the real arXiv, live today; the demo's days are always the same.
    today = play.settings is not None or play.live_arxiv
    start = datetime.now(UTC).replace(microsecond=0) if today else scene.START
    clock = VirtualClock(start, ticking=True)
    server = RehearsalServer(clock, port=port)
    settings = play.settings or _demo_settings()
    if play.kept.world.exists():
        clock.set(keep.load(server.world, play.kept.world))
    elif play.settings:
        _own_world(server.world, play.settings)
    else:
        scene.demo_group(server.world)
    began, own_topics = server.world.began, play.settings is not None
    arxiv = (
        None
        if play.live_arxiv
        else scene.demo_arxiv(clock, play.samples, began=began, topics=settings.topics, own=own_topics)
    )
    if arxiv:
        arxiv.mount(server.app, "/arxiv")
    stage = Stage(clock, server, arxiv, settings)
    zone = settings.for_server().group.timezone
    people = scene.zones(server.world)
    demo_group = play.settings is None
    Room(server, stage, arxiv=arxiv, zones=people, group_zone=zone, tour=demo_group).mount()
    async with server:
        stage.settings = _on_loopback(settings, server, play)
        keep.save(server.world, play.kept.world)  # marks the database as ours before there is one
        try:
            async with stage:
                yield stage
        finally:
            keep.save(server.world, play.kept.world)


@asynccontextmanager
async def demo(*, port: int, folder: Path) -> AsyncIterator[Stage]:
    """The demo group in a folder that the caller throws away; what may lie beside the checkout is not looked at."""
    async with room(Play(Kept(folder / "bot.db")), port=port) as stage:
        yield stage


def _demo_settings() -> config.Settings:
    """The demo group's own configuration; its addresses are replaced before it is used."""
    nowhere = "http://127.0.0.1"
    text = scene.demo_config(
        api_url=nowhere, gateway_url="ws://127.0.0.1", arxiv_url=nowhere,
        database="sqlite+aiosqlite:///bot.db", topics=shipped(),
    )  # fmt: skip
    return config.parse(tomllib.loads(text))


def _on_loopback(settings: config.Settings, server: RehearsalServer, play: Play) -> config.Settings:
    """The same settings with the rehearsal's addresses and database; the token is never looked for."""
    arxiv = settings.arxiv if play.settings else config.parse({}).arxiv
    if play.live_arxiv:
        arxiv = replace(arxiv, min_interval=max(POLITE, arxiv.min_interval))
    else:
        arxiv = replace(
            arxiv,
            api_url=f"{server.url}/arxiv/api/query",
            feed_url=f"{server.url}/arxiv/atom/{{category}}",
            min_interval=0.05,  # real seconds: the double need not be spared
        )
    return replace(
        settings,
        discord=config.Discord(server.api_url, server.gateway_url, token_file=None),
        storage=config.Storage(f"sqlite+aiosqlite:///{play.kept.database.absolute()}"),
        arxiv=arxiv,
    )


def _own_world(world: World, settings: config.Settings) -> None:
    """A server as the configuration expects it."""
    group = settings.for_server().group
    own.own_group(
        world,
        group.name,
        _places(settings),
        organiser_role=group.organiser_role,
        ping_role=group.ping_role,
        vote_emoji=group.vote_emoji,
    )


def _places(settings: config.Settings) -> Iterator[own.Place]:
    group = settings.for_server().group
    yield own.Place(
        group.announcement_channel, "Sessions, reminders, results.", "Reading group", "announcements"
    )
    yield own.Place(group.proposal_channel, "Ballots.", "Reading group", "proposals")
    if group.organiser_channel:
        yield own.Place(group.organiser_channel, "What needs the organisers.", "Reading group", "organisers")
    for topic in settings.topics:
        if topic.channel:
            yield own.Place(topic.channel, topic.area, "New on arXiv", topic.key.lower())


async def rehearse(play: Play, *, port: int, keeping: bool) -> None:
    """Play until interrupted."""
    async with room(play, port=port) as stage:
        print(f"\n  The rehearsal room is open: {stage.server.url}/\n")  # noqa: T201
        for line in _notes(play, keeping=keeping):
            print(f"  {line}")  # noqa: T201
        print("  Ctrl-C ends it.\n", flush=True)  # noqa: T201
        ended = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, ended.set)
        await ended.wait()


def _notes(play: Play, *, keeping: bool) -> Iterator[str]:
    if play.live_arxiv:
        yield "arXiv is the real one, asked at most every three seconds. It knows nothing of days to come."
    if keeping:
        yield f"Kept: the bot's database in {play.kept.database}; who is there, what was said and the clock in"
        yield f"{play.kept.world}. With --fresh both are thrown away first."
