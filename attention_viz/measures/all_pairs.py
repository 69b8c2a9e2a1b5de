"""The divergence between each head of one trace and each head of another, by a few matrix products.

Jensen-Shannon divergence is a squared distance (Fuglede & Topsøe 2004, “Jensen-Shannon Divergence and Hilbert Space
Embedding”): from 1/x = ∫ exp(−xt) dt follows, for each pair of weights p and q,

    ½ p ln p + ½ q ln q − m ln m  =  ¼ ∫₀^∞ (exp(−pt) − exp(−qt))² dt/t²        with m = (p + q)/2.

So with a sum over some 25 points t in place of the integral, a map becomes a vector of exp(−pt) − 1 for all its
weights and points, and the divergences of all pairs are |x|² + |y|² − 2 x·y. The points are those of the trapezoidal
rule after t = exp(s − exp(−s)), whose error falls exponentially as they get denser (Beylkin & Monzón 2010,
“Approximation by exponential sums revisited”).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int

from attention_viz.core.align import same_tokens
from attention_viz.core.errors import MapError
from attention_viz.core.trace import Trace

# Together less than 1e-5 nats for a row of any weights: tests/measures/test_divergence.py.
_STEP = 0.8
_FIRST = -2.0
_LAST_PER_KEY = 3e4
"""The last t for one key: weights below 1/t have no part, and there may be as many as there are keys."""

_NOTHING = np.float32(1e-12)
"""A weight that counts as 0: its square would be a denormal number, with which processors are many times slower."""
_BLOCK_BYTES = 12e6
"""Of the maps of all heads that are held at once, some rows of each."""
_CACHED_CELLS = 2048
"""Of each head, for which one point is worked out at once."""


def divergences(a: Trace, b: Trace) -> Float64[np.ndarray, "head_of_a head_of_b"]:
    """Jensen-Shannon divergence in nats of each head of `a` and each head of `b`, the mean over the queries, 0…ln 2.

    Heads are numbered through the layers: layer * heads + head. Each is within 1e-5 of what `compare` says; where two
    layers see different cells, rows are made to sum to 1 over what both see, as there. NaN where that is nothing.
    Memory beyond the traces is about 50 MB plus that of the result; time grows with heads² × queries × keys.
    Raises MapError where the tokens differ: `to_all` compares those, one head at a time.
    """
    if not _same_tokens(a, b):
        raise MapError(
            "The two traces have different tokens, so their maps can't be compared cell by cell. Compare one head at a "
            "time, with to_all or compare, which merge tokens to words."
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
    if a is b:
        np.fill_diagonal(means, np.where(np.diag(counts) > 0, 0, np.nan))
    return means.clip(0, np.log(2))


@dataclass(frozen=True, eq=False)
class _Group:
    """Heads that see the same cells, by their number through the layers."""

    heads: Int[np.ndarray, " head"]
    visible: Bool[np.ndarray, "query key"]


def _groups(trace: Trace) -> list[_Group]:
    heads: dict[bytes, list[int]] = {}
    visible: dict[bytes, Bool[np.ndarray, "query key"]] = {}
    for layer, source in enumerate(trace.layers):
        every: Sequence[int] = range(source.heads)
        for first in every if source.visible is not None and len(source.visible) > 1 else every[:1]:
            seen = trace.visible(layer, first)
            key = b"" if seen.all() else np.packbits(seen).tobytes()
            alike = every if source.visible is None or len(source.visible) == 1 else [first]
            heads.setdefault(key, []).extend(layer * trace.heads + head for head in alike)
            visible.setdefault(key, seen)
    return [_Group(np.array(numbers), visible[key]) for key, numbers in heads.items()]


def _same_tokens(a: Trace, b: Trace) -> bool:
    return same_tokens(a.tokens, a.texts, b.tokens, b.texts) and same_tokens(
        a.key_tokens, a.texts, b.key_tokens, b.texts
    )


def _rows(trace: Trace, first: int, last: int) -> Float32[np.ndarray, "head query key"]:
    """Some rows of all heads."""
    maps = np.empty((len(trace.layers) * trace.heads, last - first, len(trace.key_tokens)), dtype=np.float32)
    for number in range(len(maps)):
        maps[number] = trace.rows(*divmod(number, trace.heads), first, last)
    return maps


def _shares(
    maps: Float32[np.ndarray, "head query key"], seen: Bool[np.ndarray, "query key"]
) -> Float32[np.ndarray, "head query key"]:
    """`maps`, changed in place: 0 where `seen` is False, and rows that sum to 1, or stay 0 where nothing is left."""
    maps *= seen & (maps > _NOTHING)
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
    """The divergence of each pair, summed over the queries where neither is 0 throughout."""
    queries, keys = x.shape[1:]
    products = np.zeros((len(x), len(y)))
    lengths_x, lengths_y = (np.zeros(shares.shape[:2]) for shares in (x, y))
    step = max(1, _CACHED_CELLS // keys)
    for first in range(0, queries, step):
        rows = slice(first, first + step)
        part_x, part_y = x[:, rows], y[:, rows]
        of_x = np.empty_like(part_x, order="C")
        of_y = of_x if x is y else np.empty_like(part_y, order="C")
        for point, weight in zip(*_points(keys), strict=True):
            np.expm1(np.multiply(part_x, -point, out=of_x), out=of_x)
            lengths_x[:, rows] += weight * _lengths(of_x)
            if x is not y:
                np.expm1(np.multiply(part_y, -point, out=of_y), out=of_y)
                lengths_y[:, rows] += weight * _lengths(of_y)
            # A product of a matrix with itself takes half the time.
            products += weight * (of_x.reshape(len(x), -1) @ of_y.reshape(len(y), -1).T)
    if x is y:
        lengths_y = lengths_x
    return (lengths_x @ _some(y).T + _some(x) @ lengths_y.T - 2 * products) / 4


def _lengths(vectors: Float32[np.ndarray, "head query key"]) -> Float32[np.ndarray, "head query"]:
    """The square of each row's length."""
    return np.einsum("hqk,hqk->hq", vectors, vectors)


def _points(keys: int) -> tuple[Float32[np.ndarray, " point"], Float64[np.ndarray, " point"]]:
    """Where the integral over t is looked at, and what each value weighs, dt/t² included."""
    steps = np.arange(_FIRST, np.log(_LAST_PER_KEY * keys) + _STEP, _STEP)
    points = np.exp(steps - np.exp(-steps))
    weights = _STEP * (1 + np.exp(-steps)) / points
    weights[-1] /= 1 - np.exp(-_STEP)  # Beyond it everything is as there, but for 1/t: a geometric series.
    return points.astype(np.float32), weights
