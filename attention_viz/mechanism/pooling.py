"""One vector for a whole sequence, as classifiers over recurrent networks make it."""

from __future__ import annotations

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from attention_viz.mechanism.normalising import softmax


def additive_pooling(
    states: Float[Tensor, "*batch token size"],
    weight: Float[Tensor, "size hidden"],
    bias: Float[Tensor, " hidden"],
    direction: Float[Tensor, " hidden"],
    visible: Bool[Tensor, "*batch token"] | None = None,
) -> tuple[Float[Tensor, "*batch size"], Float[Tensor, "*batch token"]]:
    """Σ_t α_t h_t with α = softmax(uᵀ tanh(W h_t + b)): there is no query, the direction u is learned in its place.

    Returns the context vector and the weights α.

    Source: Yang et al. 2016, “Hierarchical Attention Networks for Document Classification”, eq. 5–7; the score is that
    of Bahdanau et al. 2015.
    """
    scores = torch.tanh(states @ weight + bias) @ direction  # [*batch, token]
    one_query = scores.unsqueeze(-2)
    weights = softmax(one_query, None if visible is None else visible.unsqueeze(-2))  # [*batch, 1, token]
    return (weights @ states).squeeze(-2), weights.squeeze(-2)
