"""One number per head, with all that a view needs to label it and to put two of them on one scale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float


@dataclass(frozen=True, eq=False)
class Scores:
    """What a measure says about every head of a trace.

    values: one number per layer and head.
    uniform: the same measure for a head that spreads its attention evenly over what it may see: the baseline.
    low, high: the range that is possible for each head on this text, given what it can see; not the range that happened
        to occur. NaN where the question makes no sense.
    source: the paper that defined the measure.
    """

    name: str
    unit: str
    values: Float[np.ndarray, "layer head"]
    uniform: Float[np.ndarray, "layer head"]
    low: Float[np.ndarray, "layer head"]
    high: Float[np.ndarray, "layer head"]
    source: str

    def __post_init__(self) -> None:
        for array in (self.values, self.uniform, self.low, self.high):
            array.setflags(write=False)
