"""A transformer that is small enough to be read and to learn in seconds."""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor, nn

from attention_viz.mechanism.masks import causal
from attention_viz.toy.config import Config
from attention_viz.toy.layers import Block, off_in, sinusoids
from attention_viz.toy.task import NONE_OFF, Attended, Off, Output, ToyModel


class Transformer(ToyModel):
    """Embedding + positions, blocks, norm, and one score for each symbol at each place.

    config: layers, heads and width. causal: a token sees itself and what came before. mlp: whether blocks have one
    besides attention.
    """

    def __init__(self, config: Config, vocabulary: int, *, longest: int, causal: bool, mlp: bool) -> None:
        super().__init__()
        width = config.width
        self.causal = causal
        self.embedding = nn.Embedding(vocabulary, width)
        self.positions: Tensor
        self.register_buffer("positions", sinusoids(longest, width), persistent=False)
        self.blocks = nn.ModuleList(Block(width, config.heads, mlp=mlp) for _ in range(config.layers))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, vocabulary)

    def forward(
        self,
        inputs: Int[Tensor, "batch token"],
        given: Int[Tensor, "batch place"] | None = None,  # noqa: ARG002 (a transformer of one stack has no decoder)
        off: Off = NONE_OFF,
    ) -> Output:
        tokens = inputs.shape[1]
        visible = causal(tokens, tokens).to(inputs.device) if self.causal else None
        x = self.embedding(inputs) + self.positions[:tokens]
        attended: list[Attended] = []
        for number, block in enumerate(self.blocks):
            x, seen = block(x, visible, off_in(number, off))
            attended.append(seen)
        return Output(self.head(self.norm(x)), tuple(attended))
