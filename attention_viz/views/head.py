"""One head on one text, as it is shown: between tokens or words, with the row that is held, its links and measures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
from jaxtyping import Bool, Float32

from attention_viz.core.mean import attention_at, behind
from attention_viz.core.place import Place
from attention_viz.core.sight import seen_by_any
from attention_viz.core.token import Piece, Token, told_apart
from attention_viz.core.trace import Trace
from attention_viz.core.words import Unit, Word, group_words, merge_words
from attention_viz.measures import MEASURES, reading_at, special_shares
from attention_viz.views.facts import Fact, Link

_LINKS = 6


@dataclass(frozen=True, eq=False)
class HeadView:
    """A map and what stands along its sides.

    place: whose map it is. unit: what stands along the sides.
    visible: where a query can't look, or None where all see all.
    starts, key_starts: the number of the first token of each row and column, which is how one is held.
    query, key: the row of the held query token and the column of the held key token, or None.
    """

    trace: Trace
    place: Place
    unit: Unit
    weights: Float32[np.ndarray, "query key"]
    visible: Bool[np.ndarray, "query key"] | None
    queries: Sequence[Piece]
    keys: Sequence[Piece]
    starts: tuple[int, ...]
    key_starts: tuple[int, ...]
    query: int | None
    key: int | None

    @property
    def name(self) -> str:
        return self.place.name

    def title(self) -> str:
        """What `links` lists."""
        if self.query is not None:
            return f"“{self.queries[self.query].text}” looks at"
        if self.visible is None:
            return "Strongest links, special tokens aside"
        return "Strongest links beyond an even row, special tokens aside"

    def links(self) -> list[Link]:
        """The strongest keys of the held row; without one, the strongest links between ordinary tokens.

        Then a weight counts by what it has beyond that of an even row, which gives the same to all that it sees: the
        fewer keys there are, the more each of them gets. A row of one key says nothing of the head, and is left out.
        """
        queries, keys = told_apart(self.queries), told_apart(self.keys)
        if self.query is not None:
            row = self.weights[self.query]
            return [Link("", keys[key], float(row[key])) for key in _largest(row)]
        ordinary = [np.array([not item.special for item in side]) for side in (self.queries, self.keys)]
        there = np.outer(*ordinary)
        beyond = self.weights
        if self.visible is not None:
            seen = self.visible.sum(axis=1, keepdims=True)
            there = there & self.visible & (seen > 1)
            beyond = self.weights - 1 / np.maximum(seen, 1)
        places = _largest(np.where(there, beyond, -np.inf).ravel())
        pairs = [divmod(int(place), there.shape[1]) for place in places if there.flat[place]]
        return [Link(queries[query], keys[key], float(self.weights[query, key])) for query, key in pairs]

    def rest(self) -> str:
        """What the list of `links` leaves out of the held row."""
        if self.query is None or len(self.keys) <= _LINKS:
            return ""
        others = np.delete(self.weights[self.query], _largest(self.weights[self.query]))
        return f"the other {len(others):,} {self.unit} together {_short(float(others.sum()))}"

    def facts(self) -> list[Fact]:
        """The measures, always on tokens: that is what their baselines hold for."""
        weights = attention_at(self.trace, self.place)
        reading = reading_at(self.trace, self.place)
        even = reading.uniform()
        spans = {measure.key: measure.span(reading) for measure in MEASURES}
        shares = ", ".join(f"{name} {_short(share)}" for name, share in special_shares(weights, reading).items())
        return [
            Fact(
                label=measure.label,
                meaning=measure.meaning,
                unit=measure.unit,
                source=measure.source,
                value=known(measure.of(weights, reading)),
                uniform=known(measure.of(even, reading)),
                low=known(spans[measure.key][0]),
                high=known(spans[measure.key][1]),
                detail=shares if measure.key == "special_tokens" else "",
                without="This text is too short to say."
                if reading.same_tokens
                else "Positions in two different texts are not compared.",
            )
            for measure in MEASURES
        ]


def head_view(
    trace: Trace, place: Place, unit: Unit = "tokens", query: int | None = None, key: int | None = None
) -> HeadView:
    """A head of a trace, or a mean, with the query token and the key token that are held. The layer and the head are
    there; a held token that isn't counts as none."""
    queries, keys = sides(trace, unit)
    starts, key_starts = _starts(queries), _starts(keys)
    return HeadView(
        trace,
        place,
        unit,
        in_unit(trace, attention_at(trace, place), unit),
        visible_of(trace, place, unit),
        queries,
        keys,
        starts,
        key_starts,
        _row(starts, query, len(trace.tokens)),
        _row(key_starts, key, len(trace.key_tokens)),
    )


