"""Write a sequence backwards: what one head can do in a second."""

from __future__ import annotations

import torch
from jaxtyping import Int
from torch import Tensor

from attention_viz.toy.chance import EXAMPLE, generator
from attention_viz.toy.config import Config
from attention_viz.toy.symbols import read_symbols
from attention_viz.toy.task import Batch, Pattern, Read, Task, ToyModel
from attention_viz.toy.transformer import Transformer

_SYMBOLS = tuple("abcdefghijklmnop")
_LENGTH = 12


class Reverse(Task):
    """At place i of n, say what stands at place n − 1 − i."""

    name = "reverse"
    title = "Reverse a sequence"
    question = "Place 1 must say what stands last, place 2 what stands last but one. Where must a head look?"
    lesson = "One head is enough: it learns to look at the mirrored place, and the map becomes an anti-diagonal."
    counted = "symbols right"
    defaults = Config(layers=1, heads=1, width=48, learning_rate=3e-3, steps=300)
    patterns = (
        Pattern("anti-diagonal", "anti-diagonal", "the share of attention on the place that is as far from the end"),
    )
    token_limit = _LENGTH

    def build(self, config: Config) -> ToyModel:
        return Transformer(
            config,
            len(_SYMBOLS),
            longest=_LENGTH,
            causal=False,
            mlp=False,
        )

    def batch(self, config: Config, generator: torch.Generator, size: int) -> Batch:
        inputs = torch.randint(len(_SYMBOLS), (size, _LENGTH), generator=generator)
        mirrored = torch.eye(_LENGTH, dtype=torch.bool).flip(0).expand(size, -1, -1)
        return Batch(
            inputs,
            inputs.flip(1),
            torch.ones_like(inputs, dtype=torch.bool),
            patterns={"anti-diagonal": mirrored},
        )

    @torch.no_grad()
    def sample(self, config: Config, model: ToyModel) -> str:
        """The example, and what the model makes of it."""
        text, _ = self.example(config)
        ids = self.read(config, text).ids[None].to(next(model.parameters()).device)
        said = model(ids).logits[0].argmax(dim=-1)
        return f"{text} → {_text(said)}"

    def example(self, config: Config) -> tuple[str, str | None]:
        batch = self.batch(config, generator(config.seed, EXAMPLE), 1)
        return _text(batch.inputs[0]), None

    def read(self, config: Config, text: str) -> Read:
        return read_symbols(text, _SYMBOLS, most=_LENGTH)


def _text(symbols: Int[Tensor, " token"]) -> str:
    return " ".join(_SYMBOLS[symbol] for symbol in symbols)
