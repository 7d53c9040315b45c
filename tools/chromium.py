"""Find a Chromium for the tests in the browser; install one where that takes no question; otherwise say how.

python tools/chromium.py        exits with 0 when there is one (and prints where), with 1 when there is none
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.rehearsal_page.browser import chromium

HOW = """\
No Chromium or Chrome was found. The tests in the browser need one:
    Debian         apt-get install chromium
    Fedora         dnf install chromium
    macOS          brew install --cask chromium
    anywhere else  set CHROMIUM to the path of a Chromium or Chrome
"""


def install() -> None:
    """Install Debian's package, as root on Debian only: elsewhere that is not ours to decide."""
    if Path("/etc/debian_version").exists() and os.geteuid() == 0 and shutil.which("apt-get"):
        for command in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
            code = subprocess.run(["apt-get", "--quiet", *command], check=False).returncode  # noqa: S603, S607
            if code:
                return


if chromium() is None:
    install()
if (found := chromium()) is None:
    print(HOW)
    sys.exit(1)
print(f"The browser is {found}.")
