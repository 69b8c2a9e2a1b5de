"""Links between ordinary words in one map: what is left of a weight when the even head and its offset are taken off."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Float32, Float64, Int
from numpy.lib.stride_tricks import as_strided, sliding_window_view

from attention_viz.core.token import Token
from attention_viz.core.trace import Trace
from attention_viz.core.words import group_words
from attention_viz.measures.reading import Map, Reading

COMPANY = 2
"""Other cells that an offset must have: without any, place and words can't be told from each other."""
_BLOCK_CELLS = 2**19
"""Of a map that are judged at once: of long texts some rows after the others, so that memory stays below that of it."""
_BLANKS = "▁↵⇥"
"""What stands for blanks in tokens."""

_Rows = Float[np.ndarray, "row key"]


@dataclass(frozen=True, slots=True)
class Link:
    """The link of a map that is furthest beyond its offset. query, key: numbers of tokens.

    weight: as the map has it. even: that of a head that spreads evenly over what the query can see.
    beyond: weight − even, less the mean of the same over the other cells at its offset (key − query).
    """

    query: int
    key: int
    weight: float
    even: float
    beyond: float


@dataclass(frozen=True, eq=False)
class Links:
    """What a map says of links between ordinary words.

    best: the one that is furthest beyond its offset; None where none is beyond it.
    received: what lies beyond of all links to a key, summed over the queries that can see it; 0 for what is no word.
    """

    best: Link | None
    received: Float64[np.ndarray, " key"]


class Words:
    """Which tokens of a trace are, or belong to, ordinary words: neither special nor punctuation alone."""

    def __init__(self, trace: Trace) -> None:
        self._same = trace.key_tokens is trace.tokens
        self.queries = _numbers(trace.tokens, trace.texts)
        self.keys = self.queries if self._same else _numbers(trace.key_tokens, trace.texts)

    @property
    def key_count(self) -> int:
        """How many words there are to look at."""
        return len(set(self.keys[self.keys >= 0].tolist()))

    def linked(self, rows: slice) -> Bool[np.ndarray, "row key"]:
        """True where a query and a key are of two different words. In cross attention they always are: a word of the
        encoder's text is no word of the decoder's."""
        queries = self.queries[rows, None]
        linked = (queries >= 0) & (self.keys >= 0)
        return linked & (queries != self.keys) if self._same else linked


class _Part(NamedTuple):
    """Some rows of what is the same for all maps that see the same cells."""

    rows: slice
    even: Float32[np.ndarray, "row key"]
    linked: Bool[np.ndarray, "row key"]


class Beyond:
    """Looks for links in the maps of heads that see the same cells."""

    def __init__(self, reading: Reading, words: Words) -> None:
        self._reading, self._words = reading, words
        queries, keys = reading.visible.shape
        step = max(1, _BLOCK_CELLS // max(1, keys))
        self._blocks = [slice(first, min(first + step, queries)) for first in range(0, queries, step)]
        self._only = self._part(self._blocks[0]) if len(self._blocks) == 1 else None
        self._counts: Float64[np.ndarray, " offset"] | None = None
        if reading.same_tokens:
            self._counts = np.zeros(queries + keys - 1)
            for rows in self._blocks:
                _add_offsets(self._counts, reading.visible[rows], rows.start)

    def of(self, weights: Map) -> Links:
        """The links of a map that goes with the reading."""
        sums = None if self._counts is None else self._sums(weights)
        received = np.zeros(weights.shape[1])
        best: Link | None = None
        for part in self._parts():
            beyond = (weights[part.rows] - part.even).astype(np.float64)
            if sums is not None:
                beyond = self._without_offset(beyond, sums, part.rows)
            beyond *= part.linked
            received += beyond.sum(axis=0)
            row, key = map(int, np.unravel_index(beyond.argmax(), beyond.shape))
            if beyond[row, key] > (best.beyond if best else 0):
                query = part.rows.start + row
                best = Link(query, key, float(weights[query, key]), float(part.even[row, key]), float(beyond[row, key]))
        return Links(best, received)

    def _without_offset(
        self, excess: _Rows, sums: Float64[np.ndarray, " offset"], rows: slice
    ) -> Float64[np.ndarray, "row key"]:
        """Less the mean of the others at the same offset; 0 where there is too little company."""
        assert self._counts is not None
        enough = self._counts > COMPANY
        others = np.where(enough, self._counts - 1, 1)
        # e − (sum − e) / others
        grown = np.where(enough, 1 + 1 / others, 0)
        taken = np.where(enough, sums / others, 0)
        return excess * self._as_rows(grown, rows) - self._as_rows(taken, rows)

    def _sums(self, weights: Map) -> Float64[np.ndarray, " offset"]:
        sums = np.zeros(sum(weights.shape) - 1)
        for part in self._parts():
            _add_offsets(sums, weights[part.rows] - part.even, part.rows.start)
        return sums

    def _as_rows(self, values: Float64[np.ndarray, " offset"], rows: slice) -> Float64[np.ndarray, "row key"]:
        """The value of each cell's offset: a view."""
        return sliding_window_view(values, len(self._reading.keys))[::-1][rows]

    def _parts(self) -> Iterator[_Part]:
        if self._only is not None:
            yield self._only
        else:
            yield from map(self._part, self._blocks)

    def _part(self, rows: slice) -> _Part:
        linked = self._words.linked(rows) & self._reading.visible[rows]
        return _Part(rows, self._reading.uniform(rows), linked)


def _add_offsets(sums: Float64[np.ndarray, " offset"], cells: np.ndarray, first: int) -> None:
    """Adds what lies at each offset key − query, from that of the last query and the first key on. cells: [row, key],
    the rows from the query `first` on."""
    rows, keys = cells.shape
    # Each row is written one cell further left than the one above: then cells of one offset stand in one column.
    flat = np.zeros(rows * (rows + keys - 1))
    step = flat.itemsize
    as_strided(flat[rows - 1 :], cells.shape, ((rows + keys - 2) * step, step))[:] = cells
    start = len(sums) - keys + 1 - first - rows
    sums[start : start + rows + keys - 1] += flat.reshape(rows, -1).sum(axis=0)


def _numbers(tokens: Sequence[Token], texts: Sequence[str]) -> Int[np.ndarray, " token"]:
    """The number of the word of each token, −1 for what is special or punctuation alone."""
    numbers = np.full(len(tokens), -1)
    for number, word in enumerate(group_words(tokens, texts)):
        for token in word.tokens:
            if not word.special and _has_words(tokens[token].text):
                numbers[token] = number
    return numbers


def _has_words(text: str) -> bool:
    """Is there more than punctuation, blanks and control characters?"""
    return any(unicodedata.category(char)[0] not in "PZC" and char not in _BLANKS for char in text)
