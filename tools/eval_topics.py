"""Print how well papers are routed: F1 by topic and over all, false alarms, reliability of the scores, time.

    python tools/eval_topics.py [--data ../shared/arxiv-samples] [--phrases-only] [--corrections]

The data are dev.jsonl, labelled papers (id, title, abstract, categories, topics); where they are absent it says so
and leaves with 0. The folder can also be given by the environment variable TOPICS_DATA.
"""

import argparse
import os
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bot.topics.corrections import Label, taught  # noqa: E402
from bot.topics.jsonlines import categories, read  # noqa: E402
from bot.topics.prior import shipped_prior  # noqa: E402
from bot.topics.router import MATCH, Router  # noqa: E402
from bot.topics.taxonomy import shipped  # noqa: E402

RUNS = 5


@dataclass(frozen=True)
class Count:
    """Right, wrong and missed."""

    hits: int = 0
    false: int = 0
    missed: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(self.hits + other.hits, self.false + other.false, self.missed + other.missed)

    @property
    def precision(self) -> float:
        """Right among what was said."""
        return self.hits / max(1, self.hits + self.false)

    @property
    def recall(self) -> float:
        """Right among what should have been said."""
        return self.hits / max(1, self.hits + self.missed)

    @property
    def f1(self) -> float:
        """Their harmonic mean."""
        return 2 * self.hits / max(1, 2 * self.hits + self.false + self.missed)


def labels_in(folder: Path) -> list[Label]:
    """The labelled papers of the folder's dev.jsonl."""
    rows, _ = read(folder / "dev.jsonl")
    return [
        Label(
            row["title"],
            row["abstract"] or "",
            frozenset(row["topics"]),
            tuple(categories(row.get("categories"))),
        )
        for row in rows
    ]


def routed(router: Router, labels: Sequence[Label]) -> list[dict[str, float]]:
    """The scores of every paper."""
    return [router.scores(label.title, label.abstract, label.categories) for label in labels]


def said(scores: dict[str, float]) -> set[str]:
    """The topics that a paper is sent to."""
    return {key for key, score in scores.items() if score >= MATCH}


def count(key: str, scores: Sequence[dict[str, float]], labels: Sequence[Label]) -> Count:
    """How often `key`, a topic's or an area's, was right, wrong and missed."""
    total = Count()
    for score, label in zip(scores, labels, strict=True):
        guess = any(topic.startswith(key) for topic in said(score))
        truth = any(topic.startswith(key) for topic in label.topics)
        total += Count(guess and truth, guess and not truth, truth and not guess)
    return total


def micro_f1(scores: Sequence[dict[str, float]], labels: Sequence[Label]) -> float:
    """F1 over all topics together."""
    return sum((count(topic.key, scores, labels) for topic in shipped()), Count()).f1


def figures(scores: Sequence[dict[str, float]], labels: Sequence[Label]) -> list[str]:
    """The row of docs/topics.md: F1 of topics (micro, macro) and areas (micro), and false alarms on "none"."""
    topics = [count(topic.key, scores, labels) for topic in shipped()]
    areas = [count(area, scores, labels) for area in shipped().by_area()]
    alarms = sum(bool(said(score)) for score, label in zip(scores, labels, strict=True) if not label.topics)
    shares = (sum(topics, Count()).f1, fmean(topic.f1 for topic in topics), sum(areas, Count()).f1)
    return [*(f"{share:.3f}".removeprefix("0") for share in shares), str(alarms)]


def table(router: Router, labels: Sequence[Label]) -> str:
    """All figures of one router."""
    scores = routed(router, labels)
    topics = {topic.key: count(topic.key, scores, labels) for topic in shipped()}
    areas = {area: count(area, scores, labels) for area in shipped().by_area()}
    lines = [f"{'':<8}{'precision':>10}{'recall':>8}{'F1':>8}{'papers':>8}"]
    for name, counted in {**topics, **areas, "micro": sum(topics.values(), Count())}.items():
        papers = counted.hits + counted.missed
        lines.append(
            f"{name:<8}{counted.precision:>10.3f}{counted.recall:>8.3f}{counted.f1:>8.3f}{papers:>8}"
        )
    none = [score for score, label in zip(scores, labels, strict=True) if not label.topics]
    lines += [
        f"topics: micro-F1 {sum(topics.values(), Count()).f1:.3f}, macro-F1 {fmean(c.f1 for c in topics.values()):.3f}",
        f"areas:  micro-F1 {sum(areas.values(), Count()).f1:.3f}, macro-F1 {fmean(c.f1 for c in areas.values()):.3f}",
        f"papers of no topic that were sent somewhere: {sum(map(bool, map(said, none)))} of {len(none)}",
        *reliability(scores, labels),
        f"time: {milliseconds(router, labels):.1f} ms per 1,000 papers (best of {RUNS})",
    ]
    return "\n".join(lines)


def reliability(scores: Sequence[dict[str, float]], labels: Sequence[Label]) -> list[str]:
    """What a score promised, and what was true, by tenths."""
    tenths: dict[int, list[tuple[float, bool]]] = {}
    for score, label in zip(scores, labels, strict=True):
        for key, value in score.items():
            tenths.setdefault(int(value * 10), []).append((value, key in label.topics))
    lines = [f"{'score':<12}{'mean':>7}{'true':>7}{'cases':>7}"]
    for tenth, cases in sorted(tenths.items()):
        mean, true = fmean(value for value, _ in cases), fmean(truth for _, truth in cases)
        lines.append(f"{tenth / 10:.1f} to {(tenth + 1) / 10:.1f}  {mean:>7.2f}{true:>7.2f}{len(cases):>7}")
    return lines


def milliseconds(router: Router, labels: Sequence[Label]) -> float:
    """Processor time of a thousand papers."""
    best = float("inf")
    for _ in range(RUNS):
        start = time.process_time()
        routed(router, labels)
        best = min(best, time.process_time() - start)
    return best / len(labels) * 1e6


def corrections(router: Router, labels: Sequence[Label]) -> str:
    """What a group's labels change, tested on the labels that were not given."""
    lines = [f"{'labels':<8}{'gain in micro-F1':>18}{'worst draw':>12}"]
    for size in (10, 30, 100, 300):
        gains = []
        for draw in range(RUNS):
            order = random.Random(draw).sample(labels, len(labels))
            rest = order[size:]
            corrected = taught(router, order[:size])
            gains.append(micro_f1(routed(corrected, rest), rest) - micro_f1(routed(router, rest), rest))
        lines.append(f"{size:<8}{fmean(gains):>+18.4f}{min(gains):>+12.4f}")
    return "\n".join(lines)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    default = os.environ.get("TOPICS_DATA", str(ROOT.parent / "shared" / "arxiv-samples"))
    parser.add_argument("--data", type=Path, default=Path(default), help="the folder that has dev.jsonl")
    parser.add_argument(
        "--phrases-only", action="store_true", help="only the table without the learned model"
    )
    parser.add_argument(
        "--corrections", action="store_true", help="also what a group's own labels change (minutes)"
    )
    options = parser.parse_args()
    if not (options.data / "dev.jsonl").is_file():
        print(f"skipped: no labelled papers at {options.data}")
        return
    labels = labels_in(options.data)
    routers = {"phrases alone": Router(shipped())}
    if not options.phrases_only:
        routers["with the learned model"] = Router(shipped(), shipped_prior())
    for name, router in routers.items():
        print(f"== {name}\n{table(router, labels)}\n")
        if options.corrections:
            print(f"{corrections(router, labels)}\n")


if __name__ == "__main__":
    main()
