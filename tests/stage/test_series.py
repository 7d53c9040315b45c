"""Series: planned ahead, changed from a date on, one date skipped or moved without touching the rest."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.rehearsal.answers import Answer
from bot.services.people import Actor, Refused
from tests.stage.conftest import Bench, text_of


@pytest.fixture
def overrides() -> dict[str, dict[str, Any]]:
    return {"sessions": {"plan_ahead": "28d"}, "digest": {"days": []}}


async def series(stage: Bench, first: str = "2026-06-08 17:00", repeat: str = "1w", **more: object) -> Answer:
    """A series made by Olga: by default every Monday at 17:00, four of which lie within the horizon."""
    answer = await stage.olga.slash(
        "/series create", channel="general", first=first, repeat=repeat, title="Efficient ML", **more
    )
    await stage.settled()
    return answer


async def dates(stage: Bench, state: str = "planned") -> list[str]:
    """The wall times of the sessions in a state, in order."""
    rows = await stage.rows("SELECT wall_time, state FROM sessions ORDER BY starts_at")
    return [wall for wall, found in rows if found == state]


MONDAYS = ["2026-06-08T17:00", "2026-06-15T17:00", "2026-06-22T17:00", "2026-06-29T17:00"]


async def test_a_series_is_planned_as_far_as_the_horizon_and_goes_on_by_itself(stage: Bench) -> None:
    answer = await series(stage)
    assert "every Monday, 17:00 Europe/Berlin" in answer.text
    assert await dates(stage) == MONDAYS
    await stage.later(days=14)
    assert (await dates(stage, "planned"))[-1] == "2026-07-13T17:00"


async def test_restarts_plan_nothing_twice(stage: Bench) -> None:
    await series(stage)
    await stage.restart_bot(kill=True)
    await stage.later(days=7)
    rows = await stage.rows(
        "SELECT occurrence, count(*) FROM sessions GROUP BY occurrence HAVING count(*) > 1"
    )
    assert rows == []


async def test_every_other_week_keeps_its_wall_time_when_clocks_change(stage: Bench) -> None:
    stage.clock.set(datetime(2026, 10, 5, tzinfo=UTC))
    await series(stage, first="2026-10-12 17:00", repeat="2w")
    rows = await stage.rows("SELECT wall_time, starts_at FROM sessions ORDER BY starts_at")
    assert [row[0] for row in rows] == ["2026-10-12T17:00", "2026-10-26T17:00"]
    assert [row[1][11:16] for row in rows] == ["15:00", "16:00"]  # UTC: summer time ends on 25 October


async def test_a_monthly_series_is_the_same_weekday_of_the_month(stage: Bench) -> None:
    answer = await series(stage, first="2026-06-10 17:00", repeat="1m")
    assert "the second Wednesday of every month" in answer.text
    assert await dates(stage) == ["2026-06-10T17:00"]


async def test_wall_times_that_clocks_skip_are_resolved_and_said(stage: Bench) -> None:
    answer = await series(stage, first="2027-03-07 02:30", repeat="1w")
    assert "On Sunday 28 March 2027 clocks jump over 02:30: that session starts at 03:30" in answer.text
    assert "On Sunday 31 October 2027 clocks show 02:30 twice" in answer.text


async def test_one_date_is_skipped_and_the_rest_stays(stage: Bench) -> None:
    await series(stage)
    (date, *_) = await stage.olga.autocomplete(
        "/series skip", option="date", typed="15 June", channel="general"
    )
    await stage.olga.slash("/series skip", channel="general", date=date.value)
    assert await dates(stage) == [MONDAYS[0], *MONDAYS[2:]]
    await stage.later(days=7)
    assert "2026-06-15T17:00" not in await dates(stage)


async def test_a_skipped_date_is_brought_back_by_its_button_with_all_that_was_known_of_it(
    stage: Bench,
) -> None:
    await series(stage)
    await stage.olga.slash("/session assign", channel="general", session=2, member=stage.bob)
    skipped = await stage.olga.slash("/series skip", channel="general", date="1:2026-06-15")
    await stage.olga.slash("/series skip", channel="general", date="1:2026-07-13")  # not planned yet
    shown = await stage.olga.slash("/series show", channel="general", series=1)
    assert "~~Monday 15 June 2026~~: does not take place" in shown.text
    assert "~~Monday 13 July 2026~~" in shown.text
    assert "Monday 20 July 2026: planned when it is near" in shown.text
    reader = await stage.alice.slash("/series show", channel="general", series=1)
    assert "every Monday, 17:00 Europe/Berlin" in reader.text
    assert not reader.message.buttons
    for person, which, said in (
        (stage.alice, "1:2026-06-15", "Only organisers"),
        (stage.olga, "1:2026-06-22", "There is no session"),  # it was not called off
        (stage.olga, "1:2026-07-20", "not called off"),
        (stage.olga, "7:x", "There is no series 7"),
    ):
        actor = Actor(stage.group.id, person.id, manages=person.id == stage.olga.id)
        with pytest.raises(Refused, match=said):
            await stage.app.services.occurrences.unskip(actor, which)
    await stage.olga.press(skipped, label="It takes place after all")
    await stage.olga.press(shown, label="Bring back Monday 13 July")
    await stage.later(days=14)
    assert await dates(stage) == [*MONDAYS[2:], "2026-07-06T17:00", "2026-07-13T17:00"]
    assert "2026-06-15T17:00" in await dates(stage, "held")
    assert await stage.rows("SELECT count(*) FROM presenters") == [(1,)]


async def test_a_new_link_holds_for_all_coming_sessions_but_those_that_have_their_own(stage: Bench) -> None:
    await series(stage, link="https://meet.example/old")
    form = await stage.olga.slash("/session links", channel="general", session=2)
    await stage.olga.submit(form, {"link": "https://meet.example/own"})
    new = "https://meet.example/new"
    await stage.olga.slash("/series edit", channel="general", series=1, link=new)
    await stage.later(days=7)
    links = [link for (link,) in await stage.rows("SELECT link FROM sessions ORDER BY starts_at")]
    assert links == [new, "https://meet.example/own", new, new, new]


async def test_a_date_beyond_the_horizon_can_be_skipped_and_moved_too(stage: Bench) -> None:
    await series(stage)
    await stage.olga.slash("/series skip", channel="general", date="1:2026-07-13")
    await stage.olga.slash("/series move", channel="general", date="1:2026-07-20", when="2026-07-21 18:00")
    await stage.later(days=27)
    planned = await dates(stage)
    assert "2026-07-13T17:00" not in planned
    assert "2026-07-20T17:00" not in planned
    assert "2026-07-21T18:00" in planned
    assert "2026-07-27T17:00" in planned


async def test_one_date_is_moved_and_the_series_is_not(stage: Bench) -> None:
    await series(stage)
    await stage.olga.slash("/series move", channel="general", date="1:2026-06-15", when="2026-06-16 18:00")
    assert await dates(stage) == [MONDAYS[0], "2026-06-16T18:00", *MONDAYS[2:]]


async def test_a_change_from_a_date_on_leaves_earlier_sessions_and_what_was_moved_by_hand(
    stage: Bench,
) -> None:
    await series(stage)
    await stage.olga.slash("/session move", channel="general", session=4, when="2026-06-30 12:00")
    await stage.olga.slash("/series edit", channel="general", series=1, starting="2026-06-15", at="18:30")
    await stage.settled()
    assert await dates(stage) == [MONDAYS[0], "2026-06-15T18:30", "2026-06-22T18:30", "2026-06-30T12:00"]
    await stage.later(days=7)
    assert (await dates(stage))[-1] == "2026-07-06T18:30"


async def test_another_weekday_moves_each_session_within_its_week_with_its_presenter(stage: Bench) -> None:
    await series(stage)
    await stage.olga.slash("/session assign", channel="general", session=2, member=stage.alice)
    await stage.olga.slash(
        "/series edit", channel="general", series=1, starting="2026-06-15", weekday="Tuesday"
    )
    assert await dates(stage) == [MONDAYS[0], "2026-06-16T17:00", "2026-06-23T17:00", "2026-06-30T17:00"]
    assert await stage.rows(
        "SELECT s.wall_time FROM presenters p JOIN talks t USING (talk_id) JOIN sessions s USING (session_id)"
    ) == [("2026-06-16T17:00",)]


async def test_a_sparser_rhythm_takes_empty_sessions_back_and_keeps_those_with_a_speaker(
    stage: Bench,
) -> None:
    await series(stage)
    await stage.olga.slash("/session assign", channel="general", session=4, speaker="Jane Doe, MIT")
    answer = await stage.olga.slash("/series edit", channel="general", series=1, repeat="2w")
    assert "session 4" in answer.text
    assert await dates(stage) == [MONDAYS[0], MONDAYS[2], MONDAYS[3]]
    assert await dates(stage, "cancelled") == [MONDAYS[1]]


async def test_a_paused_series_plans_nothing_and_goes_on_when_resumed(stage: Bench) -> None:
    await series(stage)
    await stage.olga.slash("/session assign", channel="general", session=3, member=stage.bob)
    paused = await stage.olga.slash("/series pause", channel="general", series=1)
    assert "session 3" in paused.text
    assert await dates(stage) == [MONDAYS[2]]
    await stage.later(days=8)
    assert await dates(stage) == [MONDAYS[2]]
    await stage.olga.slash("/series resume", channel="general", series=1)
    assert await dates(stage) == ["2026-06-15T17:00", MONDAYS[2], MONDAYS[3], "2026-07-06T17:00"]


async def test_an_ended_series_has_no_more_sessions(stage: Bench) -> None:
    await series(stage)
    await stage.olga.slash("/series end", channel="general", series=1, last="2026-06-16")
    assert await dates(stage) == MONDAYS[:2]
    await stage.later(days=40)
    rows = await stage.rows("SELECT max(wall_time) FROM sessions WHERE state != 'cancelled'")
    assert rows == [(MONDAYS[1],)]


async def test_a_series_that_makes_no_sense_is_refused_in_words(stage: Bench) -> None:
    answer = await series(stage, until="2026-06-01")
    assert "cannot end before it starts" in answer.text
    assert await stage.rows("SELECT * FROM series") == []


async def test_only_organisers_change_series(stage: Bench) -> None:
    await series(stage)
    for command, more in (
        ("create", {"first": "2026-06-08 17:00", "repeat": "1w"}),
        ("edit", {"series": 1, "at": "18:00"}),
        ("skip", {"date": "1:2026-06-15"}),
        ("move", {"date": "1:2026-06-15", "when": "2026-06-16 18:00"}),
        ("pause", {"series": 1}),
        ("resume", {"series": 1}),
        ("end", {"series": 1}),
    ):
        answer = await stage.alice.slash(f"/series {command}", channel="general", **more)
        assert "Only organisers" in answer.text, command
    assert await dates(stage) == MONDAYS


async def test_a_session_of_a_series_can_be_changed_by_itself(stage: Bench) -> None:
    await series(stage)
    form = await stage.olga.slash("/session edit", channel="general", session=2)
    await stage.olga.submit(form, {"title": "A special one", "minutes": "90"})
    rows = await stage.rows("SELECT minutes FROM sessions ORDER BY session_id")
    assert rows == [(60,), (90,), (60,), (60,)]
    shown = await stage.alice.slash("/schedule", channel="general")
    assert "A special one" in shown.text
    assert "Efficient ML" in shown.text


async def test_reminders_follow_the_sessions_of_a_series(stage: Bench) -> None:
    await series(stage)
    await stage.later(days=5, hours=6)  # an hour and less before the first
    said = [text_of(post) for post in await stage.posts("announcements")]
    assert sum("In 1 hour: Efficient ML" in text for text in said) == 1
