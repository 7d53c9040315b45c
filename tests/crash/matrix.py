"""Every kind of post × every trouble × every moment × every length of the pause before the bot is back.

A case is played on the bench: a post is planned, the trouble strikes at its moment, the process ends, and after the
pause another one takes up what is open. What then stands on Discord and in the row is judged by one rule (`judged`).
`python tools/crash.py` plays them all and prints the table that is in docs/delivery.md.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, NamedTuple

from bot.cards import Card, NativeEvent, Said, Thread
from bot.rehearsal import build, channels, events, messages, permissions
from bot.services.exactly_once import UNKNOWN
from storage import outbox
from storage.database import Tx
from storage.tables import Post
from tests.crash.bench import PLACE, START, Bench, Process
from tests.crash.dying import Dying

LIFE = timedelta(hours=1)
PAUSES = {
    "0 s": timedelta(0),
    "10 s": timedelta(seconds=10),
    "past the nonce": timedelta(minutes=4),
    "past expiry": LIFE + timedelta(hours=1),
}
#: More waits than any delivery has; beyond its last one, nothing strikes.
MOMENTS = 160


class Step(NamedTuple):
    """A post of a case: what it does where, and how often that stands on Discord."""

    key: str
    op: str
    said: Said
    count: Callable[[Bench], int]
    place: str = PLACE
    of: str | None = None


class Kind(NamedTuple):
    """What is delivered: `before` all is well, `then` the trouble comes. The rest of `then` follows from its first,

    or with `together` waits behind it, in order.
    """

    then: tuple[Step, ...]
    before: tuple[Step, ...] = ()
    together: bool = False


class Trouble(NamedTuple):
    """What strikes at a wait. With `dies` the process ends there and then; else when nothing is left to do.

    `first` is wrong from the beginning.
    """

    strike: Callable[[Bench], object] | None = None
    first: Callable[[Bench], object] | None = None
    dies: bool = False
    under_way: bool = False
    deletes: bool = False


class Case(NamedTuple):
    kind: str
    trouble: str
    moment: int
    pause: str


class Judged(NamedTuple):
    """How a post of a case ended: "once", "none" (with a reason), "doubled" or "lost"."""

    verdict: str
    why: str


# what is said


def _titled(title: str) -> Callable[[Bench], int]:
    def count(bench: Bench) -> int:
        all_of_them = (m for c in bench.server.world.channels.values() for m in c.messages)
        return sum(bool(m.embeds) and m.embeds[0]["title"] == title for m in all_of_them)

    return count


def _reactions(bench: Bench) -> int:
    return max((len(m.reactions[e].normal) for m in bench.said for e in m.reactions), default=0)


def _threads(bench: Bench) -> int:
    return sum(
        channel.parent_id is not None and channel.thread is not None
        for channel in bench.guild.channels.values()
    )


def _resting(bench: Bench) -> int:
    return sum(c.thread is not None and c.thread.archived for c in bench.guild.channels.values())


def _event(name: str) -> Callable[[Bench], int]:
    return lambda bench: sum(event.name == name for event in bench.guild.events.values())


def _entry(name: str) -> NativeEvent:
    return NativeEvent(name, "", START + timedelta(days=300), START + timedelta(days=300, hours=1), "online")


_BASE = Step("base", "send", Card(title="base"), _titled("base"))
_THREAD = Step("thread", "thread", Thread("talk"), _threads, "threads", "base")
_REST = Step("rest", "thread", Thread("talk", archived=True), _resting, "threads", "base")
_MADE = Step("made", "event", _entry("a session"), _event("a session"), "events")

KINDS = {
    "message": Kind((Step("one", "send", Card(title="one"), _titled("one")),)),
    "two messages": Kind(
        (
            Step("one", "send", Card(title="one"), _titled("one")),
            Step("two", "send", Card(title="two"), _titled("two")),
        ),
        together=True,
    ),
    "direct message": Kind((Step("one", "send", Card(title="one"), _titled("one"), "user:alice"),)),
    "message in a thread": Kind(
        (Step("one", "send", Card(title="one"), _titled("one"), of="base"),), (_BASE, _THREAD)
    ),
    "edit": Kind((Step("one", "edit", Card(title="one"), _titled("one"), of="base"),), (_BASE,)),
    "reaction": Kind((Step("one", "react", Card(reactions=("👍",)), _reactions, of="base"),), (_BASE,)),
    "thread": Kind((_THREAD,), (_BASE,)),
    "thread put to rest": Kind((_REST,), (_BASE, _THREAD)),
    "event": Kind((_MADE,)),
    "event changed": Kind(
        (Step("one", "event", _entry("another"), _event("another"), "events", "made"),), (_MADE,)
    ),
    "announcement with thread and reaction": Kind(
        (_BASE, _THREAD, Step("seed", "react", Card(reactions=("👍",)), _reactions, of="base"))
    ),
}

# what goes wrong


def _rule(make: str, *args: Any, **more: Any) -> Callable[[Bench], object]:
    return lambda bench: getattr(bench.server.faults, make)(*args, **more)


def _delete(bench: Bench) -> None:
    """A moderator deletes all that stands there; what is written to a person nobody else can delete."""
    world = bench.server.world
    for message in [m for c in bench.guild.channels.values() for m in c.messages]:
        messages.discard(world, message)
    for event in list(bench.guild.events.values()):
        events.delete(world, bench.server.people["owner"].user, bench.guild.id, event.id)


def _forbid(bench: Bench) -> None:
    bench.guild.roles[bench.guild.id].permissions = permissions.NONE
    build.set_bot_permissions(bench.server.world, bench.guild, permissions.NONE)
    bench.server.people["alice"].close_dms()


def _allow(bench: Bench) -> None:
    bench.guild.roles[bench.guild.id].permissions = permissions.EVERYONE
    build.set_bot_permissions(bench.server.world, bench.guild, permissions.READING_GROUP_BOT)
    bench.server.people["alice"].close_dms(closed=False)


TROUBLES = {
    "killed, nothing under way": Trouble(dies=True),
    "killed, a request or commit under way": Trouble(dies=True, under_way=True),
    "reply lost, then killed": Trouble(first=_rule("lose_reply"), dies=True),
    "503, yet done, then killed": Trouble(first=_rule("fail", 503, after=True), dies=True, under_way=True),
    "request lost": Trouble(_rule("lose_request")),
    "reply lost": Trouble(_rule("lose_reply")),
    "500": Trouble(_rule("fail", 500)),
    "500, yet done": Trouble(_rule("fail", 500, after=True)),
    "502": Trouble(_rule("fail", 502)),
    "503": Trouble(_rule("fail", 503)),
    "503, yet done": Trouble(_rule("fail", 503, after=True)),
    "429": Trouble(_rule("limit", 0.0)),
    "429 for everything": Trouble(_rule("limit", 0.0, is_global=True)),
    "socket dropped": Trouble(lambda bench: bench.server.gateway.drop()),
    "deleted by a moderator": Trouble(_delete, deletes=True),
    "deleted, and killed": Trouble(_delete, dies=True, deletes=True),
    "permission taken": Trouble(_forbid),
    "permission taken, and killed": Trouble(_forbid, dies=True),
}


def every_case() -> Iterator[Case]:
    """The whole matrix; a kind's moments end where its delivery does, which playing them tells (`play`)."""
    for kind in KINDS:
        for trouble in TROUBLES:
            for pause in PAUSES:
                for moment in range(MOMENTS):
                    yield Case(kind, trouble, moment, pause)


