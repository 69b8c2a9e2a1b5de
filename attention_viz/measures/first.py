"""How much attention rests on the first token, an attention sink in many decoders."""

from __future__ import annotations

import numpy as np

from attention_viz.measures.base import Measure
from attention_viz.measures.reading import Map, Reading, Span, share_span


def first_token(weights: Map, _: Reading) -> float:
    """The weight of key 0, averaged over the queries (Xiao et al. 2023). In cross attention the encoder's first token.

    An even head of a decoder over n tokens has (1 + 1/2 + … + 1/n) / n, for its first query sees nothing else.
    """
    return float(weights[:, 0].mean(dtype=np.float64))


def _span(reading: Reading) -> Span:
    return share_span(reading.visible, np.arange(len(reading.keys)) == 0)


FIRST = Measure(
    key="first_token",
    label="First token",
    meaning="Attention that rests on the first token of the text, whatever it is: high in a head with a sink there.",
    unit="",
    source="Xiao et al. 2023, “Efficient Streaming Language Models with Attention Sinks”",
    of=first_token,
    span=_span,
)
