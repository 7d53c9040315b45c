"""What leaves Discord: calendar files, texts to take along, and never the way in."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import icalendar
import pytest

from bot.__main__ import main
from tests.stage.conftest import Bench, text_of

SECRET = "https://meet.example/r?pwd=hunter2"
TITLE = "Bounds for $a<b$ & <script>alert(1)</script> *now*"


def files(stage: Bench, message: Any) -> dict[str, bytes]:
    """What is attached to a message, by name."""
    stored = stage.server.world.files
    return {str(a["filename"]): stored[int(a["id"]), str(a["filename"])] for a in message.attachments}


async def planned(stage: Bench, **options: object) -> None:
    options = {
        "when": "2026-06-15 17:00",
        "title": TITLE,
        "link": SECRET,
        "speaker": "Ada Lovelace, ETH",
    } | options
    await (await stage.olga.slash("/session plan", options)).final()
    await stage.settled()


def events(data: bytes) -> list[Any]:
    return list(icalendar.Calendar.from_ical(data).walk("VEVENT"))


async def test_the_calendar_follows_a_session_from_planned_to_cancelled(stage: Bench) -> None:
    await planned(stage)
    seen = []
    for command in ({"when": "2026-06-16 18:00"}, None, {}):
        answer = await (await stage.alice.slash("/calendar")).final()
        (event,) = events(files(stage, answer.message)["sessions.ics"])
        seen.append((event["UID"], int(event["SEQUENCE"]), event["STATUS"], event.start.astimezone(UTC)))
        if command:
            await (await stage.olga.slash("/session move", {"session": 1, **command})).final()
        elif command is None:
            await (await stage.olga.slash("/session cancel", session=1)).final()
    assert len({uid for uid, *_ in seen}) == 1
    assert [row[1:] for row in seen] == [
        (1, "CONFIRMED", datetime(2026, 6, 15, 15, tzinfo=UTC)),
        (2, "CONFIRMED", datetime(2026, 6, 16, 16, tzinfo=UTC)),
        (3, "CANCELLED", datetime(2026, 6, 16, 16, tzinfo=UTC)),
    ]


async def test_one_session_comes_with_links_for_google_and_outlook(stage: Bench) -> None:
    await planned(stage)
    await planned(stage, when="2026-06-22 17:00")
    answer = await (await stage.alice.slash("/calendar", session=2)).final()
    assert len(events(files(stage, answer.message)["sessions.ics"])) == 1
    urls = [button["url"] for button in answer.message.buttons]
    assert ["calendar.google.com" in urls[0], "outlook.live.com" in urls[1]] == [True, True]
    assert "20260622T150000Z" in urls[0]
    whole = await (await stage.alice.slash("/calendar")).final()
    assert len(events(files(stage, whole.message)["sessions.ics"])) == 2


@pytest.mark.parametrize("overrides", [{"site": {"base_url": "https://example.org/g"}}])
async def test_the_calendar_of_the_web_site_can_be_subscribed_to(stage: Bench) -> None:
    answer = await (await stage.alice.slash("/calendar")).final()
    assert "`https://example.org/g/calendar.ics`" in text_of(answer.message)
    assert "`webcal://example.org/g/calendar.ics`" in text_of(answer.message)
    assert [
        (button["label"], *parse_qsl(urlsplit(button["url"]).query)[0]) for button in answer.message.buttons
    ] == [
        ("Subscribe in Google", "cid", "webcal://example.org/g/calendar.ics"),
        ("Subscribe in Outlook", "url", "https://example.org/g/calendar.ics"),
    ]


async def test_the_command_line_writes_the_same_schedule(stage: Bench, tmp_path: Path) -> None:
    await planned(stage)
    configuration, out = tmp_path / "config.toml", tmp_path / "sessions.ics"
    configuration.write_text(f'[storage]\nurl = "{stage.settings.storage.url}"\n')
    arguments = ["calendar", "--config", str(configuration), "--out", str(out)]
    assert await asyncio.to_thread(main, arguments) == 0
    answer = await (await stage.alice.slash("/calendar")).final()
    assert out.read_bytes() == files(stage, answer.message)["sessions.ics"]
    assert await asyncio.to_thread(main, [*arguments, "--guild", "1"]) == 1


async def test_organisers_take_one_record_along_in_every_form(stage: Bench) -> None:
    await planned(stage, presenter=stage.bob)
    answer = await (await stage.olga.slash("/announce")).final()
    assert answer.ephemeral
    (post,) = await stage.posts("announcements")
    assert answer.message.embeds[0]["title"] == post.embeds[0]["title"]
    taken = {name: data.decode() for name, data in files(stage, answer.message).items()}
    line = "Mon 15 June 2026, 17:00 CEST · 11:00 EDT · 08:00 PDT · 15:00 UTC"
    assert all(line in text for text in taken.values())
    assert "Bob; Ada Lovelace (ETH)" in taken["e-mail.txt"]
    assert "<script>" not in taken["web.html"]
    assert "&lt;script&gt;" in taken["web.html"]
    assert r"\*now\*" in taken["web.md"]
    assert len(taken["short.txt"]) <= 280


async def test_only_organisers_may_take_it(stage: Bench) -> None:
    await planned(stage)
    assert "Only organisers" in (await stage.alice.slash("/announce")).text


async def test_what_changed_since_it_was_taken_is_shown_until_it_is_taken_again(stage: Bench) -> None:
    await planned(stage)
    await (await stage.olga.slash("/announce")).final()
    await (await stage.olga.slash("/session move", session=1, when="2026-06-16 17:00")).final()
    answer = await (await stage.olga.slash("/announce")).final()
    shown = text_of(answer.message)
    assert "-Mon 15 June 2026, 17:00 CEST" in shown
    assert "+Tue 16 June 2026, 17:00 CEST" in shown
    await (await stage.olga.press(answer, label="My copies are up to date")).final()
    assert "Changed since" not in text_of((await (await stage.olga.slash("/announce")).final()).message)


async def test_the_join_link_is_in_nothing_public(
    stage: Bench, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await planned(stage)
    await (await stage.alice.slash("/ask", question="Where?")).final()
    for answer in (
        await stage.olga.slash("/announce"),
        await stage.alice.slash("/calendar"),
        await stage.alice.slash("/nextsession"),
        await stage.alice.slash("/schedule"),
        await stage.alice.slash("/archive"),
        await stage.alice.slash("/reminders"),
        await stage.olga.slash("/week"),
        await stage.olga.slash("/export", anonymous=True),
        await stage.olga.slash("/session move", session=1, when="2026-06-16 17:00"),
        await stage.alice.slash("/history session", session=1),
    ):
        await answer.final()
        assert SECRET not in answer.text
        assert not any(SECRET.encode() in data for data in files(stage, answer.message).values())
    await stage.later(days=13, hours=4, minutes=50)
    (announcement, *_) = await stage.posts("announcements")
    early = len(stage.server.exchanges)
    joined = await stage.alice.press(announcement, label="Join")
    assert SECRET in joined.text
    assert joined.ephemeral
    await (await stage.olga.slash("/session cancel", session=1)).final()
    await stage.settled()
    assert not any("hunter2" in str((e.body, e.reply)) for e in stage.server.exchanges[:early])
    assert not any(b"hunter2" in data for data in stage.server.world.files.values())
    assert not any("hunter2" in str(event) for event in stage.group.events.values())
    assert not any(
        "hunter2" in str(vars(r)) for r in caplog.records if r.name.startswith(("bot", "cogs", "storage"))
    )
    assert not any("hunter2" in str(row) for row in await stage.rows("SELECT * FROM outbox"))
    public = [m for c in stage.group.channels.values() for m in c.messages if not m.ephemeral]
    assert public
    assert not any("hunter2" in str(vars(message)) for message in public)
