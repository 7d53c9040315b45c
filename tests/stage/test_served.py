"""The group's site while the bot runs: what is planned is there for everybody, and how to join is not."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import aiohttp
import icalendar
import pytest

from bot.__main__ import main
from bot.config import Site
from bot.web import FRESH
from tests.publish.reading import Read
from tests.stage.conftest import Bench

SECRET = "https://meet.example/r?pwd=hunter2"
TITLE = "Bounds for a<b & <script>alert(1)</script>"


async def test_what_is_planned_and_held_is_on_the_site(
    stage: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.settings = replace(stage.settings, site=Site(("127.0.0.1", 0), "https://example.org/g/", None))
    await stage.restart_bot(kill=False)
    assert stage.app.site
    async with aiohttp.ClientSession(stage.app.site) as http:

        async def get(path: str) -> bytes:
            async with http.get(f"/{path}") as reply:
                assert reply.status == 200
                return await reply.read()

        assert "Nothing is planned yet." in Read(await get("")).text("main")
        await stage.plan("2026-06-03 17:00", title=TITLE, speaker="Ada Lovelace, ETH", link=SECRET)
        await stage.later(seconds=FRESH + 1)
        home = await get("")
        assert Read(home).text("article.next h3") == TITLE
        assert "Ada Lovelace" in Read(home).text("article.next")
        (event,) = icalendar.Calendar.from_ical(await get("calendar.ics")).walk("VEVENT")
        assert (str(event["SUMMARY"]), str(event["URL"])) == (TITLE, "https://example.org/g/talks/1.html")
        form = await stage.olga.slash("/session links", session=1)
        await (await stage.olga.submit(form, {"recording": "https://video.example.org/1"})).final()
        await stage.later(hours=8)
        talk = await get("talks/1.html")
        assert "https://video.example.org/1" in Read(talk).links()
        assert "talks/1.html" in Read(await get("archive.html")).links()
        assert "https://video.example.org/1" in (await get("feed.xml")).decode()

    config, out = tmp_path / "site.toml", tmp_path / "out"
    config.write_text(
        f'[storage]\nurl = "{stage.settings.storage.url}"\n[site]\nbase_url = "https://example.org/g/"\n'
    )
    assert await asyncio.to_thread(main, ["site", "build", str(out), "--config", str(config)]) == 0
    assert "files" in capsys.readouterr().out
    assert (out / "talks/1.html").read_bytes() == talk
    assert not any(SECRET.encode() in file.read_bytes() for file in out.rglob("*.*"))
