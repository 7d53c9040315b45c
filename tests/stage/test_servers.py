"""Several servers with one bot: each its own, nothing across; and places where the bot may not speak."""

from __future__ import annotations

import pytest

from bot.rehearsal import build, channels, moderation
from bot.rehearsal.flags import ChannelKind
from bot.rehearsal.models import Guild
from tests.stage.conftest import CHANNELS, Bench, text_of

PAPER = "1803.03635"


def second(stage: Bench) -> Guild:
    """Another reading group, with people of its own (and bob in both)."""
    return stage.server.group(
        "Night shift",
        channels=CHANNELS,
        roles={"Organiser": ()},
        members={"nora": ["Organiser"], "bob": ()},
        owner="night-owner",
    )


async def test_nothing_of_one_server_is_seen_on_another(stage: Bench) -> None:
    night = second(stage)
    await stage.ballot(PAPER)
    await stage.plan("2026-06-15 17:00", title="Ours alone")
    assert "No open" in (await stage.nora.slash("/proposals", channel="general", guild=night)).text
    assert "No session" in (await stage.nora.slash("/nextsession", channel="general", guild=night)).text
    for channel in CHANNELS:
        assert await stage.posts(channel, night) == []


async def test_a_paper_can_be_proposed_on_each_server_and_votes_are_counted_apart(stage: Bench) -> None:
    night = second(stage)
    ours = await stage.ballot(PAPER, by="alice")
    theirs = await stage.ballot(PAPER, by="nora", guild=night)
    assert len(stage.arxiv.requests) == 1
    await stage.alice.react(ours, "👍")
    await stage.bob.react(theirs, "👍")
    await stage.nora.react(theirs, "👍")
    await stage.settled()
    assert await stage.rows("SELECT guild_id, count(*) FROM votes GROUP BY guild_id ORDER BY 2") == [
        (stage.group.id, 1),
        (night.id, 2),
    ]


async def test_settings_hold_on_the_server_where_they_were_set(stage: Bench) -> None:
    night = second(stage)
    await stage.settled()
    await stage.nora.slash(
        "/settings set", channel="general", guild=night, key="group.proposal_channel", value="theory"
    )
    await stage.ballot(PAPER, by="alice")
    await stage.nora.slash("/propose", channel="general", guild=night, paper=PAPER)
    assert len(await stage.posts("proposals")) == 1
    assert len(await stage.posts("theory", night)) == 1
    assert await stage.posts("theory") == []


async def test_a_session_of_another_server_cannot_be_cancelled_or_joined(stage: Bench) -> None:
    night = second(stage)
    await stage.settled()
    await stage.plan("2026-06-15 17:00", title="Ours", link="https://meet.example/x")
    answer = await stage.nora.slash("/session cancel", channel="general", guild=night, session=1)
    assert answer.ephemeral
    assert await stage.rows("SELECT state FROM sessions") == [("planned",)]
    (announcement,) = await stage.posts("announcements")
    assert "meet.example" not in text_of(announcement)


async def test_an_organiser_elsewhere_is_no_organiser_here(stage: Bench) -> None:
    second(stage)
    build.join(stage.server.world, stage.group, stage.server.people["nora"].user)
    answer = await stage.nora.slash(
        "/settings set", channel="general", guild=stage.group, key="group.session_minutes", value="5"
    )
    assert "Only organisers" in answer.text
    assert await stage.rows("SELECT count(*) FROM settings") == [(0,)]


async def test_a_server_that_the_bot_was_removed_from_while_it_was_away_costs_nothing(stage: Bench) -> None:
    night = second(stage)
    await stage.settled()
    await stage.nora.slash("/propose", channel="general", guild=night, paper=PAPER)
    await stage.settled()
    await stage.stop_bot()
    moderation.remove_member(stage.server.world, night, stage.server.world.bot)
    await stage.start_bot()
    await stage.settled()
    assert await stage.rows("SELECT name FROM guilds WHERE left_at IS NOT NULL") == [("Night shift",)]


async def test_a_missing_channel_is_told_to_the_organisers_once_and_what_waits_comes_when_it_is_there(
    stage: Bench,
) -> None:
    owner = stage.server.people["owner"].user
    channels.delete(stage.server.world, owner, stage.server.channel("proposals").id)
    await stage.settled()
    await stage.server.people["alice"].slash("/propose", channel="general", paper=PAPER)
    await stage.later(hours=12)
    (alert,) = await stage.posts("announcements")
    assert "#proposals" in text_of(alert)
    assert "/settings set" in text_of(alert)
    build.add_channel(stage.server.world, stage.group, "proposals")
    await stage.later(hours=2)
    assert len(await stage.posts("proposals")) == 1
    assert len(await stage.posts("announcements")) == 1


async def test_a_channel_where_the_bot_may_not_write_is_told_with_the_cure(stage: Bench) -> None:
    proposals = stage.server.channel("proposals")
    everyone = stage.group.roles[stage.group.id]
    bots = next(role for role in stage.group.roles.values() if role.managed_by)
    for role in (everyone, bots):
        build.overwrite(stage.server.world, proposals, role, deny=["SEND_MESSAGES"])
    await stage.settled()
    await stage.server.people["alice"].slash("/propose", channel="general", paper=PAPER)
    await stage.later(hours=3)
    (alert,) = await stage.posts("announcements")
    assert "Send Messages" in text_of(alert)
    for role in (everyone, bots):
        build.overwrite(stage.server.world, proposals, role)
    await stage.later(hours=2)
    assert len(await stage.posts("proposals")) == 1


async def test_commands_are_registered_again_only_when_they_have_changed(stage: Bench) -> None:
    def synced() -> int:
        return sum(x.method == "PUT" and x.path.endswith("/commands") for x in stage.server.exchanges)

    assert synced() == 1
    await stage.restart_bot(kill=False)
    await stage.restart_bot(kill=True)
    assert synced() == 1
    stage.server.world.commands.popitem()  # somebody else's program has changed them
    await stage.restart_bot(kill=False)
    assert synced() == 2


async def test_no_privileged_intent_is_asked_for(stage: Bench) -> None:
    privileged = (1 << 1) | (1 << 8) | (1 << 15)
    assert all(not identify["intents"] & privileged for identify in stage.server.gateway.identifies)


@pytest.mark.parametrize("by", ["name", "id"])
async def test_a_channel_that_takes_no_messages_loses_nothing_and_is_told_of(stage: Bench, by: str) -> None:
    forum = build.add_channel(stage.server.world, stage.group, "talks", kind=ChannelKind.FORUM)
    wanted = {"name": forum.name, "id": str(forum.id)}[by]
    set_to = {"key": "group.announcement_channel", "value": wanted}
    await stage.olga.slash("/settings set", set_to, channel="general")
    await stage.plan("2026-06-15 17:00")
    (told,) = await stage.posts("proposals")
    assert "#talks takes no messages: it is a forum" in text_of(told)
    await stage.olga.slash("/settings set", {**set_to, "value": "announcements"}, channel="general")
    assert len(await stage.posts("announcements")) == 1
