"""What a model's config.json says of its attention, before any weight is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from attention_viz.core.errors import UnsupportedModelError
from attention_viz.core.model_info import Stack


@dataclass(frozen=True, slots=True)
class Architecture:
    """The part of a ModelInfo that is written in a config.json."""

    family: str
    stacks: tuple[Stack, ...]
    head_size: int
    width: int
    token_limit: int


def read_config(config: Mapping[str, Any]) -> Architecture:
    """The architecture that a config.json describes. Raises UnsupportedModelError with the reason when its attention
    can't be shown."""
    try:
        heads, width = int(config["num_attention_heads"]), int(config["hidden_size"])
        return Architecture(
            family=str(config["model_type"]),
            stacks=(Stack("encoder", int(config["num_hidden_layers"]), heads),),
            head_size=width // heads,
            width=width,
            token_limit=int(config["max_position_embeddings"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise UnsupportedModelError("The model's config.json doesn't say how many layers and heads it has.") from error
