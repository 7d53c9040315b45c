"""The page's switches for what can go wrong, over the doubles' faults."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.rehearsal import arxiv
from bot.rehearsal.errors import JSON
from bot.rehearsal.faults import Rule
from bot.rehearsal.palette import CannotDo
from bot.rehearsal.room import Room


@dataclass(frozen=True)
class Active:
    """A trouble under way: whether it still is, and how it ends."""

    is_on: Callable[[], bool]
    stop: Callable[[], None]


@dataclass(frozen=True)
class Switch:
    """One trouble as the page offers it. `start` gives what is under way, None if it is `momentary`."""

    key: str
    group: str
    label: str
    about: str
    start: Callable[[Room], Awaitable[Active | None]]
    momentary: bool = False


class Troubles:
    """The switches and what of them is on."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._active: dict[str, Active] = {}

    def listed(self) -> list[JSON]:
        """All switches, with their state, for the page."""
        self._active = {key: one for key, one in self._active.items() if one.is_on()}
        return [
            {
                "key": one.key,
                "group": one.group,
                "label": one.label,
                "about": one.about,
                "on": one.key in self._active,
                "momentary": one.momentary,
            }
            for one in SWITCHES
            if one.group != "arXiv" or self._room.arxiv
        ]

    async def switch(self, key: str, *, on: bool) -> None:
        """Turn one on or off. Raises CannotDo if there is no such switch."""
        found = next((one for one in SWITCHES if one.key == key), None)
        if found is None or (found.group == "arXiv" and not self._room.arxiv):
            raise CannotDo(f"There is no trouble called {key!r}.")
        running = self._active.pop(key, None)
        if running:
            running.stop()
        if on:
            started = await found.start(self._room)
            if started:
                self._active[key] = started


def _rule(rule: Rule) -> Active:
    return Active(lambda: rule.times is None or rule.hits < rule.times, rule.lift)


async def _lose_reply(room: Room) -> Active:
    return _rule(room.server.faults.lose_reply("POST", r"^/channels/\d+/messages$"))


async def _too_fast(room: Room) -> Active:
    return _rule(room.server.faults.limit(2.0, "POST", r"^/channels/\d+/messages$", times=2))


async def _server_errors(room: Room) -> Active:
    return _rule(room.server.faults.fail(502, times=3))


async def _drop(room: Room) -> None:
    room.server.gateway.drop()


async def _forget(room: Room) -> Active:
    faults = room.server.faults.gateway
    faults.refuse_resumes = 1
    room.server.gateway.drop()

    def stop() -> None:
        faults.refuse_resumes = 0

    return Active(lambda: faults.refuse_resumes > 0, stop)


async def _twice(room: Room) -> Active:
    names = {"MESSAGE_REACTION_ADD", "MESSAGE_REACTION_REMOVE"}
    faults = room.server.faults.gateway
    faults.twice |= names

    def stop() -> None:
        faults.twice -= names

    return Active(lambda: names <= faults.twice, stop)


async def _away(room: Room) -> Active:
    faults = room.server.faults.gateway
    faults.refuse = None
    room.server.gateway.drop()

    def stop() -> None:
        faults.refuse = 0

    return Active(lambda: faults.refuse is None, stop)


def _arxiv(kind: str, times: int | None = None) -> Callable[[Room], Awaitable[Active | None]]:
    async def start(room: Room) -> Active | None:
        double = room.arxiv
        if double is None:
            return None
        trouble = arxiv.Trouble(kind, times=times, seconds=20)
        double.trouble(trouble)
        return Active(lambda: trouble in double.troubles, lambda: double.lift(trouble))

    return start


async def _restart(room: Room) -> None:
    await room.stage.restart_bot(kill=False)


async def _kill(room: Room) -> None:
    await room.stage.restart_bot(kill=True)


SWITCHES = (
    Switch(
        "lose_reply",
        "Discord",
        "Lose the next reply",
        "The message is posted; the bot never hears so.",
        _lose_reply,
    ),
    Switch(
        "too_fast", "Discord", "“You are too fast” (429)", "Its next two messages are refused.", _too_fast
    ),
    Switch("errors", "Discord", "Three server errors", "Its next three requests end in 502.", _server_errors),
    Switch("twice", "Discord", "Deliver votes twice", "Each reaction is told two times.", _twice),
    Switch("away", "Discord", "Keep the bot away", "It is not let in. Vote meanwhile!", _away),
    Switch(
        "drop", "Discord", "Drop the connection", "It should resume, and miss nothing.", _drop, momentary=True
    ),
    Switch(
        "forget", "Discord", "Drop, refuse to resume", "Events are lost: votes must be read again.", _forget
    ),
    Switch("arxiv_down", "arXiv", "arXiv is down", "Connections break without an answer.", _arxiv("drop")),
    Switch(
        "arxiv_limit", "arXiv", "“Rate exceeded.” (429)", "Two requests are refused.", _arxiv("rate_limit", 2)
    ),
    Switch("arxiv_hang", "arXiv", "arXiv hangs", "Answers come after 20 seconds.", _arxiv("hang")),
    Switch(
        "arxiv_stale", "arXiv", "Yesterday's papers again", "Feeds serve the batch before.", _arxiv("stale")
    ),
    Switch("arxiv_broken", "arXiv", "Broken answers", "XML is cut off in the middle.", _arxiv("truncated")),
    Switch("restart", "The bot", "Restart", "In good order.", _restart, momentary=True),
    Switch(
        "kill", "The bot", "Kill and restart", "As kill -9 would, in mid-sentence.", _kill, momentary=True
    ),
)
