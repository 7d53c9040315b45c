"""tools/chromium.py finds a browser, installs one where that is its to do, and says how where it is not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TOOL = Path(__file__).resolve().parents[2] / "tools" / "chromium.py"
# What apt-get does here: it notes how it was called, and "installs" a browser where the search path finds it.
APT = """#!{sh}
echo "$@" >> {folder}/calls
case "$*" in
  *install*) printf '#!{sh}\\n' > {folder}/chromium; {chmod} +x {folder}/chromium ;;
esac
exit {code}
"""


def run(folder: Path, **more: str) -> tuple[int, str]:
    """The tool's exit code and words when only `folder` is searched for programs."""
    done = subprocess.run(
        [sys.executable, str(TOOL)],
        env={"PATH": str(folder), **more},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def apt(folder: Path, *, code: int = 0) -> None:
    tool = folder / "apt-get"
    tool.write_text(APT.format(sh=shutil.which("sh"), chmod=shutil.which("chmod"), folder=folder, code=code))
    tool.chmod(0o755)


def test_a_browser_that_is_there_is_used(tmp_path: Path) -> None:
    assert run(tmp_path, CHROMIUM="/opt/my/chrome") == (0, "The browser is /opt/my/chrome.\n")


def test_where_none_can_be_had_it_says_how(tmp_path: Path) -> None:
    code, said = run(tmp_path)
    assert code == 1
    assert "apt-get install chromium" in said


@pytest.mark.skipif(
    not Path("/etc/debian_version").exists() or os.geteuid() != 0, reason="installs as root on Debian only"
)
def test_as_root_on_debian_it_installs_one(tmp_path: Path) -> None:
    apt(tmp_path)
    assert run(tmp_path) == (0, f"The browser is {tmp_path}/chromium.\n")
    assert (tmp_path / "calls").read_text().splitlines() == [
        "--quiet update",
        "--quiet install --yes --no-install-recommends chromium",
    ]
    (tmp_path / "chromium").unlink()
    apt(tmp_path, code=100)
    assert run(tmp_path)[0] == 1
