"""What was trained or uploaded on this server is found by its name, as any other model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import attention_viz as av
from attention_viz.core.errors import GoneModelError
from attention_viz.models import library
from attention_viz.models.trained import trained_name
from attention_viz.toy.run import Run
from attention_viz.toy.tasks import TASKS
from attention_viz.toy.training import train
from attention_viz.ui.server import sources
from attention_viz.ui.server.trainings import TRAININGS
from attention_viz.ui.server.uploads import UPLOADS


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "SOURCES", list(library.SOURCES))
    sources.register()
    before = len(library.SOURCES)
    sources.register()
    assert len(library.SOURCES) == before


def test_a_training_is_a_model():
    task = TASKS["reverse"]
    run = Run(task, replace(task.defaults, steps=10))
    run.add(next(iter(train(task, run.config))))
    name = trained_name("reverse", 0, TRAININGS.keep(run).id)
    assert av.describe_model(name).name == name
    text, _ = task.example(run.config)
    assert av.trace(av.load_model(name), text).model.family == "toy"
    with pytest.raises(GoneModelError, match="train it again there"):
        av.describe_model(trained_name("reverse", 3, "abcdefghij"))


def test_an_upload_is_a_model():
    trace = av.from_arrays([[[[1.0, 0.0], [0.5, 0.5]]]], ["the", "cat"], name="mine.npz")
    name = UPLOADS.add(trace)
    try:
        np.testing.assert_array_equal(av.trace(av.load_model(name), "").attention(0, 0), trace.attention(0, 0))
    finally:
        UPLOADS.remove(name)
    with pytest.raises(av.UnknownModelError, match="Upload it again"):
        av.describe_model(name)
