"""What is known of a model before and after it is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from attention_viz.core.errors import ModelError
from attention_viz.core.message import Listed, say

Kind = Literal["encoder", "decoder", "cross"]
"""Who looks at whom: the tokens of the text at each other; those of a decoder at what came before; those of a decoder
at the encoder's."""


@dataclass(frozen=True, slots=True)
class Stack:
    """The attention of one kind, layer upon layer. Layers and heads count from 0."""

    kind: Kind
    layers: int
    heads: int


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """Facts about a model.

    name: what `load_model` is called with.
    family: the architecture's name in transformers ("bert").
    stacks: what attention it has, at least one: the encoder's of a BERT, the decoder's of a GPT, all three of a BART.
    head_size: width of one head's query and key.
    width: width of a token's vector between layers.
    parameters: number of weights.
    token_limit: the most tokens that one input may have, special ones included.
    revision: what identifies the weights (a commit or a SHA-256), so that results can be cached and cited.
    licence: the licence of the weights.
    origin: one phrase on where the weights come from.
    reads_text: False for maps from a file, which have their tokens already.
    """

    name: str
    family: str
    stacks: tuple[Stack, ...]
    head_size: int
    width: int
    parameters: int
    token_limit: int
    revision: str
    licence: str
    origin: str
    reads_text: bool = True

    @property
    def kinds(self) -> tuple[Kind, ...]:
        return tuple(stack.kind for stack in self.stacks)

    def stack(self, kind: Kind | None = None) -> Stack:
        """The stack of a kind, or the first one. Raises ModelError when the model has no such attention."""
        for stack in self.stacks:
            if kind is None or stack.kind == kind:
                return stack
        raise ModelError(
            say(
                "{name} has no {kind} attention; it has {kinds} attention.",
                name=self.name,
                kind=str(kind),
                kinds=Listed(self.kinds),
            )
        )
