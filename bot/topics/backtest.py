"""`digest backtest`: how good would the digest have been? Ranks stored days from given likes and counts the hits.

A day is never tested with likes of that day. A hit is a paper marked `picked`, or else a liked one, among the first
ten. Where days without likes have hits, those are tested, with all likes; where every day with hits has likes, a
third of the days is held out in turn, and likes of those days are not learned from. What was not liked on the days
that were learned from is what the group was shown.
"""

import random
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, pstdev
from typing import Any, TextIO

from bot.topics.jsonlines import categories, read, text
from bot.topics.prior import shipped_prior
from bot.topics.ranker import Candidate, rank
from bot.topics.router import Router
from bot.topics.taste import Paper, Taste
from bot.topics.taxonomy import Topic, shipped

FIRST = 10
DRAWS = 4
SIZES = (1, 5, 20, 50, 100, 300, 1000)


@dataclass(frozen=True)
class _Day:
    date: str
    papers: tuple[Candidate, ...]
    hits: frozenset[str]

    @property
    def random(self) -> float:
        """The precision that chance has."""
        return len(self.hits) / len(self.papers)


@dataclass(frozen=True)
class _Split:
    """Days to test, and what may be learned from: liked papers with their weights, and papers merely seen."""

    test: tuple[_Day, ...]
    likes: tuple[tuple[Paper, float], ...]
    seen: tuple[Paper, ...]


def add_arguments(parser: ArgumentParser) -> None:
    """Give `parser` what `backtest` takes: --papers and --likes."""
    parser.add_argument(
        "--papers", type=Path, required=True, metavar="FILE", help="id, date, title, abstract a line"
    )
    parser.add_argument(
        "--likes", type=Path, required=True, metavar="FILE", help="id, and weight if any, a line"
    )


def backtest(
    papers: Path,
    likes: Path,
    out: TextIO,
    *,
    topics: Sequence[Topic] | None = None,
    errors: TextIO | None = None,
) -> int:
    """Print to `out` the table of precision among the first ten, by day and by number of likes.

    `papers`: JSON lines with id, date, title, abstract, categories and, if known, picked. `likes`: JSON lines with id,
    weight if not 1, and title and abstract where `papers` does not have the paper. Bad lines are told to
    `errors`. Returns the exit code: 0, 1 when there were bad lines, 2 when nothing can be tested. Raises OSError when
    a file cannot be read.
    """
    rows, bad = read(papers, errors)
    given, bad_likes = read(likes, errors)
    known = {text(row.get("id")): _paper(row) for row in rows}
    liked = {
        name: (known.get(name) or _paper(row), _number(row.get("weight"), 1.0))
        for row in given
        if (name := text(row.get("id"))) in known or row.get("title")
    }
    lost = len({text(row.get("id")) for row in given}) - len(liked)
    days = _days(rows, known, set(liked), Router(shipped() if topics is None else topics, shipped_prior()))
    splits = list(_splits(days, liked))
    if not splits:
        print(
            "Nothing to test: no day has a picked or liked paper beside the days that were learned from.",
            file=out,
        )
        return 2
    print(
        f"{len(rows)} papers of {len(days)} days, {len(liked)} likes" + f" ({lost} unknown)" * bool(lost),
        file=out,
    )
    _print_days(splits, out)
    _print_sizes(splits, out)
    return 1 if bad or bad_likes else 0


def _paper(row: Mapping[str, Any]) -> Paper:
    name, title, abstract = (text(row.get(field)) for field in ("id", "title", "abstract"))
    return Paper.read(name, title, abstract, categories(row.get("categories")))


def _number(value: Any, otherwise: float) -> float:
    return float(value) if isinstance(value, int | float) else otherwise


