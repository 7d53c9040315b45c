"""The rehearsal of the demo group and of one's own, kept for another day."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import config
from bot.clock import VirtualClock
from bot.rehearsal import keep, scene
from bot.rehearsal.world import World
from bot.rehearse import Kept, NotOurs, Play, room

OWN = {
    "group": {
        "name": "Optimisation tea",
        "timezone": "Asia/Tokyo",
        "organiser_role": "Tea masters",
        "announcement_channel": "news",
        "proposal_channel": "1100000000000000001",
        "vote_emoji": "<:tea:1100000000000000009>",
    },
    "discord": {"token_file": "/nowhere/token"},
    "topics": [{"key": "S", "name": "Sparsity", "channel": "sparse", "categories": ["cs.LG"], "phrases": ["pruning"]}],
}  # fmt: skip


async def test_a_kept_rehearsal_goes_on_where_it_ended(tmp_path: Path) -> None:
    play = Play(Kept(tmp_path / "term.db"))
    async with room(play, port=0) as stage:
        await (
            await stage.server.people["lucia"].slash("/propose", paper="2103.00065", channel="general")
        ).final()
        await stage.app.timers.settle()
        ballot = stage.server.channel("proposals").last
        await stage.server.people["jonas"].react(ballot, "👍")
        await stage.app.services.votes.settle()
        later = stage.clock.now() + timedelta(hours=5)
        await stage.advance_to(later)
    async with room(play, port=0) as stage:
        assert stage.clock.now() >= later
        again = stage.server.channel("proposals").messages
        assert [message.id for message in again] == [ballot.id]
        answer = await stage.server.people["marta"].slash("/proposals", channel="general")
        assert "Gradient Descent on Neural Networks" in (await answer.final()).text


async def test_what_was_kept_can_be_thrown_away(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "term.db")
    mine = tmp_path / "term.db.notes"
    mine.write_text("mine")
    async with room(Play(kept), port=0) as stage:
        await stage.server.people["lucia"].say("general", "hello")
        await stage.app.timers.settle()
    kept.throw_away()
    assert [file.exists() for file in (kept.database, kept.world, mine)] == [False, False, True]
    async with room(Play(kept), port=0) as stage:
        assert "hello" not in stage.server.channel("general").last.content
        await stage.app.timers.settle()


async def test_a_database_that_no_rehearsal_made_is_left_alone(tmp_path: Path) -> None:
    real = tmp_path / "bot.db"
    real.write_bytes(b"precious")
    with pytest.raises(NotOurs, match=r"bot\.db was not made by a rehearsal"):
        Kept(real).throw_away()
    with pytest.raises(NotOurs):
        async with room(Play(Kept(real)), port=0):
            pass
    assert real.read_bytes() == b"precious"


async def test_ones_own_group_has_its_channels_roles_and_zone(tmp_path: Path) -> None:
    async with room(Play(Kept(tmp_path / "own.db"), config.parse(OWN)), port=0) as stage:
        (guild,) = stage.server.world.guilds.values()
        assert guild.name == "Optimisation tea"
        names = {channel.name: channel.id for channel in guild.channels.values()}
        assert {"news", "sparse", "general"} <= set(names)
        assert names["proposals"] == 1100000000000000001
        masters = next(role.id for role in guild.roles.values() if role.name == "Tea masters")
        assert {m.user.username for m in guild.members.values() if masters in m.role_ids} == {
            "marta",
            "kenji",
        }
        assert abs(stage.clock.now() - datetime.now(UTC)) < timedelta(minutes=1)
        await (
            await stage.server.people["aisha"].slash("/propose", paper="1803.03635", channel="general")
        ).final()
        await stage.app.timers.settle()
        ballot = stage.server.channel("proposals").last
        assert "tea:1100000000000000009" in ballot.reactions


async def test_the_real_arxiv_is_spared_whatever_the_configuration_says(tmp_path: Path) -> None:
    hasty = config.parse({"arxiv": {"min_interval": 0.0, "contact": "tea@example.org"}})
    async with room(Play(Kept(tmp_path / "own.db"), hasty, live_arxiv=True), port=0) as stage:
        arxiv = stage.settings.arxiv
        assert (arxiv.api_url, arxiv.contact) == (hasty.arxiv.api_url, "tea@example.org")
        assert arxiv.min_interval == 3.0
        await stage.app.timers.settle()


def test_a_world_of_a_stranger_makes_nothing_but_plain_data(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return Path.touch, (tmp_path / "touched",)  # type: ignore[return-value]

    world = World(VirtualClock(scene.START))
    file = tmp_path / "evil.world"
    file.write_bytes(pickle.dumps((scene.START, {"users": Evil()})))
    with pytest.raises(keep.CannotRead, match="it names"):
        keep.load(world, file)
    file.write_bytes(pickle.dumps((scene.START, {"users": {}})))
    with pytest.raises(keep.CannotRead, match="not kept by this version"):
        keep.load(world, file)
    assert not (tmp_path / "touched").exists()
