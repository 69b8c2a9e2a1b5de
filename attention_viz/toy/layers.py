"""The parts of a small transformer, from mechanism/."""

from __future__ import annotations

import math

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from attention_viz.mechanism.attention import attention
from attention_viz.mechanism.multihead import join_heads, split_heads
from attention_viz.toy.task import Attended, Off


class SelfAttention(nn.Module):
    """Multi-head self-attention (Vaswani et al. 2017, §3.2.2) whose heads can be switched off."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width)
        self.value = nn.Linear(width, width)
        self.output = nn.Linear(width, width)

    def forward(
        self, x: Float[Tensor, "batch token width"], visible: Bool[Tensor, "query key"] | None, off: frozenset[int]
    ) -> tuple[Float[Tensor, "batch token width"], Attended]:
        q, k, v = (split_heads(project(x), self.heads) for project in (self.query, self.key, self.value))
        attended = attention(q, k, v, visible)
        found = attended.output  # [batch, head, token, size]
        if off:
            found = found * torch.tensor([head not in off for head in range(self.heads)]).view(-1, 1, 1).to(found)
        return self.output(join_heads(found)), Attended(attended.weights, q, k, v, visible)


class Block(nn.Module):
    """x + attention(norm(x)), and, where there is an MLP, + MLP(norm(x)): pre-LN, as in GPT-2."""

    def __init__(self, width: int, heads: int, *, mlp: bool) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.attention = SelfAttention(width, heads)
        self.mlp = (
            nn.Sequential(nn.LayerNorm(width), nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))
            if mlp
            else None
        )

    def forward(
        self, x: Float[Tensor, "batch token width"], visible: Bool[Tensor, "query key"] | None, off: frozenset[int]
    ) -> tuple[Float[Tensor, "batch token width"], Attended]:
        found, attended = self.attention(self.norm(x), visible, off)
        x = x + found
        return (x if self.mlp is None else x + self.mlp(x)), attended


def sinusoids(count: int, width: int) -> Float[Tensor, "count width"]:
    """Positions as sines and cosines of many wavelengths (Vaswani et al. 2017, §3.5)."""
    places = torch.arange(count, dtype=torch.float32).unsqueeze(1)
    rates = torch.exp(torch.arange(0, width, 2) * (-math.log(10_000.0) / width))
    table = torch.zeros(count, width)
    table[:, 0::2] = torch.sin(places * rates)
    table[:, 1::2] = torch.cos(places * rates[: width // 2])
    return table


def off_in(layer: int, off: Off) -> frozenset[int]:
    """The heads of a layer that are switched off."""
    return frozenset(head for place, head in off if place == layer)
