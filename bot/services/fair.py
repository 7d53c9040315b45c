"""Which paper is next: plain approval, and a fair rule with a memory. Pure.

The fair rule is Perpetual Phragmén (M. Lackner, "Perpetual Voting: Fairness in Long-Term Decision Making", AAAI 2020;
the online sequential Phragmén of N. Chandak, S. Goel, D. Peters, arXiv:2306.14858, with loads that never fall). Each
choice is a load of 1 to be shared by those who voted for it. It falls on those of them who carry least, up to one
common level; the paper with the lowest such level wins, and its voters with less than that are raised to it. So a
tenth of the voters who always agree get about a tenth of the papers.

The papers know a fixed set of voters; a group does not. Whoever votes for the first time starts at the mean load of
those who voted before: joining late is neither a credit nor a debt.

All numbers are exact: loads are whole multiples of 1/`unit`.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from itertools import accumulate


@dataclass(frozen=True)
class Candidate:
    """An open proposal with those whose votes for it count."""

    proposal_id: int
    proposed_at: datetime
    voters: frozenset[int]


@dataclass(frozen=True)
class Round:
    """One choice of the past: everybody who voted then, and those of them who had voted for the winner."""

    voters: frozenset[int]
    served: frozenset[int]


@dataclass(frozen=True)
class Loads:
    """What each voter carries, in units of 1/`unit`."""

    unit: int = 1
    of: Mapping[int, int] = field(default_factory=dict)

    def load(self, voter: int) -> Fraction:
        return Fraction(self.of[voter], self.unit)

    def joined(self, voters: Iterable[int]) -> Loads:
        """With these voters, too: new ones start at the mean load of the others."""
        new = [voter for voter in voters if voter not in self.of]
        if not new:
            return self
        known = len(self.of) or 1
        scaled = {voter: load * known for voter, load in self.of.items()}
        mean = sum(self.of.values())
        return _reduced(self.unit * known, scaled | dict.fromkeys(new, mean))

    def level(self, supporters: Collection[int]) -> Fraction:
        """Up to which level the load of 1 would raise those supporters who carry least, in units."""
        carried = accumulate(sorted(self.of[voter] for voter in supporters))
        best, of = self.unit + 1, 0  # more than any level: "best / of" with nobody to share
        for number, sum_of_lowest in enumerate(carried, 1):
            raised = self.unit + sum_of_lowest
            if not of or raised * of < best * number:
                best, of = raised, number
        return Fraction(best, of)

    def after(self, supporters: Collection[int]) -> Loads:
        """What everybody carries once a paper of these supporters was chosen."""
        if not supporters:
            return self
        level = self.level(supporters)
        scaled = {voter: load * level.denominator for voter, load in self.of.items()}
        for voter in supporters:
            scaled[voter] = max(scaled[voter], level.numerator)
        return _reduced(self.unit * level.denominator, scaled)


def _reduced(unit: int, of: dict[int, int]) -> Loads:
    shared = math.gcd(unit, *of.values())
    return Loads(unit // shared, {voter: load // shared for voter, load in of.items()})


def loads_after(rounds: Iterable[Round]) -> Loads:
    """What the choices of the past, oldest first, left everybody with."""
    loads = Loads()
    for past in rounds:
        loads = loads.joined(sorted(past.voters | past.served)).after(past.served)
    return loads


def by_approval(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Those with votes, most votes first; of equals the older, then the one with the lower number, first."""
    with_votes = [candidate for candidate in candidates if candidate.voters]
    return sorted(with_votes, key=lambda c: (-len(c.voters), c.proposed_at, c.proposal_id))


def by_fairness(candidates: Iterable[Candidate], loads: Loads) -> list[Candidate]:
    """Those with votes, the one that the fair rule chooses first; ties as for approval."""
    with_votes = [candidate for candidate in candidates if candidate.voters]
    loads = loads.joined(sorted({voter for candidate in with_votes for voter in candidate.voters}))
    return sorted(with_votes, key=lambda c: (loads.level(c.voters), c.proposed_at, c.proposal_id))
