"""The fair rule against published examples, and against its definition done the slow way."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from fractions import Fraction
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.services.fair import Candidate, Loads, Round, by_approval, by_fairness, loads_after

DAY = datetime(2026, 6, 1, tzinfo=UTC)


def candidates(approvals: dict[int, set[int]]) -> list[Candidate]:
    return [Candidate(number, DAY, frozenset(voters)) for number, voters in approvals.items()]


def chosen(approvals: dict[int, set[int]], rounds: int) -> list[int]:
    """What the rule chooses when the same votes are cast again and again."""
    past: list[Round] = []
    sequence: list[int] = []
    voters = frozenset().union(*approvals.values())
    for _ in range(rounds):
        winner = by_fairness(candidates(approvals), loads_after(past))[0]
        past.append(Round(voters, winner.voters))
        sequence.append(winner.proposal_id)
    return sequence


def test_lackners_simple_profile() -> None:
    # Two voters for 3, one for 2: the sequence in the unit tests that accompany the AAAI-20 paper.
    assert chosen({3: {1, 2}, 2: {3}}, 6) == [3, 2, 3, 3, 2, 3]


def test_three_for_french_and_two_for_indian_food_eat_french_three_times_in_five() -> None:
    # The example that opens the AAAI-20 paper.
    assert Counter(chosen({1: {1, 2, 3}, 2: {4, 5}}, 10)) == {1: 6, 2: 4}


def test_parties_are_served_as_by_dhondt() -> None:
    # On votes for disjoint parties sequential Phragmén is D'Hondt's method (Brill, Freeman, Janson, Lackner 2023):
    # 100, 80, 30 and 20 votes make 4, 3, 1 and 0 of eight seats, in the usual example of that method.
    parties = {1: set(range(10)), 2: set(range(10, 18)), 3: set(range(18, 21)), 4: set(range(21, 23))}
    assert Counter(chosen(parties, 8)) == {1: 4, 2: 3, 3: 1}


def test_approval_lets_the_majority_win_every_time() -> None:
    assert [c.proposal_id for c in by_approval(candidates({1: {1, 2, 3}, 2: {4, 5}}))] == [1, 2]


def test_ties_go_to_the_older_then_to_the_lower_number() -> None:
    older = Candidate(9, datetime(2026, 5, 1, tzinfo=UTC), frozenset({1}))
    younger = [Candidate(number, DAY, frozenset({number})) for number in (3, 2)]
    for rule in (by_approval([*younger, older]), by_fairness([*younger, older], Loads())):
        assert [c.proposal_id for c in rule] == [9, 2, 3]


def test_a_newcomer_starts_at_the_mean() -> None:
    loads = loads_after([Round(frozenset({1, 2, 3}), frozenset({1, 2}))])
    assert loads.load(1) == Fraction(1, 2)
    assert loads.joined([4]).load(4) == Fraction(1, 3)


def slow_level(loads: dict[int, Fraction], supporters: frozenset[int]) -> Fraction:
    """By definition: over all ways to pick who shares, the least maximal load afterwards."""
    return min(
        max(*(loads[v] for v in group), (1 + sum(loads[v] for v in group)) / Fraction(len(group)))
        for size in range(1, len(supporters) + 1)
        for group in combinations(sorted(supporters), size)
    )


profiles = st.lists(
    st.dictionaries(st.integers(1, 5), st.frozensets(st.integers(1, 6), min_size=1), min_size=1, max_size=5),
    min_size=1,
    max_size=6,
)


@settings(max_examples=150, deadline=None)
@given(profiles)
def test_it_agrees_with_the_definition_done_slowly(rounds: list[dict[int, frozenset[int]]]) -> None:
    everybody = frozenset(range(1, 7))
    slow = dict.fromkeys(sorted(everybody), Fraction(0))
    past = [Round(everybody, frozenset())]
    for approvals in rounds:
        expected = min(approvals, key=lambda c: (slow_level(slow, approvals[c]), c))
        offered = [Candidate(number, DAY, voters) for number, voters in approvals.items()]
        winner = by_fairness(offered, loads_after(past))[0]
        assert winner.proposal_id == expected
        level = slow_level(slow, approvals[expected])
        slow |= {voter: max(slow[voter], level) for voter in approvals[expected]}
        past.append(Round(everybody, winner.voters))
        assert {voter: loads_after(past).load(voter) for voter in everybody} == slow
