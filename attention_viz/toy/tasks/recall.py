"""Remember what went with what: the smallest task for which two layers of heads must work together."""

from __future__ import annotations

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from attention_viz.core.message import say
from attention_viz.toy.chance import EXAMPLE, generator
from attention_viz.toy.config import Config
from attention_viz.toy.symbols import read_symbols
from attention_viz.toy.task import Batch, Pattern, Read, Task, ToyModel
from attention_viz.toy.transformer import Transformer

_KEYS = tuple("ABCDEFGHIJKLMNOP")
_VALUES = tuple(str(number) for number in range(16))
_SYMBOLS = _KEYS + _VALUES
_PAIRS = 8
_HALF = 2 * _PAIRS
_LENGTH = 2 * _HALF


class Recall(Task):
    """Eight pairs of a key and a value, then the same pairs in another order: at a repeated key, say its value.

    The model is causal and reads the second half too, values included. A key comes once in each half, so what a
    repeated key must predict stands behind its first occurrence and nowhere else; the values of other keys, which may
    be equal, are no help. Induction heads: Olsson et al. 2022, “In-context Learning and Induction Heads”.
    """

    name = "recall"
    title = "Associative recall"
    question = "A key that comes again must be followed by the same value as before. How does it find that value?"
    lesson = (
        "Two heads work together: in the first layer each value looks at the key before it; in the second a repeated "
        "key looks for the value that saw the same key. Accuracy jumps when the second one appears."
    )
    counted = "values recalled"
    kind = "decoder"
    defaults = Config(layers=2, heads=2, width=64, learning_rate=3e-3, steps=800)
    patterns = (
        Pattern(
            "previous token",
            "previous token",
            "the share of attention that each value of the first half gives to the key before it",
        ),
        Pattern(
            "induction",
            "induction",
            "the share of attention that a repeated key gives to the value that followed it the first time",
        ),
    )
    token_limit = _LENGTH
    warm_up = 200  # brings the seeds closer together: docs/toy.md

    def build(self, config: Config) -> ToyModel:
        return Transformer(
            config,
            len(_SYMBOLS),
            longest=_LENGTH,
            causal=True,
            mlp=False,
        )

    def batch(self, config: Config, generator: torch.Generator, size: int) -> Batch:
        keys = torch.rand(size, len(_KEYS), generator=generator).argsort(dim=1)[:, :_PAIRS]
        values = torch.randint(len(_VALUES), (size, _PAIRS), generator=generator) + len(_KEYS)
        order = torch.rand(size, _PAIRS, generator=generator).argsort(dim=1)
        first = torch.stack([keys, values], dim=2)  # [batch, pair, 2]
        again = first.gather(1, order.unsqueeze(2).expand(-1, -1, 2))
        inputs = torch.cat([first, again], dim=1).flatten(1)  # [batch, token]
        repeated = torch.zeros_like(inputs, dtype=torch.bool)
        repeated[:, _HALF::2] = True
        return Batch(
            inputs,
            inputs.roll(-1, dims=1),  # the last place would ask for the first symbol; it isn't scored
            repeated,
            patterns={"previous token": _previous(size), "induction": _induction(order)},
        )

    @torch.no_grad()
    def sample(self, config: Config, model: ToyModel) -> str:
        """Each repeated key of the example with the value that the model says, and what it should have said."""
        batch = self._example(config)
        inputs = batch.inputs.to(next(model.parameters()).device)
        said = model(inputs).logits[0].argmax(dim=-1).tolist()
        asked = zip(batch.inputs[0].tolist(), said, batch.targets[0].tolist(), batch.scored[0].tolist(), strict=True)
        answers = [(key, value, right) for key, value, right, scored in asked if scored]
        return " · ".join(
            f"{_SYMBOLS[key]} → {_SYMBOLS[value]}{'' if value == right else f', not {_SYMBOLS[right]}'}"
            for key, value, right in answers
        )

    def example(self, config: Config) -> tuple[str, str | None]:
        return " ".join(_SYMBOLS[symbol] for symbol in self._example(config).inputs[0]), None

    def read(self, config: Config, text: str) -> Read:
        known = say(
            "keys from {first_key} to {last_key} and values from {first_value} to {last_value}",
            first_key=_KEYS[0],
            last_key=_KEYS[-1],
            first_value=_VALUES[0],
            last_value=_VALUES[-1],
        )
        return read_symbols(text, _SYMBOLS, most=_LENGTH, known=known)

    def _example(self, config: Config) -> Batch:
        return self.batch(config, generator(config.seed, EXAMPLE), 1)


def _previous(size: int) -> Bool[Tensor, "batch query key"]:
    found = torch.zeros(size, _LENGTH, _LENGTH, dtype=torch.bool)
    values = torch.arange(1, _HALF, 2)
    found[:, values, values - 1] = True
    return found


def _induction(order: Int[Tensor, "batch pair"]) -> Bool[Tensor, "batch query key"]:
    """order: which pair of the first half comes at each place of the second."""
    found = torch.zeros(len(order), _LENGTH, _LENGTH, dtype=torch.bool)
    found[:, _HALF::2].scatter_(2, 2 * order.unsqueeze(2) + 1, value=True)
    return found
