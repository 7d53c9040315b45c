"""What was held stays, and is found."""

from __future__ import annotations

from tests.stage.conftest import Bench, text_of


async def test_a_session_is_held_and_found_again_with_all_its_links(stage: Bench) -> None:
    plan = {"when": "2026-06-04 17:00", "title": "Lottery *tickets*", "speaker": "Hannah Pinson, Eindhoven"}
    await (await stage.olga.slash("/session plan", **plan)).final()
    await stage.later(days=1, hours=8)
    form = await stage.olga.slash("/session links", session=1)
    await (await stage.olga.submit(form, {"recording": "https://video.example/1", "came": "12"})).final()
    form = await stage.olga.slash("/session links", session=1)
    kept = await (await stage.olga.submit(form, {"came": "dozen"})).final()
    assert "How many came stays as it was" in text_of(kept.message)
    await stage.settled()
    page = await stage.bob.slash("/archive", words="lott")
    await page.final()
    assert "Lottery \\*tickets\\*" in page.text, page.text
    assert "https://video.example/1" in page.text
    assert "Hannah Pinson (Eindhoven)" in page.text
    assert "12 came" in page.text
    numbers = await (await stage.bob.slash("/stats")).final()
    assert "12 a session" in text_of(numbers.message)
    page = await stage.bob.slash("/archive")
    await page.final()
    page = await stage.bob.slash("/archive", year=2020)
    await page.final()
    assert "Nothing found · 2020" in page.text


async def test_who_meant_to_come_and_asked_is_told_of_the_recording_once(stage: Bench) -> None:
    await (await stage.olga.slash("/session plan", when="2026-06-04 17:00", title="Lottery tickets")).final()
    await stage.settled()
    (announcement, *_) = await stage.posts("announcements")
    for member in (stage.alice, stage.bob):
        await (await member.press(announcement, label="Going")).final()
    await (await stage.carol.press(announcement, label="Can't")).final()
    for member in (stage.alice, stage.carol):
        settings = await member.slash("/remindme")
        told = await member.press(settings, label="Tell me when recordings arrive")
        await told.final()
        assert "I tell you by direct message" in told.text
    await stage.later(days=1, hours=8)
    for url in ("https://video.example/1", "https://video.example/2"):
        form = await stage.olga.slash("/session links", session=1)
        await (await stage.olga.submit(form, {"recording": url})).final()
    await stage.later(hours=1)
    (news,) = [m for m in stage.alice.inbox if "To catch up on" in text_of(m)]
    assert "[Recording](https://video.example/2)" in text_of(news)
    for member in (stage.bob, stage.carol):
        assert not any("To catch up on" in text_of(m) for m in member.inbox)


async def test_who_asked_to_be_left_out_is_not_found_by_their_name(stage: Bench) -> None:
    plan = {"when": "2026-06-04 17:00", "title": "Lottery tickets", "presenter": stage.alice}
    await (await stage.olga.slash("/session plan", **plan)).final()
    await stage.later(days=1, hours=8)
    page = await stage.bob.slash("/archive")  # from now on it is known what she is called
    await page.final()
    assert "Who\nAlice" in page.text
    known = await stage.alice.slash("/privacy")
    await known.final()
    await (await stage.alice.press(known, label="Leave me out of what is published")).final()
    page = await stage.bob.slash("/archive", speaker="alice")
    await page.final()
    assert "Nothing found" in page.text
    page = await stage.bob.slash("/archive", words="lottery")
    await page.final()
    assert "Lottery tickets" in page.text
    assert "alice" not in page.text.casefold()
