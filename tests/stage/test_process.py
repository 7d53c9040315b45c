"""The bot as a process of its own: `python -m bot run`, how it ends, its exit codes and its words."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.rehearsal.arxiv import ArxivDouble, Trouble
from bot.rehearsal.models import Message
from bot.rehearsal.people import Person
from bot.rehearsal.scene import library
from bot.rehearsal.server import RehearsalServer
from storage.stores import store_of
from tests.database import first_day_url, on_sqlite_only, rows_now
from tests.stage.conftest import text_of

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "MTk4NjIyNDgzNDcxOTI1MjQ4.secret-of-the-test.never-shown"
PAPERS = ("1803.03635", "1412.6980", "1711.05101")
CONFIG = """
[discord]
api_url = "{api}"
gateway_url = "{gateway}"
[storage]
url = "{url}"
[arxiv]
api_url = "{arxiv}/api/query"
feed_url = "{arxiv}/atom/{{category}}"
min_interval = 0.0
timeout = 30
[digest]
days = []
"""

pytestmark = pytest.mark.timeout(120)


class House:
    """Discord and arXiv in this process, and the bot in others."""

    def __init__(self, server: RehearsalServer, arxiv: ArxivDouble, folder: Path) -> None:
        self.server, self.arxiv, self.folder = server, arxiv, folder
        self.config, self.database, self.output = folder / "config.toml", folder / "bot.db", folder / "output"
        self.url = first_day_url(folder)
        self._running: list[asyncio.subprocess.Process] = []

    async def run(self, *, token: str | None = TOKEN) -> asyncio.subprocess.Process:
        """Start a process; all it prints is added to `output`."""
        environment = {key: value for key, value in os.environ.items() if key != "DISCORD_TOKEN"}
        with self.output.open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run", "--config", self.config, cwd=ROOT, stdout=output, stderr=output,
                env=environment | ({"DISCORD_TOKEN": token} if token else {}),
            )  # fmt: skip
        self._running.append(process)
        return process

    async def connected(self) -> asyncio.subprocess.Process:
        """Start a process and wait until it has identified itself."""
        before = len(self.server.gateway.identifies)
        process = await self.run()
        await self.server.until(lambda: len(self.server.gateway.identifies) > before, timeout=40)
        await self.server.until(lambda: self.server.world.commands, timeout=20)
        return process

    def person(self, name: str) -> Person:
        return self.server.people[name]

    def posts(self, channel: str) -> list[Message]:
        return [m for m in self.server.channel(channel).messages if m.author.id == self.server.world.bot.id]

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        return rows_now(store_of(self.url), sql)

    @property
    def words(self) -> str:
        return self.output.read_text("utf-8")

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something holds that no event here tells of: of what a process printed, or wrote."""
        async with asyncio.timeout(60):
            while not condition():  # noqa: ASYNC110 - there is no event
                await asyncio.sleep(0.05)

    async def said(self, text: str, times: int) -> None:
        """Wait until the processes have printed a text so often."""
        await self.until(lambda: self.words.count(text) >= times)

    async def stop_all(self) -> None:
        for process in self._running:
            if process.returncode is None:
                process.kill()
            await process.wait()


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    clock = SystemClock()
    server = RehearsalServer(clock, token=TOKEN)
    server.group(
        "Reading group",
        channels=("general", "announcements", "proposals"),
        roles={"Organiser": ()},
        members={"olga": ["Organiser"], "alice": (), "bob": (), "carol": ()},
    )
    arxiv = ArxivDouble((paper for paper, _ in library()), clock)
    arxiv.mount(server.app, "/arxiv")
    async with server:
        house = House(server, arxiv, tmp_path)
        house.config.write_text(
            CONFIG.format(
                api=server.api_url,
                gateway=server.gateway_url,
                url=house.url,
                arxiv=f"{server.url}/arxiv",
            )
        )
        yield house
        await house.stop_all()
        arxiv.calm()
    assert "never-shown" not in house.words, "the token was printed"
    assert "secret-of-the-test" not in house.words, "a part of the token was printed"
    assert not server.unknown_requests


#: The bot gives itself five seconds; a machine that runs other things is given as many again.
SOON = 10


async def ends(process: asyncio.subprocess.Process, sign: signal.Signals) -> tuple[int, float]:
    """Send a signal; the exit code and the seconds it took."""
    began = time.monotonic()
    process.send_signal(sign)
    code = await asyncio.wait_for(process.wait(), 30)
    return code, time.monotonic() - began


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
async def test_an_idle_bot_ends_at_once_with_success(house: House, sign: signal.Signals) -> None:
    process = await house.connected()
    code, took = await ends(process, sign)
    assert code == 0
    assert took < SOON
    assert not house.server.gateway.connected


async def test_a_busy_bot_ends_within_five_seconds_and_the_next_one_finishes_its_work(house: House) -> None:
    process = await house.connected()
    house.server.faults.hold("POST", r"/channels/\d+/messages$")
    await house.person("alice").slash("/propose", channel="general", paper=PAPERS[0])
    await house.server.until(lambda: house.server.faults.rules[0].hits, timeout=20)
    house.arxiv.trouble(Trouble("hang"))
    await house.person("bob").slash("/propose", channel="general", paper=PAPERS[1])
    code, took = await ends(process, signal.SIGTERM)
    assert (code, took < SOON) == (0, True), took
    house.server.faults.clear()
    house.arxiv.calm()
    await house.connected()
    await house.server.until(lambda: len(house.posts("proposals")) == 2, timeout=30)


