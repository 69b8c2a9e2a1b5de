"""Large maps in few pixels."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float32


def pool(weights: Float32[np.ndarray, "query key"], most: int) -> Float32[np.ndarray, "row column"]:
    """A picture of at most `most` × `most` cells: each shows the largest weight of the block that it stands for.

    The largest and not the mean, so that a thin diagonal stays visible. A map that fits is returned as it is.
    """
    for axis in (0, 1):
        count = weights.shape[axis]
        if count > most:
            starts = np.arange(most) * count // most
            weights = np.maximum.reduceat(weights, starts, axis=axis)
    return weights
