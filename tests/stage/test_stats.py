"""The group in numbers, and the round-up of a year."""

from __future__ import annotations

from tests.stage.conftest import Bench, text_of


async def test_the_round_up_of_a_year_is_posted_by_an_organiser_as_they_saw_it(stage: Bench) -> None:
    await (await stage.olga.slash("/session plan", when="2026-06-04 17:00", title="Lottery tickets")).final()
    await stage.later(days=1, hours=8)
    members = await stage.alice.slash("/stats", year=2026)
    await members.final()
    assert "We met **once** and heard **1 talk**" in members.text
    assert not [button for button in members.message.buttons if button.get("label") == "Post it"]
    seen = await stage.olga.slash("/stats", year=2026)
    await seen.final()
    await (await stage.olga.press(seen, label="Post it")).final()
    await stage.settled()
    posted = (await stage.posts("announcements"))[-1]
    assert "our 2026" in text_of(posted)
    assert [file["filename"] for file in posted.attachments] == ["stats.png"]
    assert await stage.rows("SELECT CAST(data AS text) FROM outbox WHERE kind = 'round_up'") == [("{}",)]
