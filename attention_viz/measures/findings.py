"""What is worth a look in one text: a few links, heads and words that are far from what an even head would give."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from jaxtyping import Float32

from attention_viz.core.head_scores import HeadScores, PerHead
from attention_viz.core.mean import attention_at
from attention_viz.core.place import Place, heads_of
from attention_viz.core.sight import masks
from attention_viz.core.trace import MapLayer, Trace
from attention_viz.measures import finding as made
from attention_viz.measures.base import Tally
from attention_viz.measures.compare import compare, most_and_least_alike
from attention_viz.measures.entropy import ENTROPY
from attention_viz.measures.finding import Finding
from attention_viz.measures.links import Beyond, Link, Words
from attention_viz.measures.offset import PREVIOUS
from attention_viz.measures.reading import Map, reading_at, reading_of
from attention_viz.measures.special import SPECIAL, special_shares

MEASURED = (PREVIOUS, SPECIAL, ENTROPY)
"""The measures that a search asks for."""
FAR = 0.25
"""A finding has come at least so far on the way from what is usual to the most that is possible; what is nearer, a few
tokens reach by chance."""
STANDS_OUT = 1.0
"""What a head's links to a word have in all, beyond an even head's and their offsets, where that word stands out: as
much as one query has to give."""
MANY = 3
"""Fewer heads than that are not many."""
PAIRS_BYTES = 32e6
"""Of the maps of all heads that are kept until the two that differ most are looked for: the rows of all queries or, of
larger maps, of evenly spaced ones."""
LEAST_QUERIES = 8
"""With fewer queries than that, of a text that has more, nothing is said of the two."""


class Found(NamedTuple):
    """way: how far from what is usual, 0, to the most that is possible, 1."""

    way: float
    finding: Finding


def findings(trace: Trace) -> tuple[Finding, ...]:
    """Up to six things worth a look in this text: the strongest link between two words first, then what is furthest on
    its way from what an even head has to the most that is possible.

    At most one of a kind, and no two with the same place and query. Empty where there is nothing. Raises MapError when
    what the model computed is no attention map.
    """
    *_, found = find(trace)
    return found


def find(trace: Trace, scores: Sequence[HeadScores] | None = None) -> Iterator[tuple[Finding, ...]]:
    """What is known of the findings after each step: nothing until every map was looked at, once; then all but the two
    heads that differ most; then all. May be left at any step.

    scores: those of `MEASURED`, at least, where somebody has them already.
    """
    search, tally = Search(trace), None if scores is not None else Tally(trace, MEASURED)
    for place in heads_of(len(trace.layers), trace.heads):
        weights = attention_at(trace, place)
        search.add(place, weights)
        if tally is not None:
            tally.add(place, weights)
        yield ()
    yield from search.found(tally.scores() if tally is not None else scores or ())


def best_link(trace: Trace, place: Place | None = None) -> Finding | None:
    """The strongest link between two words within one place, or of all heads where none is named; None where no link
    is far beyond its offset. Looks at one map, or at all."""
    places = heads_of(len(trace.layers), trace.heads) if place is None else [place]
    words, best = Words(trace), None
    beyond = {one: Beyond(reading_at(trace, one), words) for one in places[:1]} if place else _beyond(trace, words)
    for one in places:
        link = beyond[one].of(attention_at(trace, one)).best
        if link is not None and (best is None or link.beyond > best[1].beyond):
            best = one, link
    return None if best is None else next((found.finding for found in _link(trace, *best)), None)


class Search:
    """Looks at the maps of a trace for whoever goes through all of them anyway."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._words = Words(trace)
        self._beyond = _beyond(trace, self._words)
        self._links: dict[Place, Link] = {}
        self._looked_at: dict[Place, tuple[int, float]] = {}
        self._rows = _Rows(trace)

    def add(self, place: Place, weights: Map) -> None:
        """Takes the map of a head."""
        links = self._beyond[place].of(weights)
        if links.best is not None:
            self._links[place] = links.best
        key = int(links.received.argmax())
        if links.received[key] >= STANDS_OUT:
            self._looked_at[place] = key, float(links.received[key])
        self._rows.add(place, weights)

    def found(self, scores: Sequence[HeadScores]) -> Iterator[tuple[Finding, ...]]:
        """All but the two heads that differ most; then all. scores: as in `find`, now that all heads are known."""
        by_key = {one.measure: one for one in scores}
        found = [
            *self._best_link(),
            *_purest(by_key[PREVIOUS.key]),
            *_resting(self._trace, by_key[SPECIAL.key]),
            *_broadest(by_key[ENTROPY.key]),
            *self._popular(),
        ]
        yield _best_first(found)
        yield _best_first([*found, *self._rows.unlike()])

    def _best_link(self) -> Iterator[Found]:
        if self._links:
            place = max(self._links, key=lambda place: self._links[place].beyond)
            yield from _link(self._trace, place, self._links[place])

    def _popular(self) -> Iterator[Found]:
        """The word that most heads look at most, in each of these heads; first where it gets most."""
        keys = [key for key, _ in self._looked_at.values()]
        key = max(sorted(set(keys)), key=keys.count, default=-1)
        count, words = keys.count(key), self._words.key_count
        if count < MANY:
            return
        received = {place: share for place, (at, share) in self._looked_at.items() if at == key}
        for place in sorted(received, key=lambda place: -received[place]):
            about = made.of_popular(self._trace, place, key, count, len(keys), words)
            yield Found(_way(about.value, about.even, float(len(keys))), about)


