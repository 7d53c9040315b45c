"""Learn bot/topics/background.txt and bot/topics/prior.txt from labelled papers, with the standard library alone.

    python tools/train_topics.py --train ../shared/arxiv-samples/train.jsonl.gz --dev ../shared/arxiv-samples/dev.jsonl

Features are grams of one or two stems, by rarity and double in a title, and the rarity of each topic's own phrases.
A topic's model is a linear support vector machine; it is learned twice: on all grams, then on those that mattered.
Dev lends how frequent topics are, and the slope and offset that turn margins into probabilities. The same input
gives the same files, byte for byte.
"""

import argparse
import gzip
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

from svm import Features, Machine, calibrate, margin, train  # noqa: E402

from bot.topics.lexicon import Gram, Lexicon  # noqa: E402
from bot.topics.prior import Background, letter  # noqa: E402
from bot.topics.router import IN_TITLE  # noqa: E402
from bot.topics.taxonomy import shipped  # noqa: E402
from bot.topics.words import TITLE_ENDS, read, readings, stem, stems  # noqa: E402

Paper = Mapping[str, Any]

IDLE = {TITLE_ENDS} | set(
    stems(
        "a an and are as at be been both but by can each for from has have how however in into is it its more most"
        " not of on or other our such than that the their then there these they this those to very via was we were"
        " when where which while with"
    )
)
KNOWN_FROM = 20
"""Papers that must have a stem for its rarity to be worth a place in background.txt."""
SEEN_FROM = 6
"""Papers that must have a gram for it to be learned from."""
GRAM, PHRASE = 1 / 30, 1 / 20
"""What a unit of rarity counts as a feature: papers then have a length near 1, which COST is chosen for."""
COST = 0.1
EVEN = 0.75
"""A positive counts (share in use / share in train) to this power: curated lists have less of rare topics."""
SPREAD = 0.25
"""A gram is worth its weight times its papers to this power: low, since common words cost time at every paper."""


@dataclass(frozen=True)
class Reading:
    """Papers as features: the grams that are features, their rarities, and each paper's features and phrases."""

    grams: tuple[Gram, ...]
    rarity: tuple[float, ...]
    rows: list[Features]
    phrases: list[list[float]]


def papers_in(path: Path) -> list[Paper]:
    """The papers of a JSON lines file, gzipped or not."""
    raw = path.read_bytes()
    text = gzip.decompress(raw) if path.suffix == ".gz" else raw
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def cut(paper: Paper) -> list[str]:
    """The words of a paper, as the router reads it."""
    return read(str(paper.get("title") or ""), str(paper.get("abstract") or ""))


def count_grams(papers: Iterable[Paper]) -> Counter[Gram]:
    """In how many papers each gram of one or two stems occurs; pairs with an idle word are left out."""
    counts: Counter[Gram] = Counter()
    for paper in papers:
        seen: set[Gram] = set()
        row = [stem(word) for word in cut(paper)]
        seen.update((word,) for word in row if word != TITLE_ENDS)
        seen.update(pair for pair in pairwise(row) if IDLE.isdisjoint(pair))
        counts.update(seen)
    return counts


def phrase_grams() -> dict[Gram, list[int]]:
    """Every way to find a shipped phrase, and the places of the topics that it speaks for."""
    speaks: dict[Gram, list[int]] = {}
    for place, topic in enumerate(shipped()):
        for gram in {reading for phrase in topic.phrases for reading in readings(phrase)}:
            speaks.setdefault(gram, []).append(place)
    return speaks


def learn_background(papers: Sequence[Paper], counts: Counter[Gram]) -> Background:
    """How rare stems and shipped phrases are in `papers`, to a quarter."""
    lexicon, long = Lexicon(phrase_grams()), Counter[int]()
    for paper in papers:
        long.update(lexicon.find(cut(paper))[1])
    found: dict[Gram, int] = {
        gram: count for gram, count in counts.items() if len(gram) == 1 and count >= KNOWN_FROM
    }
    found |= {gram: long[mark] for gram, mark in lexicon.marks.items()}
    total = len(papers) + 1
    return Background(
        {gram: round(4 * log(total / (count + 1))) / 4 for gram, count in sorted(found.items())}
    )


def features(
    papers: Sequence[Paper], grams: Sequence[Gram], rarity: Sequence[float], background: Background
) -> Reading:
    """Turn papers into features, found as the router finds them."""
    learned, phrases = Lexicon(grams), phrase_grams()
    spoken = Lexicon(phrases)
    place = {learned.marks[gram]: at for at, gram in enumerate(grams)}
    says = {
        spoken.marks[gram]: (topics, PHRASE * background.rarity(gram)) for gram, topics in phrases.items()
    }
    rows, spoken_for = [], []
    for paper in papers:
        words = cut(paper)
        counts = {place[mark]: times for mark, times in sorted(times_found(learned, words).items())}
        rows.append((list(counts), [GRAM * rarity[at] * times for at, times in counts.items()]))
        topics = [0.0] * len(shipped())
        for mark, times in sorted(times_found(spoken, words).items()):
            for topic in says[mark][0]:
                topics[topic] += says[mark][1] * times
        spoken_for.append(topics)
    return Reading(tuple(grams), tuple(rarity), rows, spoken_for)


