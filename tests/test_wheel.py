"""What is installed from a wheel works without the checkout: its migrations, its topics, its commands."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from bot import __version__

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the programs of a fresh environment, into which the wheel was installed.

    What it depends on is looked for where the tests have it: that is what the pinned requirements install.
    """
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    wheel = [*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run(wheel, check=True, cwd=folder)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / "venv")], check=True)
    python = folder / "venv" / "bin" / "python"
    (built,) = folder.glob("*.whl")
    subprocess.run([*pip, "--python", str(python), "install", "--no-deps", str(built)], check=True)
    (packages,) = (folder / "venv" / "lib").glob("python*/site-packages")
    (packages / "needed.pth").write_text(sysconfig.get_paths()["purelib"])
    return python.parent


def run(installed: Path, folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a program of the environment, far from the checkout."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    environment["DISCORD_TOKEN"] = "MTk4NjIyNDgzNDcxOTI1MjQ4.not-a.real-one-at-all"
    return subprocess.run(
        [str(installed / command[0]), *command[1:]], cwd=folder, env=environment, check=False, text=True,
        capture_output=True,
    )  # fmt: skip


@pytest.mark.timeout(240)
def test_a_wheel_has_all_that_it_takes(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[group]\nname = 'Wheelers'\n")
    told = run(installed, tmp_path, "reading-group-bot", "--version")
    assert told.stdout == f"reading-group-bot {__version__}\n", told.stderr
    made = run(installed, tmp_path, "python", "-m", "bot", "db", "migrate")
    assert made.returncode == 0, made.stderr
    checked = run(installed, tmp_path, "python", "-m", "bot", "check", "--offline")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "bot.db is sound" in checked.stdout
    paper = {
        "id": "2606.00001",
        "title": "Pruning",
        "abstract": "A sparse lottery ticket.",
        "categories": ["cs.LG"],
    }
    (tmp_path / "papers.jsonl").write_text(json.dumps(paper))
    routed = run(installed, tmp_path, "python", "-m", "bot", "topics", "route", "papers.jsonl")
    assert (routed.returncode, "2606.00001" in routed.stdout) == (0, True), routed.stderr
    where = run(installed, tmp_path, "python", "-c", "import bot; print(bot.__file__)")
    assert str(ROOT) not in where.stdout
