"""Heads switched off alone, two at a time, and by layers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from attention_viz.toy.ablation import ablate, ablate_pairs
from attention_viz.toy.chance import FIRST_WEIGHTS, generator, initialise
from attention_viz.toy.tasks import TASKS
from attention_viz.toy.training import held_out

TASK = TASKS["recall"]
CONFIG = replace(TASK.defaults, layers=2, heads=2, width=8)


@torch.no_grad()
def test_it_is_the_accuracy_without_these_heads():
    model = TASK.build(CONFIG)
    initialise(model, generator(0, FIRST_WEIGHTS))
    batch = held_out(TASK, CONFIG)
    heads = [(0, 0), (0, 1), (1, 0), (1, 1)]

    def without(*off: tuple[int, int]) -> float:
        return TASK.accuracy(model, batch, frozenset(off))

    found, pairs = ablate(TASK, CONFIG, model), ablate_pairs(TASK, CONFIG, model)
    assert found.whole == without()
    assert found.without.tolist() == [[without((0, 0)), without((0, 1))], [without((1, 0)), without((1, 1))]]
    assert found.without_layer.tolist() == [without(*heads[:2]), without(*heads[2:])]
    np.testing.assert_array_equal(pairs, [[without(one, other) for other in heads] for one in heads])
    assert len({found.whole, *pairs.ravel()}) > 3, "or nothing was told apart"
