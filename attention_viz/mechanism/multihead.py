"""Several attentions side by side, each in its own part of the dimensions."""

from __future__ import annotations

from dataclasses import dataclass

from jaxtyping import Bool, Float
from torch import Tensor

from attention_viz.core.errors import MechanismError
from attention_viz.core.message import say
from attention_viz.mechanism.attention import Attended, Normalise, Score, attention
from attention_viz.mechanism.normalising import softmax
from attention_viz.mechanism.scoring import scaled_dot


@dataclass(frozen=True, eq=False)
class Projection:
    """x W + b, for rows x. (`nn.Linear` keeps W transposed.)"""

    weight: Float[Tensor, "size projected"]
    bias: Float[Tensor, " projected"] | None = None

    def __call__(self, rows: Float[Tensor, "*batch row size"]) -> Float[Tensor, "*batch row projected"]:
        if rows.shape[-1] != self.weight.shape[0]:
            raise MechanismError(
                say(
                    "A vector has {size} numbers, but the projection takes {expected}.",
                    size=rows.shape[-1],
                    expected=self.weight.shape[0],
                )
            )
        projected = rows @ self.weight
        return projected if self.bias is None else projected + self.bias


def split_heads(
    rows: Float[Tensor, "*batch row size"], heads: int
) -> Float[Tensor, "*batch {heads} row {rows.shape[-1]//heads}"]:
    """The first size / heads numbers of each vector are head 0's, the next head 1's, and so on."""
    size = rows.shape[-1]
    if heads < 1 or size % heads:
        raise MechanismError(
            say(
                "Vectors of {size} numbers can't be split among {heads} heads of the same size.", size=size, heads=heads
            )
        )
    return rows.reshape(*rows.shape[:-1], heads, size // heads).transpose(-2, -3)


def join_heads(parts: Float[Tensor, "*batch head row head_size"]) -> Float[Tensor, "*batch row size"]:
    """The heads' vectors behind each other: the inverse of split_heads."""
    return parts.transpose(-2, -3).flatten(-2)


def multi_head_attention(
    queries: Float[Tensor, "*batch query size"],
    others: Float[Tensor, "*batch key other_size"],
    heads: int,
    query_map: Projection,
    key_map: Projection,
    value_map: Projection,
    output_map: Projection,
    visible: Bool[Tensor, "*#batch #query key"] | None = None,
    *,
    score: Score = scaled_dot,
    normalise: Normalise = softmax,
) -> tuple[Float[Tensor, "*batch query out"], Attended]:
    """Concat(head_0, …, head_h−1) W_O, where head_i = attention of the i-th part of Q, K and V.

    queries, others: the tokens that ask and those that are asked; the same in self-attention.
    visible: one mask for all heads, for instance `padding` of a batch.
    Returns the output, and what the heads computed, with an axis for the heads before [query, key].

    Source: Vaswani et al. 2017, §3.2.2.
    """
    projected = (query_map(queries), key_map(others), value_map(others))
    q, k, v = (split_heads(rows, heads) for rows in projected)  # [*batch, head, row, head_size]
    for_heads = None if visible is None else visible.unsqueeze(-3)  # the same for every head
    attended = attention(q, k, v, for_heads, score=score, normalise=normalise)
    return output_map(join_heads(attended.output)), attended
