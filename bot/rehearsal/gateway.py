"""The gateway: a websocket that says hello, identifies, dispatches what happens, and replays what was missed."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections import deque
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from bot.rehearsal import wire, wire_guilds
from bot.rehearsal.errors import JSON
from bot.rehearsal.sockets import ALWAYS, Intent, Session, Socket, needed
from bot.rehearsal.world import Event

if TYPE_CHECKING:
    from bot.rehearsal.server import RehearsalServer

_HEARTBEAT, _IDENTIFY, _PRESENCE, _VOICE, _RESUME, _RECONNECT = 1, 2, 3, 4, 6, 7
_REQUEST_MEMBERS, _INVALID, _HELLO, _ACK = 8, 9, 10, 11
_SENDS_A_MINUTE = 120
_LARGEST = (1 << 26) - 1


def _guild_of(event: Event) -> int | None:
    """The server that an event is of, if it names one."""
    named = event.data["id"] if event.name.startswith("GUILD_") and "id" in event.data else None
    found = event.data.get("guild_id", named)
    return int(found) if found else None


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

    def mute(self) -> None:
        """Make zombies of all connections: they stay open, but not even a heartbeat is answered."""
        for socket in tuple(self.sockets):
            socket.mute = True

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
        intent = needed(event.name, in_guild="guild_id" in event.data)
        if intent is None:
            return
        for session in self.sessions.values():
            if intent & ~session.intents or not session.serves(event.guild_id or _guild_of(event)):
                continue
            data = event.data
            if event.guarded and not session.intents & Intent.MESSAGE_CONTENT:
                data = wire.blank(data)
            if event.name == "GUILD_CREATE":
                data = self._guild(int(data["id"]), session)
                del data["unavailable"]  # with it a client takes the server for one that was down
            session.dispatch(event.name, data)

    def _guild(self, guild_id: int, session: Session) -> JSON:
        everyone = bool(session.intents & Intent.GUILD_MEMBERS)
        return wire_guilds.guild_create(
            self.server.world, self.server.world.guilds[guild_id], members=everyone
        )

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
            await socket.end()
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
            if len(sends) == _SENDS_A_MINUTE and loop.time() - sends[0] < 60:
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
        if op == _HEARTBEAT:
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
        allowed = Intent.MESSAGE_CONTENT if world.message_content else ALWAYS
        allowed |= Intent.GUILD_MEMBERS if world.members_intent else ALWAYS
        privileged = Intent.MESSAGE_CONTENT | Intent.GUILD_MEMBERS | Intent.GUILD_PRESENCES
        if intents & privileged & ~allowed:
            return socket.close(4014)
        self.identifies.append(data)
        number, count = data.get("shard") or (0, 1)
        if not 0 <= number < count:
            return socket.close(4010)
        session = Session(secrets.token_hex(16), intents, socket=socket, shard=(number, count))
        socket.session = self.sessions[session.id] = session
        self._welcome(session)
        return None

    def _welcome(self, session: Session) -> None:
        world = self.server.world
        mine = [
            guild
            for guild in world.guilds.values()
            if world.bot.id in guild.members and session.serves(guild.id)
        ]
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
                "shard": list(session.shard),
                "application": {"id": str(world.bot.id), "flags": self.server.application_flags},
                "_trace": ["rehearsal"],
            },
        )
        if session.intents & Intent.GUILDS and "GUILD_CREATE" not in self.server.faults.gateway.lost:
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
