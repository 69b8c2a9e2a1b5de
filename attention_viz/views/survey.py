"""What every head does, in small: a picture and the measures of each map, for the grid.

Of a text of ordinary length all of it is computed when it is asked for. Thousands of tokens take a second a map: then
it is filled in one place after the other, and can be looked at meanwhile.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator

import numpy as np
from jaxtyping import Bool, Float32, Float64, UInt8

from attention_viz.core.head_scores import HeadScores
from attention_viz.core.mean import heads_in_mean
from attention_viz.core.place import ALL_HEADS, Place, places_of
from attention_viz.core.sight import masks, seen_by_any
from attention_viz.core.trace import Trace
from attention_viz.core.words import Unit
from attention_viz.figures.pooling import pool
from attention_viz.measures import MEASURES, Reading, Tally
from attention_viz.measures.finding import Finding
from attention_viz.measures.findings import Search
from attention_viz.views.head import in_unit, sides, visible_of
from attention_viz.views.packet import to_bytes

THUMB = 40
"""The most cells along a side of a small map."""
Map = Float32[np.ndarray, "query key"]


def places(trace: Trace) -> list[Place]:
    """What the grid shows: every head, layer by layer; then the mean of each layer; then the mean of all heads."""
    return places_of(len(trace.layers), trace.heads)


def maps(trace: Trace) -> Iterator[tuple[int, Place, Map]]:
    """Every place with its number in `places` and its map between tokens. Each head's map is computed once; means are
    told as soon as their heads were."""
    number = {place: at for at, place in enumerate(places(trace))}
    shape = (len(trace.tokens), len(trace.key_tokens))
    total = np.zeros(shape, dtype=np.float32)
    for layer in range(len(trace.layers)):
        mean = np.zeros(shape, dtype=np.float32)
        for head in range(trace.heads):
            weights = trace.attention(layer, head)
            mean += weights
            yield number[Place(layer, head)], Place(layer, head), weights
        mean /= np.float32(trace.heads)
        total += mean
        yield number[Place(layer)], Place(layer), mean
    total /= np.float32(len(trace.layers))
    yield number[ALL_HEADS], ALL_HEADS, total


def thumbnail(trace: Trace, place: Place, weights: Map, unit: Unit) -> UInt8[np.ndarray, "row column"]:
    """A small picture of a map, each cell the largest weight of its block; a block of which nothing is seen is 0."""
    visible = visible_of(trace, place, unit)
    seen = None if visible is None else pool(visible, THUMB)
    return to_bytes(pool(in_unit(trace, weights, unit), THUMB), seen)


def thumbnails(trace: Trace, unit: Unit) -> UInt8[np.ndarray, "place row column"]:
    """The small picture of every place."""
    return Survey(trace, unit).filled(measures=False).pictures


def all_scores(trace: Trace) -> tuple[HeadScores, ...]:
    """Every measure of every head, and of the means. Each map is computed once for all measures."""
    return Survey(trace, "tokens").filled(pictures=False).scores


def ranges(trace: Trace) -> Float64[np.ndarray, "measure end"]:
    """The lowest and the highest value that each measure can have in any place: one scale for all of them.

    NaN for a measure that makes no sense here.
    """
    heads = list(np.ndindex(len(trace.layers), trace.heads))
    seen = [visible for visible, _ in masks(trace, heads)]
    if len(seen) > 1:  # What a mean sees may be more than what any of its heads does.
        seen += [
            seen_by_any(trace, heads),
            *(seen_by_any(trace, heads_in_mean(trace, layer)) for layer in range(len(trace.layers))),
        ]
    readings = [Reading(trace.tokens, trace.key_tokens, visible) for visible in seen]
    spans = np.array([[measure.span(reading) for reading in readings] for measure in MEASURES])
    return np.stack([spans[..., 0].min(axis=-1), spans[..., 1].max(axis=-1)], axis=-1)


class Survey:
    """What is known of the places of a trace so far. It can be looked at while it is filled.

    pictures: of each place. scores: NaN where they are not there yet. ready: which places are there.
    findings: what is worth a look in the text; None as long as nobody has asked for them and seen every place.
    """

    def __init__(self, trace: Trace, unit: Unit) -> None:
        queries, keys = (min(THUMB, len(side)) for side in sides(trace, unit))
        count = len(places(trace))
        self.pictures: UInt8[np.ndarray, "place row column"] = np.zeros((count, queries, keys), dtype=np.uint8)
        self._tally = Tally(trace, MEASURES)
        self.ready: Bool[np.ndarray, " place"] = np.zeros(count, dtype=np.bool_)
        self.findings: tuple[Finding, ...] | None = None
        self._trace, self._unit = trace, unit

    def filled(self, *, pictures: bool = True, measures: bool = True) -> Survey:
        """All of it, here and now."""
        for _ in self.fill(pictures=pictures, measures=measures):
            pass
        return self

    def fill(self, *, pictures: bool = True, measures: bool = True, search: bool = False) -> Generator[int, None, None]:
        """Goes from place to place, and tells after each how many it has done. May be left at any of them.

        search: for findings too, which needs the measures.
        """
        looking = Search(self._trace) if search else None
        for done, (number, place, weights) in enumerate(maps(self._trace), 1):
            if pictures:
                self.pictures[number] = thumbnail(self._trace, place, weights, self._unit)
            if measures:
                self._tally.add(place, weights)
            if looking is not None and place.is_head:
                looking.add(place, weights)
            self.ready[number] = True
            yield done
        if looking is not None:
            for found in looking.found(self.scores):
                self.findings = found
                yield len(self.ready)

    @property
    def scores(self) -> tuple[HeadScores, ...]:
        """What the measures say of the places that are ready."""
        return self._tally.scores()
