"""A person sees what is known of them, takes it along, stays out of what is published, and is forgotten."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.rehearsal.answers import Answer
from bot.rehearsal.people import Person
from storage.tables import Row
from tests.stage.conftest import Bench, text_of
from tests.stage.test_outward import files

ADAM = "1412.6980"


@pytest.fixture
def overrides() -> dict[str, dict[str, Any]]:
    return {"digest": {"days": []}, "group": {"announce_days": 180}}


async def shown(person: Person) -> Answer:
    answer = await person.slash("/privacy", channel="general")
    await answer.final()
    return answer


async def press(person: Person, answer: Answer, label: str) -> Answer:
    pressed = await person.press(answer, label=label)
    await pressed.final()
    return pressed


async def whole_database(stage: Bench) -> str:
    return "\n".join(
        [f"{name}: {await stage.rows(f'SELECT * FROM {name}')}" for name in Row.metadata.tables]  # noqa: S608
    )


async def a_busy_member(stage: Bench) -> None:
    """Alice does all there is to do: proposes, votes, offers, presents, comes, asks, follows, wants reminders."""
    for paper, by in (("1803.03635", "alice"), (ADAM, "bob")):
        ballot = await stage.ballot(paper, by=by)
        for person in (stage.alice, stage.bob):
            await person.react(ballot, "👍")
    await stage.alice.react(ballot, "🙋")
    await stage.plan("2026-06-15 17:00", title="Sparsity", presenter=stage.alice)
    (announcement,) = await stage.posts("announcements")
    for command, options in (
        ("/ask", {"question": "Why?"}),
        ("/remindme", {"before": "1d"}),
        ("/digest follow", {"what": "author: Ada Lovelace"}),
    ):
        await (await stage.alice.slash(command, options, channel="general")).final()
    await (await stage.bob.press(announcement, label="Going")).final()
    await (await stage.alice.press(announcement, label="Maybe")).final()
    await (await stage.olga.slash("/announce", channel="general")).final()
    await stage.settled()


async def test_what_is_known_is_shown_exported_and_forgotten(stage: Bench) -> None:
    await a_busy_member(stage)
    card = await shown(stage.alice)
    for line in ("1 paper you proposed", "2 votes", "1 talk of yours", "1 thing you follow"):
        assert line in card.text
    (file,) = files(stage, (await press(stage.alice, card, "All of it as a file")).message).values()
    rows = json.loads(file)["rows"]
    assert [row["user_id"] for row in rows["votes.user_id"]] == [stage.alice.id] * 2

    asked = await press(stage.alice, card, "Forget me")
    assert "only you can take them back" in asked.text
    assert asked.text.count("https://discord.com/channels/") == 2
    done = await press(stage.alice, asked, "Yes, forget me")

    async def told() -> bool:
        return "Forgotten" in done.text

    await stage.eventually(told)
    await stage.settled()
    left = await whole_database(stage)
    assert str(stage.alice.id) not in left
    assert "alice" not in left.casefold()
    assert await stage.rows("SELECT count(*) FROM votes GROUP BY proposal_id") == [(2,), (2,)]
    assert "Nothing." in (await shown(stage.alice)).text
    standing = (await stage.bob.slash("/proposals", channel="general")).text
    assert "2 votes" in standing
    picked = await stage.olga.slash("/pick", channel="general")  # asks Discord who is still a member
    assert "2 votes" in (await picked.final()).text
    assert "1 vote" not in picked.text
    ballot = (await stage.posts("proposals"))[0]
    assert "someone who left" in text_of(ballot)
    (announcement,) = await stage.posts("announcements")
    assert str(stage.alice.id) not in text_of(announcement)


async def test_who_is_left_out_is_left_out_of_what_leaves_discord(stage: Bench) -> None:
    await stage.plan("2026-06-15 17:00", title="Sparsity", presenter=stage.alice)
    assert "alice" in (await stage.olga.slash("/announce", channel="general")).text.casefold()
    card = await shown(stage.alice)
    assert "left out" not in card.text
    await press(stage.alice, card, "Leave me out of what is published")
    handout = await stage.olga.slash("/announce", channel="general")
    texts = b"".join(files(stage, handout.message).values()).decode()
    assert "a member" in texts
    assert "alice" not in texts.casefold()
    again = await shown(stage.alice)
    assert "**left out**" in again.text
    await press(stage.alice, again, "Publish my name again")
    assert await stage.rows("SELECT unlisted FROM people") == [(0,)]


async def test_a_server_that_the_bot_left_is_deleted_after_a_last_export(stage: Bench) -> None:
    await stage.plan("2026-06-04 17:00", title="Sparsity", speaker="Ada Lovelace, ETH")
    await stage.later(upkeep=True, days=2)
    ballot = await stage.ballot(ADAM)
    await stage.bob.react(ballot, "👍")
    export = await stage.olga.slash("/export", channel="general")
    await export.final()
    noted = await press(stage.olga, export, "Send it to me, should I be removed here")
    assert "after 30 days" in noted.text
    await stage.settled()
    await stage.app.services.settings.left(stage.group.id)
    retention, now = stage.app.services.retention, stage.clock.now()
    await retention.run_due(now + timedelta(days=29))
    assert await stage.rows("SELECT count(*) FROM votes") == [(1,)]
    await retention.run_due(now + timedelta(days=30))
    stage.app.timers.kick()
    await stage.settled()
    await retention.run_due(now + timedelta(days=30, hours=6))
    message = stage.server.dm("olga").messages[-1]
    assert "group.json" in files(stage, message)
    for table in ("guilds", "votes", "proposals", "outbox", "settings", "people"):
        assert await stage.rows(f"SELECT count(*) FROM {table}") == [(0,)], table  # noqa: S608
    assert await stage.rows("SELECT count(*) FROM talk_search") == [(0,)]


async def test_answers_and_questions_lose_their_names_after_a_year(stage: Bench) -> None:
    await stage.olga.slash("/settings set", channel="general", key="privacy.answers_days", value="10")
    await a_busy_member(stage)
    retention, now = stage.app.services.retention, stage.clock.now()
    await retention.run_due(now + timedelta(days=22))  # the session is in twelve
    assert stage.alice.id in {user for (user,) in await stage.rows("SELECT user_id FROM rsvps")}
    await retention.run_due(now + timedelta(days=23))
    assert all(user < 0 for (user,) in await stage.rows("SELECT user_id FROM rsvps"))
    assert await stage.rows("SELECT user_id FROM questions") == [(None,)]


async def test_what_was_said_to_one_person_is_forgotten_after_a_month_and_not_said_again(
    stage: Bench,
) -> None:
    await stage.plan("2026-06-15 17:00", title="Sparsity", presenter=stage.alice)
    await stage.plan("2026-08-31 17:00", title="Pruning", presenter=stage.alice)
    hers = f"SELECT kind FROM outbox WHERE place = 'user:{stage.alice.id}' AND state <> 'waiting'"  # noqa: S608
    await stage.advance_to(datetime(2026, 7, 10, 10, 0, tzinfo=UTC))
    said = len(stage.server.dm("alice").messages)
    assert said == 4, "twice that she presents, and two reminders of the first"
    assert len(await stage.rows(hers)) >= said
    await stage.advance_to(datetime(2026, 7, 17, 10, 0, tzinfo=UTC))
    assert await stage.rows(hers) == [("presents",)], "what is of the session to come is kept"
    await stage.olga.slash("/settings set", channel="general", key="reminders.presenter", value="7d, 3d, 1d")
    await stage.settled()
    assert len(stage.server.dm("alice").messages) == said


async def test_a_speaker_from_outside_is_left_out_and_forgotten_by_the_organisers(stage: Bench) -> None:
    await stage.plan("2026-06-15 17:00", title="Sparsity", speaker="Ada Lovelace, ETH")
    await (await stage.olga.slash("/announce", channel="general")).final()
    assert (
        "Only organisers"
        in (await stage.alice.slash("/privacy", channel="general", speaker="Ada Lovelace")).text
    )
    card = await stage.olga.slash("/privacy", channel="general", speaker="Ada Lovelace")
    assert "1 talk" in (await card.final()).text
    await press(stage.olga, card, "Leave them out of what is published")
    texts = files(stage, (await stage.olga.slash("/announce", channel="general")).message)
    assert b"Lovelace" not in texts["web.html"]
    again = await stage.olga.slash("/privacy", channel="general", speaker="ada lovelace")
    await press(stage.olga, await again.final(), "Forget them")
    await stage.settled()
    left = (line for line in (await whole_database(stage)).splitlines() if not line.startswith("papers"))
    assert "Lovelace" not in "\n".join(left)
