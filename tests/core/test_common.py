"""The longest common subsequence: as many pairs as there can be, the same from both sides, and which of several."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attention_viz.core.common import longest_common

FEW_WORDS = st.lists(st.sampled_from("abc"), max_size=7)
Chain = tuple[tuple[int, int], ...]


def longest_chains(one: Sequence[str], other: Sequence[str]) -> list[Chain]:
    """All longest common subsequences, found by trying every choice."""
    for count in range(min(len(one), len(other)), 0, -1):
        found = [
            tuple(zip(here, there, strict=True))
            for here in combinations(range(len(one)), count)
            for there in combinations(range(len(other)), count)
            if [one[at] for at in here] == [other[at] for at in there]
        ]
        if found:
            return found
    return [()]


def merit(chain: Chain, one: int, other: int) -> tuple[int, int]:
    """How many pairs follow on each other, and how near all are to the same place."""
    together = sum(b == (a[0] + 1, a[1] + 1) for a, b in pairwise(chain))
    return together, -sum(abs((2 * at + 1) * other - (2 * to + 1) * one) for at, to in chain)


@given(FEW_WORDS, FEW_WORDS)
@settings(deadline=None)
def test_it_is_the_best_of_the_longest_and_the_same_from_both_sides(one, other):
    pairs, several = longest_common(one, other)
    chains = longest_chains(one, other)
    assert several == (len(chains) > 1)
    assert tuple(pairs) in chains
    best = max(merit(chain, len(one), len(other)) for chain in chains)
    assert merit(tuple(pairs), len(one), len(other)) == best
    back, again = longest_common(other, one)
    assert ([(b, a) for a, b in back], again) == (pairs, several)


@given(st.lists(st.sampled_from("ab"), max_size=60), st.lists(st.sampled_from("ab"), max_size=60))
@settings(deadline=None)
def test_longer_ones_are_the_same_from_both_sides(one, other):
    pairs, several = longest_common(one, other)
    back, again = longest_common(other, one)
    assert ([(b, a) for a, b in back], again) == (pairs, several)


@pytest.mark.parametrize(
    ("one", "other", "pairs"),
    [
        ("dogs chase cats", "cats chase dogs", [(1, 1)]),
        ("the cat saw the dog", "the dog", [(3, 0), (4, 1)]),
        ("it was the cat", "it was it was the cat", [(0, 2), (1, 3), (2, 4), (3, 5)]),
        ("very", "very very very", [(0, 1)]),
    ],
)
def test_of_several_the_one_that_a_person_would_take(one, other, pairs):
    assert longest_common(one.split(), other.split()) == (pairs, True)
    assert longest_common(other.split(), one.split()) == ([(b, a) for a, b in pairs], True)


def test_long_and_hostile_sequences_end():
    chance = random.Random(0)
    one, other = ([chance.choice("ab") for _ in range(count)] for count in (200, 60_000))
    pairs, _ = longest_common(one, other)
    assert len(pairs) == len(one)
    # Longer than any table: what they begin and end with, and nothing between.
    ends = ["x"] * 3
    one, other = ([*ends, letter, *(chance.choice("ab") for _ in range(9000)), letter, *ends] for letter in "cd")
    pairs, several = longest_common(one, other)
    assert (len(pairs), several) == (6, False)
    assert longest_common(one, [*one[:5000], "y", *one[5000:]])[0][-1] == (len(one) - 1, len(one))