def sides(trace: Trace, unit: Unit) -> tuple[Sequence[Token | Word], Sequence[Token | Word]]:
    """What stands along the rows and along the columns."""
    if unit == "tokens":
        return trace.tokens, trace.key_tokens
    queries = group_words(trace.tokens, trace.texts)
    return queries, queries if trace.key_tokens is trace.tokens else group_words(trace.key_tokens, trace.texts)


def in_unit(trace: Trace, weights: Float32[np.ndarray, "query key"], unit: Unit) -> Float32[np.ndarray, "row column"]:
    """A map between tokens as one between tokens or words."""
    if unit == "tokens":
        return weights
    queries, keys = sides(trace, unit)
    return merge_words(weights, cast("Sequence[Word]", queries), cast("Sequence[Word]", keys))


def band(view: HeadView, layer: int, head: int, first: int, last: int) -> Float32[np.ndarray, "row column"]:
    """The rows first … last − 1 of a head's map between the rows and columns of the view, computed alone."""
    ends = [*view.starts, len(view.trace.tokens)]
    weights = view.trace.rows(layer, head, ends[first], ends[last])
    if view.unit == "tokens":
        return weights
    words = cast("Sequence[Word]", view.queries[first:last])
    shifted = [replace(word, tokens=tuple(token - ends[first] for token in word.tokens)) for word in words]
    return merge_words(weights, shifted, cast("Sequence[Word]", view.keys))


def visible_of(trace: Trace, place: Place, unit: Unit) -> Bool[np.ndarray, "row column"] | None:
    """Which keys a query can see, None where all see all. A word sees another when one of its tokens does, and a mean
    sees what any of its heads does."""
    heads = behind(trace, place)
    if any(trace.layers[one].visible is None for one, _ in heads):
        return None
    visible = seen_by_any(trace, heads)
    if unit == "words":
        queries, keys = sides(trace, unit)
        visible = np.logical_or.reduceat(visible, _starts(keys), axis=1)
        visible = np.logical_or.reduceat(visible, _starts(queries), axis=0)
    return None if visible.all() else visible


def _starts(items: Sequence[Token | Word]) -> tuple[int, ...]:
    return tuple(item.tokens[0] if isinstance(item, Word) else at for at, item in enumerate(items))


def _row(starts: Sequence[int], token: int | None, count: int) -> int | None:
    if token is None or token >= count:
        return None
    return int(np.searchsorted(starts, token, side="right")) - 1


def _largest(weights: np.ndarray) -> np.ndarray:
    """Where the largest weights are, largest first; of equal ones the first. Sorts only what can be among them."""
    least = np.partition(weights, -_LINKS)[-_LINKS] if len(weights) > _LINKS else -np.inf
    candidates = np.flatnonzero(weights >= least)
    return candidates[np.argsort(-weights[candidates], kind="stable")][:_LINKS]


def _short(share: float) -> str:
    return "< 0.01" if 0 < share < 0.005 else f"{share:.2f}"


def known(value: float) -> float | None:
    """None for NaN, which JSON doesn't have."""
    return None if np.isnan(value) else value
