"""One head learns by gradient descent, the gradient written out: from two random maps to ones that find a token.

The features X are the keys themselves; the queries are X W_Q and the values X W_V. A teacher, which the head never
sees, knows for each token which one it should read, and what it should find there. The head only gets to know how far
its output is from what should be found, on freshly drawn features at every step.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Float64, Int, Int64
from torch import Tensor

from attention_viz.mechanism.normalising import softmax
from attention_viz.mechanism.scoring import dot

TOKENS, FEATURES, VALUE_SIZE = 10, 50, 8
SEQUENCES = 32
"""Freshly drawn at each step."""
RATE = 2.0
"""How far a step goes against the gradient. From about 4 on, W_V overshoots."""
_ASKED = 200  # sequences on which a head is examined


@dataclass(frozen=True, eq=False)
class Head:
    """The two maps that are learned."""

    query_weight: Float[Tensor, "feature feature"]
    value_weight: Float[Tensor, "feature value_size"]


@dataclass(frozen=True, eq=False)
class Teacher:
    """Token i should read the token j with the largest x_i T x_j, and find x_j U there."""

    relation: Float[Tensor, "feature feature"]
    content: Float[Tensor, "feature value_size"]

    def wanted(self, features: Float[Tensor, "*batch token feature"]) -> Int[Tensor, "*batch token"]:
        """Which token each token should read."""
        return (features @ self.relation @ features.transpose(-1, -2)).argmax(dim=-1)

    def answers(self, features: Float[Tensor, "*batch token feature"]) -> Float[Tensor, "*batch token value_size"]:
        """What each token should find."""
        return torch.take_along_dim(features @ self.content, self.wanted(features)[..., None], dim=-2)


@dataclass(frozen=True, eq=False)
class Lesson:
    """A head after so many steps.

    features: the X on screen, which no step has seen. wanted: by token of X, the one that the teacher means.
    losses: before each step. found: 0…1, the share of fresh queries whose largest weight is on the wanted token.
    """

    features: Float64[np.ndarray, "token feature"]
    query_weight: Float64[np.ndarray, "feature feature"]
    value_weight: Float64[np.ndarray, "feature value_size"]
    wanted: Int64[np.ndarray, " token"]
    losses: Float64[np.ndarray, " step"]
    found: float


def loss_and_gradients(
    head: Head,
    features: Float[Tensor, "sequence token feature"],
    answers: Float[Tensor, "sequence token value_size"],
    divisor: float,
) -> tuple[float, Head]:
    """The mean squared error of softmax(X W_Q Xᵀ / divisor) X W_V, and how it changes with each number of the maps.

    The chain rule from the output back: ∂V = Aᵀ ∂O, ∂A = ∂O Vᵀ, ∂S = A ∘ (∂A − Σ_j A ∘ ∂A) for softmax's rows, and then
    ∂W_Q = Xᵀ ∂S X / divisor and ∂W_V = Xᵀ ∂V, summed over the sequences.
    """
    weights = softmax(dot(features @ head.query_weight, features) / divisor)
    values = features @ head.value_weight
    error = weights @ values - answers
    by_output = 2 * error / error.numel()
    by_values = weights.transpose(-1, -2) @ by_output
    by_weights = by_output @ values.transpose(-1, -2)
    by_scores = weights * (by_weights - (weights * by_weights).sum(dim=-1, keepdim=True)) / divisor
    rows = features.flatten(0, 1).T  # [feature, sequence · token]
    gradient = Head(rows @ (by_scores @ features).flatten(0, 1), rows @ by_values.flatten(0, 1))
    return float(error.square().mean()), gradient


def learn(seed: int, steps: int, *, scaled: bool, query_rate: float = RATE) -> Lesson:
    """Draws X, the maps and the teacher, and takes so many steps. scaled: divide the scores by √d_k.

    query_rate: how far a step moves W_Q against the gradient; W_V moves by RATE.

    Everything comes from one generator in this order, so more steps go on where fewer stopped. Without the scale
    rounding grows from step to step: after hundreds, another processor has another head, about as good.
    """
    rng = np.random.default_rng(seed)

    def drawn(*shape: int, spread: float = 1.0) -> Tensor:
        return torch.from_numpy(rng.standard_normal(shape) / spread)

    divisor = root = FEATURES**0.5
    if not scaled:
        divisor = 1.0
    features = drawn(TOKENS, FEATURES)
    head = Head(drawn(FEATURES, FEATURES, spread=root), drawn(FEATURES, VALUE_SIZE, spread=root))
    teacher = Teacher(drawn(FEATURES, FEATURES, spread=root), drawn(FEATURES, VALUE_SIZE, spread=root))
    losses = np.zeros(steps)
    for step in range(steps):
        fresh = drawn(SEQUENCES, TOKENS, FEATURES)
        losses[step], gradient = loss_and_gradients(head, fresh, teacher.answers(fresh), divisor)
        head = Head(
            head.query_weight - query_rate * gradient.query_weight,
            head.value_weight - RATE * gradient.value_weight,
        )
    return Lesson(
        features.numpy(),
        head.query_weight.numpy(),
        head.value_weight.numpy(),
        teacher.wanted(features).numpy(),
        losses,
        _found(head, teacher, seed),
    )


def _found(head: Head, teacher: Teacher, seed: int) -> float:
    """The scale changes no row's largest score, so it does not matter here."""
    asked = torch.from_numpy(np.random.default_rng((seed, 1)).standard_normal((_ASKED, TOKENS, FEATURES)))
    best = dot(asked @ head.query_weight, asked).argmax(dim=-1)
    return float((best == teacher.wanted(asked)).double().mean())
