"""One attention weight taken apart: from two vectors over a score and the softmax to what its value contributes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64

from attention_viz.core.errors import MapError, check_index
from attention_viz.core.message import Message, counted, say
from attention_viz.core.trace import Layer, Trace

SCORE_TOLERANCE = 1e-5
"""How far the Trace's score may be from the sum here, relative to the sizes of what is summed."""
WEIGHT_TOLERANCE = 1e-5
"""How far the Trace's weight may be from the one here."""


@dataclass(frozen=True, eq=False)
class TakenApart:
    """One weight, and every number that it comes from, computed again in float64. Arrays are read-only.

    Its row holds the query against every key; `key` is the place of the one that is looked at.

    query_vector, key_vector: q and k as they are compared, after rotary embeddings and biases.
    scale: what q·k is multiplied by.
    biases: what is added to each scaled score of the row, or None where the layer adds nothing.
    visible: False for the keys of the row that the query can't see.
    dots: q·k of the row.
    scores: dots · scale + biases; −∞ for hidden keys.
    powers: e^(score − the largest score); 0 for hidden keys.
    weights: powers divided by their sum; all 0 where the query sees nothing.
    values: the value vector of every key.
    traced_score, traced_weight: what the Trace says of the same pair, in its float32.
    """

    trace: Trace
    layer: int
    head: int
    query: int
    key: int
    query_vector: Float64[np.ndarray, " size"]
    key_vector: Float64[np.ndarray, " size"]
    scale: float
    biases: Float64[np.ndarray, " key"] | None
    visible: Bool[np.ndarray, " key"]
    dots: Float64[np.ndarray, " key"]
    scores: Float64[np.ndarray, " key"]
    powers: Float64[np.ndarray, " key"]
    weights: Float64[np.ndarray, " key"]
    values: Float64[np.ndarray, "key value_size"]
    traced_score: float
    traced_weight: float

    def __post_init__(self) -> None:
        row = (self.visible, self.dots, self.scores, self.powers, self.weights, self.values)
        biases = () if self.biases is None else (self.biases,)
        for array in (self.query_vector, self.key_vector, *row, *biases):
            array.setflags(write=False)

    @property
    def products(self) -> Float64[np.ndarray, " size"]:
        """q and k multiplied dimension by dimension; they add up to q·k."""
        return self.query_vector * self.key_vector

    @property
    def running(self) -> Float64[np.ndarray, " size"]:
        """The sum of the products so far, after each dimension; the last one is q·k."""
        return np.cumsum(self.products)

    def largest(self, count: int) -> list[int]:
        """The dimensions that bring or take away most, the largest first; of equal ones the first."""
        return [int(at) for at in np.argsort(-np.abs(self.products), kind="stable")[:count]]

    @property
    def dot(self) -> float:
        """q·k of the pair."""
        return float(self.products.sum())

    @property
    def bias(self) -> float:
        """What is added to the scaled score of the pair."""
        return 0.0 if self.biases is None else float(self.biases[self.key])

    @property
    def score(self) -> float:
        """q·k · scale + bias of the pair, whether it is hidden or not."""
        return self.dot * self.scale + self.bias

    @property
    def hidden(self) -> bool:
        """Can the query not see the key?"""
        return not self.visible[self.key]

    @property
    def top(self) -> float:
        """The largest score of the row, which is subtracted from all; −∞ where the query sees nothing."""
        return float(self.scores.max())

    @property
    def total(self) -> float:
        """The sum of the row's powers."""
        return float(self.powers.sum())

    @property
    def weight(self) -> float:
        """The weight of the pair."""
        return float(self.weights[self.key])

    @property
    def norms(self) -> Float64[np.ndarray, " key"]:
        """‖v‖ of every key."""
        norms: np.ndarray = np.linalg.norm(self.values, axis=-1)
        return norms

    @property
    def passed(self) -> Float64[np.ndarray, " key"]:
        """‖α·v‖ of every key: how much it adds to what the head passes on (Kobayashi et al. 2020), here with the value
        before the output projection."""
        return self.weights * self.norms

    @property
    def output(self) -> Float64[np.ndarray, " value_size"]:
        """Σ α·v over the row: what the head passes on for this query."""
        return self.weights @ self.values

    @property
    def score_error(self) -> float:
        """How far the Trace's score is from this one, relative to the sizes of what is summed; 0 for a hidden pair of
        which the Trace too says that it is hidden.

        Relative to the score itself it would say nothing: large products can add up to almost 0.
        """
        if self.hidden:
            return 0.0 if self.traced_score == -np.inf else np.inf
        size = float(np.abs(self.products).sum()) * abs(self.scale) + abs(self.bias)
        return abs(self.traced_score - self.score) / size if size > 0 else abs(self.traced_score)

    @property
    def agrees(self) -> bool:
        """Does the Trace say the same, within SCORE_TOLERANCE and WEIGHT_TOLERANCE?"""
        weight_error = abs(self.traced_weight - self.weight)
        return self.score_error <= SCORE_TOLERANCE and weight_error <= WEIGHT_TOLERANCE

    @property
    def why_hidden(self) -> Message | None:
        """Why the query can't see the key, in one sentence; None where it can."""
        if not self.hidden:
            return None
        seen = np.flatnonzero(self.visible)
        if not len(seen):
            return say("This query can see no key at all, so its whole row has no weights.")
        if self.trace.kind == "decoder" and self.key > self.query:
            return say(
                "Key {key} comes after query {query}, and a decoder can't see what comes later: a causal mask hides "
                "it.",
                key=self.key,
                query=self.query,
            )
        if len(seen) == seen[-1] - seen[0] + 1:
            return say(
                "This layer reads through a window: query {query} sees the keys {first} to {last}, and key {key} lies "
                "outside.",
                query=self.query,
                first=int(seen[0]),
                last=int(seen[-1]),
                key=self.key,
            )
        return counted(
            len(seen),
            "This layer's mask hides key {key} from query {query}, which sees {count} other key.",
            "This layer's mask hides key {key} from query {query}, which sees {count} other keys.",
            key=self.key,
            query=self.query,
        )


