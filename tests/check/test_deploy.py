"""What the files for containers and systemd name exists in the product, and they are as careful as they say."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.__main__ import _parser

ROOT = Path(__file__).resolve().parent.parent.parent
UNIT = ROOT / "deploy" / "reading-group-bot.service"
SYSTEMD = shutil.which("systemd-analyze") or ""
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")


def unit() -> dict[str, list[str]]:
    """The unit's keys, each with all its values."""
    found: dict[str, list[str]] = {}
    for line in UNIT.read_text("utf-8").splitlines():
        if line and line[0] not in "#[":
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


def compose(name: str) -> dict[str, Any]:
    loaded = yaml.safe_load((ROOT / name).read_text("utf-8"))
    assert isinstance(loaded, dict)
    return loaded


@pytest.mark.parametrize(
    "command",
    [
        unit()["ExecStart"][0].partition(" -m bot ")[2],
        " ".join(re.findall(r'"([^"]+)"', DOCKERFILE.rpartition("\nCMD ")[2])),
    ],
)
def test_the_bot_takes_the_command_it_is_started_with(command: str) -> None:
    options = _parser().parse_args(command.split())
    assert options.command.__name__ == "_run"
    assert options.health == "127.0.0.1:9464"


def test_the_image_copies_what_is_there_and_runs_as_nobody_in_particular() -> None:
    for source in re.findall(r"^COPY (?!--from)(\S+)", DOCKERFILE, re.MULTILINE):
        assert (ROOT / source).exists(), source
        assert f"!{source}" in (ROOT / ".dockerignore").read_text("utf-8")
    stage = DOCKERFILE.rpartition("\nFROM ")[2]
    assert re.search(r"^USER 10001:10001$", stage, re.MULTILINE)
    assert "/healthz" in stage
    assert "pip install" not in stage
    assert "--require-hashes" in DOCKERFILE
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert packages == set(re.findall(r"^COPY (\w+) /app/", stage, re.MULTILINE))


def test_the_containers_may_do_no_more_than_they_need() -> None:
    bot = compose("compose.yaml")["services"]["bot"]
    assert bot["read_only"] is True
    assert bot["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in bot["security_opt"]
    assert "ports" not in bot
    assert not any(word in str(bot["environment"]) for word in ("latest", "password="))
    mounts = {volume.split(":")[1] for volume in bot["volumes"]}
    assert mounts == {"/etc/bot/config.toml", "/var/lib/bot/data"}
    assert all(mount in DOCKERFILE for mount in mounts)


def test_the_second_compose_file_adds_a_database_that_the_bot_waits_for() -> None:
    services = compose("compose.postgres.yaml")["services"]
    assert services["bot"]["depends_on"]["database"]["condition"] == "service_healthy"
    assert set(services) - set(compose("compose.yaml")["services"]) == {"database"}
    assert "ports" not in services["database"]


def test_the_unit_has_the_keys_that_harden_it() -> None:
    parser = configparser.ConfigParser(strict=False, interpolation=None, comment_prefixes=("#",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(UNIT)
    assert parser.sections() == ["Unit", "Service", "Install"]
    keys = unit()
    wanted = {"NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes", "PrivateTmp": "yes",
              "CapabilityBoundingSet": "", "UMask": "0077", "RestartPreventExitStatus": "2"}  # fmt: skip
    assert {key: keys[key][0] for key in wanted} == wanted
    assert "TOKEN" not in "".join(keys["ExecStart"] + keys["Environment"])


@pytest.mark.skipif(not SYSTEMD, reason="systemd-analyze is not installed")
def test_systemd_knows_every_key_and_calls_the_unit_safe(tmp_path: Path) -> None:
    """The programs and the user that the unit names are not on this machine: stand-ins take their place."""
    text = UNIT.read_text("utf-8").replace(
        "/opt/reading-group-bot/.venv/bin/python", shutil.which("true") or ""
    )
    copy = tmp_path / UNIT.name
    copy.write_text(text)
    verified = subprocess.run(
        [SYSTEMD, "verify", "--man=no", str(copy)], capture_output=True, text=True, check=False
    )
    assert not [line for line in verified.stderr.splitlines() if UNIT.name in line], verified.stderr
    rated = subprocess.run(
        [SYSTEMD, "security", "--offline=true", "--threshold=20", str(copy)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert rated.returncode == 0, rated.stdout[-400:]
