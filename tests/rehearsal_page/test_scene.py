"""The demo's group, papers and config fit together."""

from __future__ import annotations

import tomllib
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot.clock import VirtualClock
from bot.rehearsal import scene
from bot.rehearsal.arxiv_library import is_feed_day
from bot.rehearsal.world import World


def test_every_topic_of_the_charter_has_papers() -> None:
    papers = scene.library()
    counts = Counter(topic for _, topics in papers for topic in topics)
    assert set(counts) == {area + number for area in "ABCD" for number in "1234"}
    assert min(counts.values()) >= 3
    assert len({paper.id for paper, _ in papers}) == len(papers) >= 60


def test_every_day_with_a_batch_has_papers_of_all_areas() -> None:
    areas = {paper.id: topics[0][0] for paper, topics in scene.library()}
    batches = scene.demo_arxiv(VirtualClock(scene.START)).library.batches
    assert min(batches) == date(2026, 6, 8)
    assert all(is_feed_day(day) for day in batches)
    whole = [batch for batch in batches.values() if len(batch) == 16]
    assert len(whole) >= len(batches) - 1
    assert all({areas[paper.id] for paper in batch} == set("ABCD") for batch in whole)


def test_papers_of_the_library_can_be_looked_up_before_their_day() -> None:
    double = scene.demo_arxiv(VirtualClock(scene.START))
    assert len(double.library.public(scene.START)) == len(scene.library())


def test_real_days_take_their_place_where_there_are_any() -> None:
    samples = scene.samples_beside(Path(__file__).parents[2])
    if samples is None:
        pytest.skip("arXiv's real days are not beside the checkout (../shared/arxiv-samples)")
    double = scene.demo_arxiv(VirtualClock(scene.START), samples)
    batches = double.library.batches
    assert [len(batches[date(2026, 6, day)]) for day in (9, 10)] == [471, 290]
    real = batches[date(2026, 6, 9)][0]
    assert real.id not in double.library.public(scene.START)
    assert real.id in double.library.public(scene.START + timedelta(days=5))


def test_the_group_has_its_channels_people_and_bot() -> None:
    world = World(VirtualClock(scene.START))
    guild = scene.demo_group(world)
    names = {channel.name for channel in guild.channels.values()}
    areas = {name for name, _ in scene.AREA_CHANNELS.values()}
    assert {"announcements", "proposals", "general"} | areas <= names
    organiser = next(role.id for role in guild.roles.values() if role.name == scene.ORGANISER)
    organisers = {m.user.username for m in guild.members.values() if organiser in m.role_ids}
    assert organisers == {"marta", "kenji"}
    assert world.bot.id in guild.members
    assert set(scene.zones(world)) == set(guild.members) - {world.bot.id}


def test_the_config_is_toml_with_every_topic_in_the_channel_of_its_area() -> None:
    topic = SimpleNamespace(
        key="C3", name='MoEs "and" more', area="C", categories=("cs.LG",), phrases=("moe",)
    )
    text = scene.demo_config(
        api_url="http://127.0.0.1:1/api/v10",
        gateway_url="ws://127.0.0.1:1/gateway",
        arxiv_url="http://127.0.0.1:1/arxiv",
        database="sqlite+aiosqlite:////tmp/a.db",
        topics=[topic],
    )
    tables = tomllib.loads(text)
    assert tables["arxiv"]["feed_url"] == "http://127.0.0.1:1/arxiv/atom/{category}"
    assert tables["group"]["proposal_channel"] == scene.PROPOSALS
    assert tables["topics"] == [
        {
            "key": "C3",
            "name": 'MoEs "and" more',
            "area": "C",
            "channel": "architectures-and-efficiency",
            "categories": ["cs.LG"],
            "phrases": ["moe"],
        }
    ]
