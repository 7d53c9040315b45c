"""The figures in docs/topics.md are those that `make eval` prints."""

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from bot.topics.prior import shipped_prior
from bot.topics.router import Router
from bot.topics.taxonomy import shipped

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("eval_topics", ROOT / "tools" / "eval_topics.py")
    assert spec
    assert spec.loader
    sys.modules[spec.name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("row", "learned"), [("phrases alone", False), ("with the model", True)])
def test_the_figures_in_the_manual_are_those_that_are_measured(
    tool: ModuleType,
    shared: Path,
    row: str,
    learned: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    folder = shared / "arxiv-samples"
    if not (folder / "dev.jsonl").is_file():
        pytest.skip("no labelled papers (arxiv-samples/dev.jsonl) in ../shared")
    labels = tool.labels_in(folder)
    router = Router(shipped(), shipped_prior() if learned else None)
    measured = tool.figures(tool.routed(router, labels), labels)
    told = re.search(rf"^\| {row} \|(.*)\|$", (ROOT / "docs" / "topics.md").read_text("utf-8"), re.MULTILINE)
    assert told
    assert told[1].replace("|", " ").split() == measured
