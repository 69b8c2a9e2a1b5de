"""From scores to weights: how a query shares its attention among the keys that it sees.

Weights should not be negative and should sum to 1, so that the result is a mean of the values. Softmax and sparsemax
keep that promise. The two others stand in tutorials, and are here so that one can see what goes wrong.

A hidden key has a weight of exactly 0 and no influence on the others. A query that sees no key at all has no weights:
every function here raises MechanismError for it, since neither 0/0 nor an even spread would be true.
"""

from __future__ import annotations

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from attention_viz.core.errors import MechanismError
from attention_viz.core.message import say

Scores = Float[Tensor, "*batch query key"]
Weights = Float[Tensor, "*batch query key"]
Mask = Bool[Tensor, "*#batch #query key"]


def softmax(scores: Scores, visible: Mask | None = None, temperature: float = 1.0) -> Weights:
    """exp(s_j / T) / Σ_j' exp(s_j' / T): positive, sums to 1. T → 0: the best key takes all; T → ∞: all keys alike.

    The largest score is taken off first. It cancels out, and exp can't overflow.

    Source: Vaswani et al. 2017, eq. 1; temperature: Hinton et al. 2015, “Distilling the Knowledge in a Neural Network”.
    """
    _some_key(scores, visible)
    hotter = mask_scores(scores / _positive(temperature), visible)
    powers = (hotter - hotter.max(dim=-1, keepdim=True).values).exp()  # exp(−∞) is exactly 0
    return powers / powers.sum(dim=-1, keepdim=True)


def sparsemax(scores: Scores, visible: Mask | None = None, temperature: float = 1.0) -> Weights:
    """max(0, s_j / T − τ) with the one τ for which they sum to 1: weak keys get exactly 0.

    Source: Martins & Astudillo 2016, “From Softmax to Sparsemax”, algorithm 1.
    """
    _some_key(scores, visible)
    hotter = mask_scores(scores / _positive(temperature), visible)
    return (hotter - threshold(scores, visible, temperature)).clamp(min=0)


def threshold(scores: Scores, visible: Mask | None = None, temperature: float = 1.0) -> Float[Tensor, "*batch query 1"]:
    """The τ of sparsemax, for scores divided by T: the largest (s_1 + … + s_k − 1) / k, scores sorted downwards."""
    ordered = mask_scores(scores / _positive(temperature), visible).sort(dim=-1, descending=True).values
    top = ordered[..., :1]  # Sums are taken below the largest score: large ones would lose the 1 in rounding.
    count = torch.arange(1, scores.shape[-1] + 1)
    return (((ordered - top).cumsum(dim=-1) - 1) / count).max(dim=-1, keepdim=True).values + top


def divide_by_sum(scores: Scores, visible: Mask | None = None) -> Weights:
    """s_j / Σ s. Sums to 1, but a negative score becomes a negative weight, or, where the sum is negative, the other
    way round; adding a constant to all scores changes the weights. NaN where the sum is 0.

    Not a normaliser that anybody should use.
    """
    return _divided(scores, visible, scores_sum(scores, visible))


def divide_by_root(scores: Scores, visible: Mask | None = None) -> Weights:
    """s_j / √(Σ s). Sums to √(Σ s) and not to 1: the output grows with the scores. NaN where the sum is 0 or negative.

    Not a normaliser that anybody should use; a mix-up with the √d_k of scaled dot-product attention.
    """
    return _divided(scores, visible, scores_sum(scores, visible).sqrt())


def mask_scores(scores: Scores, visible: Mask | None) -> Scores:
    """The scores, −∞ where a key is hidden: exp(−∞) = 0."""
    return scores if visible is None else scores.masked_fill(~visible, float("-inf"))


def scores_sum(scores: Scores, visible: Mask | None) -> Float[Tensor, "*batch query 1"]:
    """Σ s over the keys that are seen."""
    seen = scores if visible is None else scores.masked_fill(~visible, 0)
    return seen.sum(dim=-1, keepdim=True)


def _divided(scores: Scores, visible: Mask | None, by: Float[Tensor, "*batch query 1"]) -> Weights:
    _some_key(scores, visible)
    weights = (scores / by).masked_fill(by == 0, float("nan"))
    return weights if visible is None else weights.masked_fill(~visible, 0)


def _some_key(scores: Scores, visible: Mask | None) -> None:
    if scores.shape[-1] == 0:
        raise MechanismError(say("There is no key at all: attention needs at least one to look at."))
    if visible is None:
        return
    blind = (~visible.any(dim=-1)).nonzero()
    if len(blind):
        raise MechanismError(
            say(
                "Query {query} sees no key: all are masked. Its weights are undefined: there is nothing to share "
                "attention among. Let it see at least one key.",
                query=int(blind[0, -1]),
            )
            if visible.shape[-2] > 1
            else say(
                "Each query sees no key: all are masked. Its weights are undefined: there is nothing to share "
                "attention among. Let it see at least one key."
            )
        )


def _positive(temperature: float) -> float:
    if not 0 < temperature < float("inf"):
        raise MechanismError(
            say(
                "The temperature is {temperature:g}, but scores are divided by it: it has to be above 0.",
                temperature=temperature,
            )
        )
    return temperature
