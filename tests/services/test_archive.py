"""Finding what was held: by words, speaker, topic and year, best first."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.cards import Card
from bot.cards.archive import Query
from bot.clock import VirtualClock
from bot.config import parse
from bot.services.archive import Archive
from bot.services.people import Actor, Refused
from bot.services.records import Records
from bot.services.sessions import Sessions
from bot.services.settings import SettingsService
from storage.database import Database, open_database
from storage.tables import Guild, Presenter, Session, Talk
from tests.database import first_day_url

GUILD = 1
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
ALICE = Actor(GUILD, 7)
#: day, title, speaker, affiliation, topics, abstract
TALKS = [
    ("2023-05-04", "Lottery tickets, revisited", "Hannah Müller", "Eindhoven", ["C1"], "We prune networks."),
    ("2024-11", "Procedural pretraining", "Zachary Shinnick", "Adelaide", [], "Lottery is not mentioned but once."),
    ("2025-02-10", "Energy of training", "Raphael Fischer", "Dortmund", ["D3"], "Sustainable optimizers."),
    ("2025-03-10", "C++ and the rest", "Hannah Pinson", "Eindhoven", [], "Gradient descent."),
]  # fmt: skip


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = open_database(first_day_url(tmp_path))
    async with database.transaction() as tx:
        tx.add(Guild(guild_id=GUILD, name="A group", joined_at=NOW))
        for day, title, speaker, affiliation, topics, abstract in TALKS:
            at = datetime.fromisoformat((day + "-01-01")[:10]).replace(hour=12, tzinfo=UTC)
            session = Session(guild_id=GUILD, starts_at=at, wall_time=day, zone="Europe/Berlin", minutes=60,
                              created_by=0, created_at=NOW, state="held")  # fmt: skip
            tx.add(session)
            await tx.flush()
            talk = Talk(
                guild_id=GUILD, session_id=session.session_id, title=title, abstract=abstract, topics=topics
            )
            tx.add(talk)
            await tx.flush()
            tx.add(Presenter(guild_id=GUILD, talk_id=talk.talk_id, name=speaker, affiliation=affiliation))
    yield database
    await database.close()


@pytest.fixture
async def archive(database: Database) -> Archive:
    settings = SettingsService(database, VirtualClock(NOW), parse({
        "group": {"archives": ["Older talks (2022–2025) https://old.example/talks"]},
        "topics": [{"key": key, "name": name, "channel": "c", "categories": ["cs.LG"], "phrases": ["x"]}
                   for key, name in (("C1", "Lottery tickets and pruning"), ("D3", "Energy"))],
    }))  # fmt: skip
    archive = Archive(
        database, settings, Records(database, settings), Sessions(database, VirtualClock(NOW), settings)
    )
    await archive.take_up()
    return archive


def titles(card: Card) -> list[str]:
    """The talks on a page, in order; of the card of one talk its title."""
    return [o.label for s in card.selects for o in s.options] or [card.title]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (Query(), ["C++ and the rest", "Energy of training", "Procedural pretraining", "Lottery tickets, revisited"]),
        (Query("lottery"), ["Lottery tickets, revisited", "Procedural pretraining"]),
        (Query("LOTTÉRY ticket"), ["Lottery tickets, revisited"]),
        (Query("optimizer"), ["Energy of training"]),
        (Query("s"), ["Energy of training", "Procedural pretraining"]),  # a stop word of PostgreSQL's
        (Query("hannah"), ["C++ and the rest", "Lottery tickets, revisited"]),
        (Query(speaker="muller"), ["Lottery tickets, revisited"]),
        (Query(speaker="hannah", year=2025), ["C++ and the rest"]),
        (Query(speaker="lottery"), ["Nothing found · by lottery"]),
        (Query(topic="energy"), ["Energy of training"]),
        (Query(year=2024), ["Procedural pretraining"]),
        (Query("lottery energy"), ["Lottery tickets, revisited", "Energy of training", "Procedural pretraining"]),
    ],
)  # fmt: skip
async def test_what_is_found_best_first(archive: Archive, query: Query, found: list[str]) -> None:
    assert sorted(titles(await archive.search(ALICE, query))) == sorted(found)


@pytest.mark.parametrize(
    "words", ['" OR *) (people: ^', "'; DROP TABLE talks --", "a & b | !c <-> d:*", "NEAR(x y)", "!!!"]
)
async def test_words_are_words_whatever_they_mean_to_a_database(archive: Archive, words: str) -> None:
    assert (await archive.search(ALICE, Query(words, words))).title.startswith("Nothing found")


async def test_the_title_is_worth_more_than_the_abstract(archive: Archive) -> None:
    assert titles(await archive.search(ALICE, Query("lottery")))[0] == "Lottery tickets, revisited"


async def test_nothing_is_found_on_another_server(archive: Archive) -> None:
    assert (await archive.search(Actor(2, 7), Query("lottery"))).title == "The archive is empty"


async def test_an_unknown_topic_is_refused(archive: Archive) -> None:
    with pytest.raises(Refused, match="no topic"):
        await archive.search(ALICE, Query(topic="knitting"))


async def test_one_talk_is_shown_at_once_and_the_group_s_other_archive_is_named(archive: Archive) -> None:
    card = await archive.search(ALICE, Query("sustainable"))
    assert card.title == "Energy of training"
    assert ("When", "10 February 2025") in [(field.name, field.value) for field in card.fields]
    page = await archive.search(ALICE, Query("lottery"))
    assert page.fields[-1].value == "[Older talks](https://old.example/talks) (2022–2025)"


def test_a_query_fits_on_a_button_whatever_was_typed() -> None:
    query = Query("wörd " * 40, "a|b" * 20, "T" * 20, 2024, 3).fitted()
    assert len("archive_open:" + query.turned(0)) <= 100
    assert Query.read(query.turned(1)).page == 4
    assert Query.read(query.turned(1)).words == query.words
    assert Query.read("x|y|z") == Query(topic="z")
