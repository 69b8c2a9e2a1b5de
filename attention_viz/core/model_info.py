"""What is known of a model before and after it is loaded."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """Facts about a model.

    name: what `load_model` is called with.
    family: the architecture's name in transformers ("bert").
    layers, heads: counts; both are numbered from 0.
    head_size: width of one head's query and key.
    width: width of a token's vector between layers.
    parameters: number of weights.
    token_limit: the most tokens that one input may have, special ones included.
    revision: what identifies the weights (here a SHA-256), so that results can be cached and cited.
    licence: the licence of the weights.
    origin: one phrase on where the weights come from.
    """

    name: str
    family: str
    layers: int
    heads: int
    head_size: int
    width: int
    parameters: int
    token_limit: int
    revision: str
    licence: str
    origin: str
