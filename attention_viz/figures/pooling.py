"""Large maps in few pixels."""

from __future__ import annotations

import numpy as np
from jaxtyping import Shaped

MOST_CELLS = 512
"""The most cells along a side of a heatmap. A map of more is pooled."""


def pool(weights: Shaped[np.ndarray, "query key"], most: int) -> Shaped[np.ndarray, "row column"]:
    """A picture of at most `most` × `most` cells: each shows the largest weight of the block that it stands for.

    The largest and not the mean, so that a thin diagonal stays visible; of True and False, whether there is a True. A
    map that fits is returned as it is.
    """
    for axis in (0, 1):
        count = weights.shape[axis]
        if count > most:
            weights = np.maximum.reduceat(weights, block_starts(count, most), axis=axis)
    return weights


def block_starts(count: int, most: int) -> list[int]:
    """Where the blocks begin that `pool` makes of `count` rows or columns; every one of them where they fit."""
    return list(range(count)) if count <= most else [at * count // most for at in range(most)]
