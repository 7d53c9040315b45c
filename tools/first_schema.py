"""Rewrite the first migration from storage/tables.py, and the filled database of the first release that tests keep.

    python tools/first_schema.py

Only until the first release: after it a change is a revision, and each release adds a file to tests/storage/releases
(`python tools/release.py`) that is never touched again.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

import release  # noqa: E402
from alembic import command  # noqa: E402
from sqlalchemy import create_engine  # noqa: E402

from storage.schema import alembic_config  # noqa: E402

VERSIONS = ROOT / "storage" / "migrations" / "versions"


def main() -> None:
    """Replace versions/0001_*.py by what Alembic derives from the tables, tidied."""
    for old in VERSIONS.glob("0001_*.py"):
        old.unlink()
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{folder}/empty.db")
        with engine.connect() as connection:
            config = alembic_config()
            config.attributes["connection"] = connection
            command.revision(config, message="The first schema", autogenerate=True, rev_id="0001")
        engine.dispose()
    release.keep()
    for arguments in (["check", "--fix", "--quiet"], ["format", "--quiet"]):
        subprocess.run([sys.executable, "-m", "ruff", *arguments, str(VERSIONS)], check=True, cwd=ROOT)  # noqa: S603


if __name__ == "__main__":
    main()
