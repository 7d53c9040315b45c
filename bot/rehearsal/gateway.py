"""The gateway: a websocket that says hello, identifies, dispatches what happens, and replays what was missed."""

from __future__ import annotations

import asyncio
import json
import secrets
import zlib
from collections import deque
from dataclasses import dataclass, field
from enum import IntFlag
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from bot.rehearsal import wire
from bot.rehearsal.errors import JSON
from bot.rehearsal.world import Event

if TYPE_CHECKING:
    from bot.rehearsal.server import RehearsalServer

_DISPATCH, _HEARTBEAT, _IDENTIFY, _PRESENCE, _VOICE, _RESUME, _RECONNECT = 0, 1, 2, 3, 4, 6, 7
_REQUEST_MEMBERS, _INVALID, _HELLO, _ACK = 8, 9, 10, 11
_REMEMBERED = 5000
_SENDS_A_MINUTE = 120


class Intent(IntFlag):
    """What a bot asks to hear of."""

    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_MODERATION = 1 << 2
    GUILD_PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    GUILD_MESSAGE_REACTIONS = 1 << 10
    DIRECT_MESSAGES = 1 << 12
    DIRECT_MESSAGE_REACTIONS = 1 << 13
    MESSAGE_CONTENT = 1 << 15
    GUILD_SCHEDULED_EVENTS = 1 << 16


_ALWAYS = Intent(0)
_LARGEST = (1 << 26) - 1


def needed(name: str, *, in_guild: bool) -> Intent | None:
    """The intent an event falls under; no bits for what everybody hears, None for what is no gateway event."""
    if name in {"INTERACTION_CREATE", "USER_UPDATE"}:
        return _ALWAYS
    families = (
        ("MESSAGE_REACTION", Intent.GUILD_MESSAGE_REACTIONS, Intent.DIRECT_MESSAGE_REACTIONS),
        ("MESSAGE_", Intent.GUILD_MESSAGES, Intent.DIRECT_MESSAGES),
        ("CHANNEL_PINS", Intent.GUILDS, Intent.DIRECT_MESSAGES),
        ("GUILD_SCHEDULED_EVENT", Intent.GUILD_SCHEDULED_EVENTS, _ALWAYS),
        ("GUILD_MEMBER", Intent.GUILD_MEMBERS, _ALWAYS),
        ("GUILD_BAN", Intent.GUILD_MODERATION, _ALWAYS),
        ("TYPING_", Intent(1 << 11), Intent(1 << 14)),
    )
    for prefix, guild_intent, dm_intent in families:
        if name.startswith(prefix):
            return guild_intent if in_guild else dm_intent
    if name.startswith(("GUILD_", "CHANNEL_", "THREAD_")):
        return Intent.GUILDS
    return None


@dataclass(eq=False)
class Session:
    """One identified bot; it outlives its socket for a while, remembering what to replay."""

    id: str
    intents: Intent
    sequence: int = 0
    sent: deque[tuple[int, str]] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))
    socket: Socket | None = None

    def dispatch(self, name: str, data: JSON) -> None:
        """Number an event, remember it, and send it if there is a socket."""
        self.sequence += 1
        text = json.dumps({"op": _DISPATCH, "s": self.sequence, "t": name, "d": data})
        self.sent.append((self.sequence, text))
        if self.socket:
            self.socket.put(text)


class Socket:
    """One websocket. Sends go through a queue, so that the world never waits for the bot."""

    def __init__(self, response: web.WebSocketResponse, request: web.Request) -> None:
        self.response, self.request = response, request
        self.session: Session | None = None
        compressed = request.query.get("compress") == "zlib-stream"
        self._zlib = zlib.compressobj() if compressed else None
        self._queue: asyncio.Queue[str | int] = asyncio.Queue()
        self.writer = asyncio.create_task(self._write(), name="rehearsal gateway writer")

    def put(self, text: str) -> None:
        """Send, soon."""
        self._queue.put_nowait(text)

    def say(self, op: int, data: Any) -> None:
        """Send something that is no event."""
        self.put(json.dumps({"op": op, "d": data, "s": None, "t": None}))

    def close(self, code: int) -> None:
        """Close, after all that was put before."""
        self._queue.put_nowait(code)

    def abort(self) -> None:
        """Break the connection without a word."""
        if self.request.transport:
            self.request.transport.abort()

    async def _write(self) -> None:
        while True:
            item = await self._queue.get()
            try:
                if isinstance(item, int):
                    await self.response.close(code=item)
                    return
                if self._zlib:
                    packed = self._zlib.compress(item.encode()) + self._zlib.flush(zlib.Z_SYNC_FLUSH)
                    await self.response.send_bytes(packed)
                else:
                    await self.response.send_str(item)
            except ConnectionError:
                return  # the bot has gone; its session remembers


