"""Some days of the soak (`make soak` plays a year): nothing doubled, nothing lost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.timeout(240)
def test_some_days_with_kills_and_faults_doubles_and_loses_nothing() -> None:
    command = [sys.executable, "tools/soak.py", "--days", "5", "--seed", "12"]
    played = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert played.returncode == 0, played.stdout + played.stderr[-2000:]
    assert "kills" in played.stdout
