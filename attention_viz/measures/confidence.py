"""How sure a head is of one key."""

from __future__ import annotations

import numpy as np

from attention_viz.measures.base import Measure
from attention_viz.measures.reading import Map, Reading, Span


def confidence(weights: Map, _: Reading) -> float:
    """The largest weight of each row, averaged over the queries (Voita et al. 2019, who leave out the end-of-sentence
    token; here all tokens count, and the share of special tokens stands beside it)."""
    return float(weights.max(axis=-1).mean(dtype=np.float64))


def _span(reading: Reading) -> Span:
    seen = reading.visible.sum(axis=-1)
    return float(np.where(seen > 0, 1 / np.maximum(seen, 1), 0).mean()), float((seen > 0).mean())


CONFIDENCE = Measure(
    key="confidence",
    label="Confidence",
    meaning="The largest weight of each row, on average. Near 1 also for a head that only rests on [CLS].",
    unit="",
    source="Voita et al. 2019, “Analyzing Multi-Head Self-Attention”, there without the end-of-sentence token",
    of=confidence,
    span=_span,
)
