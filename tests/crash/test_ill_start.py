"""Starts on a disk that is full or read-only: a sentence with the cure, the right exit code, and nothing lost."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.database import on_sqlite_only

ROOT = Path(__file__).resolve().parents[2]
CONFIG = """
[discord]
api_url = "http://127.0.0.1:1/api/v10"
gateway_url = "ws://127.0.0.1:1"
[storage]
url = "sqlite+aiosqlite:///{disk}/data/bot.db"
"""
#: A disk of its own, in a view of the file system that goes with the process.
OWN_DISK = ("unshare", "--mount", *(() if os.geteuid() == 0 else ("--map-root-user",)))

pytestmark = [on_sqlite_only, pytest.mark.timeout(120)]


def played(folder: Path, script: str) -> list[str]:
    """What a shell says that plays on a disk of some size, act by act: $bot is the bot, $disk the disk."""
    disk, config = folder / "disk", folder / "config.toml"
    disk.mkdir()
    config.write_text(CONFIG.format(disk=disk))
    environment = os.environ | {
        "disk": str(disk), "config": str(config), "bot": f"{sys.executable} -m bot", "DISCORD_TOKEN": "MTk4.x.y",
    }  # fmt: skip
    try:
        done = subprocess.run(
            [*OWN_DISK, "sh", "-c", script],
            cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
    except FileNotFoundError:
        pytest.skip("there is no unshare here")
    ready, *acts = done.stdout.split("---\n")
    if not acts:
        pytest.skip(f"no disk can be mounted here: {ready.strip()}")
    return acts


SCRIPT = """
exec 2>&1
ended() { echo "code $?"; echo ---; }
mount -t tmpfs -o size=300k tmpfs $disk || exit
echo ---
$bot db migrate --config $config; ended
mount -o remount,size=16m $disk
$bot db migrate --config $config; ended
before=$(cksum < $disk/data/bot.db)
dd if=/dev/zero of=$disk/filler bs=4k 2> /dev/null
$bot run --config $config; ended
rm $disk/filler
mount -o remount,ro $disk
$bot db migrate --config $config; ended
mount -o remount,rw $disk
test "$before" = "$(cksum < $disk/data/bot.db)"; ended
"""


def test_a_disk_without_room_ends_a_start_with_1_a_read_only_one_with_2_and_nothing_is_lost(
    tmp_path: Path,
) -> None:
    too_small, enough, full, read_only, unchanged, _ = played(tmp_path, SCRIPT)
    for no_room in (too_small, full):
        assert no_room.endswith("the disk is full. Make room on it. (database or disk is full)\ncode 1\n")
    assert "now has schema" in enough
    assert "Read-only file system" in read_only
    assert read_only.endswith("Make it writable, or name another place.\ncode 2\n")
    assert unchanged == "code 0\n"
