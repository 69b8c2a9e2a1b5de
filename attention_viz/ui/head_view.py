"""One head on one text, as it is shown: between tokens or words, with the row that is held, its links and measures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from attention_viz.components.head_facts import Fact, Link
from attention_viz.core.mean import mean_attention
from attention_viz.core.token import Piece
from attention_viz.core.trace import Trace
from attention_viz.core.words import group_words, merge_words
from attention_viz.measures import MEASURES, reading_of, special_shares
from attention_viz.ui.selection import MEAN, Selection

_LINKS = 6


@dataclass(frozen=True, eq=False)
class HeadView:
    """A map and what stands along its sides.

    starts: the number of the first token of each row, which is how a row is held.
    held: the row of the held query token, or None. held_key: the column of the held key token.
    """

    trace: Trace
    selection: Selection
    weights: Float32[np.ndarray, "query key"]
    queries: Sequence[Piece]
    keys: Sequence[Piece]
    starts: tuple[int, ...]
    held: int | None
    held_key: int | None

    @property
    def name(self) -> str:
        if self.selection.layer == MEAN:
            return "the mean of all heads"
        return f"L{self.selection.layer} {'mean' if self.selection.head == MEAN else f'H{self.selection.head}'}"

    def title(self) -> str:
        """What `links` lists."""
        if self.held is None:
            return "Strongest links, special tokens aside"
        return f"“{self.queries[self.held].text}” looks at"

    def links(self) -> list[Link]:
        """The strongest keys of the held row; without one, the strongest links between ordinary tokens."""
        queries, keys = _told_apart(self.queries), _told_apart(self.keys)
        if self.held is not None:
            row = self.weights[self.held]
            return [Link("", keys[key], float(row[key])) for key in _largest(row)]
        ordinary = [np.array([not item.special for item in side]) for side in (self.queries, self.keys)]
        weights = np.where(np.outer(*ordinary), self.weights, -1)
        pairs = [divmod(int(place), weights.shape[1]) for place in _largest(weights.ravel())]
        return [
            Link(queries[query], keys[key], float(weights[query, key]))
            for query, key in pairs
            if weights[query, key] >= 0
        ]

    def rest(self) -> str:
        """What the list of `links` leaves out of the held row."""
        if self.held is None or len(self.keys) <= _LINKS:
            return ""
        others = np.delete(self.weights[self.held], _largest(self.weights[self.held]))
        return f"the other {len(others):,} {self.selection.unit} together {_short(float(others.sum()))}"

    def facts(self) -> list[Fact]:
        """The measures, always on tokens: that is what their baselines hold for."""
        weights = token_map(self.trace, self.selection.layer, self.selection.head)
        reading = reading_of(self.trace, max(0, self.selection.layer), max(0, self.selection.head))
        even = reading.uniform()
        shares = ", ".join(f"{name} {_short(share)}" for name, share in special_shares(weights, reading).items())
        return [
            Fact(
                label=measure.label,
                meaning=measure.meaning,
                unit=measure.unit,
                source=measure.source,
                value=_known(measure.of(weights, reading)),
                uniform=_known(measure.of(even, reading)),
                low=measure.span(reading)[0],
                high=measure.span(reading)[1],
                detail=shares if measure.key == "special_tokens" else "",
            )
            for measure in MEASURES
        ]


def head_view(trace: Trace, selection: Selection) -> HeadView:
    """The selected head of a trace. The layer and the head are there; a held token that isn't counts as none."""
    weights = token_map(trace, selection.layer, selection.head)
    if selection.unit == "tokens":
        starts = tuple(range(len(trace.tokens)))
        held = [_row(starts, token, trace) for token in (selection.token, selection.key)]
        return HeadView(trace, selection, weights, trace.tokens, trace.key_tokens, starts, *held)
    words = group_words(trace.tokens, trace.texts)
    starts = tuple(word.tokens[0] for word in words)
    held = [_row(starts, token, trace) for token in (selection.token, selection.key)]
    return HeadView(trace, selection, merge_words(weights, words, words), words, words, starts, *held)


def token_map(trace: Trace, layer: int, head: int) -> Float32[np.ndarray, "query key"]:
    """The map of a head between tokens, or the mean map that MEAN stands for."""
    if layer == MEAN:
        return mean_attention(trace)
    return mean_attention(trace, layer) if head == MEAN else trace.attention(layer, head)


def map_of(view: HeadView, layer: int, head: int) -> Float32[np.ndarray, "query key"]:
    """Any map of the same trace, between the same rows and columns as the one that is shown."""
    weights = token_map(view.trace, layer, head)
    if view.selection.unit == "tokens":
        return weights
    words = group_words(view.trace.tokens, view.trace.texts)
    return merge_words(weights, words, words)


def _row(starts: Sequence[int], token: int | None, trace: Trace) -> int | None:
    if token is None or token >= len(trace.tokens):
        return None
    return int(np.searchsorted(starts, token, side="right")) - 1


def _largest(weights: np.ndarray) -> np.ndarray:
    """Where the largest weights are, largest first; of equal ones the first. Sorts only what can be among them."""
    least = np.partition(weights, -_LINKS)[-_LINKS] if len(weights) > _LINKS else -np.inf
    candidates = np.flatnonzero(weights >= least)
    return candidates[np.argsort(-weights[candidates], kind="stable")][:_LINKS]


def _told_apart(items: Sequence[Piece]) -> list[str]:
    """The texts, with their position where a text occurs more than once: "the #7"."""
    times = Counter(item.text for item in items)
    return [f"{item.text} #{at}" if times[item.text] > 1 else item.text for at, item in enumerate(items)]


def _short(share: float) -> str:
    return "< 0.01" if 0 < share < 0.005 else f"{share:.2f}"


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value
