"""`python -m bot setup`: a configuration by flags or by questions, never over one that is there."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import pytest
from discord import Permissions

from bot.chat.survey import PERMISSIONS
from bot.check.setup import ASKED, Person, write
from bot.config import ConfigError, load, read_token
from bot.rehearsal.permissions import READING_GROUP_BOT
from bot.services.outfit import HELPFUL, NEEDED

NOBODY = Person(None, None)
TOKEN = base64.b64encode(b"123456789012345678").decode().rstrip("=") + ".abc.def"


@pytest.fixture(autouse=True)
def no_token_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISCORD_TOKEN", raising=False)


def token_in(folder: Path) -> Path:
    file = folder / "token"
    file.touch(0o600)
    file.write_text(TOKEN)
    return file


def test_with_all_flags_nobody_is_asked(tmp_path: Path) -> None:
    given = {"name": 'The "best" group', "timezone": "Asia/Tokyo", "announcements": "news", "proposals": "papers",
             "organisers": "Chair", "contact": "a@example.org"}  # fmt: skip
    out, config = io.StringIO(), tmp_path / "config.toml"
    assert set(given) == set(ASKED)
    write(config, given, NOBODY, out, token_file=token_in(tmp_path), force=False)
    settings = load(config)
    group = settings.for_server().group
    assert (group.name, group.timezone, group.announcement_channel) == (
        'The "best" group',
        "Asia/Tokyo",
        "news",
    )
    assert read_token(settings.discord) == TOKEN
    assert (
        f"client_id=123456789012345678&scope=bot+applications.commands&permissions={PERMISSIONS.value}"
        in out.getvalue()
    )
    assert TOKEN not in out.getvalue() + config.read_text()


def test_questions_are_asked_again_until_the_answer_can_be_used_and_the_token_is_kept_safe(
    tmp_path: Path,
) -> None:
    answers = iter(["", "Europe/Berlni", "Europe/Paris", "", "", "", ""])
    person = Person(lambda _question, _default: next(answers), lambda _question: TOKEN)
    out, file = io.StringIO(), tmp_path / "secrets" / "token"
    write(tmp_path / "config.toml", {}, person, out, token_file=file, force=False)
    assert load(tmp_path / "config.toml").for_server().group.timezone == "Europe/Paris"
    assert "Did you mean Europe/Berlin?" in out.getvalue()
    assert file.stat().st_mode & 0o777 == 0o600
    assert TOKEN not in out.getvalue()


def test_a_configuration_that_is_there_is_never_overwritten_unasked(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("# mine")
    for person in (NOBODY, Person(lambda _question, default: default, None)):
        with pytest.raises(ConfigError, match="left as it is"):
            write(config, {}, person, io.StringIO(), token_file=token_in(tmp_path), force=False)
        assert config.read_text() == "# mine"


def test_a_wrong_flag_and_a_missing_token_are_told_and_nothing_is_written(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    for given, told in (({"timezone": "Mars/Olympus"}, "--timezone"), ({}, "there is no token")):
        with pytest.raises(ConfigError, match=told):
            write(config, given, NOBODY, io.StringIO(), token_file=tmp_path / "none", force=False)
        assert not config.exists()


def test_the_invite_link_asks_for_what_the_table_explains_and_no_more() -> None:
    named = {getattr(Permissions, name).flag for name in (*NEEDED, *HELPFUL)}
    assert PERMISSIONS.value == sum(named)


def test_every_story_is_played_with_exactly_these_permissions() -> None:
    """The rehearsal refuses what lacks a permission, as Discord does: so the stories prove that these are enough."""
    assert READING_GROUP_BOT.value == PERMISSIONS.value
