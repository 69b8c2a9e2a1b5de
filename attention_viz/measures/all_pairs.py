"""The divergence between each head of one trace and each head of another, in blocks that stay in the cache."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int

from attention_viz.core.align import same_tokens
from attention_viz.core.errors import MapError
from attention_viz.core.message import say
from attention_viz.core.sight import masks
from attention_viz.core.trace import Trace

_BLOCK_BYTES = 12e6
"""Of the maps of all heads that are held at once, some rows of each."""
_CACHED_CELLS = 2048
"""Of each head, that are compared with those of all others at once."""
_NOTHING = np.float32(1e-30)
"""What a weight of 0 is taken for: it adds nothing and has a logarithm, and it is no slow denormal number."""


def divergences(a: Trace, b: Trace) -> Float64[np.ndarray, "head_of_a head_of_b"]:
    """Jensen-Shannon divergence in nats of each head of `a` and each head of `b`, the mean over the queries, 0…ln 2.

    Heads are numbered through the layers: layer * heads + head. Each is within 1e-5 of what `compare` says. Where two
    layers see different cells, rows are made to sum to 1 over what both see, as there. NaN where that is nothing.
    Memory beyond the traces is about 50 MB plus that of the result; time grows with heads² × queries × keys.
    Raises MapError where the tokens differ: `to_all` compares those, one head at a time.
    """
    if not _same_tokens(a, b):
        raise MapError(
            say(
                "The two traces have different tokens, so their maps can't be compared cell by cell. Compare "
                "one head at a time, with to_all or compare, which merge tokens to words."
            )
        )
    groups_a = _groups(a)
    groups_b = groups_a if a is b else _groups(b)
    shape = (len(a.layers) * a.heads, len(b.layers) * b.heads)
    totals, counts = np.zeros(shape), np.zeros(shape)
    step = max(1, int(_BLOCK_BYTES / (4 * max(1, max(shape) * len(a.key_tokens)))))
    for first in range(0, len(a.tokens), step):
        last = min(first + step, len(a.tokens))
        maps_a = _rows(a, first, last)
        maps_b = maps_a if a is b else _rows(b, first, last)
        for number, one in enumerate(groups_a):
            # Of a trace with itself one half says everything.
            for other in groups_b[number:] if a is b else groups_b:
                seen = one.visible[first:last] & other.visible[first:last]
                x = _shares(maps_a[one.heads], seen)
                y = x if one is other else _shares(maps_b[other.heads], seen)
                cells = np.ix_(one.heads, other.heads)
                totals[cells] += _distances(x, y)
                counts[cells] += _some(x) @ _some(y).T
                if a is b and one is not other:
                    mirrored = np.ix_(other.heads, one.heads)
                    totals[mirrored], counts[mirrored] = totals[cells].T, counts[cells].T
    means = np.divide(totals, counts, out=np.full(shape, np.nan), where=counts > 0)
    return means.clip(0, np.log(2))


@dataclass(frozen=True, eq=False)
class _Group:
    """Heads that see the same cells, by their number through the layers."""

    heads: Int[np.ndarray, " head"]
    visible: Bool[np.ndarray, "query key"]


def _groups(trace: Trace) -> list[_Group]:
    every = np.ndindex(len(trace.layers), trace.heads)
    return [
        _Group(np.array([layer * trace.heads + head for layer, head in places]), visible)
        for visible, places in masks(trace, every)
    ]


def _same_tokens(a: Trace, b: Trace) -> bool:
    return same_tokens(a.tokens, a.texts, b.tokens, b.texts) and same_tokens(
        a.key_tokens, a.texts, b.key_tokens, b.texts
    )


def _rows(trace: Trace, first: int, last: int) -> Float32[np.ndarray, "head query key"]:
    """Some rows of all heads."""
    maps = np.empty((len(trace.layers) * trace.heads, last - first, len(trace.key_tokens)), dtype=np.float32)
    for number, (layer, head) in enumerate(np.ndindex(len(trace.layers), trace.heads)):
        maps[number] = trace.rows(layer, head, first, last)
    return maps


def _shares(
    maps: Float32[np.ndarray, "head query key"], seen: Bool[np.ndarray, "query key"]
) -> Float32[np.ndarray, "head query key"]:
    """`maps`, changed in place: 0 where `seen` is False, and rows that sum to 1, or stay 0 where nothing is left."""
    maps *= seen
    total = maps.sum(axis=-1, keepdims=True)
    np.divide(maps, total, out=maps, where=total > 0)
    return maps


def _some(shares: Float32[np.ndarray, "head query key"]) -> Float64[np.ndarray, "head query"]:
    """1 for rows that are not 0 throughout."""
    some = np.any(shares, axis=-1)
    return some.astype(np.float64)


def _distances(
    x: Float32[np.ndarray, "head_of_a query key"], y: Float32[np.ndarray, "head_of_b query key"]
) -> Float64[np.ndarray, "head_of_a head_of_b"]:
    """The divergence of each pair, summed over the queries where neither is 0 throughout.

    That is (Σ p ln p + Σ q ln q)/2 − Σ m ln m with m = (p + q)/2. Only the last sum needs all pairs; it is in float32,
    with sums of a few thousand cells. Where `x` is `y`, only pairs of a head and a later one are computed.
    """
    halves_x = np.maximum(x.reshape(len(x), -1) / 2, _NOTHING)
    halves_y = halves_x if x is y else np.maximum(y.reshape(len(y), -1) / 2, _NOTHING)
    mixed = np.zeros((len(x), len(y)))
    own_x, own_y = np.zeros((len(x), 1)), np.zeros((len(y), 1))
    for first in range(0, halves_x.shape[1], _CACHED_CELLS):
        part_x = np.ascontiguousarray(halves_x[:, first : first + _CACHED_CELLS])
        part_y = part_x if x is y else np.ascontiguousarray(halves_y[:, first : first + _CACHED_CELLS])
        sums, logs = np.empty_like(part_y), np.empty_like(part_y)
        own_x[:, 0] += _times_log(part_x + part_x)
        own_y[:, 0] += _times_log(part_y + part_y)
        for head, part in enumerate(part_x):
            start = head + 1 if x is y else 0
            total = np.add(part_y[start:], part, out=sums[start:])
            mixed[head, start:] += _times_log(total, logs[start:])
    found = (own_x + own_y.T) / 2 - mixed
    some_x, some_y = _some(x), _some(y)
    # A row of 0 beside one that sums to 1 has come out as ln 2 / 2, and is not to count.
    found -= np.log(2) / 2 * (some_x @ (1 - some_y).T + (1 - some_x) @ some_y.T)
    if x is y:
        found = np.triu(found, 1) + np.triu(found, 1).T
    return found


def _times_log(
    shares: Float32[np.ndarray, "head cell"], logs: Float32[np.ndarray, "head cell"] | None = None
) -> Float32[np.ndarray, " head"]:
    """Σ x ln x of each head. logs: memory for the logarithms."""
    return np.einsum("hc,hc->h", shares, np.log(shares, out=logs))
