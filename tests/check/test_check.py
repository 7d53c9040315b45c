"""`python -m bot check`: each thing that can be wrong is told with its cure, before anything is started."""

from __future__ import annotations

import io
import json
import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main
from bot.chat.survey import PERMISSIONS, Survey
from bot.check import run
from bot.check.there import of_application
from bot.clock import VirtualClock
from bot.rehearsal import build
from bot.rehearsal.arxiv import ArxivDouble
from bot.rehearsal.flags import Permission
from bot.rehearsal.models import Guild
from bot.rehearsal.scene import library
from bot.rehearsal.server import RehearsalServer
from storage import guilds
from storage.database import open_database
from storage.leadership import FileLock
from tests.database import first_day
from tests.rehearsal.openapi import check_exchanges

NOON = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
TOPIC = '[[topics]]\nkey = "T"\nname = "Theory"\nchannel = "theory"\ncategories = ["cs.LG"]\n'


class Bench:
    """A config file, a Discord and an arXiv for one check."""

    def __init__(self, folder: Path, server: RehearsalServer) -> None:
        self.folder, self.server = folder, server
        self.config = folder / "config.toml"
        self.database = folder / "bot.db"
        self.group: Guild

    def configure(
        self, extra: str = "", *, topics: str = TOPIC, arxiv: str | None = None, storage: str = ""
    ) -> None:
        arxiv = arxiv or f"{self.server.url}/arxiv"
        self.config.write_text(
            f'[discord]\napi_url = "{self.server.api_url}"\ngateway_url = "{self.server.gateway_url}"\n'
            f'[storage]\nurl = "sqlite+aiosqlite:///{self.database}"\n{storage}\n'
            f'[arxiv]\napi_url = "{arxiv}/api/query"\nfeed_url = "{arxiv}/atom/{{category}}"\n'
            f'min_interval = 0\ntimeout = 2\ncontact = "group@example.org"\n{extra}\n{topics}',
            "utf-8",
        )

    async def check(self, *, offline: bool = False) -> tuple[int, str]:
        """The exit code and what was printed."""
        out = io.StringIO()
        code = await run(self.config, out, offline=offline, as_json=False)
        return code, out.getvalue()


@pytest.fixture
async def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    clock = VirtualClock(NOON)
    server = RehearsalServer(clock)
    monkeypatch.setenv("DISCORD_TOKEN", server.token)
    bench = Bench(tmp_path, server)
    bench.group = server.group(
        "Our group", channels=("announcements", "proposals", "theory"), roles={"Organiser": ()}
    )
    arxiv = ArxivDouble((paper for paper, _ in library()), clock)
    arxiv.mount(server.app, "/arxiv")
    async with server:
        bench.configure()
        yield bench
    assert not server.unknown_requests
    assert not server.gateway.sessions, "a check must not open a gateway session"
    check_exchanges(server)


def line_with(text: str, *words: str) -> str:
    """The one line that holds all the words."""
    (found,) = [line for line in text.splitlines() if all(word in line for word in words)]
    return found


async def test_a_group_in_order_is_fine(bench: Bench) -> None:
    code, text = await bench.check()
    assert code == 0, text
    assert "✘" not in text
    assert "!" not in {line[:1] for line in text.splitlines()}
    assert line_with(text, "Our group", "group.proposal_channel").startswith("✔")
    assert f"python -m bot run --config {bench.config}" in text


async def test_a_check_leaves_no_trace(bench: Bench) -> None:
    before = sorted(bench.folder.iterdir())
    await bench.check()
    assert sorted(bench.folder.iterdir()) == before
    assert {exchange.method for exchange in bench.server.requests} == {"GET"}


# config and token


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ('[group]\ntimezone = "Europe/Berlyn"', "✘ group.timezone:"),
        ('[groop]\nname = "x"', "✘ [groop]: unknown section."),
        ("[group\n", "is not valid TOML"),
    ],
)
async def test_a_bad_config_ends_with_2_and_names_the_key(bench: Bench, written: str, told: str) -> None:
    bench.configure(written, topics="")
    code, text = await bench.check()
    assert code == 2
    assert told in text
    assert not bench.server.requests


async def test_a_missing_config_says_what_to_copy(bench: Bench) -> None:
    bench.config.unlink()
    code, text = await bench.check()
    assert code == 2
    assert "Copy config.example.toml" in text


