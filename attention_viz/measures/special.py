"""How much attention rests on [CLS], [SEP] and the like."""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float32

from attention_viz.measures.base import Measure
from attention_viz.measures.reading import Map, Reading, Span, share_span


def special_share(weights: Map, reading: Reading) -> float:
    """The share of all attention that special tokens get, averaged over the queries."""
    return sum(special_shares(weights, reading).values(), start=0.0)


def special_shares(weights: Map, reading: Reading) -> dict[str, float]:
    """The same for each special token by its text, in reading order; tokens of one text ([SEP] twice) together."""
    received = weights.mean(axis=0, dtype=np.float64)
    shares: dict[str, float] = {}
    for token, share in zip(reading.keys, received, strict=True):
        if token.special:
            shares[token.text] = shares.get(token.text, 0.0) + float(share)
    return shares


def share_by_norm(weights: Map, values: Float32[np.ndarray, "key size"], chosen: Bool[np.ndarray, " key"]) -> float:
    """The share of the chosen keys when each weight counts with the length of the value that it lets through.

    Σ α‖v‖ over those keys, divided by the same over all keys: the idea of Kobayashi et al. 2020, here with the value
    before the output projection. NaN where all values are 0.
    """
    passed = weights.sum(axis=0, dtype=np.float64) * np.linalg.norm(values, axis=-1)
    total = passed.sum()
    return float(passed[chosen].sum() / total) if total > 0 else float("nan")


def _span(reading: Reading) -> Span:
    return share_span(reading.visible, np.array([token.special for token in reading.keys]))


SPECIAL = Measure(
    key="special_tokens",
    label="On special tokens",
    meaning="Attention that rests on [CLS], [SEP] and the like: perhaps a head with nothing to do here.",
    unit="",
    source="Clark et al. 2019, “What Does BERT Look At?”, §3.2",
    of=special_share,
    span=_span,
)
