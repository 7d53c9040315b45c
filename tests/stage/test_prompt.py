"""Every interaction is answered within a second, whatever else hangs."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.rehearsal.arxiv import Trouble
from bot.rehearsal.people import Person
from tests.database import on_sqlite_only
from tests.stage.conftest import Bench

PAPER = "1803.03635"
COMMANDS: list[tuple[str, dict[str, Any]]] = [
    ("/propose", {"paper": "1412.6980"}),
    ("/proposals", {}),
    ("/nextsession", {}),
    ("/help", {}),
    ("/session plan", {"when": "2026-06-15 17:00", "paper": "1711.05101"}),
    ("/settings show", {}),
    ("/settings set", {"key": "group.session_minutes", "value": "75"}),
    ("/propose", {"paper": "no paper"}),
]


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Another process writes, and takes its time."""
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@pytest.fixture
async def hasty(stage: Bench) -> AsyncIterator[Person]:
    """An organiser who looks at the clock, not at the answer."""
    yield stage.server.people["olga"]
    stage.arxiv.calm()
    await asyncio.sleep(0)


async def prompt(hasty: Person) -> bool:
    """Whether all are answered within a second. Another try or two, for the machine may be busy with other things."""
    for _ in range(3):
        if max(await all_at_once(hasty)) < 1:
            return True
    return False


async def all_at_once(hasty: Person) -> list[float]:
    """Use every command; the seconds until each first answer."""
    answers = await asyncio.gather(
        *(hasty.slash(name, options, channel="general") for name, options in COMMANDS)
    )
    seconds = [answer.answered_after for answer in answers]
    for answer in answers:
        await answer.final(30)
    return seconds


async def test_while_arxiv_hangs(stage: Bench, hasty: Person) -> None:
    stage.arxiv.trouble(Trouble("hang"))
    assert await prompt(hasty)


@on_sqlite_only
async def test_while_another_process_holds_the_database(stage: Bench, hasty: Person) -> None:
    await stage.ballot(PAPER)
    with locked(Path(stage.app.database.store.name)):
        work = asyncio.create_task(all_at_once(hasty))
        suggested = await hasty.autocomplete(
            "/propose", channel="general", option="topic", typed="", paper=PAPER
        )
        await asyncio.sleep(2)  # a real lock is held for real seconds
    assert suggested
    assert max(await work) < 1.5  # half a second for a busy machine
    assert await stage.rows("SELECT count(*) FROM sessions") == [(1,)]


async def test_while_two_hundred_reactions_arrive(stage: Bench, hasty: Person) -> None:
    ballot = await stage.ballot(PAPER)
    crowd = [stage.add_person(f"member{number}") for number in range(200)]
    for person in crowd:
        await person.react(ballot, "👍")
    assert await prompt(hasty)
    await stage.settled()
    assert await stage.rows("SELECT count(*) FROM votes") == [(200,)]


async def test_while_discord_takes_its_time_with_posts(stage: Bench, hasty: Person) -> None:
    slow = stage.server.faults.hold("POST", r"/channels/\d+/messages$", times=None)
    work = asyncio.create_task(all_at_once(hasty))
    await slow.struck()
    await asyncio.sleep(1)  # real time, as the person counts it
    slow.lift()
    assert max(await work) < 1.5


async def test_an_answer_whose_reply_was_lost_is_there_and_no_error(stage: Bench) -> None:
    stage.server.faults.lose_reply("POST", "/callback")
    answer = await stage.alice.slash("/nextsession", channel="general")
    assert len(answer.messages) == 1
    stage.server.faults.lose_reply("POST", "/callback")
    stage.server.faults.lose_reply("PATCH", "/messages/@original")
    stage.arxiv.trouble(Trouble("hang", where="api", seconds=1.0))
    answer = await stage.alice.slash("/propose", channel="general", paper=PAPER)
    assert "ballot" in answer.text
    assert len(answer.messages) == 1
    assert all(request.agent.startswith("DiscordBot (http") for request in stage.server.requests)


async def test_what_is_asked_once_and_heard_twice_is_done_once(stage: Bench) -> None:
    stage.server.faults.gateway.twice = {"INTERACTION_CREATE"}
    await stage.plan("2026-06-15 17:00")
    (announced,) = await stage.posts("announcements")
    await stage.alice.press(announced, label="Going")
    await stage.settled()
    assert await stage.rows("SELECT count(*) FROM sessions") == [(1,)]
    assert len(await stage.posts("announcements")) == 1
    answers = [request for request in stage.server.requests if request.path.endswith("/callback")]
    assert len(answers) == 2


async def test_a_mistake_of_ours_is_told_with_a_reference_that_the_log_has(
    stage: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    await stage.rows("DROP TABLE votes")
    answer = await stage.alice.slash("/proposals", channel="general")
    assert "went wrong" in answer.text
    (record,) = [record for record in caplog.records if record.getMessage() == "answer.failed"]
    assert record.event_fields["ref"] in answer.text  # type: ignore[attr-defined]
    caplog.clear()  # the bench would complain of the error that was the point