async def test_a_missing_token_is_told_with_the_rest(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISCORD_TOKEN")
    code, text = await bench.check()
    assert code == 2
    assert line_with(text, "DISCORD_TOKEN").startswith("✘ discord.token_file: no token.")
    assert "arXiv answers" in text


async def test_a_token_that_discord_refuses_gets_a_sentence(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "not.the.token")
    code, text = await bench.check()
    assert code == 2
    assert line_with(text, "401").startswith("✘ token: Discord refused it")
    assert "not.the.token" not in text


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
async def test_a_token_file_that_others_can_read_is_refused_with_the_cure(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DISCORD_TOKEN")
    file = bench.folder / "token"
    file.write_text(bench.server.token)
    file.chmod(0o644)
    text = bench.config.read_text().replace("[discord]\n", f'[discord]\ntoken_file = "{file}"\n')
    bench.config.write_text(text)
    code, text = await bench.check()
    assert code == 2
    assert line_with(text, "chmod 600").startswith("✘ discord.token_file:")
    file.chmod(0o600)
    assert "chmod" not in (await bench.check())[1]


# database


async def test_a_file_that_is_no_database_is_trouble(bench: Bench) -> None:
    bench.database.write_bytes(b"these are not the bytes of a database" * 50)
    code, text = await bench.check(offline=True)
    assert code == 1
    assert "Restore a backup" in line_with(text, "✘", "storage.url")


async def test_a_database_of_a_newer_version_is_trouble(bench: Bench) -> None:
    first_day(bench.database)
    with closing(sqlite3.connect(bench.database)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    code, text = await bench.check(offline=True)
    assert code == 1
    assert "newer version" in line_with(text, "✘", "storage.url")


async def test_a_folder_that_cannot_be_is_a_matter_of_the_config(bench: Bench) -> None:
    bench.database.write_text("")
    bench.database = bench.database / "bot.db"
    bench.configure()
    code, text = await bench.check(offline=True)
    assert code == 2
    assert "cannot be written to" in line_with(text, "✘", "storage.url")


async def test_backups_without_a_place_are_trouble(bench: Bench) -> None:
    (bench.folder / "file").write_text("")
    bench.configure(storage=f'backup_folder = "{bench.folder}/file/backups"')
    code, text = await bench.check(offline=True)
    assert code == 1
    assert "no backup can be made" in line_with(text, "✘", "storage.backup_folder")


async def test_a_bot_that_runs_on_the_database_is_a_warning(bench: Bench) -> None:
    lock = FileLock(bench.database)
    await lock.take_at_once()
    try:
        code, text = await bench.check()
    finally:
        await lock.release()
    assert code == 0
    assert str(os.getpid()) in line_with(text, "! storage.url")
    assert "is running" not in (await bench.check())[1]


# Discord


async def test_a_closed_discord_is_told(bench: Bench) -> None:
    await bench.server.shut()
    code, text = await bench.check()
    assert code == 1
    assert "cannot be reached" in line_with(text, "✘ discord:")


async def test_without_a_server_the_invite_link_is_printed(bench: Bench) -> None:
    bench.server.world.guilds.clear()
    code, text = await bench.check()
    assert code == 1
    line = line_with(text, "no server yet")
    assert f"client_id={bench.server.world.bot.id}" in line
    assert "scope=bot+applications.commands" in line
    assert f"permissions={PERMISSIONS.value}" in line


@pytest.mark.parametrize(
    ("setting", "cure"), [("asks_for_code", "Requires OAuth2 Code Grant"), ("sends_elsewhere", "Empty that field")]
)  # fmt: skip
def test_a_setting_of_the_application_that_breaks_the_bot_is_trouble(setting: str, cure: str) -> None:
    fine = Survey(name="bot", application_id=1, asks_for_code=False, sends_elsewhere=False, servers=[])
    before = [str(finding) for finding in of_application(fine)]
    found = [
        finding for finding in of_application(replace(fine, **{setting: True})) if str(finding) not in before
    ]
    (finding,) = found
    assert finding.level == "trouble"
    assert cure in finding.cure


async def test_the_permissions_of_the_invite_link_are_enough(bench: Bench) -> None:
    """A bot that was invited with them, to a server where others may do nothing, lacks none."""
    bench.server.world.guilds.clear()
    bench.server.group(
        "Strict",
        channels=("announcements", "proposals", "theory"),
        roles={"Organiser": ()},
        everyone=(),
        bot_permissions=Permission(PERMISSIONS.value),
    )
    code, text = await bench.check()
    assert code == 0, text


async def test_a_missing_channel_is_told_for_each_use(bench: Bench) -> None:
    for channel in list(bench.group.channels.values()):
        if channel.name in ("announcements", "theory"):
            del bench.group.channels[channel.id]
    code, text = await bench.check()
    assert code == 1
    assert "no channel #announcements" in line_with(text, "✘ Our group", "group.announcement_channel")
    assert "no channel #theory" in line_with(text, "✘ Our group", "topics T")
    assert line_with(text, "group.proposal_channel").startswith("✔")


async def test_a_channel_may_be_named_by_its_id(bench: Bench) -> None:
    channel = bench.server.channel("proposals")
    bench.configure(f"[group]\nproposal_channel = {channel.id}")
    code, text = await bench.check()
    assert code == 0, text
    assert "#proposals" in line_with(text, "group.proposal_channel")


@pytest.mark.parametrize(
    ("denied", "told"),
    [
        (Permission.ADD_REACTIONS, "Add Reactions"),
        (Permission.EMBED_LINKS | Permission.READ_MESSAGE_HISTORY, "Embed Links, Read Message History"),
        (Permission.VIEW_CHANNEL, "View Channel"),
    ],
)
async def test_what_the_bot_may_not_do_in_a_channel_is_named(
    bench: Bench, denied: Permission, told: str
) -> None:
    channel = bench.server.channel("proposals")
    build.overwrite(bench.server.world, channel, bench.server.world.bot, deny=denied)
    code, text = await bench.check()
    assert code == 1
    assert told in line_with(text, "✘ Our group", "in #proposals the bot lacks")


async def test_a_permission_that_is_only_helpful_is_a_warning(bench: Bench) -> None:
    bot = bench.group.members[bench.server.world.bot.id]
    for role_id in (*bot.role_ids, bench.group.id):
        bench.group.roles[role_id].permissions &= ~Permission.MANAGE_EVENTS
    code, text = await bench.check()
    assert code == 0, text
    assert "Manage Events" in line_with(text, "! Our group")


async def test_a_missing_organiser_role_is_a_warning(bench: Bench) -> None:
    bench.configure('[group]\norganiser_role = "Chair"')
    code, text = await bench.check()
    assert code == 0
    assert "Manage Server" in line_with(text, "! Our group", "@Chair")


@pytest.mark.parametrize(("mentionable", "code"), [(False, 1), (True, 0)])
async def test_a_role_that_cannot_be_pinged_is_trouble(bench: Bench, *, mentionable: bool, code: int) -> None:
    role = build.add_role(bench.server.world, bench.group, "Members")
    role.mentionable = mentionable
    bench.configure('[group]\nping_role = "Members"')
    found, text = await bench.check()
    assert found == code
    assert line_with(text, "group.ping_role", "@Members").startswith("✘✔"[not code])


async def test_a_vote_emoji_of_another_server_is_trouble(bench: Bench) -> None:
    bench.configure('[group]\nvote_emoji = "<:upvote:123456789012345678>"')
    code, text = await bench.check()
    assert code == 1
    assert "not an emoji of this server" in line_with(text, "✘ Our group", "group.vote_emoji")


async def test_what_organisers_set_on_their_server_is_what_is_checked(bench: Bench) -> None:
    first_day(bench.database)
    database = open_database(f"sqlite+aiosqlite:///{bench.database}")
    async with database.transaction() as tx:
        await guilds.joined(tx, guild_id=bench.group.id, name="Our group", now=NOON)
        await guilds.set_override(
            tx, guild_id=bench.group.id, key="group.proposal_channel", value="ballots", by=1, now=NOON
        )
    await database.close()
    code, text = await bench.check()
    assert code == 1
    assert "no channel #ballots" in line_with(text, "✘ Our group", "group.proposal_channel")


# what will not do what somebody wants


@pytest.mark.parametrize(
    ("extra", "topics", "told"),
    [
        ("[digest]\ndays = []", TOPIC, "! digest.days"),
        ("[reminders]\nbefore = []", TOPIC, "! reminders.before"),
        ("", TOPIC.replace('channel = "theory"\n', ""), "! topics: 1 of 1 have no channel (T)"),
    ],
)
async def test_an_empty_list_is_a_warning(bench: Bench, extra: str, topics: str, told: str) -> None:
    bench.configure(extra, topics=topics)
    code, text = await bench.check()
    assert code == 0, text
    assert told in text


async def test_an_arxiv_that_is_away_is_a_warning(bench: Bench) -> None:
    bench.configure(arxiv=f"{bench.server.url}/nowhere")
    code, text = await bench.check()
    assert code == 0
    assert line_with(text, "arxiv.feed_url").startswith("!")


async def test_offline_asks_nobody(bench: Bench) -> None:
    code, text = await bench.check(offline=True)
    assert code == 0
    assert not bench.server.requests
    assert "Discord and arXiv were not asked" in text


# the command


def test_the_command_prints_json_and_ends_with_the_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DISCORD_TOKEN", raising=False)
    config = tmp_path / "config.toml"
    config.write_text(f'[storage]\nurl = "sqlite+aiosqlite:///{tmp_path}/bot.db"\n')
    code = main(["check", "--config", str(config), "--offline", "--json"])
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    assert code == 2
    assert {"level", "key", "what", "cure", "server", "make"} == set(found[0])
    assert [row["key"] for row in found if row["level"] == "config"] == ["discord.token_file"]
