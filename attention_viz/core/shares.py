"""How much attention goes to certain cells of a map."""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float


def share_on(weights: Float[np.ndarray, "*some query key"], cells: Bool[np.ndarray, "*some query key"]) -> float:
    """The attention that goes to `cells`, averaged over the queries that have one: 0…1. NaN when no query has one."""
    queries = int(cells.any(axis=-1).sum())
    return float(weights[cells].sum(dtype=np.float64) / queries) if queries else float("nan")
