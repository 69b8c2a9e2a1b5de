"""Where everything random of a training comes from: its seed."""

from __future__ import annotations

import torch
from torch import nn

HELD_OUT, FIRST_WEIGHTS, EXAMPLE = -1, -2, -3
"""What takes the place of a step's number, for what is drawn before the first."""
_APART = 1_000_003


def generator(seed: int, step: int) -> torch.Generator:
    """The chance of one step, or of HELD_OUT, FIRST_WEIGHTS or EXAMPLE."""
    made = torch.Generator()
    made.manual_seed(seed * _APART + step + 10)
    return made


def initialise(model: nn.Module, chance: torch.Generator) -> None:
    """Sets every weight from the seed.

    Matrices are uniform in ±1/√inputs, as PyTorch's layers are, embeddings normal, biases 0, and the gains of norms 1.
    """
    with torch.no_grad():
        for module in model.modules():
            for name, weight in module.named_parameters(recurse=False):
                if isinstance(module, nn.LayerNorm):
                    weight.fill_(float(name == "weight"))
                elif isinstance(module, nn.Embedding):
                    weight.normal_(generator=chance)
                elif weight.ndim < 2 and "bias" in name:
                    weight.zero_()
                else:
                    reach = weight.shape[-1] ** -0.5
                    weight.uniform_(-reach, reach, generator=chance)