def some_cases(seed: int, number: int) -> list[Case]:
    """A slice of it."""
    dice = random.Random(seed)
    return [
        Case(
            dice.choice(list(KINDS)),
            dice.choice(list(TROUBLES)),
            int(dice.triangular(0, 110, 20)),
            dice.choice(list(PAUSES)),
        )
        for _ in range(number)
    ]


async def play(bench: Bench, case: Case) -> tuple[list[Judged], bool]:
    """Play a case; how each of its posts ended, and whether the trouble struck at all."""
    kind, trouble = KINDS[case.kind], TROUBLES[case.trouble]
    await _clean(bench)
    strike = trouble.strike
    dying = Dying(
        case.moment, under_way=trouble.under_way, survives=not trouble.dies,
        then=None if strike is None else lambda: strike(bench) and None,
    )  # fmt: skip
    async with bench.process() as process:
        _teach(process, kind)
        for step in kind.before:
            await _plan(process, step)
            await process.at_this_instant()
        for step in kind.then if kind.together else kind.then[:1]:
            await _plan(process, step)
        if trouble.first:
            trouble.first(bench)
        process.watched_by(dying)
        await process.at_this_instant(lambda: dying.died)
    bench.clock.advance(PAUSES[case.pause])
    async with bench.process() as process:
        process.cut_off = lambda: False
        _teach(process, kind)
        if strike is _forbid:
            await process.at_this_instant()
            _allow(bench)
            await process.outbox.look_again(bench.guild.id)
        await process.deliver()
        async with process.database.reading() as tx:
            ended = [
                _judged(case, trouble, await outbox.by_key(tx, step.key), step.count(bench))
                for step in kind.then
            ]
    if kind.together and [m.embeds[0]["title"] for m in bench.said] not in (
        ["one", "two"],
        ["two"],
        ["one"],
        [],
    ):
        ended.append(Judged("lost", "said out of order"))
    return [one for one in ended if one is not None], dying.struck


