"""The mean of several heads: a step on top of a trace, never what is stored."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from jaxtyping import Float32

from attention_viz.core.errors import check_index
from attention_viz.core.place import Place
from attention_viz.core.sight import LayerHead
from attention_viz.core.trace import Trace


def heads_in_mean(trace: Trace, layer: int | None = None, heads: Iterable[int] | None = None) -> list[LayerHead]:
    """The layer and head of each map that a mean is taken over: of one layer or all, of some heads of each or all.

    Raises RangeError for what is not there, and ValueError for no head at all.
    """
    layers = range(len(trace.layers)) if layer is None else (check_index("layer", layer, len(trace.layers)),)
    chosen = None if heads is None else tuple(heads)
    places = [
        (index, check_index("head", head, trace.layers[index].heads))
        for index in layers
        for head in (range(trace.layers[index].heads) if chosen is None else chosen)
    ]
    if not places:
        raise ValueError("The mean of no head is not defined: name at least one.")
    return places


def mean_attention(
    trace: Trace, layer: int | None = None, heads: Iterable[int] | None = None
) -> Float32[np.ndarray, "query key"]:
    """The mean map of some heads, whose rows sum to 1 as well; read-only.

    layer: one layer, or None for all of them. heads: some heads of each, or None for all. Raises as `heads_in_mean`.
    """
    places = heads_in_mean(trace, layer, heads)
    total = np.zeros((len(trace.tokens), len(trace.key_tokens)), dtype=np.float64)
    for place in places:
        total += trace.attention(*place)
    mean = (total / len(places)).astype(np.float32)
    mean.setflags(write=False)
    return mean


def attention_at(trace: Trace, place: Place) -> Float32[np.ndarray, "query key"]:
    """The map of a head, or the mean map of the heads that a place stands for. Raises RangeError for what is not
    there."""
    if place.layer is not None and place.head is not None:
        return trace.attention(place.layer, place.head)
    return mean_attention(trace, place.layer, place.among or None)


def behind(trace: Trace, place: Place) -> list[LayerHead]:
    """The one head of a place, or those that its mean is taken over. Raises RangeError for what is not there."""
    return heads_in_mean(trace, place.layer, place.among or None if place.head is None else (place.head,))
