"""What each head of a trained model is worth: switch it off and count again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float64

from attention_viz.toy.config import Config
from attention_viz.toy.task import Task, ToyModel
from attention_viz.toy.training import held_out

Heads = Iterable[tuple[int, int]]


@dataclass(frozen=True, eq=False)
class Ablation:
    """Accuracy with all heads, without each single one, and without all heads of a layer, on the held-out examples.

    Source: Michel et al. 2019, “Are Sixteen Heads Really Better than One?”, §3.
    """

    whole: float
    without: Float64[np.ndarray, "layer head"]
    without_layer: Float64[np.ndarray, " layer"]


def ablate(task: Task, config: Config, model: ToyModel) -> Ablation:
    """Switches off one head after the other, then one layer's after the other. One pass for each.

    That a head can be spared alone does not say what it does: see `ablate_pairs`.
    """
    layers = [[(layer, head) for head in range(config.heads)] for layer in range(config.layers)]
    whole, *rest = _accuracies(task, config, model, [(), *([head] for layer in layers for head in layer), *layers])
    heads = config.layers * config.heads
    return Ablation(whole, np.array(rest[:heads]).reshape(config.layers, config.heads), np.array(rest[heads:]))


def ablate_pairs(task: Task, config: Config, model: ToyModel) -> Float64[np.ndarray, "head head"]:
    """Accuracy without any two heads, numbered layer by layer; without a single one on the diagonal.

    Where two together cost more than the sum of what each costs alone, one stands in for the other. One pass for each
    pair.
    """
    heads = [(layer, head) for layer in range(config.layers) for head in range(config.heads)]
    rows, columns = np.triu_indices(len(heads))
    found = np.empty((len(heads), len(heads)))
    found[rows, columns] = _accuracies(
        task, config, model, [{heads[one], heads[other]} for one, other in zip(rows, columns, strict=True)]
    )
    found[columns, rows] = found[rows, columns]
    return found


@torch.no_grad()
def _accuracies(task: Task, config: Config, model: ToyModel, off: Iterable[Heads]) -> list[float]:
    batch = held_out(task, config)
    return [task.accuracy(model, batch, frozenset(heads)) for heads in off]
