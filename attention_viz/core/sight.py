"""What the heads of a trace can see: few masks for many heads."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from jaxtyping import Bool

from attention_viz.core.trace import Trace

Visible = Bool[np.ndarray, "query key"]
LayerHead = tuple[int, int]
"""A layer and a head."""


def masks(trace: Trace, places: Iterable[LayerHead]) -> list[tuple[Visible, list[LayerHead]]]:
    """What the heads in `places` see, each mask once with all of the heads that have it, as in `Trace.visible`."""
    arrays: dict[tuple[int, int], list[LayerHead]] = {}
    for layer, head in places:
        # Layers share a mask as one array, and so do heads where its head axis is 1.
        array = trace.layers[layer].visible
        arrays.setdefault((id(array), head if array is not None and len(array) > 1 else 0), []).append((layer, head))
    if len(arrays) == 1:
        return [(trace.visible(*same[0]), same) for same in arrays.values()]
    found: dict[bytes, tuple[Visible, list[LayerHead]]] = {}
    for same in arrays.values():
        visible = trace.visible(*same[0])
        content = b"" if visible.all() else np.packbits(visible).tobytes()
        found.setdefault(content, (visible, []))[1].extend(same)
    return list(found.values())


def seen_by_any(trace: Trace, places: Iterable[LayerHead]) -> Visible:
    """True where at least one of the heads in `places` can look: what their mean can give weight to."""
    first, *others = [mask for mask, _ in masks(trace, places)]
    if not others:
        return first
    return np.logical_or.reduce([first, *others])
