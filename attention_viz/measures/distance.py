"""How far away a head looks."""

from __future__ import annotations

import numpy as np

from attention_viz.measures.base import Measure
from attention_viz.measures.reading import NO_SPAN, Map, Reading, Span, Visible


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


def _span(reading: Reading) -> Span:
    if not reading.same_tokens:
        return NO_SPAN
    near, far = _reach(reading.visible, np.arange(len(reading.queries)), np.arange(len(reading.keys)))
    return float(near.mean()), float(far.mean())


def _span_of_words(reading: Reading) -> Span:
    """A row that can put all of its attention on special tokens may be left out of the mean, any other counts."""
    if not reading.same_tokens:
        return NO_SPAN
    special = np.array([token.special for token in reading.keys])
    ordinary = np.flatnonzero(~special)
    rows = ordinary[reading.visible[np.ix_(ordinary, ordinary)].any(axis=-1)]
    if not rows.size:
        return NO_SPAN
    near, far = _reach(reading.visible[rows][:, ordinary], rows, ordinary)
    free = reading.visible[rows][:, special].any(axis=-1)
    return -_largest_mean(-near[~free], -near[free]), _largest_mean(far[~free], far[free])


def _reach(visible: Visible, rows: np.ndarray, columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How far the nearest and the farthest key is that each row sees, 0 for a row that sees none.

    visible: [row, column]. rows, columns: their positions, in order.
    """
    sees = visible.any(axis=-1)
    first, last = columns[visible.argmax(axis=-1)], columns[len(columns) - 1 - visible[:, ::-1].argmax(axis=-1)]
    far = np.where(sees, np.maximum(np.abs(rows - first), np.abs(rows - last)), 0)
    near = np.zeros(len(rows))
    itself = np.minimum(np.searchsorted(columns, rows), len(columns) - 1)
    blind = ~((columns[itself] == rows) & visible[np.arange(len(rows)), itself])
    for row in np.flatnonzero(sees & blind):
        near[row] = np.abs(columns[visible[row]] - rows[row]).min()
    return near, far


def _largest_mean(must: np.ndarray, may: np.ndarray) -> float:
    """The largest mean of all of `must` and any of `may`, of at least one number."""
    sums = np.concatenate([[0.0], np.cumsum(np.sort(may)[::-1])]) + must.sum()
    counts = len(must) + np.arange(len(may) + 1)
    return float((sums[counts > 0] / counts[counts > 0]).max())


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
