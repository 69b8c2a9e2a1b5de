"""How far away a head looks."""

from __future__ import annotations

import numpy as np

from attention_viz.measures.base import Map, Measure, Reading


def mean_distance(weights: Map, reading: Reading) -> float:
    """Σ A·|i−j| of each query, averaged over the queries, in tokens (Vig & Belinkov 2019). NaN in cross attention.

    A uniform map over n tokens has (n² − 1) / (3n).
    """
    if not reading.same_tokens:
        return float("nan")
    return float((weights * _steps(weights)).sum(axis=-1, dtype=np.float64).mean())


def mean_distance_of_words(weights: Map, reading: Reading) -> float:
    """The mean distance among ordinary tokens: special ones are left out and each row is made to sum to 1 again.

    Without that, a head that rests on [CLS] looks far-sighted. Rows that have nothing left are left out; NaN when
    there is no other, and in cross attention.
    """
    if not reading.same_tokens:
        return float("nan")
    rows = ~np.array([token.special for token in reading.queries])
    columns = ~np.array([token.special for token in reading.keys])
    kept = weights[np.ix_(rows, columns)]
    total = kept.sum(axis=-1, dtype=np.float64)
    distance = (kept * _steps(weights)[np.ix_(rows, columns)]).sum(axis=-1, dtype=np.float64)
    some = total > 0
    return float((distance[some] / total[some]).mean()) if some.any() else float("nan")


def _steps(weights: Map) -> np.ndarray:
    queries, keys = weights.shape
    return np.abs(np.arange(queries)[:, None] - np.arange(keys)).astype(np.float32)


def _span(reading: Reading) -> tuple[float, float]:
    return _up_to(np.arange(len(reading.queries)), np.arange(len(reading.keys)))


def _span_of_words(reading: Reading) -> tuple[float, float]:
    rows, columns = (np.flatnonzero([not token.special for token in side]) for side in (reading.queries, reading.keys))
    return _up_to(rows, columns)


def _up_to(rows: np.ndarray, columns: np.ndarray) -> tuple[float, float]:
    """0 and the mean distance of heads that always look at the farthest of `columns`."""
    if not rows.size or not columns.size:
        return 0.0, 0.0
    return 0.0, float(np.maximum(np.abs(rows - columns[0]), np.abs(rows - columns[-1])).mean())


MEAN_DISTANCE = Measure(
    key="mean_distance",
    label="Mean distance",
    meaning="How many tokens away the head looks, on average.",
    unit="tokens",
    source="Vig & Belinkov 2019, “Analyzing the Structure of Attention in a Transformer Language Model”",
    of=mean_distance,
    span=_span,
)

MEAN_DISTANCE_OF_WORDS = Measure(
    key="mean_distance_of_words",
    label="Mean distance, special tokens aside",
    meaning="The same among ordinary tokens, with each row made to sum to 1 again.",
    unit="tokens",
    source="Vig & Belinkov 2019, on the rows without special tokens",
    of=mean_distance_of_words,
    span=_span_of_words,
)