def take_apart(trace: Trace, layer: int, head: int, query: int, key: int) -> TakenApart:
    """Where does the weight that token `query` gives to token `key` come from?

    softmax(q·kᵀ·scale + bias) of one row (Vaswani et al. 2017, eq. 1), step by step. Raises RangeError for a layer,
    head or token that is not there, and MapError with the reason when the trace has no queries and keys.
    """
    source = trace.layers[check_index("layer", layer, len(trace.layers))]
    check_index("head", head, source.heads)
    check_index("query token", query, len(trace.tokens))
    check_index("key token", key, len(trace.key_tokens))
    if not isinstance(source, Layer):
        raise MapError(
            trace.maps_only or say("This trace holds maps only: there are no queries and keys to take apart.")
        )
    row = slice(query, query + 1)
    vector = source.query[head, query].astype(np.float64)
    keys = source.key[source.kv_head(head)].astype(np.float64)
    visible = trace.visible(layer, head)[query].copy()
    biases = None
    if source.bias is not None:
        of_head = source.bias[head if source.bias.shape[0] > 1 else 0]
        of_query = of_head[query if of_head.shape[0] > 1 else 0]
        biases = np.broadcast_to(of_query, len(keys)).astype(np.float64)
    dots = keys @ vector
    scores = np.where(visible, dots * source.scale + (0 if biases is None else biases), -np.inf)
    powers = np.exp(scores - scores.max()) if visible.any() else np.zeros(len(keys))
    total = powers.sum()
    return TakenApart(
        trace=trace,
        layer=layer,
        head=head,
        query=query,
        key=key,
        query_vector=vector,
        key_vector=keys[key],
        scale=source.scale,
        biases=biases,
        visible=visible,
        dots=dots,
        scores=scores,
        powers=powers,
        weights=powers / total if total > 0 else powers,
        values=source.value[source.kv_head(head)].astype(np.float64),
        traced_score=float(source.scores(head, row)[0, key]),
        traced_weight=float(trace.rows(layer, head, query, query + 1)[0, key]),
    )


def strongest_ordinary(trace: Trace, layer: int, head: int, query: int) -> int:
    """The key that gets the largest weight of a query's row, special tokens aside while there is any other to be seen.

    Raises RangeError for a layer, head or token that is not there.
    """
    check_index("query token", query, len(trace.tokens))
    weights = trace.rows(layer, head, query, query + 1)[0]
    seen = trace.visible(layer, head)[query]
    ordinary = seen & ~np.array([token.special for token in trace.key_tokens])
    candidates = next((some for some in (ordinary, seen) if some.any()), np.ones_like(seen))
    return int(np.argmax(np.where(candidates, weights, -1)))
