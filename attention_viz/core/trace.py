"""A Trace: what one forward pass computed, from which every attention map can be drawn.

It keeps queries, keys, values, bias and scale instead of the maps. For 12 × 12 heads at 512 tokens that is 57 MB
instead of 151 MB, and at 8,192 tokens 0.9 GB instead of 39 GB; a map is one small product and a softmax away.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256

import numpy as np
from jaxtyping import Bool, Float32

from attention_viz.core.errors import MapError, check_index
from attention_viz.core.message import Message, say
from attention_viz.core.model_info import Kind, ModelInfo
from attention_viz.core.token import Token

_ALL = slice(None)


@dataclass(frozen=True, eq=False)
class Layer:
    """What the attention of one layer was computed from, after rotary embeddings and biases. Arrays are read-only.

    Grouped-query models have fewer key heads than query heads: query head h reads key head h // (heads // kv_heads).

    scale: what q·k is multiplied by, 1/√head_size in most models.
    bias: added to the scaled scores (relative positions and the like), or None.
    visible: False where a query can't see a key (causal, window, padding), or None where all see all.
    """

    query: Float32[np.ndarray, "head query size"]
    key: Float32[np.ndarray, "kv_head key size"]
    value: Float32[np.ndarray, "kv_head key value_size"]
    scale: float
    bias: Float32[np.ndarray, "#head #query #key"] | None = None
    visible: Bool[np.ndarray, "#head #query #key"] | None = None

    def __post_init__(self) -> None:
        for array in self.arrays:
            array.setflags(write=False)

    @property
    def heads(self) -> int:
        return self.query.shape[0]

    @property
    def nbytes(self) -> int:
        return sum(array.nbytes for array in self.arrays)

    def kv_head(self, head: int) -> int:
        """The key and value head that query head `head` reads."""
        return head // (self.heads // self.key.shape[0])

    def scores(self, head: int, rows: slice = _ALL) -> Float32[np.ndarray, "query key"]:
        """q·kᵀ·scale + bias of one head, what the softmax is taken of; −∞ where a query can't see a key.

        rows: the queries that are wanted; no others are computed.
        """
        scores = self.query[head, rows] @ self.key[self.kv_head(head)].T
        scores *= np.float32(self.scale)
        if self.bias is not None:
            scores += _of_head(self.bias, head, rows)
        if self.visible is not None:
            np.copyto(scores, -np.inf, where=~_of_head(self.visible, head, rows))
        return scores

    def attention(self, head: int, rows: slice = _ALL) -> Float32[np.ndarray, "query key"]:
        """softmax(q·kᵀ·scale + bias) of one head (Vaswani et al. 2017, eq. 1), in float32; hidden keys get 0.

        rows: as in `scores`.
        """
        weights = self.scores(head, rows)
        # A query that sees nothing has no attention: its row is 0, not NaN. Everywhere else the maximum is finite.
        top = weights.max(axis=-1, keepdims=True)
        weights -= np.where(np.isfinite(top), top, 0)
        np.exp(weights, out=weights)
        total = weights.sum(axis=-1, keepdims=True)
        np.divide(weights, total, out=weights, where=total > 0)
        return weights

    @property
    def arrays(self) -> list[np.ndarray]:
        """All arrays of the layer, those that are there."""
        optional = (self.bias, self.visible)
        return [self.query, self.key, self.value, *(array for array in optional if array is not None)]


@dataclass(frozen=True, eq=False)
class MapLayer:
    """A layer of which only the maps are known: the model hides its queries and keys, or the maps came from a file.

    weights: each row sums to 1. visible: as in `Layer`.
    """

    weights: Float32[np.ndarray, "head query key"]
    visible: Bool[np.ndarray, "#head #query #key"] | None = None

    def __post_init__(self) -> None:
        for array in self.arrays:
            array.setflags(write=False)

    @property
    def heads(self) -> int:
        return self.weights.shape[0]

    @property
    def nbytes(self) -> int:
        return sum(array.nbytes for array in self.arrays)

    def attention(self, head: int, rows: slice = _ALL) -> Float32[np.ndarray, "query key"]:
        """The map of one head, as it was given, or some rows of it."""
        return self.weights[head, rows]

    @property
    def arrays(self) -> list[np.ndarray]:
        """All arrays of the layer, those that are there."""
        return [self.weights] if self.visible is None else [self.weights, self.visible]


ROW_TOLERANCE = 1e-3
"""How far the sum of a row may be from 1 before a map is refused."""


@dataclass(frozen=True, eq=False)
class Trace:
    """The attention of one kind, in every layer and head of one model, on one text or pair of texts.

    Layers, heads and tokens count from 0.

    texts: what was read, one or two strings; token spans point into them.
    tokens: those that look (queries).
    layers: one each, all with the same number of heads.
    notes: sentences about what was cut or dropped on the way from text to tokens, to be shown with the result.
    key_tokens: those that are looked at; the same ones in self-attention, which is the default.
    kind: whose attention it is.
    maps_only: why there are no queries, keys and values, in one sentence; None where there are.
    """

    model: ModelInfo
    texts: tuple[str, ...]
    tokens: tuple[Token, ...]
    layers: tuple[Layer | MapLayer, ...]
    notes: tuple[Message, ...] = ()
    key_tokens: tuple[Token, ...] = field(default=())
    kind: Kind = "encoder"
    maps_only: Message | None = None

    def __post_init__(self) -> None:
        if not self.key_tokens:
            object.__setattr__(self, "key_tokens", self.tokens)

    @cached_property
    def digest(self) -> str:
        """128 bits that stand for what was read, by which model: the same for the same in every process. Whatever
        keeps or names what follows from a trace goes by it."""
        parts = (self.model.name, self.model.revision, self.kind, *self.texts)
        # Each with its length before it, or "a" and "bc" would be "ab" and "c".
        told = "".join(f"{len(part)}:{part}" for part in parts)
        return sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:32]

    @property
    def heads(self) -> int:
        """The heads of a layer."""
        return self.layers[0].heads if self.layers else 0

    @property
    def nbytes(self) -> int:
        """Memory of the arrays, in bytes; one that several layers share, such as a mask, counts once."""
        return sum({id(array): array.nbytes for layer in self.layers for array in layer.arrays}.values())

    def attention(self, layer: int, head: int | None = None) -> Float32[np.ndarray, "*head query key"]:
        """Attention weights, computed now: [query, key] of one head, or [head, query, key] of all heads of a layer.

        float32, read-only, in 0…1, each row sums to 1 (a query that sees no key at all has a row of 0). Raises
        RangeError for a layer or head that is not there, MapError when what the model computed is no attention map.
        """
        source = self._layer(layer)
        if head is None:
            weights = np.stack([self.attention(layer, index) for index in range(source.heads)])
        else:
            weights = source.attention(check_index("head", head, source.heads))
            self._check_rows(weights, layer, head)
        weights.setflags(write=False)
        return weights

    def head(self, layer: int, head: int) -> Head:
        """One head of this trace, to be put beside another. Raises RangeError for one that is not there."""
        check_index("head", head, self._layer(layer).heads)
        return Head(self, layer, head)

    def rows(self, layer: int, head: int, first: int, last: int) -> Float32[np.ndarray, "query key"]:
        """The rows of the queries first … last − 1 of `attention(layer, head)`, at the cost of those rows alone."""
        source = self._layer(layer)
        weights = source.attention(check_index("head", head, source.heads), slice(first, last))
        self._check_rows(weights, layer, head, first)
        weights.setflags(write=False)
        return weights

    def queries(self, layer: int, head: int | None = None) -> Float32[np.ndarray, "*head token size"] | None:
        """Query vectors, [token, size] of one head or [head, token, size]; read-only.

        None where `maps_only` says why.
        """
        source = self._layer(layer)
        if isinstance(source, MapLayer):
            return None
        return source.query if head is None else source.query[check_index("head", head, source.heads)]

    def keys(self, layer: int, head: int | None = None) -> Float32[np.ndarray, "*head token size"] | None:
        """Key vectors, [token, size] of one query head's key head or [kv_head, token, size]; read-only, or None."""
        source = self._layer(layer)
        return None if isinstance(source, MapLayer) else _of_kv_head(source, source.key, head)

    def values(self, layer: int, head: int | None = None) -> Float32[np.ndarray, "*head token size"] | None:
        """Value vectors, [token, size] of one query head's value head or [kv_head, token, size]; read-only, or None."""
        source = self._layer(layer)
        return None if isinstance(source, MapLayer) else _of_kv_head(source, source.value, head)

    def visible(self, layer: int, head: int) -> Bool[np.ndarray, "query key"]:
        """True where a query may look at a key; cells that are False are not seen, which is not the same as 0."""
        source = self._layer(layer)
        check_index("head", head, source.heads)
        shape = (len(self.tokens), len(self.key_tokens))
        if source.visible is None:
            return np.broadcast_to(np.True_, shape)
        return np.broadcast_to(_of_head(source.visible, head), shape)

    def _layer(self, layer: int) -> Layer | MapLayer:
        return self.layers[check_index("layer", layer, len(self.layers))]

    def _check_rows(self, weights: Float32[np.ndarray, "query key"], layer: int, head: int, first: int = 0) -> None:
        wrong = wrong_rows(weights, self.visible(layer, head)[first : first + len(weights)])
        if wrong.any():
            row = int(np.argmax(wrong))
            raise MapError(
                say(
                    "L{layer} H{head} of {model} can't be shown: what its query {query} gives to all keys adds "
                    "up to {sum:.4g}, and attention adds up to 1.",
                    layer=layer,
                    head=head,
                    model=self.model.name,
                    query=first + row,
                    sum=float(weights[row].sum()),
                )
            )


