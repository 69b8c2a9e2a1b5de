"""What each head of a trained model is worth: switch it off and count again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float64

from attention_viz.toy.config import Config
from attention_viz.toy.task import Task, ToyModel
from attention_viz.toy.training import held_out


@dataclass(frozen=True, eq=False)
class Ablation:
    """Accuracy with all heads, and without each single one, on the held-out examples.

    Source: Michel et al. 2019, “Are Sixteen Heads Really Better than One?”, §3.
    """

    whole: float
    without: Float64[np.ndarray, "layer head"]


@torch.no_grad()
def ablate(task: Task, config: Config, model: ToyModel) -> Ablation:
    """Switches off one head after the other. One pass for each."""
    batch = held_out(task, config)
    without = [
        [task.accuracy(model, batch, frozenset({(layer, head)})) for head in range(config.heads)]
        for layer in range(config.layers)
    ]
    return Ablation(task.accuracy(model, batch), np.array(without))
