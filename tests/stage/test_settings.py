"""What holds on a server: built-in default < config file < what its organisers set; and what a change leads to."""

from __future__ import annotations

from typing import Any

import pytest

from bot.config import KEYS
from storage import guilds
from tests.stage.conftest import Bench, text_of

PAPER = "1803.03635"


@pytest.fixture
def overrides() -> dict[str, dict[str, Any]]:
    """The config file says something about one key; no digests, so that days pass quickly."""
    return {"group": {"session_minutes": 75}, "digest": {"days": []}}


async def change(stage: Bench, key: str, value: str) -> str:
    return (await stage.olga.slash("/settings set", channel="general", key=key, value=value)).text


async def reset(stage: Bench, key: str) -> str:
    return (await stage.olga.slash("/settings reset", channel="general", key=key)).text


async def shown(stage: Bench, key: str) -> str:
    """The line of a key in `/settings show`."""
    answer = await stage.olga.slash("/settings show", channel="general")
    (line,) = [line for line in answer.text.splitlines() if line.startswith(f"`{key}`")]
    return line


async def test_each_value_is_shown_with_where_it_comes_from(stage: Bench) -> None:
    assert "Europe/Berlin" in await shown(stage, "group.timezone")
    assert "default" in await shown(stage, "group.timezone")
    assert "75" in await shown(stage, "group.session_minutes")
    assert "config file" in await shown(stage, "group.session_minutes")
    await change(stage, "group.session_minutes", "90")
    assert "90" in await shown(stage, "group.session_minutes")
    assert "set here" in await shown(stage, "group.session_minutes")


async def test_what_organisers_set_goes_before_the_file_and_a_reset_goes_back_to_it(stage: Bench) -> None:
    assert "90" in await change(stage, "group.session_minutes", "90")
    assert "75" in await reset(stage, "group.session_minutes")
    await change(stage, "group.timezone", "Asia/Tokyo")
    assert "Europe/Berlin" in await reset(stage, "group.timezone")


async def test_a_setting_survives_a_restart(stage: Bench) -> None:
    await change(stage, "group.session_minutes", "90")
    await stage.restart_bot(kill=True)
    assert "90" in await shown(stage, "group.session_minutes")


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("group.timezone", "Europe/Berlni", "Did you mean Europe/Berlin?"),
        ("group.timezone", "CET or so", "time zone"),
        ("group.vote_emoji", "yes please", "is not an emoji"),
        ("group.vote_emoji", "@everyone", "is not an emoji"),
        ("group.session_minutes", "0", "from 5 to 1440"),
        ("group.session_minutes", "an hour", "from 5 to 1440"),
        ("reminders.before", "1d, someday", "someday"),
        ("digest.at", "25:00", "time of day"),
        ("digest.days", "mon, blursday", "blursday"),
        ("group.nonsense", "1", "There is no setting"),
        ("discord.api_url", "https://evil.example", "There is no setting"),
        ("storage.url", "sqlite+aiosqlite:///x", "There is no setting"),
    ],
)
async def test_a_wrong_value_is_refused_with_the_reason_and_nothing_changes(
    stage: Bench, key: str, value: str, reason: str
) -> None:
    assert reason in await change(stage, key, value)
    assert await stage.rows("SELECT count(*) FROM settings") == [(0,)]


async def test_members_may_not_change_settings(stage: Bench) -> None:
    stage.group.roles[stage.group.id].permissions |= (
        1 << 31
    )  # Discord shows them the command; the service decides
    for command, options in (
        ("/settings set", {"key": "group.session_minutes", "value": "90"}),
        ("/settings reset", {"key": "group.session_minutes"}),
    ):
        answer = await stage.alice.slash(command, options, channel="general")
        assert "Only organisers" in answer.text
    assert await stage.rows("SELECT count(*) FROM settings") == [(0,)]