class Gateway:
    """All sessions, and what can be done to them at once (the standing faults are in `server.faults.gateway`)."""

    def __init__(self, server: RehearsalServer, *, heartbeat: float = 41.25) -> None:
        self.server = server
        self.heartbeat = heartbeat
        self.sessions: dict[str, Session] = {}
        self.sockets: set[Socket] = set()
        self.identifies: list[JSON] = []
        self.resumes = 0
        self._held: list[Event] = []
        server.world.listen(self._hear)

    @property
    def connected(self) -> bool:
        """Whether a bot is there and identified."""
        return any(session.socket for session in self.sessions.values())

    # -- what happens to the connection

    def drop(self, code: int | None = None) -> None:
        """Break all sockets: with a close code, or without a word."""
        for socket in tuple(self.sockets):
            if code is None:
                socket.abort()
            else:
                socket.close(code)

    def reconnect(self) -> None:
        """Ask the bot to reconnect and resume (op 7)."""
        for socket in tuple(self.sockets):
            socket.say(_RECONNECT, None)

    def invalidate(self, *, resumable: bool = False) -> None:
        """Tell the bot that its session is no more (op 9)."""
        for socket in tuple(self.sockets):
            if not resumable and socket.session:
                self.sessions.pop(socket.session.id, None)
            socket.say(_INVALID, resumable)

    def release(self, *, backwards: bool = False) -> None:
        """Deliver what was held back, in order or last first, and hold nothing any more."""
        self.server.faults.gateway.held.clear()
        held, self._held = self._held, []
        for event in reversed(held) if backwards else held:
            self._deliver(event)

    # -- events

    def _hear(self, event: Event) -> None:
        faults = self.server.faults.gateway
        if not event.to_bot or event.name in faults.lost:
            return
        if event.name in faults.held:
            self._held.append(event)
            return
        for _ in range(2 if event.name in faults.twice else 1):
            self._deliver(event)

    def _deliver(self, event: Event) -> None:
        intent = needed(event.name, in_guild=event.guild_id is not None)
        if intent is None:
            return
        for session in self.sessions.values():
            if intent & ~session.intents:
                continue
            data = event.data
            if event.guarded and not session.intents & Intent.MESSAGE_CONTENT:
                data = wire.blank(data)
            if event.name == "GUILD_CREATE":
                data = self._guild(int(data["id"]), session)
            if not self.server.faults.gateway.deaf:
                session.dispatch(event.name, data)

    def _guild(self, guild_id: int, session: Session) -> JSON:
        everyone = bool(session.intents & Intent.GUILD_MEMBERS)
        return wire.guild_create(self.server.world, self.server.world.guilds[guild_id], members=everyone)

    # -- one connection

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """The websocket endpoint."""
        faults = self.server.faults.gateway
        if faults.refuse is None or faults.refuse > 0:
            faults.refuse = None if faults.refuse is None else faults.refuse - 1
            return web.Response(status=503, text="503: Service Unavailable")
        response = web.WebSocketResponse(max_msg_size=4096 * 4, autoping=True)
        await response.prepare(request)
        socket = Socket(response, request)
        self.sockets.add(socket)
        socket.say(_HELLO, {"heartbeat_interval": round(self.heartbeat * 1000), "_trace": []})
        try:
            await self._converse(socket)
        finally:
            self.sockets.discard(socket)
            if socket.session and socket.session.socket is socket:
                socket.session.socket = None
                if response.close_code in {1000, 1001}:  # a farewell ends the session, a broken line does not
                    self.sessions.pop(socket.session.id, None)
            socket.writer.cancel()
            self.server.notify()
        return response

    async def _converse(self, socket: Socket) -> None:
        sends: deque[float] = deque(maxlen=_SENDS_A_MINUTE)
        loop = asyncio.get_running_loop()
        while not socket.response.closed:
            try:
                message = await socket.response.receive(timeout=self.heartbeat * 2)
            except TimeoutError:
                socket.close(4009)
                return
            if message.type is not WSMsgType.TEXT:
                return
            if len(sends) == _SENDS_A_MINUTE and loop.time() - sends[0] < 60:  # noqa: PLR2004 — a minute
                socket.close(4008)
                return
            sends.append(loop.time())
            try:
                said = json.loads(message.data)
                op, data = said["op"], said.get("d")
            except (ValueError, KeyError, TypeError):
                socket.close(4002)
                return
            self._obey(socket, op, data)
            self.server.notify()

    def _obey(self, socket: Socket, op: int, data: Any) -> None:
        deaf = self.server.faults.gateway.deaf
        if op == _HEARTBEAT:
            if not deaf:
                socket.say(_ACK, None)
        elif op == _IDENTIFY:
            self._identify(socket, data)
        elif op == _RESUME:
            self._resume(socket, data)
        elif socket.session is None:
            socket.close(4003)
        elif op == _REQUEST_MEMBERS:
            self._members(socket.session, data)
        elif op not in {_PRESENCE, _VOICE}:
            socket.close(4001)

    def _identify(self, socket: Socket, data: JSON) -> None:
        world = self.server.world
        if socket.session:
            return socket.close(4005)
        if data.get("token") != self.server.token:
            return socket.close(4004)
        bits = data.get("intents")
        if not isinstance(bits, int) or not 0 <= bits <= _LARGEST:
            return socket.close(4013)
        intents = Intent(bits)
        allowed = Intent.MESSAGE_CONTENT if world.message_content else _ALWAYS
        allowed |= Intent.GUILD_MEMBERS if world.members_intent else _ALWAYS
        privileged = Intent.MESSAGE_CONTENT | Intent.GUILD_MEMBERS | Intent.GUILD_PRESENCES
        if intents & privileged & ~allowed:
            return socket.close(4014)
        self.identifies.append(data)
        session = Session(secrets.token_hex(16), intents, socket=socket)
        socket.session = self.sessions[session.id] = session
        self._welcome(session)
        return None

    def _welcome(self, session: Session) -> None:
        world = self.server.world
        mine = [guild for guild in world.guilds.values() if world.bot.id in guild.members]
        session.dispatch(
            "READY",
            {
                "v": 10,
                "user": wire.me(world.bot),
                "guilds": [{"id": str(guild.id), "unavailable": True} for guild in mine],
                "session_id": session.id,
                "resume_gateway_url": self.server.gateway_url,
                "session_type": "normal",
                "private_channels": [],
                "relationships": [],
                "user_settings": {},
                "shard": [0, 1],
                "application": {"id": str(world.bot.id), "flags": self.server.application_flags},
                "_trace": ["rehearsal"],
            },
        )
        if session.intents & Intent.GUILDS:
            for guild in mine:
                session.dispatch("GUILD_CREATE", self._guild(guild.id, session))

    def _resume(self, socket: Socket, data: JSON) -> None:
        if data.get("token") != self.server.token:
            return socket.close(4004)
        self.resumes += 1
        faults = self.server.faults.gateway
        session = self.sessions.get(str(data.get("session_id")))
        if session is None or faults.refuse_resumes > 0:
            faults.refuse_resumes = max(0, faults.refuse_resumes - 1)
            if session:
                del self.sessions[session.id]
            return socket.say(_INVALID, False)  # noqa: FBT003 — "not resumable" is all that op 9 says
        seen = int(data.get("seq") or 0)
        if seen > session.sequence:
            return socket.close(4007)
        if session.socket:
            session.socket.close(4000)
        session.socket, socket.session = socket, session
        for number, text in session.sent:
            if number > seen:
                socket.put(text)
        session.dispatch("RESUMED", {"_trace": ["rehearsal"]})
        return None

    def _members(self, session: Session, data: JSON) -> None:
        """Request Guild Members: everybody only with the intent, single ids and name prefixes always."""
        guild = self.server.world.guilds.get(int(data["guild_id"]))
        if guild is None:
            return
        wanted = data.get("user_ids")
        ids = {int(i) for i in (wanted if isinstance(wanted, list) else [wanted] if wanted else [])}
        prefix = str(data.get("query") or "").lower()
        found = [
            member
            for member in guild.members.values()
            if (member.user.id in ids if ids else member.user.username.startswith(prefix))
        ]
        if not ids and not prefix and not session.intents & Intent.GUILD_MEMBERS:
            found = []
        limit = data.get("limit") or len(found)
        known = {member.user.id for member in found}
        chunk: JSON = {
            "guild_id": str(guild.id),
            "members": [wire.member(member) for member in found[:limit]],
            "chunk_index": 0,
            "chunk_count": 1,
            "not_found": [str(number) for number in ids - known],
        }
        if data.get("nonce"):
            chunk["nonce"] = data["nonce"]
        session.dispatch("GUILD_MEMBERS_CHUNK", chunk)
