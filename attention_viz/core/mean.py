"""The mean of several heads: a step on top of a trace, never what is stored."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from jaxtyping import Float32

from attention_viz.core.errors import check_index
from attention_viz.core.place import Place
from attention_viz.core.trace import Trace


def mean_attention(
    trace: Trace, layer: int | None = None, heads: Iterable[int] | None = None
) -> Float32[np.ndarray, "query key"]:
    """The mean map of some heads, whose rows sum to 1 as well; read-only.

    layer: one layer, or None for all of them. heads: some heads of each, or None for all. Raises RangeError for what is
    not there, and ValueError for no head at all.
    """
    layers = range(len(trace.layers)) if layer is None else (layer,)
    chosen = None if heads is None else tuple(heads)
    total = np.zeros((len(trace.tokens), len(trace.key_tokens)), dtype=np.float64)
    count = 0
    for index in layers:
        all_heads = range(trace.layers[check_index("layer", index, len(trace.layers))].heads)
        for head in all_heads if chosen is None else chosen:
            total += trace.attention(index, head)
            count += 1
    if not count:
        raise ValueError("The mean of no head is not defined: name at least one.")
    mean = (total / count).astype(np.float32)
    mean.setflags(write=False)
    return mean


def attention_at(trace: Trace, place: Place) -> Float32[np.ndarray, "query key"]:
    """The map of a head, or the mean map of the heads that a place stands for. Raises RangeError for what is not
    there."""
    if place.layer is not None and place.head is not None:
        return trace.attention(place.layer, place.head)
    return mean_attention(trace, place.layer, place.among or None)
