"""What the tests of the site share."""

from __future__ import annotations

import pytest

from bot.publish.site import site
from tests.publish.made_up import record
from tests.rehearsal_page.conftest import browser

__all__ = ["browser"]


@pytest.fixture(scope="session")
def files() -> dict[str, bytes]:
    """The site of a group of 130 talks, at no known address."""
    return {path: make() for path, make in site(record(130)).items()}
