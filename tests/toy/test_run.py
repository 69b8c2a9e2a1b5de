"""What a training has come to is kept within bounds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from attention_viz.toy.run import Run
from attention_viz.toy.tasks import TASKS
from attention_viz.toy.training import train

REVERSE = TASKS["reverse"]
SHORT = replace(REVERSE.defaults, steps=50)


def test_checkpoints_are_thinned_evenly_and_the_ends_stay(monkeypatch: pytest.MonkeyPatch):
    whole = Run(REVERSE, SHORT)
    for progress in train(REVERSE, SHORT):
        whole.add(progress)
    size = whole.nbytes // (len(whole.steps) + 2)
    monkeypatch.setattr("attention_viz.toy.run.KEPT_BYTES", 12 * size)
    thin = Run(REVERSE, SHORT)
    for progress in train(REVERSE, SHORT):
        thin.add(progress)
    assert len(thin.measured) == len(whole.measured)
    assert 3 <= len(thin.steps) <= 12
    assert (thin.steps[0], thin.steps[-1]) == (0, 50)
