"""What numbers must be to count as attention maps."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float32

from attention_viz.core.errors import MapError
from attention_viz.core.message import Message, say
from attention_viz.core.token import Token
from attention_viz.core.trace import ROW_TOLERANCE, wrong_rows

Maps = Float32[np.ndarray, "layer head query key"]
Visible = Bool[np.ndarray, "#layer #head query key"]

MAX_HEADS = 16_384
"""In all layers together."""

_BFLOAT16_TOLERANCE = 2.0**-8
"""How far the sum of a row may be from 1 when each of its weights was rounded to bfloat16, which has 8 digits."""


def map_axes(shape: Sequence[int]) -> tuple[int, int, int, int]:
    """The numbers of layers, heads, queries and keys of maps of this shape; a batch of one is left out.

    Raises MapError for any other shape, for a side of length 0 and for more than MAX_HEADS heads.
    """
    axes = tuple(shape)
    if len(axes) == 3:
        axes = (1, *axes)
    elif len(axes) == 5 and axes[1] == 1:
        axes = (axes[0], *axes[2:])
    if len(axes) != 4 or min(axes) < 1:
        raise MapError(
            say(
                "The attention has the shape {shape}. Give it as [layer, head, query, key], or [head, query, "
                "key] of one layer.",
                shape=shape_text(shape),
            )
        )
    layers, heads, queries, keys = axes
    if layers * heads > MAX_HEADS:
        raise MapError(
            say(
                "The attention has {layers:,} layers of {heads:,} heads (its shape is {shape}), and at most "
                "{most:,} heads can be shown. The order of the axes is [layer, head, query, key].",
                layers=layers,
                heads=heads,
                shape=shape_text(shape),
                most=MAX_HEADS,
            )
        )
    return layers, heads, queries, keys


def fitting(visible: Visible | None, shape: Sequence[int]) -> Visible | None:
    """`visible` itself when it goes with maps of this shape, None when it hides nothing."""
    if visible is None:
        return None
    few = zip(visible.shape[:2], shape[:2], strict=True)
    if visible.shape[2:] != tuple(shape[2:]) or any(have not in (1, want) for have, want in few):
        raise MapError(
            say(
                "`visible` has the shape {visible} and the attention {attention}. They must be the same; the "
                "first two numbers may also be 1.",
                visible=shape_text(visible.shape),
                attention=shape_text(shape),
            )
        )
    return None if visible.all() else visible


def check_maps(maps: Maps, visible: Visible | None, tokens: Sequence[Token]) -> tuple[bool, bool]:
    """Are all weights above the diagonal exactly 0, and was a row rounded and put right? One map at a time."""
    causal = maps.shape[2] == maps.shape[3] > 1
    rounded = False
    for layer, head in np.ndindex(*maps.shape[:2]):
        weights = maps[layer, head]
        seen = None
        if visible is not None:
            seen = visible[layer if visible.shape[0] > 1 else 0, head if visible.shape[1] > 1 else 0]
        rounded |= _check_map(weights, seen, f"L{layer} H{head}", tokens)
        causal = causal and not np.triu(weights, 1).any()
    return causal, rounded


def _check_map(
    weights: Float32[np.ndarray, "query key"],
    visible: Bool[np.ndarray, "query key"] | None,
    place: str,
    tokens: Sequence[Token],
) -> bool:
    """Raises MapError for a map that is no attention. True when rows were rounded and are now divided by their sum."""
    if not np.isfinite(weights).all():
        query, key = _first(~np.isfinite(weights))
        raise MapError(
            say(
                "{place}: the weight of query {query} for key {key} is {weight}. A softmax gives that where "
                "a query sees no key: set such rows to 0, and `visible` to false there.",
                place=place,
                query=query,
                key=key,
                weight=float(weights[query, key]),
            )
        )
    if (weights < 0).any():
        query, key = _first(weights < 0)
        raise MapError(
            say(
                "{place}: the weight of query {query} for key {key} is {weight:.4g}, and attention is never "
                "negative. These look like scores before the softmax: take the softmax over the keys first.",
                place=place,
                query=query,
                key=key,
                weight=float(weights[query, key]),
            )
        )
    if visible is not None and weights[~visible].max(initial=0) > ROW_TOLERANCE:
        query, key = _first(~visible & (weights > ROW_TOLERANCE))
        raise MapError(
            say(
                "{place}: query {query} gives {weight:.4g} to key {key}, which `visible` says it can't see. "
                "`visible` is true where a query may look.",
                place=place,
                query=query,
                weight=float(weights[query, key]),
                key=key,
            )
        )
    wrong = wrong_rows(weights, visible)
    if not wrong.any():
        return False
    sums = weights.sum(axis=-1)
    if _is_bfloat16(weights) and (np.abs(sums[wrong] - 1) <= _BFLOAT16_TOLERANCE).all():
        weights[wrong] /= sums[wrong, None]
        return True
    row = int(np.argmax(wrong))
    raise MapError(
        say(
            "{place}: what query {query} (“{token}”) gives to all keys adds up to {sum:.4g}, and attention adds up to "
            "1. {advice}",
            place=place,
            query=row,
            token=_shortened(tokens[row].text),
            sum=float(sums[row]),
            advice=_advice(weights, float(sums[row])),
        )
    )


def _advice(weights: Float32[np.ndarray, "query key"], total: float) -> Message:
    if total == 0:
        return say("Is it padding? Leave such tokens out, or set `visible` to false for the whole row.")
    if math.isclose(total, 100, rel_tol=0.02):
        return say("These look like percentages: divide them by 100.")
    if np.allclose(weights.sum(axis=0), 1, atol=ROW_TOLERANCE):
        return say("The columns do: swap the last two axes, the order is [query, key].")
    if weights.max() > 1:
        return say("These look like scores before the softmax: take the softmax over the keys first.")
    return say("Were keys cut off, or was the model in training mode, where dropout changes the weights?")


def _is_bfloat16(weights: Float32[np.ndarray, "query key"]) -> bool:
    """Is every weight a number that bfloat16 has: a float32 whose lower half is 0?"""
    return not (weights.view(np.uint32) & 0xFFFF).any()


def _first(cells: Bool[np.ndarray, "query key"]) -> tuple[int, int]:
    query, key = np.unravel_index(int(np.argmax(cells)), cells.shape)
    return int(query), int(key)


def _shortened(text: str) -> str:
    return text if len(text) <= 20 else f"{text[:19]}…"


def shape_text(shape: Sequence[int]) -> str:
    return (
        "[" + ", ".join(f"{length:,}".replace(",", " ") for length in shape[:8]) + (", …]" if len(shape) > 8 else "]")
    )
