"""What a decision hangs on: each word is left out in turn, beside the weight that attention gives it.

Weights are not an explanation. The keyword classifier is two models that are right equally often; the weights of one
say nothing at all, and leaving words out still shows what its decision hangs on.

Source: Jain & Wallace 2019, “Attention is not Explanation”, §4.1; the twin with frozen uniform attention is that of
Wiegreffe & Pinter 2019, “Attention is not not Explanation”, §3.2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float64, Int
from torch import Tensor

from attention_viz.core.errors import TextError
from attention_viz.core.message import say
from attention_viz.toy.config import Config
from attention_viz.toy.task import Read, ToyModel
from attention_viz.toy.tasks.keyword import CLASSES, Branch, Keyword, twins
from attention_viz.toy.training import held_out


@dataclass(frozen=True, eq=False)
class Explained:
    """One model's decision about a text.

    decided: the class. probability: of it, 0…1. weights: of the words, they sum to 1.
    changes: by how much the probability of this class changes when a word is left out, −1…1; what the decision hangs on
        is far below 0.
    """

    decided: str
    probability: float
    weights: Float64[np.ndarray, " word"]
    changes: Float64[np.ndarray, " word"]


@dataclass(frozen=True, eq=False)
class LeftOut:
    """The same text as the model with learned attention sees it, and its twin with frozen uniform attention."""

    attentive: Explained
    uniform: Explained


@torch.no_grad()
def leave_one_out(model: ToyModel, read: Read) -> LeftOut:
    """Of a trained keyword classifier: leaves out one word after the other. Two passes for each twin.

    Raises TextError for a single word, which leaves nothing when it is left out.
    """
    words = read.ids
    if len(words) < 2:
        raise TextError(
            say("“{word}” is one word: nothing is left without it. Write at least two.", word=read.text.strip()[:40])
        )
    both = twins(model)
    return LeftOut(_explained(both.attentive, words), _explained(both.uniform, words))


@torch.no_grad()
def uniform_accuracy(task: Keyword, config: Config, model: ToyModel) -> float:
    """The share of held-out texts that the twin with frozen uniform attention has right, 0…1: see `Task.accuracy`."""
    batch = held_out(task, config)
    logits, _ = twins(model).uniform(batch.inputs)
    return float((logits.argmax(dim=-1) == batch.targets[:, 0]).double().mean())


def _explained(branch: Branch, words: Int[Tensor, " word"]) -> Explained:
    logits, weights = branch(words[None])
    whole = logits[0].double().softmax(dim=-1)
    decided = int(whole.argmax())
    others = ~torch.eye(len(words), dtype=torch.bool)
    shorter = words.expand(len(words), -1)[others].view(len(words), -1)  # row i: all words but word i
    without = branch(shorter)[0].double().softmax(dim=-1)[:, decided]
    return Explained(
        CLASSES[decided],
        float(whole[decided]),
        weights[0].double().numpy(),
        (without - whole[decided]).numpy(),
    )