def ballots(house: House) -> list[Message]:
    """The ballots: what else is said in their channel (how many votes were counted, say) leads to no paper."""
    return [post for post in house.posts("proposals") if post.embeds[0].get("url")]


def shown(house: House) -> set[tuple[object, ...]]:
    """(Ballot, member) of every vote that Discord shows."""
    return {
        (ballot.id, user)
        for ballot in ballots(house)
        for user in ballot.reactions["👍"].normal - {house.server.world.bot.id}
    }


def votes(house: House) -> set[tuple[object, ...]]:
    """The same of every vote that the bot has counted."""
    query = "SELECT ballot_message_id, user_id FROM votes JOIN proposals USING (proposal_id)"
    return set(house.rows(query))


@pytest.mark.parametrize("seed", [1, 2])
async def test_kill_at_random_moments_loses_nothing_and_doubles_nothing(house: House, seed: int) -> None:
    dice = random.Random(seed)
    people = [house.person(name) for name in ("alice", "bob", "carol")]
    process = await house.connected()
    for person, paper in zip(people, PAPERS, strict=True):
        wish = asyncio.create_task(person.slash("/propose", channel="general", paper=paper))
        await house.server.until(
            lambda: house.rows("SELECT 1 FROM wishes UNION SELECT 1 FROM proposals"), timeout=20
        )
        for ballot in ballots(house):
            await dice.choice(people).react(ballot, "👍")
        await asyncio.sleep(dice.random() * 0.2)  # a real moment of a real process
        await ends(process, signal.SIGKILL)
        wish.cancel()
        for ballot in ballots(house):
            await dice.choice(people).react(ballot, "👍")
        process = await house.connected()
    asked = {
        paper for (paper,) in house.rows("SELECT paper_id FROM wishes UNION SELECT paper_id FROM proposals")
    }
    await house.server.until(lambda: len(ballots(house)) >= len(asked), timeout=30)
    await house.server.until(lambda: all("👍" in ballot.reactions for ballot in ballots(house)), timeout=30)
    await house.until(lambda: votes(house) == shown(house))
    await ends(process, signal.SIGTERM)
    process = await house.connected()
    await ends(process, signal.SIGTERM)
    assert {row[0] for row in house.rows("SELECT paper_id FROM proposals")} == asked
    assert len(ballots(house)) == len(asked)
    assert votes(house) == shown(house)


async def test_a_process_that_is_told_to_end_in_a_delivery_hands_it_over_within_five_seconds(
    house: House,
) -> None:
    process = await house.connected()
    rule = house.server.faults.hold("POST", r"/channels/\d+/messages$")
    await house.person("olga").slash(
        "/session plan", channel="general", when=f"<t:{int(time.time()) + 7 * 86_400}>", title="Sparsity"
    )
    await rule.struck(20)
    code, took = await ends(process, signal.SIGTERM)
    assert (code, took < SOON) == (0, True), took
    rule.lift()  # Discord has it in hand and posts it, whoever is there to hear
    await house.server.until(lambda: house.posts("announcements"), timeout=20)
    process = await house.connected()
    await house.server.until(
        lambda: ("sent",) in house.rows("SELECT state FROM outbox WHERE kind = 'announcement'")
    )
    await ends(process, signal.SIGTERM)
    assert len(house.posts("announcements")) == 1


@on_sqlite_only
async def test_a_second_process_on_one_database_refuses_to_start(house: House) -> None:
    first = await house.connected()
    second = await house.run()
    assert await asyncio.wait_for(second.wait(), 40) != 0
    assert f"process {first.pid}" in house.words
    assert "Stop it first" in house.words
    assert first.returncode is None


async def test_a_wrong_value_ends_it_with_code_2_and_a_sentence_with_key_and_cure(house: House) -> None:
    house.config.write_text('[group]\ntimezone = "Europe/Berlni"\n')
    process = await house.run()
    assert await asyncio.wait_for(process.wait(), 40) == 2
    assert "group.timezone" in house.words
    assert "Did you mean Europe/Berlin?" in house.words
    assert "Traceback" not in house.words


async def test_without_a_token_it_says_where_to_put_one(house: House) -> None:
    process = await house.run(token=None)
    assert await asyncio.wait_for(process.wait(), 40) == 2
    assert "DISCORD_TOKEN" in house.words
    assert "Traceback" not in house.words


async def test_a_refused_token_is_said_and_never_shown(house: House) -> None:
    house.server.token = "another"
    process = await house.run()
    assert await asyncio.wait_for(process.wait(), 40) == 2
    assert "token was refused" in house.words


@on_sqlite_only
async def test_a_file_that_is_no_database_is_named_with_a_cure(house: House) -> None:
    house.database.write_bytes(b"not a database at all, but long enough to look like one" * 50)
    process = await house.run()
    assert await asyncio.wait_for(process.wait(), 40) in (1, 2)
    assert "bot.db" in house.words
    assert "backup" in house.words
    assert "Traceback" not in house.words


async def test_it_waits_out_a_discord_that_is_away_at_the_start(house: House) -> None:
    await house.server.shut()
    await house.run()
    await asyncio.sleep(1)  # a real moment of a real process: its first try meets a closed door
    await house.server.open()
    await house.server.until(lambda: house.server.gateway.connected, timeout=60)
    answer = await house.person("alice").slash("/nextsession", channel="general")
    assert "No session" in answer.text
    assert text_of(answer.message)


async def test_a_token_that_only_the_gateway_refuses_is_told_of_like_any_other(house: House) -> None:
    process = await house.connected()
    house.server.gateway.drop(4004)
    assert await asyncio.wait_for(process.wait(), 40) == 2
    assert "discord: the token was refused" in house.words
