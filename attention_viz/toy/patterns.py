"""How much of a head's attention falls where a head that does one certain thing would look."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from jaxtyping import Bool, Float, Float64
from torch import Tensor

from attention_viz.core.shares import share_on
from attention_viz.toy.task import Attended

Weights = Float[Tensor, "batch head query key"]


def masses(
    attended: tuple[Attended, ...], patterns: Mapping[str, Bool[Tensor, "batch query key"]]
) -> dict[str, Float64[np.ndarray, "layer head"]]:
    """By pattern, Σ_j α_ij over the keys of the pattern, mean over the queries that have one: 0…1 for each head.

    NaN where no query has one.
    """
    return {
        name: np.array(
            [[_mass(layer.weights[:, head], pattern) for head in range(_heads(layer))] for layer in attended]
        )
        for name, pattern in patterns.items()
    }


def uniform_masses(
    attended: tuple[Attended, ...], patterns: Mapping[str, Bool[Tensor, "batch query key"]]
) -> dict[str, float]:
    """The same for a head that looks at all keys alike which it can see: what a pattern has to be compared with."""
    weights = attended[0].weights[:, 0]
    visible = torch.ones_like(weights, dtype=torch.bool) if attended[0].visible is None else attended[0].visible
    even = (visible / visible.sum(dim=-1, keepdim=True)).expand_as(weights)
    return {name: _mass(even, pattern) for name, pattern in patterns.items()}


def _mass(weights: Float[Tensor, "batch query key"], pattern: Bool[Tensor, "batch query key"]) -> float:
    return share_on(weights.cpu().numpy(), pattern.cpu().numpy())


def _heads(layer: Attended) -> int:
    return layer.weights.shape[1]
