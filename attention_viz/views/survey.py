"""What every head does, in small: a picture and the measures of each map, for the grid.

Of a text of ordinary length all of it is computed when it is asked for. Thousands of tokens take a second a map: then a
thread goes through the heads, and the page shows what is there.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import numpy as np
from jaxtyping import Bool, Float32, Float64, UInt8

from attention_viz.core.errors import AttentionVizError
from attention_viz.core.head_scores import HeadScores
from attention_viz.core.mean import heads_in_mean
from attention_viz.core.message import Message
from attention_viz.core.place import ALL_HEADS, Place, places_of
from attention_viz.core.sight import masks, seen_by_any
from attention_viz.core.trace import Trace
from attention_viz.core.words import Unit
from attention_viz.figures.pooling import pool
from attention_viz.measures import MEASURES, Reading, Tally
from attention_viz.views.head import in_unit, sides, visible_of
from attention_viz.views.packet import to_bytes

THUMB = 40
"""The most cells along a side of a small map."""
PATIENCE = 30.0
"""Seconds without a word from its visitor after which a survey in the background ends."""

_one_at_a_time = threading.Lock()
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
    return Survey(trace, unit).run(pictures=True, measures=False).pictures


def all_scores(trace: Trace) -> tuple[HeadScores, ...]:
    """Every measure of every head, and of the means. Each map is computed once for all measures."""
    return Survey(trace, "tokens").run(pictures=False, measures=True).scores


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
    """Goes through all heads of a trace, and can be looked at while it does.

    ready: which places are there. error: why it ended early, or None.
    """

    def __init__(self, trace: Trace, unit: Unit) -> None:
        queries, keys = (min(THUMB, len(side)) for side in sides(trace, unit))
        count = len(places(trace))
        self.pictures: UInt8[np.ndarray, "place row column"] = np.zeros((count, queries, keys), dtype=np.uint8)
        self._tally = Tally(trace, MEASURES)
        self.ready: Bool[np.ndarray, " place"] = np.zeros(count, dtype=np.bool_)
        self.error: Message | None = None
        self._trace, self._unit = trace, unit
        self._stopped = threading.Event()
        self._touched = time.monotonic()
        self._began = time.monotonic()
        self._thread: threading.Thread | None = None

    def run(self, *, pictures: bool = True, measures: bool = True) -> Survey:
        """Goes through all of it, here and now, unless it is stopped."""
        for number, place, weights in maps(self._trace):
            if self._stopped.is_set() or (self._thread and time.monotonic() - self._touched > PATIENCE):
                break
            if pictures:
                self.pictures[number] = thumbnail(self._trace, place, weights, self._unit)
            if measures:
                self._tally.add(place, weights)
            self.ready[number] = True
        return self

    @property
    def scores(self) -> tuple[HeadScores, ...]:
        """What the measures say of the places that are ready."""
        return self._tally.scores()

    def start(self) -> None:
        """Goes through it in a thread of its own. One survey runs at a time; others wait for their turn."""
        self._stopped.clear()
        self.touch()
        self._thread = threading.Thread(target=self._in_turn, daemon=True)
        self._thread.start()

    def touch(self) -> None:
        """Somebody still looks at it."""
        self._touched = time.monotonic()

    def stop(self) -> None:
        self._stopped.set()

    @property
    def running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def seconds_left(self) -> float | None:
        """From how long the places took that are there; None before the first."""
        done = int(self.ready.sum())
        return (time.monotonic() - self._began) / done * (len(self.ready) - done) if done else None

    def _in_turn(self) -> None:
        with _one_at_a_time:
            self._began = time.monotonic()
            try:
                self.run()
            except AttentionVizError as error:
                self.error = error.message
