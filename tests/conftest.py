"""What all tests share: where the real data lies, and no quiet errors in the log."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

import pytest

from tests.database import drop_all

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--share", default="0/1", help="of n shares of the tests run the k-th, from 0: k/n")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    which, shares = map(int, config.getoption("--share").split("/"))
    others = [item for item in items if crc32(item.nodeid.encode()) % shares != which]
    if others:
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in set(others)]


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
