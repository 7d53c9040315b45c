"""A year of a busy group on a virtual clock, with random kills and faults, and the account of every post at its end.

    python tools/soak.py [--days 365] [--seed N]

The real bot, over the real discord.py, on the rehearsal server. What is random comes from the seed, which is printed:
the same seed plays the same year. It exits with 1 if a post was doubled or lost.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import os
import random
import sqlite3
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import discord

from bot import config
from bot.clock import VirtualClock
from bot.rehearsal.answers import NoAnswer
from bot.rehearsal.arxiv import ArxivDouble, Trouble
from bot.rehearsal.arxiv_library import ArxivPaper, is_feed_day
from bot.rehearsal.models import Guild, Message
from bot.rehearsal.scene import library
from bot.rehearsal.server import RehearsalServer
from bot.stage import Stage
from tests.crash.bench import hurried_discord

#: What must not happen: said twice; never said, though due; said, though the row says otherwise; said when out of use.
WRONG = ("doubled", "lost", "unmarked", "stale")
#: Where the database is: a disk would only be waited for, and nobody cuts the power.
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - a new folder in it
#: What the bot says, by the paths of its requests.
SAYING = r"/(messages|scheduled-events|threads)$"
START = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
MEMBERS = [f"member{number}" for number in range(40)]
TOPICS = [
    {
        "key": "T",
        "name": "Optimisation",
        "channel": "theory",
        "categories": ["cs.LG"],
        "phrases": ["gradient descent"],
    },
    {
        "key": "E",
        "name": "Sparsity",
        "channel": "efficiency",
        "categories": ["cs.LG"],
        "phrases": ["pruning", "sparse"],
    },
]
_WORDS = ("gradient descent", "pruning", "sparse", "attention", "kernels", "stability", "transfer", "scaling")


@dataclass
class Account:
    """What happened, counted."""

    done: Counter[str] = field(default_factory=Counter)
    kills: int = 0
    diary: list[str] = field(default_factory=list)  # the faults and restarts, with the virtual time of each
    faults: Counter[str] = field(default_factory=Counter)
    memory: list[float] = field(default_factory=list)  # resident megabytes at the end of each day


class Year:
    """One soak."""

    def __init__(self, stage: Stage, guild: Guild, dice: random.Random, days: int) -> None:
        self.stage, self.guild, self.dice, self.days = stage, guild, dice, days
        self.account = Account()
        self.papers = 0

    async def play(self) -> None:
        """Live through the days."""
        await self._begin()
        for day in range(self.days):
            today = START + timedelta(days=day)
            self._announce(today)
            hours = sorted(self.dice.uniform(0, 23.5) for _ in range(self.dice.randint(3, 7)))
            for hour in hours:
                await self._on_to(today + timedelta(hours=hour))
                await self._something()
            self.stage.server.exchanges.clear()  # what the played Discord remembers is not the bot's
            self.account.memory.append(_memory())
            if self.dice.random() < 0.1:
                await self._restart(kill=self.dice.random() < 0.7)
        await self._calm_down()

    async def _begin(self) -> None:
        """A weekly series with the three usual lead times; some members want reminders of their own."""
        olga = self.stage.server.people["olga"]
        when = {"first": "2026-01-12 17:00", "repeat": "1w", "title": "The weekly"}
        await (await olga.slash("/series create", when, channel="general")).final()
        for name in MEMBERS[:8]:
            person = self.stage.server.people[name]
            await (await person.slash("/remindme", channel="general", before="1d, 10m")).final()

    def _announce(self, today: datetime) -> None:
        """The day's papers at arXiv."""
        if is_feed_day(today.date()):
            self.stage.arxiv.announce(
                today.date(), [self._paper(today) for _ in range(self.dice.randint(2, 12))]
            )

    def _paper(self, today: datetime) -> ArxivPaper:
        self.papers += 1
        words = self.dice.sample(_WORDS, 4)
        return ArxivPaper.from_dict(
            {
                "id": f"{today:%y%m}.{self.papers % 99999 + 1:05d}", "title": " ".join(words).capitalize(),
                "abstract": f"We study {' and '.join(words)}. It works.", "authors": ["A. Author"],
                "categories": ["cs.LG"], "published": (today - timedelta(days=1)).isoformat(),
            }
        )  # fmt: skip

    # what people do

    async def _something(self) -> None:
        deed = self.dice.choices(
            [
                self._propose,
                self._vote,
                self._plan,
                self._move,
                self._cancel,
                self._volunteer,
                self._press_propose,
                self._fault,
            ],
            [2, 12, 1.0, 0.8, 0.4, 0.8, 1, 3],
        )[0]
        name = deed.__name__.strip("_")
        try:
            await deed()
        except NoAnswer:  # a fault struck the answer; the person would try again
            name = f"{name} (no answer)"
        self.account.done[name] += 1

    def _someone(self) -> object:
        return self.stage.server.people[self.dice.choice(MEMBERS)]

    async def _propose(self) -> None:
        paper = self.dice.choice([paper.id for paper, _ in library()])
        answer = await self._someone().slash("/propose", channel="general", paper=paper)  # type: ignore[attr-defined]
        await answer.final()

    async def _vote(self) -> None:
        ballots = [m for m in self._posts("proposals") if m.reactions]
        if ballots:
            ballot, person = self.dice.choice(ballots), self._someone()
            if person.id in ballot.reactions["👍"].normal:  # type: ignore[attr-defined]
                await person.unreact(ballot, "👍")  # type: ignore[attr-defined]
            else:
                await person.react(ballot, "👍")  # type: ignore[attr-defined]

    async def _plan(self) -> None:
        when = self.stage.clock.now() + timedelta(
            days=self.dice.randint(1, 20), hours=self.dice.randint(0, 8)
        )
        answer = await self.stage.server.people["olga"].slash(
            "/session plan", channel="general", when=f"<t:{int(when.timestamp())}>", title="A session"
        )
        await answer.final()

    async def _cancel(self) -> None:
        await self._change("/session cancel")

    async def _move(self) -> None:
        when = self.stage.clock.now() + timedelta(
            days=self.dice.randint(1, 14), hours=self.dice.randint(0, 8)
        )
        await self._change("/session move", when=f"<t:{int(when.timestamp())}>")

    async def _volunteer(self) -> None:
        announced = [m for m in self._posts("announcements") if _button(m, "volunteer:")]
        if announced:
            message = self.dice.choice(announced[-6:])
            person = self._someone()
            await (await person.press(message, custom_id=_button(message, "volunteer:"))).final()  # type: ignore[attr-defined]

    async def _change(self, command: str, **more: str) -> None:
        """Change one of the sessions that are to come."""
        choices = await self.stage.app.services.sessions.choices(self.guild.id, "")
        if choices:
            session = self.dice.choice(choices[:6])[0]
            olga = self.stage.server.people["olga"]
            await (await olga.slash(command, {"session": session, **more}, channel="general")).final()

    async def _press_propose(self) -> None:
        digests = [m for m in self._posts("theory") + self._posts("efficiency") if _button(m, "propose:")]
        if digests:
            message = self.dice.choice(digests)
            answer = await self._someone().press(message, custom_id=_button(message, "propose:"))  # type: ignore[attr-defined]
            await answer.final()

    def _posts(self, channel: str) -> list[Message]:
        mine = self.stage.server.world.bot.id
        return [m for m in self.stage.server.channel(channel, self.guild).messages if m.author.id == mine]

    # what goes wrong

    async def _fault(self) -> None:
        faults = self.stage.server.faults
        kind = self.dice.choice(
            ["lose_reply", "lose_request", "fail", "limit", "drop", "arxiv", "kill", "kill"]
        )
        self.account.faults[kind] += 1
        self._note(kind)
        if kind == "lose_reply":
            faults.lose_reply("POST", SAYING, times=self.dice.randint(1, 2))
        elif kind == "lose_request":
            faults.lose_request("POST", SAYING, times=1)
        elif kind == "fail":
            faults.fail(self.dice.choice([500, 502, 503]), "POST", SAYING, after=self.dice.random() < 0.5)
        elif kind == "limit":
            faults.limit(0.05, "POST", SAYING)
        elif kind == "drop":
            self.stage.server.gateway.drop()
        elif kind == "arxiv":
            trouble = self.dice.choice(["rate_limit", "unavailable", "html", "truncated", "stale", "empty"])
            self.stage.arxiv.trouble(Trouble(trouble, times=self.dice.randint(1, 3)))
        else:
            await self._kill_in_delivery()

    async def _kill_in_delivery(self) -> None:
        """Kill the bot while Discord holds a message of its in hand; whether Discord takes it is left to chance."""
        rule = self.stage.server.faults.hold("POST", r"/channels/\d+/messages$", times=1)
        going = asyncio.create_task(self.stage.advance_to(self.stage.clock.now() + timedelta(days=1)))
        struck = asyncio.create_task(rule.struck(60))
        await asyncio.wait({going, struck}, return_when=asyncio.FIRST_COMPLETED)
        if not rule.hits:
            await going
            rule.lift()
            struck.cancel()
            return
        await self._restart(kill=True, going=going, lift=rule.lift)

    async def _restart(
        self, *, kill: bool, going: asyncio.Task[None] | None = None, lift: object = None
    ) -> None:
        self.account.kills += kill
        self._note("killed" if kill else "stopped")
        if going is not None:
            going.cancel()  # time stands still for what dies: its timers must not run on to the end of the day
        if kill:
            await self.stage.kill_bot()
        else:
            await self.stage.stop_bot()
        if going is not None:
            await asyncio.gather(going, return_exceptions=True)
        if callable(lift):
            lift()
            await asyncio.sleep(0.05)  # what Discord has in hand it does now, not after the clock was moved
        if self.dice.random() < 0.5:
            self.stage.clock.advance(timedelta(seconds=self.dice.choice([0, 10, 600, 86_400])))
        self._note("starts again")
        await self.stage.start_bot()

    def _note(self, what: str) -> None:
        self.account.diary.append(f"{self.stage.clock.now():%Y-%m-%d %H:%M:%S.%f} {what}")

    async def _on_to(self, instant: datetime) -> None:
        if instant > self.stage.clock.now():
            await self.stage.advance_to(instant)

    async def _calm_down(self) -> None:
        """No more faults: let everything that is due come to its end."""
        self.stage.server.faults.clear()
        self.stage.arxiv.calm()
        await self._on_to(self.stage.clock.now() + timedelta(hours=8))


