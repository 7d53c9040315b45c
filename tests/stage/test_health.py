"""Whoever watches over the bot sees whether it works, and how quickly."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.measures import Measures
from tests.stage.conftest import Bench


@pytest.fixture
def overrides() -> dict[str, dict[str, Any]]:
    return {"health": {"listen": "127.0.0.1:0"}, "digest": {"days": []}}


async def get(stage: Bench, path: str) -> tuple[int, str]:
    url = f"http://127.0.0.1:{stage.app.health.port}{path}"
    async with aiohttp.ClientSession() as http, http.get(url) as response:
        return response.status, await response.text()


def samples(text: str) -> dict[tuple[str, str], float]:
    """Every sample as another program reads it, by name and its one label."""
    families = text_string_to_metric_families(text)
    return {
        (sample.name, sample.labels.get("event", sample.labels.get("state", ""))): sample.value
        for family in families
        for sample in family.samples
    }


async def test_the_bot_is_ready_while_discord_is_connected_and_its_measures_can_be_read(stage: Bench) -> None:
    assert await get(stage, "/healthz") == (200, "ok\n")
    assert await get(stage, "/readyz") == (200, "ready\n")
    await stage.ballot()
    status, text = await get(stage, "/metrics")
    found = samples(text)
    assert status == 200
    assert found["bot_discord_connected", ""] == found["bot_leads", ""] == found["bot_servers", ""] == 1
    assert found["bot_outbox_posts", "sent"] >= 1
    assert found["bot_outbox_oldest_late_seconds", ""] == 0
    for event in ("answer.given", "arxiv.answered", "outbox.sent", "database.statement"):
        assert found["bot_seconds_count", event] >= 1, event
    assert found["bot_events_total", "outbox.sent"] == found["bot_seconds_count", "outbox.sent"]
    for secret in (stage.server.token, str(stage.alice.id), "alice", "1803.03635", str(stage.group.id)):
        assert secret not in text
    assert stage.app.client is not None
    await stage.app.client.close()
    assert (await get(stage, "/readyz"))[0] == 503
    assert (await get(stage, "/healthz"))[0] == 200


def test_what_is_written_is_read_as_it_was_counted() -> None:
    measures = Measures()
    for seconds in ("0.0005", "0.3", "2.9s", "4000"):
        measures.hear('odd "name"\\', {"seconds": seconds})
    measures.hear("quiet", {"late": None})
    families = {f.name: f for f in text_string_to_metric_families(measures.written({"bot_x": 1.5}))}
    assert [sample.value for sample in families["bot_x"].samples] == [1.5]
    counts = {s.labels["event"]: s.value for s in families["bot_events"].samples}
    assert counts == {'odd "name"\\': 4, "quiet": 1}
    buckets = [s.value for s in families["bot_seconds"].samples if s.name.endswith("_bucket")]
    assert buckets == sorted(buckets)
    assert buckets[-1] == 4
    assert buckets[0] == 1