def _days(
    rows: Sequence[Mapping[str, Any]], known: Mapping[str, Paper], liked: set[str], router: Router
) -> list[_Day]:
    marked = any("picked" in row for row in rows)
    dates: dict[str, dict[str, Candidate]] = {}
    hits: dict[str, set[str]] = {}
    for row in rows:
        name, date = text(row.get("id")), text(row.get("date"))[:10]
        scores = router.scores(
            text(row.get("title")), text(row.get("abstract")), categories(row.get("categories"))
        )
        dates.setdefault(date, {})[name] = Candidate(known[name], max(scores.values(), default=0.0))
        if (marked and row.get("picked")) or (not marked and name in liked):
            hits.setdefault(date, set()).add(name)
    return [
        _Day(date, tuple(papers.values()), frozenset(hits.get(date, ())))
        for date, papers in sorted(dates.items())
    ]


def _splits(days: Sequence[_Day], liked: Mapping[str, tuple[Paper, float]]) -> Iterator[_Split]:
    """What to learn from and what to test: once where days without likes have hits, else thirds of the days in turn."""
    taught = [day for day in days if any(c.paper.id in liked for c in day.papers)]
    free = tuple(day for day in days if day not in taught and day.hits)
    if free:
        yield _split(free, taught or days, liked)
        return
    for draw in range(DRAWS):
        order = list(days)
        random.Random(draw).shuffle(order)
        for third in range(3):
            test = tuple(day for day in order[third::3] if day.hits)
            rest = [day for day in days if day not in order[third::3]]
            if test and any(c.paper.id in liked for day in rest for c in day.papers):
                yield _split(test, rest, liked)


def _split(
    test: tuple[_Day, ...], learned: Sequence[_Day], liked: Mapping[str, tuple[Paper, float]]
) -> _Split:
    tested = {c.paper.id for day in test for c in day.papers}
    seen = tuple(c.paper for day in learned for c in day.papers if c.paper.id not in liked)
    return _Split(test, tuple(like for name, like in liked.items() if name not in tested), seen)


def _taste(split: _Split, likes: Sequence[tuple[Paper, float]]) -> Taste:
    taste = Taste()
    for paper in split.seen:
        taste.see(paper)
    for paper, weight in likes:
        taste.learn(paper, weight)
    return taste


def _precision(day: _Day, taste: Taste) -> float:
    """The part of the first ten places that are hits."""
    first = rank(day.papers, taste)[:FIRST]
    return sum(entry.paper.id in day.hits for entry in first) / FIRST


def _print_days(splits: Sequence[_Split], out: TextIO) -> None:
    """A line a day: what chance, the topics alone and the taste of all likes reach."""
    rows: dict[str, list[tuple[float, float, float]]] = {}
    sizes: dict[str, str] = {}
    for split in splits:
        taste = _taste(split, split.likes)
        for day in split.test:
            rows.setdefault(day.date, []).append(
                (day.random, _precision(day, Taste()), _precision(day, taste))
            )
            sizes[day.date] = f"{len(day.papers):>8}{len(day.hits):>6}"
    means = {
        date: [fmean(column) for column in zip(*tests, strict=True)] for date, tests in sorted(rows.items())
    }
    print(f"\n{'day':<12}{'papers':>8}{'hits':>6}{'random':>9}{'topics':>9}{'taste':>9}", file=out)
    for date, values in means.items():
        print(f"{date:<12}{sizes[date]}{_cells(values)}", file=out)
    print(f"{'mean':<26}{_cells([fmean(column) for column in zip(*means.values(), strict=True)])}", file=out)


def _cells(values: Sequence[float]) -> str:
    return "".join(f"{value:>9.3f}" for value in values)


def _print_sizes(splits: Sequence[_Split], out: TextIO) -> None:
    print(f"\n{'likes':<12}{'precision@10':>14}{'spread':>9}{'draws':>7}", file=out)
    most = max(len(split.likes) for split in splits)
    for size in (*(size for size in SIZES if size < most), most):
        means = []
        for draw in range(DRAWS if len(splits) == 1 and size < most else 1):
            for split in splits:
                likes = random.Random(draw).sample(split.likes, min(size, len(split.likes)))
                taste = _taste(split, likes)
                means.append(fmean(_precision(day, taste) for day in split.test))
        print(f"{size:<12}{fmean(means):>14.3f}{pstdev(means):>9.3f}{len(means):>7}", file=out)