@dataclass(frozen=True, eq=False)
class Head:
    """One head of a trace. Made by `Trace.head`."""

    trace: Trace
    layer: int
    head: int

    @property
    def name(self) -> str:
        """As it is written everywhere: L2 H5."""
        return f"L{self.layer} H{self.head}"

    @property
    def weights(self) -> Float32[np.ndarray, "query key"]:
        """Its map, computed now; see `Trace.attention`."""
        return self.trace.attention(self.layer, self.head)

    @property
    def visible(self) -> Bool[np.ndarray, "query key"]:
        """See `Trace.visible`."""
        return self.trace.visible(self.layer, self.head)


def wrong_rows(
    weights: Float32[np.ndarray, "query key"], visible: Bool[np.ndarray, "query key"] | None
) -> Bool[np.ndarray, " query"]:
    """True for rows that don't sum to 1. A row of 0 is right where a query sees nothing."""
    sums = weights.sum(axis=-1)
    # Written so that a NaN fails too.
    wrong = ~(np.abs(sums - 1) <= ROW_TOLERANCE)
    if wrong.any() and visible is not None:
        wrong &= ~((sums == 0) & ~visible.any(axis=-1))
    return wrong


def _of_kv_head(source: Layer, array: np.ndarray, head: int | None) -> np.ndarray:
    return array if head is None else array[source.kv_head(check_index("head", head, source.heads))]


def _of_head(array: np.ndarray, head: int, rows: slice = _ALL) -> np.ndarray:
    """[query, key] (either may be 1) of an array whose head axis may be 1."""
    return array[head if array.shape[0] > 1 else 0, rows if array.shape[1] > 1 else _ALL]
