"""One number per head, with all that a view needs to label it, to put two of them on one scale, and to say of what."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

PerHead = Float[np.ndarray, "layer head"]


@dataclass(frozen=True, eq=False)
class HeadScores:
    """What a measure says about every head of a trace. Arrays are read-only.

    measure: its key in code and files. name: on screen. unit: of the values; empty for a share between 0 and 1.
    values: one number per layer and head; NaN where the question makes no sense, or was not asked yet.
    uniform: the same measure for a head that spreads its attention evenly over what it may see: the baseline.
    low, high: the range that is possible for each head on this text, given what it can see; not the range that happened
        to occur. NaN where the question makes no sense.
    source: the paper that defined the measure.
    digest, texts: of the trace that it was measured on.
    means: the measure of the mean map of each layer, and last of the mean of all; NaN where it was not asked.
    """

    measure: str
    name: str
    unit: str
    values: PerHead
    uniform: PerHead
    low: PerHead
    high: PerHead
    source: str
    digest: str
    texts: tuple[str, ...]
    means: Float[np.ndarray, " layers_and_all"]

    def __post_init__(self) -> None:
        for array in self._arrays:
            array.setflags(write=False)

    @property
    def nbytes(self) -> int:
        """Memory of the arrays, in bytes."""
        return sum(array.nbytes for array in self._arrays)

    @property
    def by_place(self) -> Float[np.ndarray, " place"]:
        """The values in the order of `core.place.places_of`: every head, then the means."""
        return np.concatenate([self.values.ravel(), self.means])

    @property
    def _arrays(self) -> tuple[np.ndarray, ...]:
        return self.values, self.uniform, self.low, self.high, self.means
