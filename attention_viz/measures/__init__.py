"""What a head does, in numbers. One file per measure; `MEASURES` is the list that every view walks."""

from __future__ import annotations

from attention_viz.measures.base import Measure, Tally, score
from attention_viz.measures.confidence import CONFIDENCE
from attention_viz.measures.distance import MEAN_DISTANCE, MEAN_DISTANCE_OF_WORDS
from attention_viz.measures.entropy import ENTROPY
from attention_viz.measures.first import FIRST
from attention_viz.measures.offset import NEXT, PREVIOUS, SELF
from attention_viz.measures.reading import Reading, Span, reading_at, reading_of
from attention_viz.measures.special import SPECIAL, share_by_norm, special_shares

MEASURES: tuple[Measure, ...] = (
    ENTROPY,
    CONFIDENCE,
    MEAN_DISTANCE,
    MEAN_DISTANCE_OF_WORDS,
    PREVIOUS,
    SELF,
    NEXT,
    FIRST,
    SPECIAL,
)

__all__ = [
    "MEASURES",
    "Measure",
    "Reading",
    "Span",
    "Tally",
    "reading_at",
    "reading_of",
    "score",
    "share_by_norm",
    "special_shares",
]