async def test_keys_are_offered_while_one_types(stage: Bench) -> None:
    person = stage.server.people["olga"]
    found = await person.autocomplete(
        "/settings set", channel="general", option="key", typed="ZONE", value="x"
    )
    assert "group.timezone" in {choice.value for choice in found}
    assert all(KEYS[choice.value].per_server for choice in found)


async def test_a_value_is_explained_while_one_types_and_a_change_is_written_down(stage: Bench) -> None:
    person = stage.server.people["olga"]

    async def offered(key: str, typed: str) -> list[str]:
        found = await person.autocomplete(
            "/settings set", channel="general", option="value", typed=typed, key=key
        )
        return [choice.name for choice in found]

    assert await offered("digest.at", "7") != await offered("digest.at", "07:00")
    assert await offered("digest.at", "07:00") == ["07:00 (now: 08:30)"]
    assert (await offered("group.timezone", "Mars"))[0].startswith("✘ ")
    assert "it was **75**" in await change(stage, "group.session_minutes", "90")
    about = await stage.olga.slash("/settings show", channel="general", key="group.session_minutes")
    for words in (
        "How long a session lasts",
        "**90** (set here)",
        "config file: 75",
        "Default: 60",
        f"<@{stage.olga.id}>",
    ):
        assert words in about.text
    history = await stage.olga.slash("/settings history", channel="general")
    assert "`group.session_minutes` 75 → **90**" in history.text
    assert "Only organisers" in (await stage.alice.slash("/settings history", channel="general")).text


async def test_the_vote_emoji_holds_for_ballots_to_come_and_the_old_ones_keep_theirs(stage: Bench) -> None:
    old = await stage.ballot(PAPER)
    await change(stage, "group.vote_emoji", "⭐")
    new = await stage.ballot("1412.6980")
    assert "⭐" in new.reactions
    await stage.bob.react(old, "👍")
    await stage.bob.react(new, "⭐")
    await stage.carol.react(new, "👍")
    await stage.settled()
    assert await stage.rows("SELECT user_id FROM votes") == [(stage.bob.id,), (stage.bob.id,)]


async def test_new_lead_times_hold_for_sessions_that_are_planned_already(stage: Bench) -> None:
    await stage.plan("2026-06-15 17:00", title="Sparsity")
    await change(stage, "reminders.before", "2d")
    await stage.later(days=13)
    said = [text_of(message).splitlines()[0] for message in await stage.posts("announcements")]
    assert [line for line in said if "7 days" in line or "Tomorrow" in line or "1 hour" in line] == []
    assert said.count("In 2 days: Sparsity") == 1


async def test_a_time_zone_changes_how_typed_times_are_read(stage: Bench) -> None:
    await change(stage, "group.timezone", "Asia/Tokyo")
    await stage.plan("2026-06-15 17:00", title="Sparsity")
    assert await stage.rows("SELECT starts_at, zone FROM sessions") == [
        ("2026-06-15 08:00:00.000000", "Asia/Tokyo")
    ]


async def test_a_value_that_this_version_cannot_read_does_not_stop_the_bot(stage: Bench) -> None:
    async with stage.app.database.transaction() as tx:
        for key, value in (("group.session_minutes", "for ever"), ("group.gone", "1")):
            await guilds.set_override(
                tx, guild_id=stage.group.id, key=key, value=value, by=1, now=stage.clock.now()
            )
    await stage.restart_bot(kill=False)
    await stage.plan("2026-06-15 17:00", title="Sparsity")
    assert await stage.rows("SELECT minutes FROM sessions") == [(75,)]
    assert "90" in await change(stage, "group.session_minutes", "90")


async def test_help_tells_organisers_more_than_members(stage: Bench) -> None:
    mine = (await stage.alice.slash("/help", channel="general")).text
    theirs = (await stage.olga.slash("/help", channel="general")).text
    assert "/propose" in mine
    assert "/settings" not in mine
    assert "/settings" in theirs
