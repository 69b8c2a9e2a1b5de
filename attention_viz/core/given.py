"""A Trace from attention maps that somebody has: checked, in float32, with tokens along both sides."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np
from jaxtyping import Bool

from attention_viz.core.errors import MapError
from attention_viz.core.given_tokens import Tokens, sides_of
from attention_viz.core.map_checks import Maps, Visible, check_maps, fitting, map_axes, shape_text
from attention_viz.core.message import Listed, Message, say
from attention_viz.core.model_info import Kind, ModelInfo, Stack
from attention_viz.core.trace import MapLayer, Trace

FAMILY = "own tensors"
"""The `family` of a trace that was given, not computed from a text."""


@dataclass(frozen=True, slots=True)
class Given:
    """What comes with maps.

    tokens: along the queries: plain strings, or Tokens whose spans point into `texts`.
    key_tokens: along the keys; None where they are the same.
    texts: one or two strings, or none for a text made of the tokens. With `key_tokens`: the keys' text, then the
        queries'.
    visible: False where a query can't see a key; None where all see all, or where it is to be found from the maps.
    kind: None for "cross" with key_tokens, "decoder" where each query sees only what came before, and else "encoder".
    notes: sentences that are shown with the maps.
    """

    tokens: Tokens
    key_tokens: Tokens | None = None
    texts: Sequence[str] = ()
    visible: Visible | None = None
    kind: Kind | None = None
    notes: Sequence[Message] = ()


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where maps come from: fields of the ModelInfo of the same names, and why there are no queries and keys."""

    name: str
    revision: str
    origin: str
    maps_only: Message


def from_arrays(
    attention: Any,
    tokens: Tokens,
    key_tokens: Tokens | None = None,
    *,
    texts: str | Sequence[str] = (),
    visible: Any = None,
    kind: Kind | None = None,
    name: str = FAMILY,
) -> Trace:
    """A Trace of maps that you have, on which all views, measures and exports work. See `Given` for the rest.

    attention: [layer, head, query, key] or [head, query, key] of one layer, after the softmax; an array or tensor of
    floats, or a sequence of one per layer, such as the `attentions` of a transformers model. An axis for a batch of one
    is left out. It is copied. visible: [query, key], or [layer, head, query, key] whose first two may be 1; where it is
    left out and all weights above the diagonal are exactly 0, a query sees itself and what came before.

    Raises MapError for anything that is no attention: NaN, negative weights, rows that don't sum to 1 (within
    ROW_TOLERANCE) though their query sees something, shapes that don't fit, no token for each query and key.
    """
    maps = _as_maps(attention)
    seen = None if visible is None else _as_visible(visible)
    given = Given(tokens, key_tokens, (texts,) if isinstance(texts, str) else texts, seen, kind)
    digest = hashlib.sha256(maps.data)
    digest.update(repr((tokens, key_tokens, texts, kind)).encode("utf-8", "surrogatepass"))
    digest.update(b"" if seen is None else seen.tobytes())
    maps_only = say("These maps were given as numbers, without queries and keys.")
    return given_trace(maps, given, Provenance(name, digest.hexdigest(), "arrays of yours", maps_only))


def given_trace(maps: Maps, given: Given, provenance: Provenance) -> Trace:
    """A Trace that keeps `maps` themselves; they must not be changed afterwards. Raises MapError, see `from_arrays`."""
    layers, heads, queries, keys = map_axes(maps.shape)
    if given.kind not in (None, *get_args(Kind)):
        raise MapError(
            say(
                "The kind of attention is {kind}; it can be {kinds}, or left out.",
                kind=repr(given.kind),
                kinds=Listed(get_args(Kind), ","),
            )
        )
    sides = sides_of(given.tokens, given.key_tokens, given.texts, queries, keys)
    visible = fitting(given.visible, maps.shape)
    causal, rounded = check_maps(maps, visible, sides.tokens)
    notes = [*given.notes, *sides.notes]
    if rounded:
        notes += [say("Rows of rounded numbers (bfloat16) added up to nearly 1 and were divided by their sum.")]
    causal = causal and given.key_tokens is None
    if causal and given.visible is None and given.kind in (None, "decoder"):
        visible = np.tri(queries, dtype=np.bool_)[None, None]
    kind = given.kind or ("cross" if given.key_tokens is not None else "decoder" if causal else "encoder")
    info = ModelInfo(
        name=provenance.name,
        family=FAMILY,
        stacks=(Stack(kind, layers, heads),),
        head_size=0,
        width=0,
        parameters=0,
        token_limit=max(queries, keys),
        revision=provenance.revision,
        licence="",
        origin=provenance.origin,
    )
    stack = tuple(
        MapLayer(weights, None if visible is None else visible[index if len(visible) > 1 else 0])
        for index, weights in enumerate(maps)
    )
    return Trace(
        info,
        sides.texts,
        sides.tokens,
        stack,
        tuple(notes),
        key_tokens=sides.key_tokens,
        kind=kind,
        maps_only=provenance.maps_only,
    )


def _as_maps(attention: Any) -> Maps:
    """A copy in float32."""
    if isinstance(attention, (list, tuple)) and attention and all(hasattr(one, "shape") for one in attention):
        layers = [_as_floats(layer) for layer in attention]
        parts = [layer.reshape(map_axes(layer.shape)) for layer in layers]
        if any(len(part) > 1 or part.shape != parts[0].shape for part in parts):
            shapes = sorted({shape_text(layer.shape) for layer in layers})
            raise MapError(
                say(
                    "The layers have the shape {shapes}. Each must be [head, query, key], all with the same "
                    "lengths, and of one text: take one out of a batch.",
                    shapes=Listed(tuple(shapes)),
                )
            )
        return np.concatenate(parts, dtype=np.float32)
    array = _as_floats(attention)
    return np.array(array.reshape(map_axes(array.shape)), dtype=np.float32, order="C")


def _as_floats(attention: Any) -> np.ndarray:
    # A torch tensor, which may need a gradient, lie on a GPU or be of a type that numpy doesn't have.
    if hasattr(attention, "detach"):
        attention = attention.detach().cpu().float().numpy()
    try:
        array = np.asarray(attention)
    except ValueError as error:  # Lists of different lengths.
        raise MapError(say("The attention must be one array of numbers, or one for each layer.")) from error
    if array.dtype.kind not in "fiu":
        raise MapError(
            say("The attention has the type {type}, and it must be numbers, best float32.", type=str(array.dtype))
        )
    with np.errstate(over="ignore"):  # What is too large becomes infinite, and the check of the maps says so.
        return array.astype(np.float32, copy=False)


def _as_visible(visible: Any) -> Bool[np.ndarray, "layer head query key"]:
    if hasattr(visible, "detach"):
        visible = visible.detach().cpu().numpy()
    array = np.array(visible, order="C")
    if array.dtype != np.bool_:
        raise MapError(
            say(
                "`visible` has the type {type}, and it must be true where a query may look at a key.",
                type=str(array.dtype),
            )
        )
    if array.ndim == 2:
        array = array[None, None]
    if array.ndim != 4:
        raise MapError(
            say(
                "`visible` has the shape {shape}. Give it as [query, key] or [layer, head, query, key].",
                shape=shape_text(array.shape),
            )
        )
    return array
