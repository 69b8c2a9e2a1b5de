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

NOTHING = 1e-12
"""A sum of scores that is no larger than this times Σ |s| is 0: what rounding leaves of 0 depends on the order in which
a library adds, and weights that come of it would be of any size and sign."""


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

    τ is the largest (s_1 + … + s_k − 1) / k, scores divided by T and sorted downwards. The largest score is taken off
    first, as in softmax: next to large ones the 1 would be lost in rounding.

    Source: Martins & Astudillo 2016, “From Softmax to Sparsemax”, algorithm 1.
    """
    _some_key(scores, visible)
    hotter = mask_scores(scores / _positive(temperature), visible)
    below = hotter - hotter.max(dim=-1, keepdim=True).values
    sums = below.sort(dim=-1, descending=True).values.cumsum(dim=-1)
    threshold = ((sums - 1) / torch.arange(1, scores.shape[-1] + 1)).max(dim=-1, keepdim=True).values
    return (below - threshold).clamp(min=0)


def divide_by_sum(scores: Scores, visible: Mask | None = None) -> Weights:
    """s_j / Σ s. Sums to 1, but a negative score becomes a negative weight, or, where the sum is negative, the other
    way round; adding a constant to all scores changes the weights. NaN where the sum is 0: see NOTHING.

    Not a normaliser that anybody should use.
    """
    total, least = _sums(scores, visible)
    return _divided(scores, visible, total.masked_fill(total.abs() <= least, float("nan")))


def divide_by_root(scores: Scores, visible: Mask | None = None) -> Weights:
    """s_j / √(Σ s). Sums to √(Σ s) and not to 1: the output grows with the scores. NaN where the sum is negative or 0:
    see NOTHING.

    Not a normaliser that anybody should use; a mix-up with the √d_k of scaled dot-product attention.
    """
    total, least = _sums(scores, visible)
    return _divided(scores, visible, total.masked_fill(total <= least, float("nan")).sqrt())


def mask_scores(scores: Scores, visible: Mask | None) -> Scores:
    """The scores, −∞ where a key is hidden: exp(−∞) = 0."""
    return scores if visible is None else scores.masked_fill(~visible, float("-inf"))


def _sums(
    scores: Scores, visible: Mask | None
) -> tuple[Float[Tensor, "*batch query 1"], Float[Tensor, "*batch query 1"]]:
    """Σ s over the keys that are seen, and what is 0 beside that."""
    _some_key(scores, visible)
    seen = scores if visible is None else scores.masked_fill(~visible, 0)
    return seen.sum(dim=-1, keepdim=True), NOTHING * seen.abs().sum(dim=-1, keepdim=True)


def _divided(scores: Scores, visible: Mask | None, by: Float[Tensor, "*batch query 1"]) -> Weights:
    weights = scores / by
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
