"""What a measure may know of a map besides its weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32

from attention_viz.core.mean import behind
from attention_viz.core.place import Place
from attention_viz.core.sight import masks, seen_by_any
from attention_viz.core.token import Token
from attention_viz.core.trace import Trace

Map = Float32[np.ndarray, "query key"]
Visible = Bool[np.ndarray, "query key"]
Span = tuple[float, float]
_ALL = slice(None)
NO_SPAN: Span = float("nan"), float("nan")
"""Of a measure that makes no sense for a Reading."""


@dataclass(frozen=True, eq=False)
class Reading:
    """What a measure may know of a map besides its weights: the tokens, and which keys each query can see.

    heads: of the mean of several heads, what they see and how many of them see that; `visible` is then what any of them
        sees. Empty for one head.
    """

    queries: Sequence[Token]
    keys: Sequence[Token]
    visible: Visible
    heads: Sequence[tuple[Visible, int]] = ()

    @property
    def same_tokens(self) -> bool:
        """Are the keys the queries themselves? In cross attention they are not, and their positions mean nothing."""
        return self.keys is self.queries

    def uniform(self, rows: slice = _ALL) -> Map:
        """The map of a head that spreads its attention evenly over what each query can see.

        Of a mean of heads: the mean of the maps that they would have if each did so. rows: the queries that are wanted.
        """
        heads = self.heads or [(self.visible, 1)]
        count = sum(number for _, number in heads)
        total = np.zeros(self.visible[rows].shape, dtype=np.float32)
        for whole, number in heads:
            visible = whole[rows]
            seen = visible.sum(axis=-1, keepdims=True)
            total += np.where(visible, number / (count * np.maximum(seen, 1)), 0).astype(np.float32)
        return total


def share_span(visible: Visible, cells: Bool[np.ndarray, "*query key"]) -> Span:
    """The span of the share of attention that goes to `cells`, averaged over the queries.

    At most all of what the queries give that see one of the cells, at least all of what those give that see nothing
    else. cells: [query, key], or [key] where they are the same for all queries.
    """
    some, other = (visible & cells).any(axis=-1), (visible & ~cells).any(axis=-1)
    return float((some & ~other).mean()), float(some.mean())


def reading_of(trace: Trace, layer: int, head: int) -> Reading:
    """The Reading that goes with `trace.attention(layer, head)`."""
    return Reading(trace.tokens, trace.key_tokens, trace.visible(layer, head))


def reading_at(trace: Trace, place: Place) -> Reading:
    """The Reading that goes with the map of a head or of a mean, as `core.mean.attention_at` gives it."""
    heads = behind(trace, place)
    if place.is_head:
        return reading_of(trace, *heads[0])
    seen = [(visible, len(same)) for visible, same in masks(trace, heads)]
    return Reading(trace.tokens, trace.key_tokens, seen_by_any(trace, heads), seen)
