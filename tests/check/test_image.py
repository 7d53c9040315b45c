"""The Dockerfile's last stage, played without Docker: its files, its user, its command, its health check, read-only."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
STAGE = (ROOT / "Dockerfile").read_text("utf-8").rpartition("\nFROM ")[2].replace("\\\n", "")
#: Where Python and the packages are, instead of in the image.
PYTHON = Path(sys.prefix).resolve() / "bin" / "python"
CONFIG = """
[discord]
api_url = "http://127.0.0.1:1/api/v10"
gateway_url = "ws://127.0.0.1:1"
"""
#: The container's view: nothing to be written but /tmp and the volume, the code in /mnt, no capability left.
SCRIPT = """
set -e
mount -t tmpfs tmpfs /mnt
cp -r $image/. /mnt
mount -t tmpfs -o mode=755 tmpfs /var/lib
mkdir -p $work/data && chown -R $user /var/lib/bot
mount -t tmpfs -o size=64m,mode=1777 tmpfs /tmp
mount -o remount,bind,ro /
cd $work
bare="--no-new-privs --bounding-set=-all --inh-caps=-all env $variables"
nobody="setpriv --reuid=${user%:*} --regid=${user#*:} --clear-groups $bare"
if ! $nobody $python -c "import discord" 2> /dev/null; then  # a Python that root alone may read
    nobody="setpriv $bare"; chown -R 0:0 /var/lib/bot
fi
echo ready
$nobody touch /etc/written 2> /dev/null || echo "read-only"
DISCORD_TOKEN=MTk4.x.y $nobody $start & bot=$!
for try in $(seq 60); do $nobody $probe 2> /dev/null && break || sleep 0.5; done
$nobody $probe && echo "healthy"
kill -TERM $bot; wait $bot; echo "ended with $?"
test -s data/bot.db && echo "kept its database"
$nobody $probe 2> /dev/null || echo "not healthy any more"
"""


def words(instruction: str) -> list[str]:
    """The words of an instruction in its list form."""
    (found,) = re.findall(rf"^{instruction} .*?(\[.*\])$", STAGE, re.MULTILINE)
    return list(map(str, json.loads(found)))


def one(instruction: str) -> str:
    (found,) = re.findall(rf"^{instruction} (.*)$", STAGE, re.MULTILINE)
    return str(found)


def in_the_venv(command: list[str]) -> str:
    """A command of the image with the Python and the folders of the play."""
    assert command[0] == "python"
    return shlex.join([str(PYTHON), *(word.replace("/etc/bot", "/mnt") for word in command[1:])])


@pytest.mark.timeout(120)
def test_the_image_runs_as_nobody_on_a_read_only_root_and_tells_its_health(tmp_path: Path) -> None:
    if PYTHON.is_relative_to("/tmp"):  # noqa: S108 - what the play covers
        pytest.skip("the virtual environment is in /tmp, which the play covers")
    for source, target in re.findall(r"^COPY (?!--from)(\S+) (\S+)$", STAGE, re.MULTILINE):
        shutil.copytree(ROOT / source, tmp_path / Path(target).name)
    (tmp_path / "config.toml").write_text(CONFIG)
    variables = one("ENV").replace("PYTHONPATH=/app", "PYTHONPATH=/mnt").split()
    environment = os.environ | {
        "image": str(tmp_path), "work": one("WORKDIR"), "user": one("USER"), "python": str(PYTHON),
        "variables": " ".join(variable for variable in variables if not variable.startswith("PATH=")),
        "start": in_the_venv([*words("ENTRYPOINT"), *words("CMD")]),
    }  # fmt: skip
    probe = in_the_venv(words("HEALTHCHECK"))
    script = SCRIPT.replace("$probe", probe)
    own = ("unshare", "--mount", *(() if os.geteuid() == 0 else ("--map-root-user",)))
    done = subprocess.run(
        [*own, "sh", "-c", script], env=environment, capture_output=True, text=True, check=False
    )
    if "ready" not in done.stdout:
        pytest.skip(f"nothing can be mounted here: {done.stderr.strip()}")
    said = [line for line in done.stdout.splitlines() if not re.match(r"\d{4}-", line)]
    assert said == [
        "ready", "read-only", "healthy", "ended with 0", "kept its database", "not healthy any more",
    ], done.stdout + done.stderr  # fmt: skip