def _judged(case: Case, trouble: Trouble, post: Post | None, count: int) -> Judged | None:
    """Exactly one; or none, where none is right and a reason is given."""
    if post is None:
        return None  # it would have followed from one that was not said
    why = f"{post.state}: {post.last_error}"
    if count > 1:
        return Judged("doubled", why)
    if post.state == "sent":
        return (
            Judged("once", "")
            if count == 1 or trouble.deletes
            else Judged("lost", "marked as sent, but not there")
        )
    if count == 1 and (trouble.deletes or (post.last_error or "").endswith(UNKNOWN)):
        return Judged("once", "")
    right = (post.state == "expired" and case.pause == "past expiry") or (
        post.state == "failed"
        and (trouble.deletes or (trouble.strike is _forbid and post.place.startswith("user:")))
    )
    return Judged("none" if right and post.last_error and count == 0 else "lost", why)


def _teach(process: Process, kind: Kind) -> None:
    """Have the process know what is said, and what follows from it."""
    steps = {step.key: step for step in (*kind.before, *kind.then)}

    async def render(_tx: Tx, post: Post, _now: object) -> Said:
        return steps[post.key].said

    async def follow(tx: Tx, post: Post) -> None:
        for step in kind.then[1:] if post.key == kind.then[0].key and not kind.together else ():
            await _put(process, tx, step)

    process.outbox.says("step", render, follow)


async def _plan(process: Process, step: Step) -> None:
    async with process.database.transaction() as tx:
        await _put(process, tx, step)


async def _put(process: Process, tx: Tx, step: Step) -> None:
    alice = process.bench.server.people["alice"].id
    await process.outbox.put(
        tx, key=step.key, guild_id=process.bench.guild.id, place=step.place.replace("alice", str(alice)), kind="step",
        data={"of": step.of} if step.of else {}, op=step.op, expires_at=process.clock.now() + LIFE,
    )  # fmt: skip


async def _clean(bench: Bench) -> None:
    """An empty database, an empty server, and all is well."""
    await bench.server.until(lambda: bench.server.gateway.connected)
    _allow(bench)
    world = bench.server.world
    for channel in list(world.channels.values()):
        channel.log.clear()
        if channel.parent_id is not None:
            channels.remove(world, channel)
    bench.guild.events.clear()
    world.nonces.clear()
    bench.server.exchanges.clear()
    bench.new_file()
