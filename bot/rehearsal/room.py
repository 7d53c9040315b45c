"""The rehearsal room: a page on which a visitor acts as any member of the group and moves the group's clock.

One websocket a visitor. The server sends a snapshot as the acting member sees it, then what changes; the page
sends deeds (`room_deeds`) with a number and gets a reply with that number. Loopback only: a request with a
foreign Host or Origin is refused.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol, TypedDict

from aiohttp import WSMsgType, web

from bot.clock import VirtualClock
from bot.rehearsal import room_page
from bot.rehearsal import room_view as view
from bot.rehearsal.answers import NoAnswer
from bot.rehearsal.arxiv import ArxivDouble
from bot.rehearsal.errors import JSON, DiscordError
from bot.rehearsal.models import Guild, User
from bot.rehearsal.palette import CannotDo
from bot.rehearsal.server import RehearsalServer
from bot.rehearsal.world import Event

_log = logging.getLogger(__name__)
_GATHER = 0.05  # seconds in which what happens together is told together
_PATIENCE = 0.2  # and what the bot and its timers do
_LATEST = 10.0  # seconds after which the state is told again though nothing happened


class Armed(TypedDict):
    """Something that will happen by itself, or is under way."""

    due: datetime
    kind: str  # "reminder", "digest", "outbox", …
    text: str
    state: str  # "waiting", "sending", "failed"


class Stage(Protocol):
    """Whoever runs the bot in this rehearsal."""

    async def advance_to(self, instant: datetime) -> None:
        """Move the clock to `instant` (aware), letting everything due on the way happen in order."""
        ...

    async def next_due(self) -> datetime | None:
        """When the next thing happens by itself."""
        ...

    async def armed(self) -> list[Armed]:
        """What waits to happen, soonest first."""
        ...

    async def restart_bot(self, *, kill: bool) -> None:
        """Stop the bot, politely or as `kill -9` would, and start it again on the same database."""
        ...


class BareStage:
    """A stage without a bot: time passes and nothing else."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock

    async def advance_to(self, instant: datetime) -> None:
        """Move the clock."""
        self._clock.set(instant)

    async def next_due(self) -> datetime | None:
        """Nothing is due."""
        return None

    async def armed(self) -> list[Armed]:
        """Nothing is armed."""
        return []

    async def restart_bot(self, *, kill: bool) -> None:  # noqa: ARG002
        """There is no bot to restart."""
        raise CannotDo("No bot is on this stage.")


class Visitor:
    """One open page and the member it acts as."""

    def __init__(self, socket: web.WebSocketResponse, me: User) -> None:
        self.socket, self.me = socket, me
        self._queue: asyncio.Queue[JSON] = asyncio.Queue()
        self.deeds: set[asyncio.Task[None]] = set()

    def tell(self, message: JSON) -> None:
        """Send, in order, without waiting."""
        self._queue.put_nowait(message)

    async def write(self) -> None:
        """Send what is told until the page goes away."""
        with contextlib.suppress(ConnectionError):  # the page was closed: its reader ends the visit
            while True:
                await self.socket.send_str(json.dumps(await self._queue.get(), default=_plain))


