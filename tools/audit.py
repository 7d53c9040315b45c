"""Asks pip-audit what is known against the pinned packages, or says why it cannot be asked.

Exit code 0: nothing is known; 1: something is; 3: nobody could be asked, so nothing was learned.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOTHING_LEARNED = 3
#: Seconds until a step is given up.
PATIENCE = 300


def main() -> int:
    """Make a venv with pip-audit in it, and run that on the pins."""
    with tempfile.TemporaryDirectory(prefix="audit-") as folder:
        venv.create(folder, with_pip=True)
        python = str(Path(folder, "bin", "python"))
        installed = _run(
            [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "pip-audit"]
        )
        if installed is None or installed.returncode:
            return _not_asked("pip-audit cannot be installed in time", installed)
        pins = str(ROOT / "requirements.txt")
        asked = _run([python, "-m", "pip_audit", "--require-hashes", "--disable-pip", "--requirement", pins])
        if asked is None:
            return _not_asked("pip-audit did not finish in time", asked)
        told = asked.stdout + asked.stderr
        if skipped := told.count("could not be audited"):
            return _not_asked(f"{skipped} packages are unknown to the list that could be reached", None)
        print(asked.stdout, end="")
        if asked.returncode and "vulnerabilit" not in asked.stderr:
            return _not_asked("the list of weaknesses cannot be reached", asked)
        print(asked.stderr, end="", file=sys.stderr)
        return asked.returncode


def _run(command: list[str]) -> subprocess.CompletedProcess[str] | None:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        return None


def _not_asked(what: str, ended: subprocess.CompletedProcess[str] | None) -> int:
    reason = (ended.stderr.strip().splitlines() or ["no reason given"])[-1] if ended else "it took too long"
    print(
        f"NOT AUDITED: {what} ({reason}).\nNothing was learned about the pins. Try again with the internet."
    )
    return NOTHING_LEARNED


if __name__ == "__main__":
    sys.exit(main())
