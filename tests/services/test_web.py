"""The site served live: the same files, as they are now, and few bytes for those who have them."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import aiohttp
import icalendar
import pytest

from bot.clock import VirtualClock
from bot.publish.record import Record
from bot.publish.site import site
from bot.services.records import WhichServer
from bot.web import FRESH, Live, serving
from tests.publish.made_up import NOW, record

ANYWHERE = ("127.0.0.1", 0)


@dataclass
class Bench:
    """A site that is served, whose record and clock are moved by hand."""

    clock: VirtualClock
    http: aiohttp.ClientSession
    record: Record | None
    address: str = ""
    read: int = 0

    async def now(self) -> Record:
        self.read += 1
        if self.record is None:
            raise WhichServer("none")
        return self.record

    async def get(
        self, path: str, **headers: str
    ) -> tuple[int, aiohttp.typedefs.CIMultiDictProxy[str], bytes]:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.http.get(f"{self.address}{path}", headers=names) as reply:
            return reply.status, reply.headers, await reply.read()

    def pass_by(self) -> None:
        self.clock.advance(timedelta(seconds=FRESH + 1))


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    async with aiohttp.ClientSession() as http:
        bench = Bench(VirtualClock(NOW), http, record(5))
        async with serving(Live(bench.now, bench.clock), ANYWHERE) as address:
            bench.address = address
            yield bench


async def test_every_file_of_the_site_is_served_as_it_is(bench: Bench) -> None:
    for path, make in site(record(5)).items():
        status, headers, data = await bench.get(path)
        assert (status, data) == (200, make())
        assert headers["Content-Type"].endswith("; charset=utf-8")
        assert headers["X-Content-Type-Options"] == "nosniff"
    assert (await bench.get(""))[2] == (await bench.get("index.html"))[2]
    kinds = [
        (await bench.get(path))[1]["Content-Type"] for path in ("calendar.ics", "feed.xml", "talks.json")
    ]
    assert [kind.partition(";")[0] for kind in kinds] == [
        "text/calendar",
        "application/atom+xml",
        "application/json",
    ]
    assert bench.read == 1


async def test_who_has_a_file_is_told_so_in_few_bytes(bench: Bench) -> None:
    _, headers, _ = await bench.get("calendar.ics")
    for known in (
        {"If_None_Match": headers["ETag"]},
        {"If_None_Match": f'"other", W/{headers["ETag"]}'},
        {"If_Modified_Since": headers["Last-Modified"]},
    ):
        status, again, data = await bench.get("calendar.ics", **known)
        assert (status, data, again["ETag"]) == (304, b"", headers["ETag"])
    status, _, data = await bench.get(
        "calendar.ics", If_None_Match='"other"', If_Modified_Since=headers["Last-Modified"]
    )
    assert (status, bool(data)) == (200, True)


async def test_what_changes_is_served_within_half_a_minute(bench: Bench) -> None:
    _, calendar, _ = await bench.get("calendar.ics")
    _, about, _ = await bench.get("about.html")
    assert bench.record
    bench.record = dataclasses.replace(bench.record, sessions=bench.record.sessions[1:])
    assert (await bench.get("calendar.ics"))[1]["ETag"] == calendar["ETag"]
    bench.pass_by()
    known = {"If_None_Match": calendar["ETag"], "If_Modified_Since": calendar["Last-Modified"]}
    status, now, data = await bench.get("calendar.ics", **known)
    assert status == 200
    assert len(icalendar.Calendar.from_ical(data).walk("VEVENT")) == 8
    assert now["Last-Modified"] != calendar["Last-Modified"]
    status, _, _ = await bench.get("calendar.ics", If_Modified_Since=calendar["Last-Modified"])
    assert status == 200
    status, same, _ = await bench.get("about.html", If_None_Match=about["ETag"])
    assert (status, same["Last-Modified"]) == (304, about["Last-Modified"])


@pytest.mark.parametrize(
    "path",
    ["no.html", "talks/", "talks/../../etc/passwd", "%2e%2e/config.toml", "talks/999.html", "style.css/"],
)
async def test_there_is_nothing_else(bench: Bench, path: str) -> None:
    status, headers, data = await bench.get(path)
    assert (status, data) == (404, b"There is no such page.\n")
    assert "Content-Security-Policy" in headers


async def test_it_can_only_be_read(bench: Bench) -> None:
    async with bench.http.post(f"{bench.address}talks.json", json={}) as reply:
        assert reply.status == 405
    async with bench.http.head(f"{bench.address}talks.json") as reply:
        assert (reply.status, await reply.read()) == (200, b"")
        assert reply.headers["ETag"]


async def test_before_there_is_a_group_it_says_so_and_names_nobody(bench: Bench) -> None:
    group, bench.record = bench.record, None
    status, _, data = await bench.get("")
    assert (status, data) == (503, b"There is no group here yet.\n")
    bench.record = group
    assert (await bench.get(""))[0] == 200


async def test_an_address_that_is_taken_is_told_with_the_key(bench: Bench) -> None:
    port = int(bench.address.rstrip("/").rpartition(":")[2])
    with pytest.raises(match=r"site\.listen: cannot listen on 127"):
        async with serving(Live(bench.now, bench.clock), ("127.0.0.1", port)):
            pass


async def test_the_address_of_the_site_is_in_what_is_subscribed_to() -> None:
    async with aiohttp.ClientSession() as http:
        bench = Bench(VirtualClock(NOW), http, record(2))
        async with serving(Live(bench.now, bench.clock, "https://example.org/g/"), ANYWHERE) as bench.address:
            _, _, data = await bench.get("talks/1.html")
            assert b'href="https://example.org/g/talks/1.html"' in data
            assert json.loads((await bench.get("talks.json"))[2])["group"]