def times_found(lexicon: Lexicon, words: Sequence[str]) -> dict[int, int]:
    """How often each mark counts, as the router has it."""
    in_title, found = lexicon.find(words)
    return {mark: 1 + IN_TITLE * (mark in in_title) for mark in found}


def learn(reading: Reading, papers: Sequence[Paper], shares: Mapping[str, float]) -> list[Machine]:
    """One machine a topic. `shares`: how frequent each topic is where the router will be used."""
    machines = []
    for place, topic in enumerate(shipped()):
        labels = [topic.key in paper["topics"] for paper in papers]
        weight = (shares[topic.key] / (sum(labels) / len(labels))) ** EVEN if any(labels) else 1.0
        own = [phrases[place] for phrases in reading.phrases]
        costs = [COST * weight if label else COST for label in labels]
        machines.append(train(reading.rows, own, labels, costs, len(reading.grams)))
    return machines


def best(reading: Reading, machines: Sequence[Machine], counts: Counter[Gram], how_many: int) -> list[Gram]:
    """The grams that move the most papers the farthest, in alphabetical order."""

    def moved(at: int) -> float:
        papers: float = counts[reading.grams[at]] ** SPREAD
        return max(abs(machine.weights[at]) for machine in machines) * reading.rarity[at] * papers

    ranked = sorted(range(len(reading.grams)), key=lambda at: (-moved(at), reading.grams[at]))
    return sorted(reading.grams[at] for at in ranked[:how_many])


def background_text(background: Background, source: str) -> str:
    """The content of background.txt."""
    by_rarity: dict[float, list[str]] = {}
    for gram, rarity in background.known.items():
        by_rarity.setdefault(rarity, []).append(" ".join(gram))
    lines = [f"{rarity:g}\t{','.join(sorted(grams))}" for rarity, grams in sorted(by_rarity.items())]
    return "\n".join(
        ["# How rare stems and phrases are: ln(papers / papers with it).", *_origin(source), *lines, ""]
    )


def prior_text(reading: Reading, machines: Sequence[Machine], line: tuple[float, float], source: str) -> str:
    """The content of prior.txt. `line` is the slope and offset from margins to logits."""
    slope, offset = line[0] * 100, line[1] * 100
    rows = []
    for at, gram in enumerate(reading.grams):
        unit = slope * GRAM * reading.rarity[at]
        marks = "".join(letter(unit * machine.weights[at]) for machine in machines)
        if marks.strip("."):
            rows.append(f"{' '.join(gram)}\t{marks}")
    head = [
        "topics\t" + " ".join(topic.key for topic in shipped()),
        "bias\t" + " ".join(str(round(slope * machine.bias + offset)) for machine in machines),
        "phrase\t" + " ".join(str(round(slope * machine.own * PHRASE)) for machine in machines),
    ]
    return "\n".join(["# What grams say about the shipped topics.", *_origin(source), *head, *rows, ""])


def _origin(source: str) -> list[str]:
    return ["# Made by tools/train_topics.py; do not edit by hand, see docs/topics.md.", f"# {source}"]


def make(labelled: Sequence[Paper], dev: Sequence[Paper], size: int, source: str) -> tuple[str, str]:
    """The texts of background.txt and prior.txt, learned from `labelled`, fitted to `dev`, with `size` grams."""
    counts = count_grams(labelled)
    background = learn_background(labelled, counts)
    total = len(labelled) + 1
    known = {gram: log(total / (count + 1)) for gram, count in sorted(counts.items()) if count >= SEEN_FROM}
    shares = {t.key: (1 + sum(t.key in paper["topics"] for paper in dev)) / (len(dev) + 1) for t in shipped()}
    reading = features(labelled, list(known), list(known.values()), background)
    grams = best(reading, learn(reading, labelled, shares), counts, size)
    reading = features(labelled, grams, [known[gram] for gram in grams], background)
    machines = learn(reading, labelled, shares)
    seen = features(dev, grams, reading.rarity, background)
    line = calibrate(
        (margin(machine, row, phrases[place]), topic.key in paper["topics"])
        for row, phrases, paper in zip(seen.rows, seen.phrases, dev, strict=True)
        for place, (topic, machine) in enumerate(zip(shipped(), machines, strict=True))
    )
    return background_text(background, source), prior_text(reading, machines, line, source)


def main() -> None:
    """Read the two files, learn, write the two files."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--train", type=Path, default=ROOT.parent / "shared/arxiv-samples/train.jsonl.gz")
    parser.add_argument("--dev", type=Path, default=ROOT.parent / "shared/arxiv-samples/dev.jsonl")
    parser.add_argument("--grams", type=int, default=1500, help="how many grams the model keeps")
    parser.add_argument("--to", type=Path, default=ROOT / "bot/topics", help="the folder to write to")
    options = parser.parse_args()
    labelled, dev = papers_in(options.train), papers_in(options.dev)
    digest = hashlib.sha256(options.train.read_bytes()).hexdigest()[:16]
    source = (
        f"Learned from {len(labelled)} labelled papers (titles, abstracts and topics; sha256 {digest}…),"
        f" fitted to {len(dev)} others; weights and counts only, no text."
    )
    background, prior = make(labelled, dev, options.grams, source)
    for name, content in (("background.txt", background), ("prior.txt", prior)):
        (options.to / name).write_text(content, encoding="utf-8")
        print(f"{options.to / name}: {len(content.encode()):,} bytes")


if __name__ == "__main__":
    main()
