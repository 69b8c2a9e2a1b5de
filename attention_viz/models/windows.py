"""Which keys a layer's queries can see, where a family hands out only its maps: as config.json says, if the maps agree.

A captured pass brings its masks along. Maps don't: what a window hides is 0 there, like what gets nothing. So the
window is read from the configuration, and counts unless a map has weight beyond it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Bool, Float32

from attention_viz.core.message import Listed, Message, say
from attention_viz.core.model_info import Kind
from attention_viz.core.trace import Layer, MapLayer

Maps = Float32[np.ndarray, "head query key"]
Visible = Bool[np.ndarray, "#head query key"]
_TELLING = 3
"""So many cells in a corner of all maps of a layer that are exactly 0 are no accident of rounding."""


def windows(config: Any, kind: Kind, layers: int) -> list[int | None]:
    """How many keys back each layer of a decoder sees, the query's own included; None for all of them.

    config: the model's configuration, as transformers has read it. Windows of encoders and of cross attention have no
    name that all families use: None.
    """
    if kind != "decoder":
        return [None] * layers
    config = config.get_text_config(decoder=True)
    neo, types = getattr(config, "attention_layers", None), getattr(config, "layer_types", None)
    if isinstance(neo, list):  # GPT-Neo
        size, local = getattr(config, "window_size", None), [name == "local" for name in neo]
    else:
        size = getattr(config, "sliding_window", None)
        if isinstance(types, list):
            local = [name == "sliding_attention" for name in types]
        else:
            local = [getattr(config, "use_sliding_window", None) is not False] * layers
    if type(size) is not int or size < 1 or len(local) != layers:
        return [None] * layers
    return [size if here else None for here in local]


def seen_through(window: int | None, count: int) -> Visible:
    """What a decoder's queries see: themselves and what came before, of that the nearest `window` keys."""
    visible = np.tri(count, dtype=np.bool_)
    if window is not None:
        visible &= ~np.tri(count, k=-window, dtype=np.bool_)
    return visible[None]


def agrees(weights: Maps, visible: Visible) -> bool:
    """Has no head weight on what is said to be hidden?"""
    return not _some(weights)[~visible[0]].any()


def doubts(config: Any, kind: Kind, layers: Sequence[Layer | MapLayer]) -> tuple[Message, ...]:
    """Sentences on layers whose windows are not known, so that their baselines and ranges may not hold."""
    refuted: dict[int, list[int]] = {}
    unknown: dict[int, list[int]] = {}
    for number, (layer, window) in enumerate(zip(layers, windows(config, kind, len(layers)), strict=True)):
        if isinstance(layer, Layer):  # It brought its masks.
            continue
        reach, corner = _reach(layer)
        if window is not None and reach >= window:
            refuted.setdefault(window, []).append(number)
        elif kind != "cross" and corner >= _TELLING:
            unknown.setdefault(reach, []).append(number)
    return (
        *(
            say(
                "config.json announces a window of {window:,} tokens for {layers}, but their maps have weight beyond "
                "it: nothing is marked as hidden by it.",
                window=window,
                layers=_names(numbers),
            )
            for window, numbers in refuted.items()
        ),
        *(
            say(
                "No head of {layers} gives any weight to what is more than {reach:,} tokens away. If that is a window, "
                "config.json doesn't announce it: baselines and ranges count what lies beyond as visible.",
                layers=_names(numbers),
                reach=reach,
            )
            for reach, numbers in unknown.items()
        ),
    )


def _reach(layer: MapLayer) -> tuple[int, int]:
    """How far away the farthest key is that any head looks at, and how many visible cells lie farther."""
    some = _some(layer.weights)
    queries, keys = some.shape
    own = np.arange(queries)
    farthest = np.maximum(np.abs(own - some.argmax(axis=1)), np.abs(own - (keys - 1 - some[:, ::-1].argmax(axis=1))))
    reach = int(farthest.max(initial=0, where=some.any(axis=1)))
    far = np.tri(queries, keys, k=-reach - 1, dtype=np.bool_) | ~np.tri(queries, keys, k=reach, dtype=np.bool_)
    return reach, int(far.sum() if layer.visible is None else (far & layer.visible[0]).sum())


def _some(weights: Maps) -> Bool[np.ndarray, "query key"]:
    """Does any head give it weight?"""
    return np.logical_or.reduce(weights > 0, axis=0)


def _names(layers: Sequence[int]) -> Listed:
    return Listed(tuple(f"L{layer}" for layer in layers))
