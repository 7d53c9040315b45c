"""What was held stays, and is found."""

from __future__ import annotations

from tests.stage.conftest import Bench


async def test_a_session_is_held_and_found_again_with_all_its_links(stage: Bench) -> None:
    plan = {"when": "2026-06-04 17:00", "title": "Lottery *tickets*", "speaker": "Hannah Pinson, Eindhoven"}
    await (await stage.olga.slash("/session plan", **plan)).final()
    await stage.later(days=1, hours=8)
    form = await stage.olga.slash("/session links", session=1)
    await (await stage.olga.submit(form, {"recording": "https://video.example/1"})).final()
    await stage.settled()
    page = await stage.bob.slash("/archive", words="lott")
    await page.final()
    assert "Lottery \\*tickets\\*" in page.text, page.text
    assert "https://video.example/1" in page.text
    assert "Hannah Pinson (Eindhoven)" in page.text
    page = await stage.bob.slash("/archive")
    await page.final()
    page = await stage.bob.slash("/archive", year=2020)
    await page.final()
    assert "Nothing found · 2020" in page.text