def report(year: Year, database: Path, seconds: float) -> bool:
    """Print the account; True when nothing was doubled or lost."""
    with contextlib.closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(
            "SELECT kind, op, state, nonce, message_id, due_at, sent_at, last_error, expires_at, key FROM outbox"
        ).fetchall()
    said_at = {
        _reference(m): discord.utils.snowflake_time(m.id).replace(tzinfo=None)
        for c in year.stage.server.world.channels.values()
        for m in c.messages
    }
    times: dict[str, list[str]] = defaultdict(list)
    for c in year.stage.server.world.channels.values():
        for m in c.messages:
            times[_reference(m)].append(
                f"{discord.utils.snowflake_time(m.id):%Y-%m-%d %H:%M:%S.%f} in {c.name}"
            )
    seen = Counter({reference: len(said) for reference, said in times.items()})
    seen += Counter(e.description.rpartition("ref ")[2] for e in year.guild.events.values() if e.description)
    now = year.stage.clock.now().replace(tzinfo=None)
    table: dict[str, Counter[str]] = {}
    late: list[float] = []
    causes: Counter[str] = Counter()
    wrong_ones: list[tuple[object, ...]] = []
    for kind, op, state, nonce, message, due, sent, error, expires, key in rows:
        before = table.get(f"{kind} ({op})", Counter()).copy()
        line = table.setdefault(f"{kind} ({op})", Counter())
        line["planned"] += 1
        line[state] += 1
        line["doubled"] += max(seen[nonce] - 1, 0)
        overdue = state in ("waiting", "sending") and datetime.fromisoformat(due) < now - timedelta(hours=3)
        gone = state == "sent" and (message is None or (op == "send" and not seen[nonce]))
        line["lost"] += overdue or gone
        line["unmarked"] += seen[nonce] > 0 and state not in ("sent", "waiting", "sending")
        said = said_at.get(nonce)
        line["stale"] += bool(said and expires and said > datetime.fromisoformat(expires))
        if any(line[wrong] > before[wrong] for wrong in WRONG):
            wrong_ones.append((key, state, due, sent, expires, error, times[nonce]))
        if state == "sent" and sent:
            late.append(
                ((said or datetime.fromisoformat(sent)) - datetime.fromisoformat(due)).total_seconds()
            )
        if state in ("expired", "cancelled", "failed", "dropped"):
            causes[f"{state}: {error or 'cancelled by what it belonged to'}"] += 1
    _print(year, table, causes, late, seconds)
    for one in wrong_ones:
        print("\nwrong:", *one, sep="\n    ")
        day = str(one[2])[:10]
        print(
            *(f"    {line}" for line in year.account.diary if day <= line[:10] <= _days_on(day, 3)), sep="\n"
        )
    return not any(line[wrong] for line in table.values() for wrong in WRONG)


