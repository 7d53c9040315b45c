import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from bot.topics.prior import parse_background, parse_prior
from bot.topics.router import Router
from bot.topics.taxonomy import shipped

TOOLS = Path(__file__).resolve().parents[2] / "tools"


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("train_topics", TOOLS / "train_topics.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def papers(start: int) -> list[dict[str, object]]:
    """A small made-up literature, where a word that is in no phrase tells C3 apart."""
    kinds = [("C3", "blending teapots"), ("A4", "federated kettles"), ("", "galaxies and telescopes")]
    return [
        {
            "title": f"On {words} {at}",
            "abstract": f"We study {words} in case {at}.",
            "topics": [topic] if topic else [],
        }
        for at in range(start, start + 20)
        for topic, words in kinds
    ]


def test_the_same_papers_teach_the_same_model(tool: ModuleType) -> None:
    first, second = (tool.make(papers(0), papers(50), 20, "made up") for _ in range(2))
    assert first == second


def test_a_word_of_no_phrase_is_learned(tool: ModuleType) -> None:
    background, prior = tool.make(papers(0), papers(50), 20, "made up")
    router = Router(shipped(), parse_prior(prior), rarity=parse_background(background))
    assert router.route("Blending teapots again", "On blending teapots.")[0].topic_key == "C3"
    assert router.route("Galaxies again", "Telescopes and galaxies.") == []
    assert Router(shipped()).route("Blending teapots again", "On blending teapots.") == []
