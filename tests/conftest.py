"""What all tests share: where the real data lies, and no quiet errors in the log."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.database import drop_all

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data beside the checkout; a test that needs it is skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the real samples (../shared) are not beside this checkout")
    return SHARED


@pytest.fixture(autouse=True)
def _no_database_left() -> Iterator[None]:
    """Whatever databases a test was given (tests/database.py) go with it."""
    yield
    drop_all()
