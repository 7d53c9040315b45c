"""The record holds what the public may see, and nothing else."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.clock import VirtualClock
from bot.config import parse
from bot.publish.record import Record, Speaker, When
from bot.services.records import Records
from bot.services.settings import SettingsService
from storage import people, rsvps
from storage.database import Database, Tx, open_database
from storage.tables import Guild, Paper, Presenter, Session, Talk
from storage.tables import Speaker as StoredSpeaker
from tests.database import first_day_url

GUILD, ADA, BEN = 987654321012345678, 111222333444555666, 222333444555666777
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = open_database(first_day_url(tmp_path))
    async with database.transaction() as tx:
        await fill(tx)
    yield database
    await database.close()


async def fill(tx: Tx) -> None:
    tx.add(Guild(guild_id=GUILD, name="A group", joined_at=NOW))
    tx.add(Paper(paper_id="1412.6980", title=r"Adam: $\alpha$-steps", authors=["D. Kingma"], abstract="We.",
                 categories=["cs.LG"], fetched_at=NOW, published_at=datetime(2014, 12, 22, tzinfo=UTC)))  # fmt: skip
    exact = Session(guild_id=GUILD, starts_at=datetime(2026, 4, 27, 15, tzinfo=UTC), wall_time="2026-04-27T17:00",
                    zone="Europe/Berlin", minutes=60, created_by=ADA, created_at=NOW, state="held",
                    link="https://zoom.example/secret")  # fmt: skip
    old = Session(guild_id=GUILD, starts_at=datetime(2023, 5, 1, 12, tzinfo=UTC), wall_time="2023-05",
                  zone="Europe/Berlin", minutes=60, created_by=0, created_at=NOW, state="held", came=12)  # fmt: skip
    speaker = StoredSpeaker(guild_id=GUILD, name="Cy", affiliation="Oslo", contact="cy@example.org")
    tx.add_all([exact, old, speaker])
    await tx.flush()
    talks = [Talk(guild_id=GUILD, session_id=exact.session_id, paper_id="1412.6980", topics=["Optimizers"]),
             Talk(guild_id=GUILD, session_id=old.session_id, title="Pruning")]  # fmt: skip
    tx.add_all(talks)
    await tx.flush()
    tx.add_all([
        Presenter(guild_id=GUILD, talk_id=talks[0].talk_id, user_id=ADA),
        Presenter(guild_id=GUILD, talk_id=talks[0].talk_id, user_id=BEN),
        Presenter(guild_id=GUILD, talk_id=talks[1].talk_id, speaker_id=speaker.speaker_id, name="Cy",
                  affiliation="Oslo"),
    ])  # fmt: skip
    await people.learn_names(tx, GUILD, {ADA: "Ada"})
    await rsvps.note(tx, exact, {ADA: "going", BEN: "maybe"}, now=NOW)


async def record_of(database: Database) -> Record:
    return await Records(database, SettingsService(database, VirtualClock(NOW), parse({}))).of(GUILD)


async def test_a_talk_is_told_with_its_paper_speakers_topics_and_counts(database: Database) -> None:
    old, new = (await record_of(database)).sessions
    (talk,) = new.talks
    assert talk.title == new.title == "Adam: α-steps"
    assert talk.papers[0].tex == r"Adam: $\alpha$-steps"
    assert talk.speakers == (Speaker("Ada"), Speaker("a member"))
    assert [topic.name for topic in talk.topics] == ["Optimizers"]
    assert (new.attendance.going, new.attendance.maybe, old.attendance.number) == (1, 1, 12)
    assert old.talks[0].speakers == (Speaker("Cy", "Oslo"),)


async def test_nothing_private_is_in_it(database: Database) -> None:
    text = repr(dataclasses.asdict(await record_of(database)))
    for secret in ("zoom.example", "cy@example.org", str(GUILD), str(ADA), str(BEN)):
        assert secret not in text


async def test_who_asked_to_be_left_out_is_left_out(database: Database) -> None:
    async with database.transaction() as tx:
        (await people.get(tx, GUILD, ADA)).unlisted = True
        (await tx.get_one(StoredSpeaker, 1)).unlisted = True
    old, new = (await record_of(database)).sessions
    assert new.talks[0].speakers == (Speaker("a member"),)
    assert old.talks[0].speakers == ()


@pytest.mark.parametrize(
    ("wall", "said"),
    [("2023", "2023"), ("2023-05", "May 2023"), ("2023-05-04", "4 May 2023"),
     ("2026-04-27T17:00", "Mon 27 April 2026, 17:00 CEST")],
)  # fmt: skip
def test_a_time_is_said_as_exactly_as_it_is_known(wall: str, said: str) -> None:
    assert When(wall, "Europe/Berlin", datetime(2026, 4, 27, 15, tzinfo=UTC), 60).words() == said
