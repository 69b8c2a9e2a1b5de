"""Attention itself: score, normalise, and take the weighted sum of the values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from jaxtyping import Bool, Float
from torch import Tensor

from attention_viz.core.errors import MechanismError
from attention_viz.core.message import say
from attention_viz.mechanism.normalising import softmax
from attention_viz.mechanism.scoring import scaled_dot

Score = Callable[[Tensor, Tensor], Tensor]
Normalise = Callable[[Tensor, Tensor | None], Tensor]


@dataclass(frozen=True, eq=False)
class Attended:
    """What attention computed on its way.

    scores: before the mask. weights: of each query for the keys. output: one vector per query.
    """

    scores: Float[Tensor, "*batch query key"]
    weights: Float[Tensor, "*batch query key"]
    output: Float[Tensor, "*batch query value_size"]


def weighted_sum(
    weights: Float[Tensor, "*batch query key"], values: Float[Tensor, "*batch value value_size"]
) -> Float[Tensor, "*batch query value_size"]:
    """Σ_j α_ij v_j: each query takes from every value as much as its weight says."""
    if weights.shape[-1] != values.shape[-2]:
        raise MechanismError(
            say(
                "There are weights for {keys} keys and {values} values; each key needs its value.",
                keys=weights.shape[-1],
                values=values.shape[-2],
            )
        )
    return weights @ values


def attention(
    queries: Float[Tensor, "*batch query query_size"],
    keys: Float[Tensor, "*batch key key_size"],
    values: Float[Tensor, "*batch value value_size"],
    visible: Bool[Tensor, "*#batch #query key"] | None = None,
    *,
    score: Score = scaled_dot,
    normalise: Normalise = softmax,
) -> Attended:
    """softmax(Q Kᵀ / √d_k) V, or the same with another score and normaliser.

    Raises MechanismError where shapes don't fit or a query sees no key.

    Source: Vaswani et al. 2017, eq. 1.
    """
    scores = score(queries, keys)
    weights = normalise(scores, visible)
    return Attended(scores, weights, weighted_sum(weights, values))


def cross_attention(
    tokens: Float[Tensor, "*batch query size"],
    others: Float[Tensor, "*batch key other_size"],
    query_weight: Float[Tensor, "size query_size"],
    key_weight: Float[Tensor, "other_size key_size"],
    value_weight: Float[Tensor, "other_size value_size"],
    visible: Bool[Tensor, "*#batch #query key"] | None = None,
    *,
    score: Score = scaled_dot,
    normalise: Normalise = softmax,
) -> Attended:
    """Tokens ask others: Q = X W_Q, K = Y W_K, V = Y W_V. A decoder reads an encoder this way.

    Source: Vaswani et al. 2017, §3.2.3.
    """
    return attention(
        tokens @ query_weight,
        others @ key_weight,
        others @ value_weight,
        visible,
        score=score,
        normalise=normalise,
    )


def self_attention(
    tokens: Float[Tensor, "*batch token size"],
    query_weight: Float[Tensor, "size query_size"],
    key_weight: Float[Tensor, "size key_size"],
    value_weight: Float[Tensor, "size value_size"],
    visible: Bool[Tensor, "*#batch #token token"] | None = None,
    *,
    score: Score = scaled_dot,
    normalise: Normalise = softmax,
) -> Attended:
    """Tokens ask each other: Q = X W_Q, K = X W_K, V = X W_V.

    Source: Vaswani et al. 2017, §3.2.3.
    """
    return cross_attention(
        tokens, tokens, query_weight, key_weight, value_weight, visible, score=score, normalise=normalise
    )