class Room:
    """The page and its socket on a rehearsal server. Make it before the server starts, and call `mount`.

    `zones` gives members their IANA zones by user id; the page shows times in them. The `tour` is the demo group's.
    """

    def __init__(
        self,
        server: RehearsalServer,
        stage: Stage,
        *,
        arxiv: ArxivDouble | None = None,
        zones: Mapping[int, str] | None = None,
        group_zone: str = "Europe/Berlin",
        tour: bool = True,
    ) -> None:
        from bot.rehearsal.room_deeds import Deeds  # the deeds know the room
        from bot.rehearsal.room_trouble import Troubles

        self.server, self.stage, self.arxiv = server, stage, arxiv
        self.world = server.world
        self.zones, self.group_zone, self.tour = dict(zones or {}), group_zone, tour
        self.visitors: set[Visitor] = set()
        self.troubles = Troubles(self)
        self.advancing = False
        self._deeds = Deeds(self)
        self._changed: dict[tuple[int, int], None] = {}
        self._places_changed = False
        self._flushing = False
        self._news = 0
        self._due: datetime | None = None
        self._armed: list[Armed] = []
        self._watcher: asyncio.Task[None] | None = None

    def mount(self) -> None:
        """Add the page's routes to the server's application; it then lives and ends with the server."""
        app = self.server.app
        app.router.add_get("/", self._index)
        app.router.add_get("/room/socket", self._socket)
        app.router.add_get("/room/{name:[\\w.-]+}", self._file)
        app.on_shutdown.append(self._close)
        self.world.listen(self._hear)

    # -- files

    async def _index(self, request: web.Request) -> web.StreamResponse:
        return room_page.serve(request, "index.html")

    async def _file(self, request: web.Request) -> web.StreamResponse:
        return room_page.serve(request, request.match_info["name"])

    # -- one visit

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        room_page.require_own(request, origin=True)
        socket = web.WebSocketResponse(heartbeat=30, max_msg_size=16 * 1024 * 1024)
        await socket.prepare(request)
        visitor = Visitor(socket, self._first_member(request.query.get("as")))
        self.visitors.add(visitor)
        if self._watcher is None:
            self._watcher = asyncio.create_task(self._watch(), name="rehearsal room watcher")
        writer = asyncio.create_task(visitor.write(), name="rehearsal room writer")
        self.welcome(visitor)
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._begin(visitor, json.loads(message.data))
        finally:
            self.visitors.discard(visitor)
            for task in (writer, *visitor.deeds):
                task.cancel()
        return socket

    def _first_member(self, username: str | None) -> User:
        people = list(self.server.people)
        if not people:
            raise web.HTTPConflict(text="Nobody lives in this world.")
        found = next((person.user for person in people if person.user.username == username), None)
        in_a_guild = (m.user for guild in self.world.guilds.values() for m in guild.members.values())
        return found or next((user for user in in_a_guild if not user.bot), people[0].user)

    def welcome(self, visitor: Visitor) -> None:
        """Tell a page everything that it needs to start, or to start over as somebody else."""
        visitor.tell(
            {"t": "snapshot", "zone": self.group_zone, "tour": self.tour}
            | view.snapshot(self.world, visitor.me, self.zones)
            | {"troubles": self.troubles.listed(), "bot_online": self.server.gateway.connected}
        )
        self.wake()

    def rehome(self, guild: Guild) -> None:
        """Let visitors whose member is not in any server any more go on as the owner of this one."""
        for visitor in self.visitors:
            if not any(visitor.me.id in one.members for one in self.world.guilds.values()):
                visitor.me = self.world.users[guild.owner_id]
                self.welcome(visitor)

    def _begin(self, visitor: Visitor, asked: JSON) -> None:
        task = asyncio.create_task(self._perform(visitor, asked), name=f"rehearsal deed {asked.get('do')}")
        visitor.deeds.add(task)
        task.add_done_callback(visitor.deeds.discard)

    async def _perform(self, visitor: Visitor, asked: JSON) -> None:
        reply: JSON = {"t": "reply", "id": asked.get("id")}
        try:
            reply["data"] = await self._deeds.perform(visitor, asked)
        except (CannotDo, NoAnswer, DiscordError) as refused:
            reply["error"] = refused.message if isinstance(refused, DiscordError) else str(refused)
        except Exception:  # noqa: BLE001 — logged, told, and the visit goes on
            _log.exception("a deed of the rehearsal page failed: %s", asked.get("do"))
            reply["error"] = "The rehearsal room itself failed; its log says how."
        visitor.tell(reply)

    # -- telling what happens

    def _hear(self, event: Event) -> None:
        data, channel = event.data, event.channel_id
        if event.name.startswith("MESSAGE_") and channel is not None:
            ids = data.get("ids") or [data.get("message_id") or data.get("id")]
            self._changed.update(dict.fromkeys((channel, int(one)) for one in ids))
        elif event.name not in {"INTERACTION_CREATE", "INTERACTION_ANSWERED", "TYPING_START"}:
            self._places_changed = True
        if not self._flushing:
            self._flushing = True
            asyncio.get_running_loop().call_later(_GATHER, self._flush)

    def _flush(self) -> None:
        self._flushing = False
        changed, self._changed = self._changed, {}
        places, self._places_changed = self._places_changed, False
        for visitor in self.visitors:
            if places:
                visitor.tell({"t": "places"} | view.places(self.world, visitor.me, self.zones))
            told = [view.change(self.world, visitor.me, *ids) for ids in changed]
            if any(told):
                visitor.tell({"t": "messages", "changes": [one for one in told if one]})

    def wake(self) -> None:
        """Let the watcher tell clock, armed things and troubles anew."""
        self._news += 1
        self.server.notify()

    async def _watch(self) -> None:
        """Tell the clock, what is armed and what the bot says to Discord, whenever it may have changed."""
        told: tuple[int, int] | None = None
        while True:
            with contextlib.suppress(TimeoutError):  # nothing happened: tell the time all the same
                await self.server.until(self._news_since(told), _LATEST)
            before = self.world.now()
            await asyncio.sleep(_PATIENCE)
            if not self.visitors:
                continue
            told = self._fingerprint()
            ticking = self.world.now() > before and not self.advancing
            await self._ask_stage()
            for visitor in self.visitors:
                visitor.tell(self._state() | {"ticking": ticking})

    def _news_since(self, told: tuple[int, int] | None) -> Callable[[], bool]:
        """A condition for `until`, which looks a second time only because something happened."""
        looks = itertools.count()
        return lambda: next(looks) > 0 or told != self._fingerprint()

    def _fingerprint(self) -> tuple[int, int]:
        return self._news, len(self.server.exchanges)

    async def _ask_stage(self) -> None:
        """What is due and armed; what was known before where the stage cannot tell, as while the bot restarts.

        Nor is it asked while the clock is being moved: each look would hold up what happens on the way.
        """
        if self.advancing:
            return
        try:
            self._due, self._armed = await self.stage.next_due(), await self.stage.armed()
        except Exception:  # noqa: BLE001 — logged, and asked again soon
            _log.warning("the stage could not tell what is armed", exc_info=True)

    def _state(self) -> JSON:
        return {
            "t": "state",
            "now": self.world.now(),
            "next_due": self._due,
            "armed": self._armed,
            "advancing": self.advancing,
            "troubles": self.troubles.listed(),
            "bot_online": self.server.gateway.connected,
            "wire": view.wire_log(self.server),
        }

    async def _close(self, _app: web.Application) -> None:
        if self._watcher:
            self._watcher.cancel()
        for visitor in tuple(self.visitors):
            await visitor.socket.close(code=1001)


def _plain(value: Any) -> Any:
    """What JSON does not know: instants, in ISO form."""
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"cannot send {type(value).__name__}")
