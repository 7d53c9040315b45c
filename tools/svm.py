"""A linear support vector machine in plain Python, and a line from its margins to probabilities.

Squared hinge loss, solved in the dual one example at a time (Hsieh et al., ICML 2008). Deterministic.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp
from operator import mul

Features = tuple[list[int], list[float]]
"""The places of a paper's features, and their values."""

EPOCHS = 14
_QUIET = 0.5
_REST = 4


@dataclass
class Machine:
    """What was learned: a weight a feature, one for the topic's own phrases, and a bias."""

    weights: list[float]
    own: float = 0.0
    bias: float = 0.0


def margin(machine: Machine, row: Features, own: float) -> float:
    """How far on the topic's side a paper lies; 0 is the border."""
    learned: float = sum(map(mul, map(machine.weights.__getitem__, row[0]), row[1]))
    return learned + machine.own * own + machine.bias


def train(
    rows: Sequence[Features], own: Sequence[float], labels: Sequence[bool], costs: Sequence[float], width: int
) -> Machine:
    """Learn to tell the rows labelled true. `costs`: what an error on each row costs; `width`: how many features."""
    machine, chance = Machine([0.0] * width), random.Random(0)
    pull = [0.0] * len(rows)
    size = [sum(map(mul, row[1], row[1])) + mine * mine + 1 for row, mine in zip(rows, own, strict=True)]
    resting = [False] * len(rows)
    order = list(range(len(rows)))
    for epoch in range(EPOCHS):
        chance.shuffle(order)
        for at in order:
            if resting[at] and epoch % _REST:
                continue
            side, slack = (1 if labels[at] else -1), 0.5 / costs[at]
            slope = side * margin(machine, rows[at], own[at]) - 1 + slack * pull[at]
            resting[at] = pull[at] == 0 and slope > _QUIET
            if pull[at] == 0 and slope >= 0:
                continue
            new = max(0.0, pull[at] - slope / (size[at] + slack))
            _move(machine, rows[at], own[at], side * (new - pull[at]))
            pull[at] = new
    return machine


def _move(machine: Machine, row: Features, own: float, by: float) -> None:
    weights = machine.weights
    for at, value in zip(*row, strict=True):
        weights[at] += by * value
    machine.own += by * own
    machine.bias += by


def calibrate(margins: Iterable[tuple[float, bool]]) -> tuple[float, float]:
    """The slope and offset of the logistic curve that fits margins and labels best (Newton's method)."""
    points = list(margins)
    slope, offset = 1.0, 0.0
    for _ in range(30):
        g0 = g1 = 0.0
        h00 = h01 = h11 = 1e-9
        for x, label in points:
            p = 1 / (1 + exp(-max(-30.0, min(30.0, slope * x + offset))))
            g0, g1, r = g0 + (p - label), g1 + (p - label) * x, p * (1 - p)
            h00, h01, h11 = h00 + r, h01 + r * x, h11 + r * x * x
        det = h00 * h11 - h01 * h01
        offset -= (h11 * g0 - h01 * g1) / det
        slope -= (h00 * g1 - h01 * g0) / det
    return slope, offset
