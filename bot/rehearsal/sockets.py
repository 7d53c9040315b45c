"""One bot on the line: what it asked to hear, what it was sent, and the websocket under it."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections import deque
from dataclasses import dataclass, field
from enum import IntFlag
from typing import Any

from aiohttp import web

from bot.rehearsal.errors import JSON

_DISPATCH = 0
_REMEMBERED = 5000


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


ALWAYS = Intent(0)


def needed(name: str, *, in_guild: bool) -> Intent | None:
    """The intent an event falls under; no bits for what everybody hears, None for what is no gateway event."""
    if name in {"INTERACTION_CREATE", "USER_UPDATE"}:
        return ALWAYS
    families = (
        ("MESSAGE_REACTION", Intent.GUILD_MESSAGE_REACTIONS, Intent.DIRECT_MESSAGE_REACTIONS),
        ("MESSAGE_", Intent.GUILD_MESSAGES, Intent.DIRECT_MESSAGES),
        ("CHANNEL_PINS", Intent.GUILDS, Intent.DIRECT_MESSAGES),
        ("GUILD_SCHEDULED_EVENT", Intent.GUILD_SCHEDULED_EVENTS, ALWAYS),
        ("GUILD_MEMBER", Intent.GUILD_MEMBERS, ALWAYS),
        ("GUILD_BAN", Intent.GUILD_MODERATION, ALWAYS),
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
    shard: tuple[int, int] = (0, 1)  # which one, of how many

    def serves(self, guild_id: int | None) -> bool:
        """Whether what happens on a server is told here; what happens on none is told to shard 0."""
        number, count = self.shard
        return ((guild_id or 0) >> 22) % count == number

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
        self.mute = False
        self._closing = False
        compressed = request.query.get("compress") == "zlib-stream"
        self._zlib = zlib.compressobj() if compressed else None
        self._queue: asyncio.Queue[str | int] = asyncio.Queue()
        self.writer = asyncio.create_task(self._write(), name="rehearsal gateway writer")

    def put(self, text: str) -> None:
        """Send, soon."""
        if not self.mute:
            self._queue.put_nowait(text)

    def say(self, op: int, data: Any) -> None:
        """Send something that is no event."""
        self.put(json.dumps({"op": op, "d": data, "s": None, "t": None}))

    def close(self, code: int) -> None:
        """Close, after all that was put before."""
        self._closing = True
        self._queue.put_nowait(code)

    async def end(self) -> None:
        """The reading side is done: stop writing, but let a farewell that is under way be said."""
        if not self._closing:
            self.writer.cancel()
        await asyncio.wait([self.writer], timeout=1)

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