class _Rows:
    """Rows of the maps of all heads, as many as are kept, to find the two heads that differ most."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        count, heads = len(trace.tokens), len(trace.layers) * trace.heads
        most = int(PAIRS_BYTES / (4 * max(1, heads * len(trace.key_tokens))))
        step = -(-count // max(1, most))
        self._chosen = slice(None, None, step)
        self._queries = len(range(0, count, step))
        self._enough = most >= min(count, LEAST_QUERIES) and heads > 1
        shape = (len(trace.layers), trace.heads, self._queries, len(trace.key_tokens))
        self._maps: Float32[np.ndarray, "layer head query key"] = np.zeros(shape if self._enough else (0,) * 4, "f4")

    def add(self, place: Place, weights: Map) -> None:
        if self._enough:
            self._maps[place.layer, place.head] = weights[self._chosen]

    def unlike(self) -> Iterator[Found]:
        """The two heads that differ most on these rows, and how much on all; with the one first and with the other."""
        pair = most_and_least_alike(self._kept()) if self._enough else None
        if pair is None:
            return
        a, b = (Place(head.layer, head.head) for head in (pair[1].a, pair[1].b))
        value = compare(*(self._trace.head(head.layer, head.head) for head in (pair[1].a, pair[1].b))).number(
            "divergence"
        )
        for place, other in ((a, b), (b, a)):
            about = made.of_unlike(place, other, value, self._queries, len(self._trace.tokens))
            yield Found(_way(value, 0.0, made.MOST_UNLIKE), about)

    def _kept(self) -> Trace:
        """The trace of these rows alone."""
        trace = self._trace
        seen = (layer.visible for layer in trace.layers)
        layers = [
            MapLayer(maps, None if visible is None else visible[:, self._chosen] if visible.shape[1] > 1 else visible)
            for maps, visible in zip(self._maps, seen, strict=True)
        ]
        return replace(trace, tokens=trace.tokens[self._chosen], layers=tuple(layers), key_tokens=trace.key_tokens)


def _beyond(trace: Trace, words: Words) -> dict[Place, Beyond]:
    """For each head; one for all that see the same."""
    found: dict[Place, Beyond] = {}
    for _, same in masks(trace, np.ndindex(len(trace.layers), trace.heads)):
        one = Beyond(reading_of(trace, *same[0]), words)
        found |= {Place(layer, head): one for layer, head in same}
    return found


def _link(trace: Trace, place: Place, link: Link) -> Iterator[Found]:
    way = _way(link.beyond, 0.0, 1 - link.even)
    if way >= FAR:
        yield Found(way, made.of_link(trace, place, link))


def _purest(scores: HeadScores) -> Iterator[Found]:
    for place in _largest(scores.values):
        value, even, high = (
            float(array[place.layer, place.head]) for array in (scores.values, scores.uniform, scores.high)
        )
        yield Found(_way(value, even, high), made.of_previous(place, value, even))


def _resting(trace: Trace, scores: HeadScores) -> Iterator[Found]:
    for place in _largest(scores.values):
        value, even, high = (
            float(array[place.layer, place.head]) for array in (scores.values, scores.uniform, scores.high)
        )
        shares = special_shares(attention_at(trace, place), reading_at(trace, place))
        yield Found(_way(value, even, high), made.of_special(place, value, even, shares))


def _broadest(scores: HeadScores) -> Iterator[Found]:
    """An even head has the most that is possible: the broadest stands out from the other heads, half of which are below
    the median."""
    some = scores.uniform > 0
    ratio = np.divide(scores.values, scores.uniform, out=np.full(scores.values.shape, np.nan), where=some)
    for place in _largest(ratio):
        value, even = float(scores.values[place.layer, place.head]), float(scores.uniform[place.layer, place.head])
        yield Found(_way(value / even, float(np.nanmedian(ratio)), 1.0), made.of_broadest(place, value, even))


def _largest(values: PerHead) -> Iterator[Place]:
    """The head with the largest value, if any has one; of equal ones the first."""
    if not np.isnan(values).all():
        layer, head = np.unravel_index(np.nanargmax(values), values.shape)
        yield Place(int(layer), int(head))


def _way(value: float, usual: float, most: float) -> float:
    """How far on the way from what is usual to the most that is possible; 0 where nothing else is possible."""
    return (value - usual) / (most - usual) if most - usual > 1e-6 else 0.0


def _best_first(found: Sequence[Found]) -> tuple[Finding, ...]:
    """Those that are far enough, one of a kind and none where another is. found: what has no choice of a place first;
    of the others the first that is free is taken."""
    kept: list[Found] = []
    for one in found:
        about = one.finding
        taken = any(
            about.kind == other.kind or (about.place, about.query) == (other.place, other.query) for _, other in kept
        )
        if one.way >= FAR and not taken:
            kept.append(one)
    return tuple(one.finding for one in sorted(kept, key=lambda one: (one.finding.kind != "link", -one.way)))
