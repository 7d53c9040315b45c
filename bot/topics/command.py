"""`topics route`: a file of papers in, a line of topics a paper out; to try phrases on real days, and to measure."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from bot.topics.jsonlines import categories, rows, text
from bot.topics.prior import shipped_prior
from bot.topics.router import MATCH, Router
from bot.topics.taxonomy import Topic, shipped

_PLACES = 4


def add_arguments(parser: ArgumentParser) -> None:
    """Give `parser` what `route_file` takes: FILE and --phrases-only."""
    parser.add_argument("file", type=Path, metavar="FILE", help="JSON lines: id, title, abstract, categories")
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
    code = 0
    for row in rows(path):
        if isinstance(row, str):
            print(row, file=errors or sys.stderr)
            code = 1
        else:
            out.write(json.dumps(_routed(router, row), ensure_ascii=False) + "\n")
    return code


def _routed(router: Router, paper: Mapping[str, Any]) -> dict[str, Any]:
    scores = router.scores(
        text(paper.get("title")), text(paper.get("abstract")), categories(paper.get("categories"))
    )
    told = {key: round(score, _PLACES) for key, score in sorted(scores.items(), key=lambda item: -item[1])}
    return {
        "id": paper.get("id"),
        "topics": [key for key, score in told.items() if score >= MATCH],
        "scores": told,
    }
