"""Does a head look at a neighbour, or at the token itself?"""

from __future__ import annotations

import numpy as np

from attention_viz.core.shares import share_on
from attention_viz.measures.base import Measure
from attention_viz.measures.reading import NO_SPAN, Map, Reading, Span

_SOURCE = "Clark et al. 2019, “What Does BERT Look At?”, §3.1"


def offset(weights: Map, step: int) -> float:
    """The mean weight of the key that lies `step` tokens from its query, over the queries that have one.

    step: −1 for the previous token, +1 for the next, 0 for the token itself. NaN when no query has such a key.
    """
    return share_on(weights, np.eye(len(weights), weights.shape[1], k=step, dtype=np.bool_))


def _span(reading: Reading, step: int) -> Span:
    if not reading.same_tokens:
        return NO_SPAN
    can = np.diagonal(reading.visible, offset=step)
    if not can.size:
        return NO_SPAN
    seen = reading.visible.sum(axis=-1)
    must = can & (seen[max(0, -step) :][: len(can)] == 1)
    return float(must.mean()), float(can.mean())


def _measure(key: str, label: str, meaning: str, step: int) -> Measure:
    def of(weights: Map, reading: Reading) -> float:
        return offset(weights, step) if reading.same_tokens else float("nan")

    return Measure(key, label, meaning, "", _SOURCE, of, lambda reading: _span(reading, step))


PREVIOUS = _measure("previous_token", "Previous token", "Attention that goes one token back.", -1)
SELF = _measure("same_token", "The token itself", "Attention that stays where it is.", 0)
NEXT = _measure("next_token", "Next token", "Attention that goes one token ahead.", 1)
