"""What a measure is: a number that says something about one attention map."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from attention_viz.core.head_scores import HeadScores
from attention_viz.core.mean import attention_at
from attention_viz.core.place import Place, heads_of
from attention_viz.core.sight import masks
from attention_viz.core.trace import Trace
from attention_viz.measures.reading import Map, Reading, Span, reading_at


@dataclass(frozen=True)
class Measure:
    """One question about a head.

    key: its name in code and files.
    label: its name on screen.
    meaning: one line: what a high or a low value says.
    unit: of the value; empty for a share between 0 and 1.
    source: the paper that defined it.
    of: weights and Reading → value. NaN where the text is too short for the question.
    span: the lowest and the highest value that a map can have whose weights lie where its queries can see; both are
        reached. NO_SPAN where no map has a value. Of a mean of heads they hold too, and need not be reached.
    """

    key: str
    label: str
    meaning: str
    unit: str
    source: str
    of: Callable[[Map, Reading], float]
    span: Callable[[Reading], Span]

    def scores(self, trace: Trace) -> HeadScores:
        """The measure of every head of `trace`. Maps are computed one at a time, so memory stays that of one map."""
        return score(trace, [self])[0]


class Tally:
    """What measures say about the heads of a trace and their means, as far as their maps were handed in.

    For whoever goes through all maps anyway: each is looked at once, by all measures.
    """

    def __init__(self, trace: Trace, measures: Sequence[Measure]) -> None:
        self._trace, self._measures = trace, tuple(measures)
        shape = (len(measures), len(trace.layers), trace.heads)
        self._values, self._uniform, self._low, self._high = np.full((4, *shape), np.nan)
        self._means = np.full((len(measures), len(trace.layers) + 1), np.nan)
        for visible, heads in masks(trace, np.ndindex(shape[1:])):
            reading = Reading(trace.tokens, trace.key_tokens, visible)
            even, (rows, columns) = reading.uniform(), zip(*heads, strict=True)
            for number, measure in enumerate(measures):
                self._uniform[number, rows, columns] = measure.of(even, reading)
                low, high = measure.span(reading)
                self._low[number, rows, columns], self._high[number, rows, columns] = low, high

    def add(self, place: Place, weights: Map) -> None:
        """Takes the map of a head, or of the mean of a layer's heads or of all."""
        reading = reading_at(self._trace, place)
        values = [measure.of(weights, reading) for measure in self._measures]
        if place.is_head:
            self._values[:, place.layer, place.head] = values
        else:
            self._means[:, -1 if place.layer is None else place.layer] = values

    def scores(self) -> tuple[HeadScores, ...]:
        """One for each measure, as they are now; NaN for the maps that are still to come."""
        about = self._trace.digest, self._trace.texts
        return tuple(
            HeadScores(
                measure.key,
                measure.label,
                measure.unit,
                self._values[number].copy(),
                self._uniform[number].copy(),
                self._low[number].copy(),
                self._high[number].copy(),
                measure.source,
                *about,
                self._means[number].copy(),
            )
            for number, measure in enumerate(self._measures)
        )


def score(trace: Trace, measures: Sequence[Measure]) -> tuple[HeadScores, ...]:
    """What each of the measures says about every head, in one pass over the maps; means are not asked about."""
    tally = Tally(trace, measures)
    for place in heads_of(len(trace.layers), trace.heads):
        tally.add(place, attention_at(trace, place))
    return tally.scores()
