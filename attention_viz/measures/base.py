"""What a measure is: a number that says something about one attention map."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32

from attention_viz.core.scores import Scores
from attention_viz.core.token import Token
from attention_viz.core.trace import Trace

Map = Float32[np.ndarray, "query key"]


@dataclass(frozen=True, eq=False)
class Reading:
    """What a measure may know of a map besides its weights: the tokens, and which keys each query can see."""

    queries: Sequence[Token]
    keys: Sequence[Token]
    visible: Bool[np.ndarray, "query key"]

    @property
    def same_tokens(self) -> bool:
        """Are the keys the queries themselves? In cross attention they are not, and their positions mean nothing."""
        return self.keys is self.queries

    def uniform(self) -> Map:
        """The map of a head that spreads its attention evenly over what each query can see."""
        seen = self.visible.sum(axis=-1, keepdims=True)
        return np.where(self.visible, 1 / np.maximum(seen, 1), 0).astype(np.float32)


@dataclass(frozen=True)
class Measure:
    """One question about a head.

    key: its name in code and files.
    label: its name on screen.
    meaning: one line: what a high or a low value says.
    unit: of the value; empty for a share between 0 and 1.
    source: the paper that defined it.
    of: weights and Reading → value. NaN where the text is too short for the question.
    span: the lowest and the highest value that are possible for a Reading.
    """

    key: str
    label: str
    meaning: str
    unit: str
    source: str
    of: Callable[[Map, Reading], float]
    span: Callable[[Reading], tuple[float, float]]

    def scores(self, trace: Trace) -> Scores:
        """The measure of every head of `trace`. Maps are computed one at a time, so memory stays that of one map."""
        readings = [[reading_of(trace, layer, head) for head in _heads(trace, layer)] for layer in _layers(trace)]
        values = [
            [self.of(trace.attention(la, he), readings[la][he]) for he in _heads(trace, la)] for la in _layers(trace)
        ]
        uniform = [[self.of(reading.uniform(), reading) for reading in row] for row in readings]
        low, high = self.span(readings[0][0])
        return Scores(self.label, self.unit, _array(values), _array(uniform), low, high, self.source)


def share_span(_: Reading) -> tuple[float, float]:
    """The span of a measure that is a share of the attention."""
    return 0.0, 1.0


def reading_of(trace: Trace, layer: int, head: int) -> Reading:
    """The Reading that goes with `trace.attention(layer, head)`."""
    return Reading(trace.tokens, trace.key_tokens, trace.visible(layer, head))


def _layers(trace: Trace) -> range:
    return range(len(trace.layers))


def _heads(trace: Trace, layer: int) -> range:
    return range(trace.layers[layer].heads)


def _array(rows: list[list[float]]) -> Float[np.ndarray, "layer head"]:
    return np.array(rows, dtype=np.float64)
