"""Labelled papers for the tests that need them: beside the checkout, or not at all."""

import json
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def dev(shared: Path) -> list[dict[str, Any]]:
    path = shared / "arxiv-samples" / "dev.jsonl"
    if not path.is_file():
        pytest.skip("no labelled papers (arxiv-samples/dev.jsonl) in ../shared")
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