def _print(
    year: Year, table: dict[str, Counter[str]], causes: Counter[str], late: list[float], seconds: float
) -> None:
    columns = (
        "planned",
        "sent",
        "waiting",
        "sending",
        "expired",
        "cancelled",
        "failed",
        "doubled",
        "lost",
        "unmarked",
        "stale",
    )
    print(
        f"\n{year.days} days in {seconds:.0f} s · {year.account.kills} kills · faults {dict(year.account.faults)}"
    )
    print(f"deeds {dict(year.account.done)}\n")
    print(f"{'post':<26}" + "".join(f"{name:>10}" for name in columns))
    for name, line in sorted(table.items()):
        print(f"{name:<26}" + "".join(f"{line[column]:>10}" for column in columns))
    print("\nnot sent, and why:")
    for cause, number in causes.most_common(12):
        print(f"{number:>6}  {cause[:110]}")
    memory = year.account.memory
    print(
        f"\nmemory: {memory[0]:.0f} MB after a day, {memory[-1]:.0f} MB at the end (with Discord and arXiv, played)"
    )
    late.sort()
    if late:
        middle, tail = late[len(late) // 2], late[int(len(late) * 0.99)]
        print(f"\nlateness in virtual seconds: median {middle:.1f} · p99 {tail:.1f} · max {late[-1]:.1f}")
        print("(a post is late when the bot was dead or Discord took nothing at its time)")


def _days_on(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def _memory() -> float:
    """Resident megabytes."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except OSError:  # not on Linux
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _button(message: Message, begins: str) -> str | None:
    """The id of a message's button whose id begins so."""
    items = [item for row in message.components for item in row["components"]]
    return next((i["custom_id"] for i in items if str(i.get("custom_id", "")).startswith(begins)), None)


def _reference(message: Message) -> str:
    for embed in message.embeds:
        text = embed.get("footer", {}).get("text", "")
        if "ref " in text:
            return str(text.rpartition("ref ")[2])
    return ""


async def soak(days: int, seed: int) -> bool:
    """Play `days` and print the account; True when every post was said exactly once or dropped for a reason."""
    dice = random.Random(seed)
    clock = VirtualClock(START)
    server = RehearsalServer(clock)
    guild = server.group(
        "Busy group",
        channels=("general", "announcements", "proposals", "theory", "efficiency"),
        roles={"Organiser": ()},
        members={"olga": ["Organiser"], **dict.fromkeys(MEMBERS, ())},
    )
    arxiv = ArxivDouble((paper for paper, _ in library()), clock)
    arxiv.mount(server.app, "/arxiv")
    began = time.monotonic()
    with (
        hurried_discord(),
        tempfile.TemporaryDirectory(prefix="soak-", dir=MEMORY) as folder,
    ):
        database = Path(folder) / "bot.db"
        async with server:
            settings = config.parse(
                {
                    "discord": {"api_url": server.api_url, "gateway_url": server.gateway_url},
                    "storage": {"url": f"sqlite+aiosqlite:///{database}"},
                    "arxiv": {
                        "api_url": f"{server.url}/arxiv/api/query", "min_interval": 0.0, "timeout": 2.0,
                        "feed_url": f"{server.url}/arxiv/atom/{{category}}",
                    },
                    "topics": TOPICS,
                }
            )  # fmt: skip
            stage = Stage(clock, server, arxiv, settings)
            year = Year(stage, guild, dice, days)
            async with stage:
                await year.play()
            return report(year, database, time.monotonic() - began)


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--seed", type=int, default=None)
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**6)
    logging.basicConfig(level=logging.ERROR)
    print(f"seed {seed}: python tools/soak.py --days {options.days} --seed {seed}", flush=True)
    return 0 if asyncio.run(soak(options.days, seed)) else 1


if __name__ == "__main__":
    sys.exit(main())
