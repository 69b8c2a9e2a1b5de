"""What the rest of the program needs from a model: text in, the inputs of its attention out, in numpy.

A protocol: a Hub download, a folder on disk or a toy model without a tokenizer each satisfy it in their own way, and
nothing else needs to know which.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from attention_viz.core.message import Message
from attention_viz.core.model_info import Kind, ModelInfo
from attention_viz.core.token import Token
from attention_viz.core.trace import Layer, MapLayer


@dataclass(frozen=True, slots=True)
class Encoding:
    """A text as a model reads it.

    texts: one or two strings; token spans point into them.
    notes: sentences about what was cut or dropped.
    target: what the decoder of an encoder-decoder reads; empty for other models.
    type_ids: the number of each token's segment as the tokenizer gives it to the model; empty: the tokens' segments.
        RoBERTa numbers all of a pair 0, XLNet its last token 2.
    """

    texts: tuple[str, ...]
    tokens: tuple[Token, ...]
    notes: tuple[Message, ...] = ()
    target: tuple[Token, ...] = ()
    type_ids: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Pass:
    """What one forward pass gave: the layers of each kind of attention that the model has.

    maps_only: why there are no queries and keys, in one sentence; None where there are.
    notes: of some kinds, sentences on what is not known of their maps.
    """

    stacks: Mapping[Kind, tuple[Layer | MapLayer, ...]]
    maps_only: Message | None = None
    notes: Mapping[Kind, tuple[Message, ...]] = field(default_factory=dict)


@runtime_checkable
class Model(Protocol):
    """Something that turns text into tokens, and tokens into the inputs of its attention."""

    @property
    def info(self) -> ModelInfo: ...

    def encode(self, text: str, second: str | None = None) -> Encoding:
        """Tokens of one text or a pair. Raises TextError when there is nothing to read."""
        ...

    def forward(self, encoding: Encoding) -> Pass:
        """One forward pass. Safe to call from many threads at once."""
        ...
