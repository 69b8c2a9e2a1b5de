"""How far all heads of a trace lie from one, computed once for all visitors."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float64

from attention_viz.core.compare import axes_of
from attention_viz.core.trace import Head, Trace
from attention_viz.measures.all_pairs import divergences
from attention_viz.measures.compare import to_all
from attention_viz.ui.server import cache


def from_a(a: Head, b: Trace) -> Float64[np.ndarray, " head_of_b"]:
    """The divergence of A from every head of B's trace, in nats; NaN where they have nothing in common."""
    axes = axes_of(a.trace, b)
    if not axes.rows.merged and not axes.columns.merged:
        return all_pairs(a.trace, b)[a.layer * a.trace.heads + a.head]
    name = f"{a.trace.digest} {b.digest}"
    return cache.kept(f"divergence of {a.name}", name, lambda: to_all(a, b).ravel())


def all_pairs(a: Trace, b: Trace) -> Float64[np.ndarray, "head_of_a head_of_b"]:
    """The divergence of each head of A from each of B, whose tokens are the same, in nats."""
    return cache.kept("divergences", f"{a.digest} {b.digest}", lambda: divergences(a, b))
