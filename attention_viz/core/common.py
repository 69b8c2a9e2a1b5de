"""The longest common subsequence of two sequences: the same pairs from whichever side one begins."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from jaxtyping import Bool, Int

_MOST_CELLS = 4096**2
"""Of the tables that two sequences are aligned by, 100 MB; longer ones are aligned at their beginning and end."""

Pairs = list[tuple[int, int]]


def longest_common(a: Sequence[Hashable], b: Sequence[Hashable]) -> tuple[Pairs, bool]:
    """As many pairs of equal items as there can be, in the order of both; and whether there is another such choice.

    Among several, the one with the most pairs that follow on each other on both sides; then the one whose partners
    stand nearest to the same place, relative to the lengths. Where that still leaves a choice, it is made in an order
    of the two sequences that doesn't depend on which is `a`: swapping them swaps the pairs and nothing else.

    Time is bounded for any two sequences, where difflib's grows with the cube: a second or two for the longest.
    """
    if len(a) * len(b) > _MOST_CELLS:
        return _at_the_ends(a, b)
    if _rank(a) > _rank(b):
        pairs, several = longest_common(b, a)
        return [(one, other) for other, one in pairs], several
    codes: dict[Hashable, int] = {}
    short, long = (np.array([codes.setdefault(item, len(codes)) for item in items], dtype=np.int32) for items in (a, b))
    possible, count = _possible(short, long)
    if int(possible.sum()) == count:
        return [(int(one), int(other)) for one, other in np.argwhere(possible)], False
    return _nearest(possible), True


def _rank(items: Sequence[Hashable]) -> tuple[int, list[str]]:
    """The shorter one first: each of its items takes a step of a loop."""
    return len(items), [str(item) for item in items]


def _at_the_ends(a: Sequence[Hashable], b: Sequence[Hashable]) -> tuple[Pairs, bool]:
    """What they begin and end with, and what lies between where that is not too long."""
    shortest = min(len(a), len(b))
    ahead = next((at for at in range(shortest) if a[at] != b[at]), shortest)
    rest = shortest - ahead
    behind = next((at for at in range(rest) if a[-1 - at] != b[-1 - at]), rest)
    middle_a, middle_b = (items[ahead : len(items) - behind] for items in (a, b))
    small = len(middle_a) * len(middle_b) <= _MOST_CELLS
    middle, several = longest_common(middle_a, middle_b) if small else ([], False)
    pairs = [
        *((at, at) for at in range(ahead)),
        *((ahead + one, ahead + other) for one, other in middle),
        *((len(a) - at, len(b) - at) for at in range(behind, 0, -1)),
    ]
    return pairs, several


def _possible(a: Int[np.ndarray, " a"], b: Int[np.ndarray, " b"]) -> tuple[Bool[np.ndarray, "a b"], int]:
    """The pairs that some longest common subsequence has, and how many pairs each of them has."""
    # lengths[i, j]: of the longest common subsequence of the first i and the first j; behind: of what follows.
    lengths = np.zeros((len(a) + 1, len(b) + 1), dtype=np.uint16)
    for number, code in enumerate(a):
        longer = np.maximum(lengths[number, 1:], lengths[number, :-1] + (b == code))
        np.maximum.accumulate(longer, out=lengths[number + 1, 1:])
    count = lengths[-1, -1]
    possible = np.empty((len(a), len(b)), dtype=bool)
    behind = np.zeros(len(b) + 1, dtype=np.uint16)
    for number in range(len(a) - 1, -1, -1):
        same = b == a[number]
        possible[number] = same & (lengths[number, :-1] + behind[1:] + 1 == count)
        longer = np.maximum(behind[:-1], behind[1:] + same)
        behind[:-1] = np.maximum.accumulate(longer[::-1])[::-1]
    return possible, int(count)


def _nearest(possible: Bool[np.ndarray, "a b"]) -> Pairs:
    """The best of the longest chains of possible pairs: see `longest_common`.

    One number scores a chain. A pair is worth more than all that neighbours can add, and two neighbours are worth more
    than all that distance can take away. For the longest sequences that is below 2⁶².
    """
    rows, columns = possible.shape
    neighbours = 2 * rows * rows * columns + 1
    pair = neighbours * (rows + 1)
    middles = (2 * np.arange(columns, dtype=np.int64) + 1) * rows
    # best[j]: of chains within the rows so far and the first j columns; ended[j]: of those whose last pair is the row
    # before with column j − 1.
    best, none = np.zeros(columns + 1, dtype=np.int64), np.int64(-neighbours)
    ended = np.full(columns + 1, none)
    taken, goes_on, skipped = (np.zeros((rows, columns), dtype=bool) for _ in range(3))
    for row in range(rows):
        joined = ended[:-1] + neighbours
        goes_on[row] = joined > best[:-1]
        far = np.abs((2 * row + 1) * columns - middles)
        ended[1:] = np.where(possible[row], np.maximum(best[:-1], joined) + pair - far, none)
        longer = np.maximum.accumulate(np.maximum(best[1:], ended[1:]))
        taken[row], skipped[row] = longer == ended[1:], longer == best[1:]
        best[1:] = longer
    return _walked(taken, goes_on, skipped)


def _walked(
    taken: Bool[np.ndarray, "a b"], goes_on: Bool[np.ndarray, "a b"], skipped: Bool[np.ndarray, "a b"]
) -> Pairs:
    """The pairs of the best chain, found from its end."""
    pairs: Pairs = []
    row, column = taken.shape[0] - 1, taken.shape[1] - 1
    bound = False
    while row >= 0 and column >= 0:
        if bound or taken[row, column]:
            pairs.append((row, column))
            bound = bool(goes_on[row, column])
            row, column = row - 1, column - 1
        elif skipped[row, column]:
            row -= 1
        else:
            column -= 1
    return pairs[::-1]
