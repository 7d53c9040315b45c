"""Asks pip-audit what is known against the pinned packages, or says why it cannot be asked.

Exit code 0: nothing is known; 1: something is; 3: nobody could be asked, so nothing was learned.
"""

from __future__ import annotations

import json
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
        asked = _run([python, "-m", "pip_audit", "--format", "json", "--progress-spinner", "off",
                      "--require-hashes", "--disable-pip", "--requirement", pins])  # fmt: skip
        return judge(asked) if asked else _not_asked("pip-audit did not finish in time", None)


def judge(asked: subprocess.CompletedProcess[str]) -> int:
    """Say what pip-audit found, from what it printed as JSON; the exit code.

    https://github.com/pypa/pip-audit#examples: what it could not ask about has a `skip_reason`.
    """
    try:
        packages = json.loads(asked.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return _not_asked("the list of weaknesses cannot be reached", asked)
    known = [(package, weakness) for package in packages for weakness in package.get("vulns", ())]
    for package, weakness in known:
        mended = ", ".join(weakness.get("fix_versions", ())) or "no version yet"
        names = ", ".join([weakness["id"], *weakness.get("aliases", ())])
        print(f"{package['name']} {package['version']}: {names}; mended in {mended}")
    skipped = [package["name"] for package in packages if "skip_reason" in package]
    if skipped:
        code = _not_asked(f"{len(skipped)} of {len(packages)} packages ({', '.join(skipped[:5])} …)", None)
        return 1 if known else code
    if not known:
        print(f"Nothing is known against the {len(packages)} pinned packages.")
    return 1 if known else 0


def _run(command: list[str]) -> subprocess.CompletedProcess[str] | None:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        return None


def _not_asked(what: str, ended: subprocess.CompletedProcess[str] | None) -> int:
    reason = f" ({(ended.stderr.strip().splitlines() or ['no reason given'])[-1]})" if ended else ""
    print(f"NOT AUDITED: {what}{reason}.\nNothing was learned about them. Try again with the internet.")
    return NOTHING_LEARNED


if __name__ == "__main__":
    sys.exit(main())
