"""How far two attention maps are from each other, query by query."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from jaxtyping import Float, Float64

_BLOCK_CELLS = 2**17
"""Of two maps that are read at once: few enough for the processor's cache."""

_Rows = Float64[np.ndarray, "row column"]
_Maps = Float[np.ndarray, "row column"]


def jensen_shannon(p: _Maps, q: _Maps) -> Float64[np.ndarray, " row"]:
    """½ KL(p‖m) + ½ KL(q‖m) of each row, with m = (p + q)/2, in nats (Lin 1991; Clark et al. 2019, §6).

    From 0, for the same rows, to ln 2, for rows that share nothing. It is the divergence, not its square root. Rows are
    divided by their sums first; NaN where a row of either is 0 throughout.
    """

    def of(p: _Rows, q: _Rows) -> Float64[np.ndarray, " row"]:
        parts = (_times_log(p) + _times_log(q)) / 2 - _times_log((p + q) / 2)
        return np.clip(parts.sum(axis=-1), 0, np.log(2))

    return _by_row(p, q, of)


def total_variation(p: _Maps, q: _Maps) -> Float64[np.ndarray, " row"]:
    """½ Σ|p − q| of each row: the share of attention that lies elsewhere, 0…1. Rows as in `jensen_shannon`."""
    return _by_row(p, q, lambda p, q: np.abs(p - q).sum(axis=-1) / 2)


def cosine(p: _Maps, q: _Maps) -> Float64[np.ndarray, " row"]:
    """p·q / (|p||q|) of each row, 0…1. Rows as in `jensen_shannon`."""

    def of(p: _Rows, q: _Rows) -> Float64[np.ndarray, " row"]:
        lengths = np.sqrt((p * p).sum(axis=-1) * (q * q).sum(axis=-1))
        return np.clip((p * q).sum(axis=-1) / lengths, 0, 1)

    return _by_row(p, q, of)


def mean_over_rows(values: Float64[np.ndarray, " row"]) -> float:
    """The mean of what is not NaN, and NaN where that is nothing."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else float("nan")


def _by_row(
    p: _Maps,
    q: _Maps,
    of: Callable[[_Rows, _Rows], Float64[np.ndarray, " row"]],
) -> Float64[np.ndarray, " row"]:
    values = np.full(len(p), np.nan)
    step = max(1, _BLOCK_CELLS // max(1, p.shape[1]))
    for first in range(0, len(p), step):
        one, other = (weights[first : first + step].astype(np.float64) for weights in (p, q))
        sums = one.sum(axis=-1), other.sum(axis=-1)
        some = (sums[0] > 0) & (sums[1] > 0)
        if some.any():
            shares = (rows[some] / total[some, None] for rows, total in zip((one, other), sums, strict=True))
            values[first : first + step][some] = of(*shares)
    return values


def _times_log(shares: _Rows) -> _Rows:
    """x ln x, where 0 ln 0 is 0."""
    return shares * np.log(np.maximum(shares, np.finfo(np.float64).tiny))
