"""`topics route`: a file of papers in, a line of topics a paper out; to try phrases on real days, and to measure."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO

from bot.topics.prior import shipped_prior
from bot.topics.router import MATCH, Router
from bot.topics.taxonomy import Topic, shipped

_PLACES = 4


def add_arguments(parser: ArgumentParser) -> None:
    """Give `parser` what `route_file` takes: FILE and --phrases-only."""
    parser.add_argument(
        "file", type=Path, metavar="FILE.jsonl", help="a JSON object a line: id, title, abstract, categories"
    )
    parser.add_argument(
        "--phrases-only", action="store_true", help="leave out what was learned from labelled papers"
    )


def route_file(
    path: Path,
    out: TextIO,
    *,
    topics: Sequence[Topic] | None = None,
    phrases_only: bool = False,
    errors: TextIO | None = None,
) -> int:
    """Write a line of JSON (id, topics, scores) to `out` for every paper in the JSON lines of `path`.

    `topics` are the group's, the shipped ones by default. Missing or null fields count as empty. A line that is
    no JSON object is told to `errors` (standard error by default) with its number and left out. Returns the exit
    code: 0, or 1 if there were such lines. Raises OSError when the file cannot be read.
    """
    router = Router(shipped() if topics is None else topics, None if phrases_only else shipped_prior())
    bad = 0
    with path.open("rb") as file:
        for paper in _papers(file, path):
            if isinstance(paper, str):
                bad += 1
                print(paper, file=errors or sys.stderr)
                continue
            out.write(json.dumps(_routed(router, paper), ensure_ascii=False) + "\n")
    return 1 if bad else 0


def _papers(lines: Any, path: Path) -> Iterator[dict[str, Any] | str]:
    """Each paper, or in its place what is wrong with its line."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            paper = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield f"{path}, line {number}: not JSON ({error})"
            continue
        yield paper if isinstance(paper, dict) else f"{path}, line {number}: not a JSON object"


def _routed(router: Router, paper: dict[str, Any]) -> dict[str, Any]:
    scores = router.scores(
        text(paper.get("title")), text(paper.get("abstract")), categories(paper.get("categories"))
    )
    told = {key: round(score, _PLACES) for key, score in sorted(scores.items(), key=lambda item: -item[1])}
    return {
        "id": paper.get("id"),
        "topics": [key for key, score in told.items() if score >= MATCH],
        "scores": told,
    }


def text(value: Any) -> str:
    """A field that should be text: null is empty."""
    return "" if value is None else str(value)


def categories(value: Any) -> list[str]:
    """A field of categories, however it is written: "cs.LG stat.ML", a list, or null."""
    if isinstance(value, str):
        return value.replace(",", " ").split()
    return [str(item) for item in value] if isinstance(value, list) else []
