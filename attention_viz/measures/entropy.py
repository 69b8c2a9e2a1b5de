"""How widely a head spreads its attention."""

from __future__ import annotations

import numpy as np

from attention_viz.measures.base import Measure
from attention_viz.measures.reading import Map, Reading, Span


def entropy(weights: Map, _: Reading) -> float:
    """−Σ A ln A of each row, averaged over the queries, in nats (Clark et al. 2019, §3.3). 0·ln 0 counts as 0."""
    logs = np.log(weights, out=np.zeros_like(weights), where=weights > 0)
    return float(-(weights * logs).sum(axis=-1, dtype=np.float64).mean())


def _span(reading: Reading) -> Span:
    return 0.0, float(np.log(np.maximum(reading.visible.sum(axis=-1), 1)).mean())


ENTROPY = Measure(
    key="entropy",
    label="Entropy",
    meaning="How widely the head spreads its attention. 0: each token looks at one token only; each 0.69 nats more are "
    "twice as many tokens.",
    unit="nats",
    source="Clark et al. 2019, “What Does BERT Look At?”, §3.3",
    of=entropy,
    span=_span,
)
