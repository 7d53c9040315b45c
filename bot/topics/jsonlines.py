"""Files of papers, a JSON object a line, as people make them: with gaps, nulls and the odd bad line."""

import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO


def rows(path: Path) -> Iterator[dict[str, Any] | str]:
    """Each object of the file, or in its place a sentence on what is wrong with its line. `.gz` is unpacked.

    Raises OSError when the file cannot be read.
    """
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as error:
                yield f"{path.name}, line {number}: not JSON ({error})"
                continue
            yield row if isinstance(row, dict) else f"{path.name}, line {number}: not a JSON object"


def read(path: Path, errors: TextIO | None = None) -> tuple[list[dict[str, Any]], int]:
    """All objects of the file, and how many lines were bad; each of those is told to `errors` (standard error)."""
    good: list[dict[str, Any]] = []
    bad = 0
    for row in rows(path):
        if isinstance(row, str):
            bad += 1
            print(row, file=errors or sys.stderr)
        else:
            good.append(row)
    return good, bad


def text(value: Any) -> str:
    """A field that should be text: null is empty."""
    return "" if value is None else str(value)


def categories(value: Any) -> list[str]:
    """A field of categories, however it is written: "cs.LG stat.ML", a list, or null."""
    if isinstance(value, str):
        return value.replace(",", " ").split()
    return [str(item) for item in value] if isinstance(value, list) else []
